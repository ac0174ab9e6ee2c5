import pytest

from tests.cast import BENGALURU_GSTIN, PUNE_GSTIN


def test_defaults(shop):
    made = shop.bilal.post("/customers/", {"name": "Meera"})
    assert made.status == 201
    assert made.data == {
        "id": made.data["id"],
        "name": "Meera",
        "phone": "",
        "email": "",
        "gstin": "",
        "legal_name": "",
        "state_code": "",
        "address": "",
        "city": "",
        "pincode": "",
        "country": "IN",
        "category": "unregistered",
        "is_walk_in": False,
    }


def test_everything_given(shop):
    body = {
        "name": "Acme Traders",
        "phone": "+91 98765 43210",
        "email": "ap@acme.in",
        "gstin": PUNE_GSTIN.lower(),
        "legal_name": "Acme Traders LLP",
        "state_code": "27",
        "address": "4 Laxmi Road",
        "city": "Pune",
        "pincode": "411030",
        "country": "in",
        "category": "sez",
    }
    made = shop.bilal.post("/customers/", body)
    assert made.status == 201
    normal = {"phone": "+919876543210", "gstin": PUNE_GSTIN, "country": "IN", "is_walk_in": False}
    assert made.data == {"id": made.data["id"]} | body | normal


def test_a_gstin_makes_a_registered_customer_of_its_state(shop):
    made = shop.bilal.post("/customers/", {"name": "B", "gstin": BENGALURU_GSTIN})
    assert (made.data["category"], made.data["state_code"]) == ("registered", "29")


def test_an_export_has_a_country_of_its_own(shop):
    made = shop.bilal.post(
        "/customers/", {"name": "B", "category": "export", "country": "us", "pincode": "94043"}
    )
    assert (made.status, made.data["country"]) == (201, "US")
    assert shop.bilal.post("/customers/", {"name": "B", "category": "export"}).data["country"] == ""


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"name": " "}, "name", "invalid"),
        ({"phone": "98765"}, "phone", "invalid_phone"),
        ({"phone": "call me"}, "phone", "invalid_phone"),
        ({"email": "nobody"}, "email", "invalid_email"),
        ({"gstin": "27AAPFU0939F1ZX"}, "gstin", "invalid_gstin"),
        ({"gstin": PUNE_GSTIN, "state_code": "29"}, "gstin", "invalid_gstin"),
        ({"gstin": PUNE_GSTIN, "category": "unregistered"}, "category", "invalid"),
        ({"category": "registered"}, "gstin", "required"),
        ({"category": "sez"}, "gstin", "required"),
        ({"category": "export", "country": "IN"}, "country", "invalid"),
        ({"category": "wholesale"}, "category", "invalid"),
        ({"state_code": "25"}, "state_code", "invalid_state_code"),
        ({"country": "XX"}, "country", "invalid"),
        ({"country": "India"}, "country", "invalid"),
        ({"pincode": "1234567"}, "pincode", "invalid_pincode"),
        ({"is_walk_in": True}, "is_walk_in", "unknown_field"),
    ],
)
def test_refused_on_the_field(shop, change, field, code):
    answer = shop.bilal.post("/customers/", {"name": "B"} | change)
    assert answer.status == 400
    assert answer.field_codes() == {field: code}


@pytest.mark.parametrize(
    ("change", "errors"),
    [
        ({"email": "x", "pincode": "41"}, {"email": "invalid_email", "pincode": "invalid_pincode"}),
        ({"name": "", "category": "sez"}, {"name": "invalid", "gstin": "required"}),
        (
            {"colour": 1, "gstin": PUNE_GSTIN, "state_code": "29"},
            {"colour": "unknown_field", "gstin": "invalid_gstin"},
        ),
        # What follows from a field that is itself at fault is not said.
        ({"country": "Nowhere", "pincode": "94043"}, {"country": "invalid"}),
        ({"category": "abroad", "pincode": "94043"}, {"category": "invalid"}),
        ({"category": "registered", "gstin": "27"}, {"gstin": "invalid_gstin"}),
        ({"state_code": "28", "gstin": PUNE_GSTIN}, {"state_code": "invalid_state_code"}),
    ],
)
def test_all_that_is_wrong_is_told_at_once(shop, change, errors):
    answer = shop.bilal.post("/customers/", {"name": "B"} | change)
    assert (answer.status, answer.field_codes()) == (400, errors)
