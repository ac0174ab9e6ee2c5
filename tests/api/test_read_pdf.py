"""GET /api/invoices/{id}/pdf/, and POST …/public-link/renew/ and revoke/."""

import hashlib
import io
import re

import pytest
from django.db import DatabaseError, connection, transaction
from pypdf import PdfReader

from finetune.documents.models import RenderedDocument
from finetune.invoicing.models import PublicLink
from tests import cast

EVERY_PAPER = [f"?layout={layout}&lang={lang}" for layout in ("a4", "receipt") for lang in ("en", "hi")]


def service(**fields):
    return {
        "description": "Display replacement",
        "hsn_code": "998716",
        "quantity": "1",
        "unit_price": "1500.00",
        "gst_rate": "18",
        **fields,
    }


@pytest.fixture
def bill(shop):
    return shop.bilal.post("/invoices/", {"booking": shop.booking(), "line_items": [service()]}).data


def reader(content):
    return PdfReader(io.BytesIO(content))


def text_of(content):
    return "\n".join(page.extract_text() for page in reader(content).pages)


def pdf_of(person, bill, query=""):
    return person.get(f"/invoices/{bill['id']}/pdf/{query}")


def links_of(content):
    return [note.get_object()["/A"]["/URI"] for note in reader(content).pages[0]["/Annots"]]


def test_the_pdf_is_the_bill(shop, bill):
    answer = pdf_of(shop.bilal, bill)
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == f'inline; filename="{bill["invoice_number"]}.pdf"'
    text = text_of(answer.data)
    for said in ("Tax Invoice", bill["invoice_number"], cast.PUNE_GSTIN, "Display replacement", "1,770.00"):
        assert said in text


@pytest.mark.parametrize("query", EVERY_PAPER)
def test_the_same_bytes_on_every_call(shop, bill, query):
    first = pdf_of(shop.bilal, bill, query)
    assert first.status == 200
    kept = RenderedDocument.objects.get(object_id=bill["id"])
    assert hashlib.sha256(first.data).hexdigest() == kept.sha256
    assert pdf_of(shop.asha, bill, query).data == first.data
    assert RenderedDocument.objects.count() == 1


def test_each_layout_and_language_is_another_paper(shop, bill):
    assert len({pdf_of(shop.bilal, bill, query).data for query in EVERY_PAPER}) == 4
    assert pdf_of(shop.bilal, bill).data == pdf_of(shop.bilal, bill, EVERY_PAPER[0]).data


def test_a_payment_does_not_change_the_paper(shop, bill):
    before = pdf_of(shop.bilal, bill).data
    shop.bilal.post(
        "/payments/", {"invoice": bill["id"], "amount": "100.00", "mode": "cash"}, key=cast.new_key()
    )
    assert pdf_of(shop.bilal, bill).data == before


def test_masters_that_change_do_not_change_the_paper(shop, bill):
    shop.admin.patch(f"/stores/{shop.pune}/", {"legal_name": "Another Name", "address": "Elsewhere"})
    assert "Another Name" not in text_of(pdf_of(shop.bilal, bill).data)


def test_a_cancelled_bill_is_another_paper_that_says_so(shop, bill):
    before = pdf_of(shop.bilal, bill).data
    shop.asha.post(f"/invoices/{bill['id']}/cancel/", {"reason": "Billed twice"})
    after = pdf_of(shop.bilal, bill).data
    assert after != before
    assert "CANCELLED" in text_of(after)
    assert "Billed twice" in text_of(after)
    assert pdf_of(shop.bilal, bill).data == after


def test_the_code_on_it_is_the_public_url(shop, bill):
    assert links_of(pdf_of(shop.bilal, bill).data) == [bill["public_url"]]


def test_addresses_come_from_the_setting_never_from_the_host_header(shop, settings):
    settings.PUBLIC_URL = "https://bills.example.in"
    bill = shop.bilal.post("/invoices/", {"booking": shop.booking(), "line_items": [service()]}).data
    assert bill["pdf_url"] == f"https://bills.example.in/api/invoices/{bill['id']}/pdf/"
    assert re.fullmatch(r"https://bills\.example\.in/i/[A-Za-z0-9_-]{32}/", bill["public_url"])
    for row in (
        shop.bilal.get("/invoices/").data["results"][0],
        shop.bilal.get(f"/invoices/{bill['id']}/").data,
    ):
        assert (row["pdf_url"], row["public_url"]) == (bill["pdf_url"], bill["public_url"])


