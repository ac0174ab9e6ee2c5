import pytest

from tests import cast


def body(**change):
    return {"name": "Case", "category": cast.category(), "hsn_code": "392690", "gst_rate": "18"} | change


def test_defaults(shop):
    given = body()
    made = shop.asha.post("/products/", given)
    assert made.status == 201
    assert made.data == given | {"id": made.data["id"], "brand": "", "treatment": "taxable", "unit": "NOS"}


def test_a_service_has_no_unit(shop):
    made = shop.asha.post("/products/", body(hsn_code="998716", gst_rate=18))
    assert (made.data["unit"], made.data["gst_rate"]) == ("NA", "18")
    assert shop.asha.post("/products/", body(unit="pcs", gst_rate="5.00")).data["unit"] == "PCS"


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"name": ""}, "name", "invalid"),
        ({"hsn_code": "123"}, "hsn_code", "invalid_hsn"),
        ({"hsn_code": "12345"}, "hsn_code", "invalid_hsn"),
        ({"hsn_code": ""}, "hsn_code", "invalid"),
        ({"gst_rate": "28"}, "gst_rate", "rate_not_in_force"),
        ({"gst_rate": "17"}, "gst_rate", "rate_not_in_force"),
        ({"gst_rate": "-5"}, "gst_rate", "invalid"),
        ({"gst_rate": "101"}, "gst_rate", "invalid"),
        ({"gst_rate": "18.0001"}, "gst_rate", "invalid"),
        ({"gst_rate": None}, "gst_rate", "invalid"),
        ({"treatment": "free"}, "treatment", "invalid"),
        ({"unit": "XYZ"}, "unit", "invalid_unit"),
        ({"category": "1"}, "category", "invalid"),
    ],
)
def test_refused_on_the_field(shop, change, field, code):
    answer = shop.asha.post("/products/", body(**change))
    assert answer.status == 400
    assert answer.field_codes() == {field: code}
    made = shop.asha.post("/products/", body()).data
    changed = shop.asha.patch(f"/products/{made['id']}/", change)
    assert (changed.status, changed.field_codes()) == (400, {field: code})


def test_unknown_category(shop):
    answer = shop.asha.post("/products/", body(category=999999))
    assert (answer.status, answer.code, answer.field_codes()) == (404, "not_found", {"category": "not_found"})
    made = shop.asha.post("/products/", body()).data
    assert shop.asha.patch(f"/products/{made['id']}/", {"category": 999999}).status == 404


def test_exempt_goods(shop):
    made = shop.asha.post("/products/", body(gst_rate="0", treatment="exempt"))
    assert (made.status, made.data["treatment"], made.data["gst_rate"]) == (201, "exempt", "0")


def test_list(shop):
    case = shop.asha.post("/products/", body(brand="Spigen")).data
    shop.asha.post("/products/", body(name="Charger", hsn_code="8504"))
    for query in (f"category={case['category']}", "brand=spigen", "hsn_code=392690", "q=spig", "q=cas"):
        assert shop.bilal.get(f"/products/?{query}").data["results"] == [case], query


def test_all_that_is_wrong_is_told_at_once(shop):
    answer = shop.asha.post("/products/", body(gst_rate="17", hsn_code="12345", name=None))
    assert answer.status == 400
    assert answer.field_codes() == {
        "gst_rate": "rate_not_in_force",
        "hsn_code": "invalid_hsn",
        "name": "invalid",
    }
