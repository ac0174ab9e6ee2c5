import pytest

from tests.cast import PASSWORD

BODY = {"username": "meera", "name": "Meera", "role": "advisor", "password": "correct-horse-battery"}


def test_create_read_change(shop):
    made = shop.admin.post("/users/", BODY | {"stores": [shop.pune]})
    assert made.status == 201
    assert made.data == {
        "id": made.data["id"],
        "username": "meera",
        "name": "Meera",
        "role": "advisor",
        "stores": [shop.pune],
        "is_active": True,
    }
    address = f"/users/{made.data['id']}/"
    assert shop.admin.get(address).data == made.data
    assert shop.admin.get("/users/?q=meer").data["results"] == [made.data]
    changed = shop.admin.patch(address, {"stores": [shop.nagpur], "role": "branch_head"})
    assert changed.data["stores"] == [shop.nagpur]
    assert changed.headers["ETag"] == '"2"'


def test_stores_alone_raise_the_etag(shop):
    address = f"/users/{shop.bilal.id}/"
    changed = shop.admin.patch(address, {"stores": []}, **{"If-Match": '"1"'})
    assert (changed.status, changed.data["stores"], changed.headers["ETag"]) == (200, [], '"2"')
    assert shop.admin.patch(address, {"stores": [shop.pune]}, **{"If-Match": '"1"'}).status == 412
    assert shop.bilal.get("/stores/").data["results"] == []


def test_unknown_store(shop):
    for answer in (
        shop.admin.post("/users/", BODY | {"stores": [shop.pune, 10**9]}),
        shop.admin.patch(f"/users/{shop.bilal.id}/", {"stores": [10**9]}),
    ):
        assert (answer.status, answer.code, answer.field_codes()) == (
            404,
            "not_found",
            {"stores": "not_found"},
        )
    assert shop.admin.get("/users/?q=meera").data["results"] == []


@pytest.mark.parametrize(
    ("change", "errors"),
    [
        ({"username": "two words"}, {"username": "invalid"}),
        ({"username": ""}, {"username": "invalid"}),
        ({"role": "owner"}, {"role": "invalid"}),
        ({"role": None}, {"role": "invalid"}),
        ({"stores": None}, {"stores": "invalid"}),
        ({"stores": ["1", 0]}, {"stores.0": "invalid", "stores.1": "invalid"}),
        ({"is_active": "yes"}, {"is_active": "invalid"}),
        ({"password": ""}, {"password": "invalid"}),
        ({"password": "12345678"}, {"password": "weak_password"}),
        ({"password": "meera123"}, {"password": "weak_password"}),
        ({"is_staff": True}, {"is_staff": "unknown_field"}),
    ],
)
def test_refused_on_the_field(shop, change, errors):
    answer = shop.admin.post("/users/", BODY | change)
    assert (answer.status, answer.field_codes()) == (400, errors)


def test_a_user_name_stands_once(shop):
    assert shop.admin.post("/users/", BODY).status == 201
    again = shop.admin.post("/users/", BODY | {"username": "MEERA"})
    assert (again.status, again.code, again.field_codes()) == (
        409,
        "already_exists",
        {"username": "already_exists"},
    )
    taken = shop.admin.patch(f"/users/{shop.bilal.id}/", {"username": "meera"})
    assert taken.status == 409


def test_replay_whatever_the_password(shop):
    first = shop.admin.post("/users/", BODY, key="k")
    again = shop.admin.post("/users/", BODY, key="k")
    assert (again.status, again.data["id"]) == (201, first.data["id"])
    assert shop.admin.post("/users/", BODY | {"name": "M"}, key="k").status == 422


def test_nobody_takes_their_own_access_away(shop):
    mine = f"/users/{shop.admin.id}/"
    for change in ({"is_active": False}, {"role": "advisor"}):
        answer = shop.admin.patch(mine, change)
        assert (answer.status, answer.code) == (409, "own_account")
    assert shop.admin.patch(mine, {"name": "Admin", "role": "system_admin", "is_active": True}).status == 200


def test_a_role_counts_from_the_next_request_on(shop):
    assert shop.bilal.post("/customers/", {"name": "A"}).status == 201
    shop.admin.patch(f"/users/{shop.bilal.id}/", {"role": "auditor"})
    assert shop.bilal.post("/customers/", {"name": "A"}).status == 403


def test_deactivating_ends_tokens_at_once(shop):
    assert shop.admin.patch(f"/users/{shop.bilal.id}/", {"is_active": False}).data["is_active"] is False
    assert shop.bilal.get("/auth/me/").status == 401
    body = {"username": shop.bilal.actor.caller.username, "password": PASSWORD}
    assert shop.bilal.post("/auth/token/", body).status == 401


@pytest.mark.parametrize("name", ["asha", "bilal", "auditor"])
def test_administrators_only(shop, name):
    person = getattr(shop, name)
    mine = f"/users/{person.id}/"
    for answer in (
        person.get("/users/"),
        person.get(mine),
        person.post("/users/", BODY),
        person.patch(mine, {}),
    ):
        assert (answer.status, answer.code) == (403, "forbidden")


def test_list(shop):
    def found(query: str) -> set[int]:
        return {row["id"] for row in shop.admin.get(f"/users/?{query}").data["results"]}

    assert found("role=advisor") == {shop.bilal.id}
    assert found(f"store={shop.nagpur}") == {shop.chitra.id}
    assert found("q=ASHA") == {shop.asha.id}
    shop.admin.patch(f"/users/{shop.chitra.id}/", {"is_active": False})
    assert found("is_active=false") == {shop.chitra.id}
    names = [row["username"] for row in shop.admin.get("/users/?ordering=username").data["results"]]
    assert names == sorted(names)
    assert shop.admin.get("/users/?is_active=maybe").field_codes() == {"is_active": "invalid"}
