"""The pages of the day end: the drawer, its count, the Z report, the days before."""

import re
from typing import Any

import pytest

from tests import cast
from tests.inventory.shelf import fetch
from tests.invoicing import desk
from tests.web.visits import log_in, words_of

KEY = "a" * 32


@pytest.fixture
def taken(shop: cast.Shop) -> int:
    """Pune's open session: Rs 1,500 cash, Rs 700 by UPI."""
    bill = desk.bill_of("5000.00", shop)
    desk.made(desk.pay(shop.bilal, bill["id"], "1500.00"))
    desk.made(desk.pay(shop.bilal, bill["id"], "700.00", mode="upi", reference="U1"))
    return int(fetch("SELECT id FROM payments_cashsession")[0][0])


def close(client, session: int, **fields: Any):
    given = {"notes.500": "3", "upi_total": "700", "card_total": "", "coins": "", "note": "", "_key": KEY}
    return client.post(f"/day/{session}/close/", {**given, **fields})


def test_the_drawer_says_what_it_should_hold(shop, taken):
    client, _ = log_in(shop.bilal)
    words = words_of(client.get("/day/"))
    assert "Cash ₹ 1,500.00 1 payment" in words
    assert "UPI ₹ 700.00 1 payment" in words
    assert "Expected ₹1,500.00" in words
    assert "opened by the first payment" in words


def test_a_day_is_closed_and_printed(shop, taken):
    client, _ = log_in(shop.bilal)
    answer = close(client, taken)
    assert (answer.status_code, answer["Location"]) == (303, f"/day/{taken}/")
    page = client.get(f"/day/{taken}/")
    words = words_of(page)
    assert "The day is closed." in words
    assert "Z report 1" in words
    assert "₹500 × 3 1,500.00" in words
    assert "UPI 700.00 700.00 agrees" in words
    assert "Card 0.00 not read" in re.sub(r"\s+", " ", words)
    again = words_of(client.get("/day/"))
    assert "The drawer is closed" in again
    assert 'value="1500.00"' in client.get("/day/").content.decode()


def test_a_difference_is_shown_and_needs_its_reason(shop, taken):
    client, _ = log_in(shop.bilal)
    answer = close(client, taken, coins="9.50")
    assert answer.status_code == 409
    assert "Rs 9.50 too much by cash" in words_of(answer)
    assert 'value="9.50"' in answer.content.decode()
    assert close(client, taken, coins="9.50", note="a buyer left it").status_code == 303
    words = words_of(client.get(f"/day/{taken}/"))
    assert "+9.50" in words
    assert "a buyer left it" in words
    assert "9.50" in words_of(client.get("/day/earlier/?differs=true"))


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"notes.500": "x"}, "notes-500-error"),
        ({"notes.10": "-1"}, "notes-10-error"),
        ({"coins": "many"}, "coins-error"),
    ],
)
def test_what_cannot_be_counted_is_marked(shop, taken, fields, place):
    client, _ = log_in(shop.bilal)
    answer = close(client, taken, **fields)
    assert answer.status_code == 400
    assert f'id="{place}"' in answer.content.decode()
    assert fetch("SELECT closed_at FROM payments_cashsession") == [(None,)]


def test_text_that_cannot_be_kept(shop, taken):
    client, _ = log_in(shop.bilal)
    assert close(client, taken, note="a\x00b").status_code == 400
    answer = client.post(f"/day/{taken}/movements/", {"kind": "bank", "amount": "1", "reason": "a\x00b"})
    assert answer.status_code == 400


def test_a_double_press_closes_once(shop, taken):
    client, _ = log_in(shop.bilal)
    assert close(client, taken).status_code == 303
    assert close(client, taken).status_code == 303
    assert fetch("SELECT count(*), max(z_number) FROM payments_cashsession") == [(1, 1)]
    late = close(client, taken, _key="b" * 32)
    assert late.status_code == 409
    assert "closed for good" in words_of(late)


