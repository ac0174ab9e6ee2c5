import pytest

from tests import cast


@pytest.fixture
def product(shop):
    fields = {"name": "Phone", "category": cast.category(), "hsn_code": "85171300", "gst_rate": "18"}
    return shop.asha.post("/products/", fields).data


@pytest.fixture
def body(product):
    return {"product": product["id"], "variant_name": "Blue 128", "sku": "PH-B-128", "price": "11800.00"}


def test_defaults(shop, product, body):
    made = shop.asha.post("/variants/", body)
    assert made.status == 201
    assert made.data == body | {
        "id": made.data["id"],
        "barcode": "",
        "mrp": None,
        "cost": None,
        "reorder_level": None,
        "product_name": "Phone",
        "category": product["category"],
        "hsn_code": "85171300",
        "gst_rate": "18",
        "treatment": "taxable",
        "unit": "NOS",
    }


def test_money_in_either_form(shop, body):
    made = shop.asha.post(
        "/variants/", body | {"price": 11800, "mrp": 12000.5, "cost": "9000", "reorder_level": 3}
    )
    assert made.status == 201
    assert [made.data[name] for name in ("price", "mrp", "cost", "reorder_level")] == [
        "11800.00",
        "12000.50",
        "9000.00",
        3,
    ]


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"variant_name": " "}, "variant_name", "invalid"),
        ({"sku": "  "}, "sku", "invalid"),
        ({"price": "-0.01"}, "price", "invalid"),
        ({"price": "1.001"}, "price", "invalid"),
        ({"price": "99999999999"}, "price", "invalid"),
        ({"price": "free"}, "price", "invalid"),
        ({"price": True}, "price", "invalid"),
        ({"mrp": "11799.99"}, "price", "price_above_mrp"),
        ({"mrp": "-1"}, "mrp", "invalid"),
        ({"cost": "-1"}, "cost", "invalid"),
        ({"reorder_level": -1}, "reorder_level", "invalid"),
        ({"reorder_level": 1.5}, "reorder_level", "invalid"),
        ({"hsn_code": "8517"}, "hsn_code", "unknown_field"),
    ],
)
def test_refused_on_the_field(shop, body, change, field, code):
    answer = shop.asha.post("/variants/", body | change)
    assert (answer.status, answer.field_codes()) == (400, {field: code})
    made = shop.asha.post("/variants/", body).data
    changed = shop.asha.patch(f"/variants/{made['id']}/", change)
    assert (changed.status, changed.field_codes()) == (400, {field: code})
    assert shop.asha.get(f"/variants/{made['id']}/").data == made


def test_the_mrp_is_asked_of_the_record_as_it_would_become(shop, body):
    made = shop.asha.post("/variants/", body | {"mrp": "12000.00"}).data
    address = f"/variants/{made['id']}/"
    assert shop.asha.patch(address, {"price": "12000.01"}).field_codes() == {"price": "price_above_mrp"}
    assert shop.asha.patch(address, {"price": "12000.01", "mrp": "12500.00"}).status == 200
    free = shop.asha.patch(address, {"price": "13000.00", "mrp": None})
    assert (free.status, free.data["mrp"]) == (200, None)


def test_sku_and_barcode_stand_once(shop, body):
    assert shop.asha.post("/variants/", body | {"barcode": "8901"}).status == 201
    same_sku = shop.asha.post("/variants/", body | {"sku": " ph-b-128 "})
    assert (same_sku.status, same_sku.field_codes()) == (409, {"sku": "already_exists"})
    same_barcode = shop.asha.post("/variants/", body | {"sku": "X", "barcode": "8901"})
    assert (same_barcode.status, same_barcode.field_codes()) == (409, {"barcode": "already_exists"})
    for sku in ("X", "Y"):
        assert shop.asha.post("/variants/", body | {"sku": sku, "barcode": None}).status == 201


def test_unknown_product(shop, body):
    answer = shop.asha.post("/variants/", body | {"product": 999999})
    assert (answer.status, answer.field_codes()) == (404, {"product": "not_found"})


def test_cost_is_left_out_for_who_may_not_see_it(shop, body):
    made = shop.asha.post("/variants/", body | {"cost": "9000.00"}).data
    for person in (shop.admin, shop.asha, shop.auditor):
        assert person.get(f"/variants/{made['id']}/").data["cost"] == "9000.00"
        assert person.get("/variants/?q=PH-B").data["results"] == [made]
    without = {name: value for name, value in made.items() if name != "cost"}
    assert shop.bilal.get(f"/variants/{made['id']}/").data == without
    assert shop.bilal.get("/variants/?q=PH-B").data["results"] == [without]
    assert shop.bilal.get("/variants/?ordering=cost").status == 400


def test_list(shop, product, body):
    made = shop.asha.post("/variants/", body | {"barcode": "8901234567890"}).data
    cast.variant(price="5.00")
    found_by = ("sku=ph-b-128", "barcode=8901234567890", "q=h-b-1", "q=4567", "q=blue", "q=phone")
    for query in (f"product={product['id']}", f"category={product['category']}", *found_by):
        assert shop.asha.get(f"/variants/?{query}").data["results"] == [made], query
    prices = [row["price"] for row in shop.asha.get("/variants/?ordering=price").data["results"]]
    assert prices == ["5.00", "11800.00"]
