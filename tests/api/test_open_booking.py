import pytest

IMEI = "490154203237518"


@pytest.fixture
def body(shop):
    return {"store": shop.pune, "customer": shop.buyer, "device": "Phone", "issue": "Cracked display"}


def test_defaults(shop, body):
    made = shop.bilal.post("/bookings/", body)
    assert made.status == 201
    assert made.data["created_at"].endswith("+05:30")
    assert made.data == body | {
        "id": made.data["id"],
        "kind": "repair",
        "imei": "",
        "condition": "",
        "estimate": None,
        "status": "received",
        "status_reason": "",
        "created_by": shop.bilal.id,
        "created_at": made.data["created_at"],
        "updated_at": made.data["updated_at"],
    }


def test_everything_given(shop, body):
    made = shop.bilal.post("/bookings/", body | {"imei": "49-015420-323751-8", "estimate": 1500.5})
    assert (made.status, made.data["imei"], made.data["estimate"]) == (201, IMEI, "1500.50")


def test_the_counter_needs_no_device(shop, body):
    made = shop.bilal.post("/bookings/", {"store": shop.pune, "customer": shop.buyer, "kind": "counter"})
    assert (made.status, made.data["kind"], made.data["device"]) == (201, "counter", "")


@pytest.mark.parametrize(
    ("change", "errors"),
    [
        ({"device": ""}, {"device": "required"}),
        ({"device": None, "issue": "  "}, {"device": "required", "issue": "required"}),
        ({"imei": "490154203237519"}, {"imei": "invalid_imei"}),
        ({"imei": "000000000000000"}, {"imei": "invalid_imei"}),
        ({"imei": "4901542032375"}, {"imei": "invalid_imei"}),
        ({"estimate": "-1"}, {"estimate": "invalid"}),
        ({"kind": "rental"}, {"kind": "invalid"}),
        ({"status": "ready"}, {"status": "unknown_field"}),
        ({"store": None}, {"store": "invalid"}),
        ({"store": "1"}, {"store": "invalid"}),
        ({"customer": 0}, {"customer": "invalid"}),
        # All at once, but for what follows from a field that is itself at fault.
        ({"imei": "1", "issue": ""}, {"imei": "invalid_imei", "issue": "required"}),
        (
            {"store": None, "device": None, "x": 1},
            {"store": "invalid", "device": "required", "x": "unknown_field"},
        ),
        ({"kind": "rental", "device": ""}, {"kind": "invalid"}),
    ],
)
def test_refused_on_the_field(shop, body, change, errors):
    answer = shop.bilal.post("/bookings/", body | change)
    assert (answer.status, answer.field_codes()) == (400, errors)


def test_store_and_customer_must_be_there(shop, body):
    for change, field in (
        ({"store": shop.nagpur}, "store"),
        ({"store": 10**9}, "store"),
        ({"customer": 10**9}, "customer"),
    ):
        answer = shop.bilal.post("/bookings/", body | change)
        assert (answer.status, answer.code, answer.field_codes()) == (404, "not_found", {field: "not_found"})
    assert shop.admin.post("/bookings/", body | {"store": shop.nagpur}).status == 201


def test_a_replay_asks_for_the_store_again(shop, body):
    made = shop.bilal.post("/bookings/", body, key="k1")
    assert shop.bilal.post("/bookings/", body, key="k1").data == made.data
    shop.admin.patch(f"/users/{shop.bilal.id}/", {"stores": [shop.nagpur]})
    assert shop.bilal.post("/bookings/", body, key="k1").status == 404
    shop.admin.patch(f"/users/{shop.bilal.id}/", {"role": "auditor"})
    assert shop.bilal.post("/bookings/", body, key="k1").status == 403
