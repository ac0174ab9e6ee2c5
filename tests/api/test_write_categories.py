from tests import cast


def test_below_another_and_moved(shop):
    top = shop.admin.post("/categories/", {"name": "Phones"}).data
    assert top == {"id": top["id"], "name": "Phones", "parent": None}
    low = shop.admin.post("/categories/", {"name": "Used", "parent": top["id"]}).data
    assert low["parent"] == top["id"]
    cycle = shop.admin.patch(f"/categories/{top['id']}/", {"parent": low["id"]})
    assert (cycle.status, cycle.code) == (409, "category_cycle")
    assert cycle.field_codes() == {"parent": "category_cycle"}
    assert shop.admin.patch(f"/categories/{top['id']}/", {"parent": top["id"]}).status == 409
    assert shop.admin.patch(f"/categories/{low['id']}/", {"parent": None}).data["parent"] is None


def test_unknown_parent(shop):
    answer = shop.admin.post("/categories/", {"name": "Used", "parent": 999999})
    assert (answer.status, answer.code, answer.field_codes()) == (404, "not_found", {"parent": "not_found"})
    answer = shop.admin.patch(f"/categories/{cast.category()}/", {"parent": 999999})
    assert (answer.status, answer.field_codes()) == (404, {"parent": "not_found"})


def test_a_name_stands_once_under_a_parent(shop):
    top = cast.category("Phones")
    assert shop.admin.post("/categories/", {"name": "phones", "parent": top}).status == 201
    for body in ({"name": "PHONES"}, {"name": "Phones", "parent": top}):
        answer = shop.admin.post("/categories/", body)
        assert (answer.status, answer.field_codes()) == (409, {"name": "already_exists"})


def test_list(shop):
    top = cast.category("Phones")
    low = cast.category("Used phones", parent=top)
    assert [row["id"] for row in shop.bilal.get(f"/categories/?parent={top}").data["results"]] == [low]
    assert [row["id"] for row in shop.bilal.get("/categories/?q=phone&ordering=name").data["results"]] == [
        top,
        low,
    ]
    assert shop.bilal.get("/categories/?parent=x").field_codes() == {"parent": "invalid"}
