"""The customer's page of a repair: what its holder sees, and what nobody does."""

import pytest
from django.test import Client

from finetune.bookings.models import Booking, StatusLink
from finetune.web.public_throttle import BURST, THROTTLE
from tests import cast
from tests.web.visits import browser_of, words_of


@pytest.fixture(autouse=True)
def _nobody_came_yet():
    THROTTLE._left.clear()


@pytest.fixture
def booking(shop):
    buyer = cast.customer("Kavita Deshpande", phone="+919822034567", address="B-702, Rohan Mithila")
    booking = shop.booking(customer=buyer)
    shop.bilal.patch(
        f"/bookings/{booking}/", {"imei": "490154203237518", "estimate": "1500", "condition": "Dented"}
    )
    return booking


def path_of(booking: int) -> str:
    return f"/r/{StatusLink.objects.get(booking_id=booking, revoked_at=None).token}/"


def test_the_holder_sees_how_far_it_is_and_nothing_personal(shop, booking):
    answer = Client().get(path_of(booking))
    words = words_of(answer)
    assert answer.status_code == 200
    for each in ("Pune", "Phone", "Received", "1,500.00", "4567"):
        assert each in words
    for each in ("Kavita", "982203", "Rohan", "490154203237518", "Dented", "Cracked"):
        assert each not in words
    assert "finetune_session" not in answer.cookies


def test_nobody_else_comes_by_it(booking):
    answer = Client().get(path_of(booking))
    assert answer["Cache-Control"] == "no-store"
    assert "noindex" in answer["X-Robots-Tag"]
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "script-src 'none'" in answer["Content-Security-Policy"]
    assert Client().post(path_of(booking)).status_code == 405


@pytest.mark.parametrize("status", ["diagnosing", "awaiting_approval", "in_progress", "ready", "delivered"])
def test_every_step_has_its_sentence(booking, status):
    steps = ("diagnosing", "awaiting_approval", "in_progress", "ready", "delivered")
    for each in steps[: steps.index(status) + 1]:
        Booking.objects.filter(pk=booking).update(status=each)
    page = Client().get(path_of(booking)).content.decode()
    assert page.count('aria-current="step"') == 1


def test_a_cancelled_repair_says_so(booking):
    Booking.objects.filter(pk=booking).update(status="cancelled", status_reason="Beyond repair, rude")
    words = words_of(Client().get(path_of(booking)))
    assert "This repair was cancelled" in words
    assert "rude" not in words


@pytest.mark.parametrize("token", ["x", "A" * 32, "A" * 31 + "%00", "..", "a" * 500])
def test_a_guess_opens_nothing(booking, token):
    assert Client().get(f"/r/{token}/").status_code == 404


def test_a_link_is_renewed_and_ended_by_the_shop(shop, booking):
    client, old = browser_of(shop.bilal), path_of(booking)
    assert old in client.get(f"/repairs/{booking}/").content.decode()
    assert client.post(f"/repairs/{booking}/link/").status_code == 303
    assert Client().get(old).status_code == 404
    new = path_of(booking)
    assert Client().get(new).status_code == 200
    assert client.post(f"/repairs/{booking}/link/end/").status_code == 303
    assert Client().get(new).status_code == 404
    page = client.get(f"/repairs/{booking}/")
    assert "was ended" in words_of(page)
    assert "/r/" not in page.content.decode()
    assert client.get(f"/repairs/{booking}/card/").status_code == 200


def test_the_shop_shares_the_link(shop, booking):
    page = browser_of(shop.bilal).get(f"/repairs/{booking}/").content.decode()
    assert "https://wa.me/919822034567?text=" in page


def test_guessing_is_slowed_down(booking):
    for _ in range(BURST + 10):
        Client().get("/r/guess/")
    answer = Client().get(path_of(booking))
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0


def test_it_asks_the_database_once(booking, django_assert_max_num_queries):
    path = path_of(booking)
    with django_assert_max_num_queries(1):
        Client().get(path)
