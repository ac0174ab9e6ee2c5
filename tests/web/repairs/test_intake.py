"""Intake: customer, device, photos and deposit in one go, all of it or none."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from finetune.bookings.models import Booking, BookingPhoto
from finetune.customers.models import Customer
from finetune.deposits.models import Deposit
from tests import cast
from tests.bookings.test_pictures import picture
from tests.web.visits import browser_of, words_of

IMEI = "490154203237518"


def photo(data: bytes = b"", name: str = "front.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data or picture(), content_type="image/jpeg")


@pytest.fixture
def form(shop):
    return {
        "store": shop.pune,
        "phone": "98220 34567",
        "name": "Kavita Deshpande",
        "device": "Phone One",
        "imei": "49-015420-323751-8",
        "issue": "Cracked display",
        "condition": "Scratch at the back, no SIM",
        "estimate": "1,500",
    }


def send(person, form: dict[str, Any], **more: Any):
    return browser_of(person).post("/repairs/new/", {**form, **more})


def made() -> Booking:
    return Booking.objects.latest("id")


def test_a_device_is_taken_in_with_a_new_customer(shop, form):
    answer = send(shop.bilal, form)
    booking = made()
    assert (answer.status_code, answer["Location"]) == (303, f"/repairs/{booking.pk}/card/")
    assert (booking.store_id, booking.imei, str(booking.estimate)) == (shop.pune, IMEI, "1500.00")
    assert booking.condition == "Scratch at the back, no SIM"
    assert (booking.customer.name, booking.customer.phone) == ("Kavita Deshpande", "+919822034567")
    card = words_of(browser_of(shop.bilal).get(f"/repairs/{booking.pk}/card/"))
    assert "Kavita Deshpande" in card
    assert "1,500.00" in card


def test_a_known_customer_is_chosen(shop, form):
    known = cast.customer("Kavita D", phone="+919822034567")
    answer = send(shop.bilal, form)
    assert answer.status_code == 400
    assert "This number is known" in words_of(answer)
    assert send(shop.bilal, form, customer=str(known), name="").status_code == 303
    assert made().customer_id == known
    assert send(shop.bilal, form, customer="new").status_code == 303
    assert made().customer_id != known


def test_finding_without_script_keeps_what_was_typed(shop, form):
    cast.customer("Kavita D", phone="+919822034567")
    answer = send(shop.bilal, form, find="1")
    assert answer.status_code == 200
    assert "Kavita D" in words_of(answer)
    assert "Scratch at the back" in answer.content.decode()
    assert not Booking.objects.exists()


def test_photos_and_deposit_come_along(shop, form):
    answer = send(
        shop.bilal,
        form,
        photos=[photo(), photo(name="../../x.php")],
        amount="500",
        mode="upi",
        reference="UPI-77",
    )
    assert answer.status_code == 303
    assert BookingPhoto.objects.filter(booking=made()).count() == 2
    deposit = Deposit.objects.get()
    assert (deposit.booking_id, str(deposit.amount)) == (made().pk, "500.00")


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (
            {"amount": "500", "mode": "upi", "reference": ""},
            "Reference optional For UPI and card Fill this in.",
        ),
        ({"amount": "-1"}, "above 0"),
        ({"imei": "490154203237519"}, "check digit"),
        ({"device": ""}, "Fill this in"),
        ({"name": ""}, "Fill this in"),
        ({"issue": "a\x00b"}, "cannot be kept"),
        ({"estimate": "many"}, "decimal"),
        ({"phone": "12"}, "phone"),
        ({"store": "999999"}, "no such store"),
        ({"store": "x"}, "marked"),
        ({"photos": [SimpleUploadedFile("a.jpg", b"no picture")]}, "no photo that can be read"),
        ({"photos": [SimpleUploadedFile(f"{n}.jpg", b"x") for n in range(7)]}, "at most 6"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(shop, form, more, words):
    before = Customer.objects.count()
    answer = send(shop.bilal, form, **more)
    assert answer.status_code in (400, 404)
    assert words in words_of(answer)
    assert "Cracked display" in answer.content.decode() or "issue" in more
    assert (Booking.objects.count(), Customer.objects.count()) == (0, before)


def test_a_deposit_that_is_refused_takes_everything_back(shop, form):
    assert send(shop.bilal, form, amount="10", mode="upi", reference="UPI-1").status_code == 303
    answer = send(
        shop.bilal, form, customer="new", amount="10", mode="upi", reference="UPI-1", photos=[photo()]
    )
    assert answer.status_code == 409
    assert Booking.objects.count() == 1
    assert Customer.objects.filter(name="Kavita Deshpande").count() == 1
    assert not BookingPhoto.objects.exists()


def test_a_double_press_counts_once(shop, form):
    client, key = browser_of(shop.bilal), "b" * 32
    sent = {**form, "_key": key, "amount": "100", "mode": "cash"}
    first, second = client.post("/repairs/new/", sent), client.post("/repairs/new/", sent)
    assert first["Location"] == second["Location"]
    assert (Booking.objects.count(), Deposit.objects.count()) == (1, 1)


def test_who_may_take_in(shop, form):
    assert browser_of(shop.auditor).get("/repairs/new/").status_code == 403
    assert Client().get("/repairs/new/")["Location"].startswith("/login/")
    assert send(shop.chitra, form).status_code == 404
    assert not Booking.objects.exists()


def test_the_part_that_finds_by_phone(shop):
    cast.customer("Kavita D", phone="+919822034567", city="Pune")
    client = browser_of(shop.bilal)
    part = client.get("/repairs/customers/", {"phone": "98220-34567"})
    assert "Kavita D" in words_of(part)
    assert "checked" in part.content.decode()
    assert "checked" not in client.get("/repairs/customers/", {"phone": "3456"}).content.decode()
    for nothing in ("", "982", "x" * 50, "9822\x00", "%%%%"):
        assert words_of(client.get("/repairs/customers/", {"phone": nothing})).strip() == ""


def test_the_part_that_looks_at_an_imei(shop, form):
    client = browser_of(shop.bilal)
    assert "never here before" in words_of(client.get("/repairs/imei/", {"imei": IMEI}))
    assert "check digit" in words_of(client.get("/repairs/imei/", {"imei": "490154203237519"}))
    send(shop.bilal, form)
    assert "met this device before" in words_of(client.get("/repairs/imei/", {"imei": "49 015420 323751 8"}))
    elsewhere = browser_of(shop.chitra).get("/repairs/imei/", {"imei": IMEI})
    assert "met this device" not in words_of(elsewhere)


def test_more_than_a_form_takes_is_told_so(shop, form, settings):
    settings.UPLOAD_BYTES_MAX = 200_000
    answer = send(shop.bilal, form, photos=[photo(b"x" * 300_000)])
    assert answer.status_code == 413
    assert "fewer or smaller photos" in words_of(answer)


def test_only_the_forms_with_photos_take_more_than_the_api(shop):

    def large() -> dict[str, Any]:
        return {"name": "x", "file": SimpleUploadedFile("x", b"x" * (2**20 + 1))}

    client = browser_of(shop.bilal)
    for path in ("/customers/new/", "/login/", "/repairs/1/edit/", "/nowhere"):
        assert client.post(path, large()).status_code == 413
    assert client.post("/repairs/999999/photos/", large()).status_code == 404


def test_intake_asks_the_database_a_few_times_only(shop, django_assert_max_num_queries):
    client = browser_of(shop.bilal)
    with django_assert_max_num_queries(5):
        client.get("/repairs/new/")
