"""One repair: its facts, photos, parts, money and history."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from finetune.bookings.models import Booking, BookingPhoto
from finetune.deposits.models import Deposit
from finetune.inventory.models import StockEntry
from finetune.invoicing.models import Invoice
from tests import cast
from tests.bookings.test_pictures import picture
from tests.web.visits import browser_of, words_of


def path_of(booking: int, rest: str = "") -> str:
    return f"/repairs/{booking}/{rest}"


def on_the_shelf(shop, quantity: int = 3) -> str:
    variant = cast.variant(sku="DIS-1")
    entry = {
        "entry_type": "purchase",
        "store": shop.pune,
        "product_variant": variant,
        "quantity": quantity,
        "unit_price": "777.77",
    }
    assert shop.asha.post("/stock-entries/", entry).status == 201
    return "dis-1"


def send_photo(client: Client, booking: int, data: bytes = b""):
    file = SimpleUploadedFile("a.jpg", data or picture())
    return client.post(path_of(booking, "photos/"), {"photos": [file]})


def test_it_shows_what_it_is_and_what_was_done(shop):
    booking, client = (
        shop.booking(customer=cast.customer("Kavita", phone="+919822034567")),
        browser_of(shop.bilal),
    )
    client.post(path_of(booking, "move/"), {"to": "diagnosing"})
    shop.bilal.patch(f"/bookings/{booking}/", {"issue": "Water damage"})
    words = words_of(client.get(path_of(booking)))
    assert "Issue: Cracked display → Water damage" in words
    for each in ("Kavita", "Water damage", "Received → Diagnosing", "Taken in"):
        assert each in words


def test_another_stores_repair_is_not_there(shop):
    booking = shop.booking()
    client = browser_of(shop.chitra)
    for rest in ("", "edit/", "card/", "cancel/", "deposit/"):
        assert client.get(path_of(booking, rest)).status_code == 404
    for rest in ("parts/", "photos/", "bill/", "link/", "link/end/", "move/", "edit/"):
        assert client.post(path_of(booking, rest), {"to": "diagnosing"}).status_code == 404
    assert browser_of(shop.bilal).get("/repairs/0/").status_code == 404
    assert browser_of(shop.bilal).get("/repairs/x/").status_code == 404


def test_an_auditor_looks_and_changes_nothing(shop):
    booking, client = shop.booking(), browser_of(shop.auditor)
    page = client.get(path_of(booking)).content.decode()
    assert "<form" not in page.partition("<main")[2]
    for rest in ("parts/", "photos/", "bill/", "link/", "link/end/", "deposit/", "edit/"):
        assert client.post(path_of(booking, rest)).status_code == 403


def test_it_is_changed_with_the_version_that_was_seen(shop):
    booking, client = shop.booking(), browser_of(shop.bilal)
    form = {
        "device": "Phone Two",
        "issue": "Wet",
        "imei": "",
        "condition": "Dent",
        "estimate": "900",
        "_version": "1",
    }
    assert client.get(path_of(booking, "edit/")).status_code == 200
    assert client.post(path_of(booking, "edit/"), form).status_code == 303
    assert Booking.objects.get(pk=booking).condition == "Dent"
    assert client.post(path_of(booking, "edit/"), form).status_code == 412
    assert client.post(path_of(booking, "edit/"), {**form, "_version": "2", "device": ""}).status_code == 400


def test_a_part_is_used_by_its_sku(shop):
    booking, code = shop.booking(), on_the_shelf(shop)
    client = browser_of(shop.bilal)
    sent = {"code": f" {code} ", "quantity": "2", "_key": "c" * 32}
    answer = client.post(path_of(booking, "parts/"), sent)
    again = client.post(path_of(booking, "parts/"), sent)
    assert (answer.status_code, again.status_code) == (303, 303)
    entry = StockEntry.objects.get(entry_type="consumption")
    assert (entry.quantity, entry.booking_id, entry.delta) == (2, booking, -2)
    words = words_of(client.get(path_of(booking)))
    assert "DIS-1" in words
    assert "777.77" not in words


@pytest.mark.parametrize(
    ("form", "status", "words"),
    [
        ({"code": "", "quantity": "1"}, 400, "Fill this in"),
        ({"code": "nothing", "quantity": "1"}, 400, "Nothing here has this code"),
        ({"code": "DIS-1", "quantity": "9"}, 409, "3"),
        ({"code": "DIS-1", "quantity": "0"}, 400, "at least 1"),
        ({"code": "DIS-1", "quantity": "x"}, 400, "decimal number"),
        ({"code": "a\x00", "quantity": "1"}, 400, "Scan the part"),
    ],
)
def test_a_part_that_cannot_be_used_is_told_in_its_place(shop, form, status, words):
    booking = shop.booking()
    on_the_shelf(shop)
    answer = browser_of(shop.bilal).post(path_of(booking, "parts/"), form)
    assert answer.status_code == status
    assert words.lower() in words_of(answer).lower()
    assert not StockEntry.objects.filter(entry_type="consumption").exists()


def test_a_tracked_part_is_used_by_its_serial(shop):
    category = cast.category()
    shop.admin.post("/inventory-config/", {"category": category, "track_serials": True})
    variant = cast.variant(category_id=category)
    entry = {
        "entry_type": "purchase",
        "store": shop.pune,
        "product_variant": variant,
        "quantity": 1,
        "unit_price": "1",
    }
    assert shop.asha.post("/stock-entries/", entry | {"serial_numbers": ["DSP-0001"]}).status == 201
    booking = shop.booking()
    answer = browser_of(shop.bilal).post(path_of(booking, "parts/"), {"code": "dsp-0001", "quantity": "1"})
    assert answer.status_code == 303
    assert "DSP-0001" in words_of(browser_of(shop.bilal).get(path_of(booking)))


def test_a_photo_is_kept_shown_and_removed(shop):
    booking, client = shop.booking(), browser_of(shop.bilal)
    assert send_photo(client, booking).status_code == 303
    photo = BookingPhoto.objects.get().pk
    address = path_of(booking, f"photos/{photo}/")
    for size in ("", "?size=small"):
        answer = client.get(address + size)
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
        assert answer["Content-Disposition"].startswith("attachment;")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer["Cache-Control"] == "private, no-store"
    assert f"{address}?size=small" in client.get(path_of(booking)).content.decode()
    other = shop.booking()
    assert client.get(path_of(other, f"photos/{photo}/")).status_code == 404
    assert browser_of(shop.chitra).get(address).status_code == 404
    assert Client().get(address).status_code == 302
    assert client.post(path_of(other, f"photos/{photo}/remove/")).status_code == 404
    assert client.post(f"{address}remove/").status_code == 303
    assert not BookingPhoto.objects.exists()


def test_what_is_no_photo_is_refused(shop):
    booking, client = shop.booking(), browser_of(shop.bilal)
    answer = send_photo(client, booking, b"<svg onload=alert(1)>")
    assert answer.status_code == 400
    assert "no photo that can be read" in words_of(answer)
    assert client.post(path_of(booking, "photos/"), {}).status_code == 303
    assert not BookingPhoto.objects.exists()


def test_a_deposit_is_taken_and_given_back(shop):
    booking, client = shop.booking(), browser_of(shop.bilal)
    form = {"amount": "500", "mode": "cash", "reference": "", "_key": "d" * 32}
    assert client.get(path_of(booking, "deposit/")).status_code == 200
    for _ in range(2):
        assert client.post(path_of(booking, "deposit/"), form).status_code == 303
    assert (
        client.post(path_of(booking, "deposit/"), {**form, "_key": "e" * 32, "mode": "upi"}).status_code
        == 400
    )
    deposit = Deposit.objects.get()
    assert "500.00" in words_of(client.get(path_of(booking)))
    back = path_of(booking, f"deposits/{deposit.pk}/refund/")
    assert client.post(back, {"reason": "Not repaired"}).status_code == 403
    head = browser_of(shop.asha)
    assert head.get(path_of(shop.booking(), f"deposits/{deposit.pk}/refund/")).status_code == 404
    assert head.post(back, {"reason": ""}).status_code == 400
    assert head.post(back, {"reason": "Not repaired"}).status_code == 303
    assert "0.00 of it is left" in words_of(head.get(path_of(booking)))


def test_the_estimate_becomes_a_draft(shop):
    booking, client = shop.booking(), browser_of(shop.bilal)
    assert client.post(path_of(booking, "bill/")).status_code == 400
    shop.bilal.patch(f"/bookings/{booking}/", {"estimate": "1180"})
    for _ in range(2):
        answer = client.post(path_of(booking, "bill/"), {"_key": "f" * 32})
    invoice = Invoice.objects.get()
    assert answer["Location"] == f"/invoices/{invoice.pk}/"
    assert (invoice.issued_at, str(invoice.total), str(invoice.taxable_value)) == (None, "1180.00", "1000.00")
    assert "Draft" in words_of(client.get(path_of(booking)))


def test_a_page_asks_the_database_a_few_times_only(shop, django_assert_max_num_queries):
    booking, client = shop.booking(), browser_of(shop.asha)
    on_the_shelf(shop, 9)
    for _ in range(5):
        client.post(path_of(booking, "parts/"), {"code": "DIS-1", "quantity": "1"})
        send_photo(client, booking)
        client.post(path_of(booking, "deposit/"), {"amount": "1", "mode": "cash"})
    with django_assert_max_num_queries(13):
        client.get(path_of(booking))
    with django_assert_max_num_queries(8):
        client.get(path_of(booking, "card/"))


def test_a_sale_at_the_counter_has_no_device_to_show(shop):
    line = {
        "description": "Cover",
        "hsn_code": "3926",
        "quantity": "1",
        "unit_price": "100",
        "gst_rate": "18",
    }
    body = {"store": shop.pune, "counter_sale": True, "line_items": [line]}
    bill = shop.bilal.post("/invoices/", body).data
    words = words_of(browser_of(shop.bilal).get(path_of(bill["booking"])))
    assert "Counter sale · Repair" in words
    assert bill["invoice_number"] in words
    assert "Sold at the counter" in words
    assert "Job card" not in words
    assert "No photo was taken" not in words
