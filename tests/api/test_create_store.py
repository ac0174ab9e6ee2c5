import pytest

from tests.cast import BENGALURU_GSTIN, PUNE_GSTIN

BODY = {"code": "PNQ-2", "name": "Camp", "state_code": "27"}


def test_defaults(shop):
    made = shop.admin.post("/stores/", BODY)
    assert made.status == 201
    assert made.data == BODY | {
        "id": made.data["id"],
        "legal_name": "",
        "gstin": "",
        "address": "",
        "city": "",
        "pincode": "",
        "phone": "",
        "upi_vpa": "",
        "is_composition": False,
        "discount_ceiling_percent": "100",
    }


def test_everything_given(shop):
    body = BODY | {
        "legal_name": "FineTune Pvt Ltd",
        "gstin": " 27aapfu0939f1zv ",
        "address": "12 MG Road",
        "city": "Pune",
        "pincode": "411001",
        "phone": "098220 12345",
        "upi_vpa": "finetune.pune@okaxis",
        "is_composition": True,
        "discount_ceiling_percent": "7.50",
    }
    made = shop.admin.post("/stores/", body)
    assert made.status == 201
    normal = {"gstin": PUNE_GSTIN, "phone": "+919822012345", "discount_ceiling_percent": "7.5"}
    assert made.data == {"id": made.data["id"]} | body | normal


def test_null_stands_for_nothing_given(shop):
    made = shop.admin.post(
        "/stores/", BODY | {"gstin": None, "phone": None, "upi_vpa": None, "pincode": None}
    )
    assert made.status == 201
    assert (made.data["gstin"], made.data["phone"], made.data["upi_vpa"], made.data["pincode"]) == (
        "",
        "",
        "",
        "",
    )


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"code": "pnq"}, "code", "invalid"),
        ({"code": "A" * 13}, "code", "invalid"),
        ({"code": "A B"}, "code", "invalid"),
        ({"code": ""}, "code", "invalid"),
        ({"name": "  "}, "name", "invalid"),
        ({"name": "x" * 121}, "name", "invalid"),
        ({"state_code": "28"}, "state_code", "invalid_state_code"),
        ({"state_code": "96"}, "state_code", "invalid_state_code"),
        ({"state_code": ""}, "state_code", "invalid"),
        ({"gstin": "27AAPFU0939F1ZX"}, "gstin", "invalid_gstin"),
        ({"gstin": BENGALURU_GSTIN}, "gstin", "invalid_gstin"),
        ({"pincode": "011001"}, "pincode", "invalid_pincode"),
        ({"pincode": "41100"}, "pincode", "invalid_pincode"),
        ({"phone": "12"}, "phone", "invalid_phone"),
        ({"upi_vpa": "finetune"}, "upi_vpa", "invalid"),
        ({"upi_vpa": "a@b@c"}, "upi_vpa", "invalid"),
        ({"is_composition": "yes"}, "is_composition", "invalid"),
        ({"discount_ceiling_percent": "100.001"}, "discount_ceiling_percent", "invalid"),
        ({"discount_ceiling_percent": "-1"}, "discount_ceiling_percent", "invalid"),
        ({"id": 7}, "id", "unknown_field"),
    ],
)
def test_refused_on_the_field(shop, change, field, code):
    answer = shop.admin.post("/stores/", BODY | change)
    assert answer.status == 400
    assert answer.field_codes() == {field: code}


def test_a_code_is_taken_once(shop):
    assert shop.admin.post("/stores/", BODY).status == 201
    again = shop.admin.post("/stores/", BODY)
    assert (again.status, again.code) == (409, "already_exists")
    assert again.field_codes() == {"code": "already_exists"}


def test_stores_may_share_a_gstin(shop):
    for code in ("A", "B"):
        assert shop.admin.post("/stores/", BODY | {"code": code, "gstin": PUNE_GSTIN}).status == 201


def test_a_contradiction_comes_before_a_reused_key(shop):
    assert shop.admin.post("/stores/", BODY, key="k").status == 201
    answer = shop.admin.post("/stores/", BODY | {"gstin": BENGALURU_GSTIN}, key="k")
    assert (answer.status, answer.code) == (400, "invalid_gstin")


def test_all_that_is_wrong_is_told_at_once(shop):
    answer = shop.admin.post("/stores/", BODY | {"code": "pune", "gstin": BENGALURU_GSTIN})
    assert (answer.status, answer.field_codes()) == (400, {"code": "invalid", "gstin": "invalid_gstin"})
    answer = shop.admin.post("/stores/", BODY | {"state_code": "28", "gstin": BENGALURU_GSTIN})
    assert answer.field_codes() == {"state_code": "invalid_state_code"}
