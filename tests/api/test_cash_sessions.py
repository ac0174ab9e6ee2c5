"""/api/cash-sessions/: open, move, count, close."""

import pytest

from tests import cast
from tests.cast import new_key
from tests.crediting import ledger
from tests.invoicing import desk
from tests.reports.scene import deposit_on

SESSIONS = "/cash-sessions/"


def opened(shop, **fields):
    return desk.made(shop.bilal.post(SESSIONS, {"store": shop.pune, **fields}))


def close(person, session, status=200, **fields):
    return desk.made(person.post(f"{SESSIONS}{session}/close/", fields), status)


def move(person, session, kind, amount, status=201):
    body = {"kind": kind, "amount": amount, "reason": "because"}
    return desk.made(person.post(f"{SESSIONS}{session}/movements/", body), status)


def current(shop):
    return shop.bilal.get(f"{SESSIONS}?store={shop.pune}&open=true").data["results"]


def whole(shop, session):
    return desk.made(shop.bilal.get(f"{SESSIONS}{session}/"), 200)


def test_a_day(shop):
    session = opened(shop, opening_float="1000.00")
    assert (session["z_number"], session["opened_by_itself"], session["by_mode"]) == (None, False, [])
    bill = desk.bill_of("5000.00", shop)
    cash = desk.made(desk.pay(shop.bilal, bill["id"], "1500.00", tendered="2000.00"))
    desk.made(desk.pay(shop.bilal, bill["id"], "700.00", mode="upi", reference="U1"))
    desk.made(desk.pay(shop.bilal, bill["id"], "800.00", mode="card", reference="C1"))
    back = {"amount": "100.00", "reason": "too much"}
    desk.made(shop.asha.post(f"/payments/{cash['id']}/refund/", back, key=new_key()))
    deposit = deposit_on(shop.bilal, shop.booking(), "400.00")
    returned = {"reason": "no repair", "amount": "50.00"}
    desk.made(shop.asha.post(f"/deposits/{deposit['id']}/refund/", returned, key=new_key()))
    move(shop.bilal, session["id"], "paid_in", "200.00")
    move(shop.bilal, session["id"], "paid_out", "150.00")
    moved = move(shop.bilal, session["id"], "bank", "2000.00")
    # 1000 + 1500 - 100 + 400 - 50 + 200 - 150 - 2000
    assert moved["cash_expected"] == "800.00"
    assert (moved["card_expected"], moved["upi_expected"]) == ("800.00", "700.00")
    count = {"notes": {"500": 1, "100": 2, "50": 1, "20": 1, "10": 2}, "coins": "9.50"}
    z = close(shop.bilal, session["id"], **count, card_total="800", upi_total="701", note="a rupee too much")
    assert (z["z_number"], z["cash_counted"], z["cash_difference"]) == (1, "799.50", "-0.50")
    assert (z["card_difference"], z["upi_difference"]) == ("0.00", "1.00")
    assert z["counted"] == {
        "notes": {"500": 1, "200": 0, "100": 2, "50": 1, "20": 1, "10": 2},
        "coins": "9.50",
    }
    assert [(each["mode"], each["received"], each["refunded"], each["net"]) for each in z["by_mode"]] == [
        ("cash", "1900.00", "150.00", "1750.00"),
        ("upi", "700.00", "0.00", "700.00"),
        ("card", "800.00", "0.00", "800.00"),
    ]
    assert [each["kind"] for each in z["movements"]] == ["paid_in", "paid_out", "bank"]
    assert current(shop) == []


def test_the_first_money_opens_with_what_was_counted_last(shop):
    bill = desk.bill_of("5000.00", shop)
    desk.made(desk.pay(shop.bilal, bill["id"], "500.00"))
    [first] = current(shop)
    assert (first["opened_by_itself"], first["opening_float"], first["opened_by"]) == (
        True, "0.00", shop.bilal.id,
    )  # fmt: skip
    close(shop.asha, first["id"], notes={"500": 1})
    desk.made(desk.pay(shop.asha, bill["id"], "1.00", mode="upi", reference="U1"))
    [second] = current(shop)
    assert (second["opening_float"], second["cash_expected"], second["upi_expected"]) == (
        "500.00", "500.00", "1.00",
    )  # fmt: skip
    assert close(shop.bilal, second["id"], notes={"500": 1})["z_number"] == 2
    assert opened(shop)["opening_float"] == "500.00"


def test_credit_is_no_money(shop):
    rich = desk.bill_of("100.00", shop)
    desk.made(desk.pay(shop.bilal, rich["id"], "1100.00", allow_credit=True))
    [session] = current(shop)
    bill = desk.bill_of("900.00", shop)
    desk.made(desk.pay(shop.bilal, bill["id"], "900.00", mode="credit"))
    assert whole(shop, session["id"])["by_mode"] == [
        {
            "mode": "cash",
            "received": "1100.00",
            "payments": 1,
            "refunded": "0.00",
            "refunds": 0,
            "net": "1100.00",
        }
    ]


def test_one_is_open_at_a_time(shop):
    opened(shop)
    before = desk.written()
    answer = shop.asha.post(SESSIONS, {"store": shop.pune})
    assert (answer.status, answer.code) == (409, "cash_session_open")
    assert desk.written() == before
    assert desk.made(shop.chitra.post(SESSIONS, {"store": shop.nagpur}))["z_number"] is None