def test_a_draft_has_neither_pdf_nor_link(shop):
    body = {"booking": shop.booking(), "line_items": [service()], "status": "draft"}
    draft = shop.bilal.post("/invoices/", body).data
    assert (draft["pdf_url"], draft["public_url"]) == (None, None)
    answer = pdf_of(shop.bilal, draft)
    assert (answer.status, answer.code) == (409, "invoice_not_issued")
    for verb in ("revoke", "renew"):
        answer = shop.bilal.post(f"/invoices/{draft['id']}/public-link/{verb}/", {"reason": "x"})
        assert (answer.status, answer.code) == (409, "invoice_not_issued")
    issued = shop.bilal.post(f"/invoices/{draft['id']}/issue/").data
    assert issued["public_url"]
    assert pdf_of(shop.bilal, issued).status == 200


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ("?layout=a5", "layout", "invalid"),
        ("?lang=fr", "lang", "invalid"),
        ("?lang=", "lang", "invalid"),
        ("?size=a4", "size", "unknown_parameter"),
    ],
)
def test_other_papers_are_refused(shop, bill, query, field, code):
    answer = pdf_of(shop.bilal, bill, query)
    assert (answer.status, answer.field_codes()) == (400, {field: code})


def test_another_stores_bill_is_not_there(shop, bill):
    assert pdf_of(shop.chitra, bill).status == 404
    assert shop.bilal.get("/invoices/999999999/pdf/").status == 404
    assert shop.bilal.get("/invoices/x/pdf/").status == 404


def test_an_auditor_reads_it_and_a_stranger_does_not(shop, bill):
    assert pdf_of(shop.auditor, bill).status == 200
    assert shop.bilal.get(f"/invoices/{bill['id']}/pdf/", Authorization="Bearer nobody").status == 401


def test_a_bill_of_supply_and_a_mixed_bill(shop):
    exempt = service(gst_rate="0", treatment="exempt", description="School book", hsn_code="4901")
    bill = shop.bilal.post("/invoices/", {"booking": shop.booking(), "line_items": [exempt]}).data
    text = text_of(pdf_of(shop.bilal, bill).data)
    assert "Bill of Supply" in text
    assert "CGST" not in text
    mixed = shop.bilal.post("/invoices/", {"booking": shop.booking(), "line_items": [service(), exempt]}).data
    assert "Invoice-cum-Bill of Supply" in text_of(pdf_of(shop.bilal, mixed).data)


def test_a_customer_named_like_code_is_printed_by_that_name(shop):
    name = r"#let x = 1 \ $"
    booking = shop.booking(customer=cast.customer(name))
    bill = shop.bilal.post("/invoices/", {"booking": booking, "line_items": [service()]}).data
    for query in EVERY_PAPER:
        assert name in text_of(pdf_of(shop.bilal, bill, query).data)


def test_a_link_has_a_token_that_nobody_guesses(shop, bill):
    tokens = set(PublicLink.objects.values_list("token", flat=True))
    for _ in range(20):
        with connection.cursor() as cursor:
            cursor.execute("SELECT invoicing_new_token()")
            tokens.add(cursor.fetchone()[0])
    assert len(tokens) == 21
    assert all(re.fullmatch("[A-Za-z0-9_-]{32}", token) for token in tokens)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE invoicing_publiclink SET token = repeat('a', 32)",
        "DELETE FROM invoicing_publiclink",
        "UPDATE documents_rendereddocument SET content = 'x'",
        "DELETE FROM documents_rendereddocument",
    ],
)
def test_links_and_papers_are_frozen(shop, bill, change):
    pdf_of(shop.bilal, bill)
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


def test_a_revoked_link_stays_revoked(shop, bill):
    shop.bilal.post(f"/invoices/{bill['id']}/public-link/revoke/", {"reason": "x"})
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        PublicLink.objects.update(revoked_at=None)


def test_revoking_leaves_the_paper_as_it_is_and_renewing_prints_the_new_code(shop, bill):
    before = pdf_of(shop.bilal, bill).data
    door = f"/invoices/{bill['id']}/public-link"
    shop.bilal.post(f"{door}/revoke/", {"reason": "Sent to the wrong number"})
    assert pdf_of(shop.bilal, bill).data == before
    renewed = shop.bilal.post(f"{door}/renew/", {"reason": "Asked for it"}).data["public_url"]
    after = pdf_of(shop.bilal, bill).data
    assert links_of(after) == [renewed]
    assert after != before


def test_renewing_twice_with_one_key_makes_one_link(shop, bill):
    door, key = f"/invoices/{bill['id']}/public-link/renew/", cast.new_key()
    first = shop.bilal.post(door, {"reason": "x"}, key=key)
    again = shop.bilal.post(door, {"reason": "x"}, key=key)
    assert first.data == again.data
    assert again.headers["Idempotent-Replayed"] == "true"
    assert PublicLink.objects.filter(invoice_id=bill["id"]).count() == 2


def test_a_change_of_the_link_wants_a_reason(shop, bill):
    answer = shop.bilal.post(f"/invoices/{bill['id']}/public-link/renew/", {})
    assert answer.field_codes() == {"reason": "required"}
