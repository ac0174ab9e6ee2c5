"""The bench: who sees what, one press a step, and what is refused."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from finetune.bookings.models import Booking
from finetune.bookings.rules import BENCH
from finetune.core.dates import now
from finetune.web.repairs import queries
from tests import cast
from tests.web.visits import browser_of, words_of


def press(client: Client, booking: int, to: str, **more: str):
    return client.post(f"/repairs/{booking}/move/", {"to": to, "back": "board", **more})


def status_of(booking: int) -> str:
    return Booking.objects.get(pk=booking).status


def test_the_board_shows_ones_own_bench(shop):
    shop.booking(customer=cast.customer("Kavita Deshpande"))
    shop.booking(store=shop.nagpur, customer=cast.customer("Ravi Joshi"))
    words = words_of(browser_of(shop.bilal).get("/repairs/"))
    assert "Kavita Deshpande" in words
    assert "Ravi Joshi" not in words
    assert "Received 1" in words


def test_an_empty_bench_says_what_to_do(shop):
    page = browser_of(shop.bilal).get("/repairs/")
    assert "The bench is clear" in words_of(page)
    assert 'href="/repairs/new/"' in page.content.decode()


def test_one_press_moves_a_repair_on(shop):
    booking, client = shop.booking(), browser_of(shop.bilal)
    for to in ("diagnosing", "awaiting_approval", "in_progress", "ready", "delivered"):
        answer = press(client, booking, to)
        assert (answer.status_code, status_of(booking)) == (303, to)
    words = words_of(client.get("/repairs/"))
    assert "was handed over" in words
    assert "The bench is clear" in words


def test_a_press_by_htmx_brings_the_board_back(shop):
    client = browser_of(shop.bilal)
    answer = client.post(
        f"/repairs/{shop.booking()}/move/",
        {"to": "diagnosing", "back": "board"},
        headers={"HX-Request": "true"},
    )
    assert answer.status_code == 200
    assert answer.content.decode().lstrip().startswith('<div id="board"')
    assert "is being diagnosed" in words_of(answer)


def test_a_double_press_counts_once(shop):
    booking, client = shop.booking(), browser_of(shop.bilal)
    key = "a" * 32
    assert press(client, booking, "diagnosing", _key=key).status_code == 303
    assert press(client, booking, "diagnosing", _key=key).status_code == 303
    assert status_of(booking) == "diagnosing"


def test_a_step_that_is_not_there_is_refused_with_the_sentence(shop):
    booking, client = shop.booking(), browser_of(shop.bilal)
    answer = press(client, booking, "ready")
    assert answer.status_code == 409
    assert "A booking cannot go from received to ready." in words_of(answer)
    answer = client.post(f"/repairs/{booking}/move/", {"to": "ready"})
    assert answer.status_code == 409
    assert "A booking cannot go from received to ready." in words_of(answer)
    assert press(client, booking, "cancelled").status_code == 400
    assert press(client, booking, "nowhere").status_code == 400
    assert status_of(booking) == "received"


def test_cancelling_asks_why(shop):
    booking, client = shop.booking(), browser_of(shop.bilal)
    path = f"/repairs/{booking}/cancel/"
    assert client.get(path).status_code == 200
    assert client.post(path, {"reason": " "}).status_code == 400
    assert status_of(booking) == "received"
    answer = client.post(path, {"reason": "The customer took it back"})
    assert (answer.status_code, answer["Location"]) == (303, f"/repairs/{booking}/")
    assert "The customer took it back" in words_of(client.get(f"/repairs/{booking}/"))


@pytest.mark.parametrize("path", ["move/", "cancel/"])
def test_who_may_move(shop, path):
    booking = shop.booking()
    given = {"to": "diagnosing", "reason": "x"}
    assert browser_of(shop.chitra).post(f"/repairs/{booking}/{path}", given).status_code == 404
    assert browser_of(shop.auditor).post(f"/repairs/{booking}/{path}", given).status_code == 403
    assert Client().post(f"/repairs/{booking}/{path}", given)["Location"].startswith("/login/")
    assert status_of(booking) == "received"


def test_an_auditor_sees_the_bench_and_no_button(shop):
    shop.booking()
    page = browser_of(shop.auditor).get("/repairs/").content.decode()
    assert "Cracked display" in page
    assert "Start diagnosis" not in page
    assert "/repairs/new/" not in page


def test_what_waits_too_long_is_marked(shop):
    booking = shop.booking()
    client = browser_of(shop.bilal)
    assert "job-late" not in client.get("/repairs/").content.decode()
    Booking.objects.filter(pk=booking).update(created_at=now() - timedelta(days=9))
    assert "Late: 9 days" in words_of(client.get("/repairs/"))
    assert "Phone" in words_of(client.get("/repairs/list/?late=true"))


def test_the_search_looks_at_the_bench(shop):
    shop.booking(customer=cast.customer("Kavita Deshpande", phone="+919822034567"))
    shop.booking(customer=cast.customer("Ravi Joshi"))
    client = browser_of(shop.bilal)
    for q in ("kavita", "98220 34567"):
        words = words_of(client.get("/repairs/", {"q": q}))
        assert ("Kavita Deshpande" in words, "Ravi Joshi" in words) == (True, False)
    assert "Nothing on the bench fits" in words_of(client.get("/repairs/", {"q": "100%"}))
    assert client.get("/repairs/", {"q": "a\x00b", "status": "nonsense"}).status_code == 200


def test_a_full_column_leads_to_the_list(shop, monkeypatch):
    monkeypatch.setattr("finetune.web.repairs.queries.CARDS_MAX", 2)
    for _ in range(5):
        shop.booking()
    page = browser_of(shop.bilal).get("/repairs/").content.decode()
    assert page.count('class="job"') == 2
    assert "3 more" in page
    assert "/repairs/list/?status=received" in page


def test_the_list_and_its_file(shop):
    shop.booking(customer=cast.customer("Kavita Deshpande"))
    client = browser_of(shop.bilal)
    assert "Kavita Deshpande" in words_of(client.get("/repairs/list/?q=kavita&status=received"))
    answer = client.get("/repairs/list/?format=csv")
    assert "Kavita Deshpande" in b"".join(answer).decode()
    assert "Kavita" not in words_of(browser_of(shop.chitra).get("/repairs/list/"))


def test_the_board_asks_the_database_a_few_times_only(shop, django_assert_max_num_queries):
    for _ in range(12):
        shop.booking()
    client = browser_of(shop.asha)
    with django_assert_max_num_queries(6):
        client.get("/repairs/")
    with django_assert_max_num_queries(6):
        client.get("/repairs/list/")


def test_the_bench_is_found_without_looking_through_all_that_was_ever_repaired(shop):
    """Three bookings fit one page of the table, so the planner is told to dislike reading it whole."""
    given = {"bench": list(BENCH), "stores": None, "store": None, "limit": 20, "q": "%x%", "digits": None}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        cursor.execute("EXPLAIN " + queries._BOARD.format(of=queries._OPEN), given)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert plan.count("bookings_on_the_bench") == 2, plan