@pytest.mark.parametrize(
    ("given", "differences"),
    [
        ({}, ("-100.00", None, None)),
        ({"notes": {"100": 1}, "card_total": "1.00"}, ("0.00", "1.00", None)),
        ({"notes": {"100": 1}, "upi_total": "-0.50"}, ("0.00", None, "-0.50")),
    ],
)
def test_a_difference_needs_a_reason(shop, given, differences):
    session = opened(shop, opening_float="100")["id"]
    before = desk.written()
    answer = shop.bilal.post(f"{SESSIONS}{session}/close/", given)
    assert (answer.status, answer.code) == (409, "difference_needs_reason")
    found = tuple(answer.data[f"{means}_difference"] for means in ("cash", "card", "upi"))
    assert found == differences
    assert desk.written() == before
    closed = close(shop.bilal, session, **given, note="counted twice")
    assert tuple(closed[f"{means}_difference"] for means in ("cash", "card", "upi")) == differences


def test_a_closed_session_takes_nothing_more(shop):
    session = opened(shop)["id"]
    close(shop.bilal, session)
    again = shop.bilal.post(f"{SESSIONS}{session}/close/", {})
    assert (again.status, again.code) == (409, "cash_session_closed")
    body = {"kind": "paid_in", "amount": "1.00", "reason": "late"}
    moved = shop.bilal.post(f"{SESSIONS}{session}/movements/", body)
    assert (moved.status, moved.code) == (409, "cash_session_closed")


def test_no_more_is_taken_out_than_there_is(shop):
    session = opened(shop, opening_float="100")["id"]
    body = {"kind": "bank", "amount": "100.01", "reason": "bank"}
    answer = shop.bilal.post(f"{SESSIONS}{session}/movements/", body)
    assert (answer.status, answer.code, answer.data["cash_expected"]) == (409, "not_enough_cash", "100.00")
    assert move(shop.bilal, session, "bank", "100.00")["cash_expected"] == "0.00"


def test_a_key_closes_once(shop):
    session, key = opened(shop)["id"], new_key()
    first = shop.bilal.post(f"{SESSIONS}{session}/close/", {}, key=key)
    again = shop.bilal.post(f"{SESSIONS}{session}/close/", {}, key=key)
    assert (first.status, again.status) == (200, 200)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert first.data == again.data
    moved = new_key()
    second = opened(shop)["id"]
    body = {"kind": "paid_in", "amount": "5.00", "reason": "change"}
    for _ in range(2):
        answer = shop.bilal.post(f"{SESSIONS}{second}/movements/", body, key=moved)
        assert answer.data["cash_expected"] == "5.00"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"notes": {"2000": 1}}, "notes.2000"),
        ({"notes": {"500": -1}}, "notes.500"),
        ({"notes": {"500": "3"}}, "notes.500"),
        ({"notes": [1]}, "notes"),
        ({"coins": "-1"}, "coins"),
        ({"coins": "0.001"}, "coins"),
        ({"upi_total": "x"}, "upi_total"),
        ({"note": "x" * 501}, "note"),
        ({"cash": "1"}, "cash"),
    ],
)
def test_malformed(shop, body, field):
    session = opened(shop)["id"]
    answer = shop.bilal.post(f"{SESSIONS}{session}/close/", body)
    assert answer.status == 400
    assert any(name.startswith(field) for name in answer.field_codes()), answer.data


def test_who_may(shop):
    session = opened(shop)["id"]
    assert shop.auditor.get(f"{SESSIONS}{session}/").status == 200
    assert shop.auditor.post(f"{SESSIONS}{session}/close/", {}).status == 403
    assert shop.auditor.post(SESSIONS, {"store": shop.nagpur}).status == 403
    for answer in (
        shop.chitra.get(f"{SESSIONS}{session}/"),
        shop.chitra.post(f"{SESSIONS}{session}/close/", {}),
        shop.chitra.post(SESSIONS, {"store": shop.pune}),
    ):
        assert (answer.status, answer.code) == (404, "not_found")
    assert shop.chitra.get(SESSIONS).data["results"] == []


def test_filters(shop):
    first = opened(shop, opening_float="10")["id"]
    close(shop.bilal, first, note="lost")
    second = opened(shop)["id"]
    for query, found in {
        "": [second, first],
        "?open=true": [second],
        "?open=false": [first],
        "?differs=true": [first],
        "?differs=false": [second],
        f"?store={shop.nagpur}": [],
        "?date_to=2020-01-01": [],
        "?ordering=business_date": [first, second],
    }.items():
        rows = shop.bilal.get(SESSIONS + query).data["results"]
        assert [row["id"] for row in rows] == found, query
    assert shop.bilal.get(f"{SESSIONS}?cash=1").status == 400


def test_books_agree_afterwards(shop):
    test_a_day(shop)
    assert ledger.faults() == []


def test_a_store_nobody_knows(shop):
    answer = shop.admin.post(SESSIONS, {"store": 999999})
    assert answer.field_codes() == {"store": "not_found"}
    other = cast.store("29")
    assert shop.bilal.post(SESSIONS, {"store": other}).status == 404