def test_cash_in_and_out(shop, taken):
    client, _ = log_in(shop.bilal)
    form = {"kind": "paid_out", "amount": "150", "reason": "Courier", "_key": KEY}
    for _ in range(2):
        answer = client.post(f"/day/{taken}/movements/", form)
        assert (answer.status_code, answer["Location"]) == (303, f"/day/?store={shop.pune}")
    words = words_of(client.get("/day/"))
    assert "Courier" in words
    assert "Expected ₹1,350.00" in words
    much = client.post(f"/day/{taken}/movements/", {**form, "amount": "5000", "_key": "b" * 32})
    assert much.status_code == 409
    assert "The drawer should hold Rs 1350.00" in words_of(much)
    missing = client.post(f"/day/{taken}/movements/", {**form, "reason": " ", "_key": "c" * 32})
    assert missing.status_code == 400


def test_a_drawer_is_opened(shop):
    client, _ = log_in(shop.bilal)
    answer = client.post("/day/open/", {"store": shop.pune, "opening_float": "2,500", "_key": KEY})
    assert answer.status_code == 303
    assert "In it at the opening 2,500.00" in words_of(client.get("/day/"))
    again = client.post("/day/open/", {"store": shop.pune, "opening_float": "1", "_key": "b" * 32})
    assert again.status_code == 409


def test_all_stores_at_a_glance(shop, taken):
    client, _ = log_in(shop.admin)
    words = words_of(client.get("/day/"))
    assert "Pune ₹ 1,500.00" in words
    assert "Nagpur — The drawer is closed." in words
    assert "Count the drawer" in words_of(client.get(f"/day/?store={shop.pune}"))


def test_an_auditor_looks_and_closes_nothing(shop, taken):
    client, _ = log_in(shop.auditor)
    page = client.get(f"/day/?store={shop.pune}")
    assert page.status_code == 200
    assert "Close the day" not in words_of(page)
    assert close(client, taken).status_code == 403
    assert client.post("/day/open/", {"store": shop.pune}).status_code == 403


def test_another_stores_drawer_is_not_there(shop, taken):
    client, _ = log_in(shop.chitra)
    assert client.get(f"/day/?store={shop.pune}").status_code == 404
    assert client.get(f"/day/{taken}/").status_code == 404
    assert close(client, taken).status_code == 404
    form = {"kind": "paid_in", "amount": "1", "reason": "x", "_key": KEY}
    assert client.post(f"/day/{taken}/movements/", form).status_code == 404
    assert client.post("/day/open/", {"store": shop.pune, "opening_float": "1"}).status_code == 404
    assert "1,500.00" not in words_of(client.get("/day/"))


@pytest.mark.parametrize(
    "path", ["/day/x/", "/day/0/", "/day/999999/", "/day/?store=x", "/day/?store=99999999999999999999"]
)
def test_what_is_not_there(shop, path):
    client, _ = log_in(shop.bilal)
    assert client.get(path).status_code == 404


def test_an_open_sessions_report_is_its_drawer(shop, taken):
    client, _ = log_in(shop.bilal)
    answer = client.get(f"/day/{taken}/")
    assert (answer.status_code, answer["Location"]) == (303, f"/day/?store={shop.pune}")


def test_statements_are_few(shop, taken, django_assert_max_num_queries):
    client, _ = log_in(shop.bilal)
    client.get("/day/")
    with django_assert_max_num_queries(10):
        client.get("/day/")
    close(client, taken)
    with django_assert_max_num_queries(10):
        client.get(f"/day/{taken}/")
    with django_assert_max_num_queries(8):
        client.get("/day/earlier/")
    bill = desk.bill_of("100.00", shop)
    for _ in range(3):
        desk.made(desk.pay(shop.bilal, bill["id"], "1.00"))
    with django_assert_max_num_queries(10):
        client.get("/day/")
