"""GET /api/invoices/{id}/einvoice/, POST submit/, GET and POST answer/."""

from datetime import datetime

import msgspec
import pytest
from django.db import DatabaseError, connection, transaction

from finetune.core.dates import INDIA, today
from finetune.einvoicing.queries import answer_of, answer_of_note
from finetune.einvoicing.transport import FileOutbox, transport
from finetune.gst.einvoice import irn
from tests import cast
from tests.cast import PUNE_GSTIN, new_key
from tests.reports.scene import BUYER_GSTIN, bill, registered

STORE = {"legal_name": "FineTune Repairs LLP", "address": "12 FC Road", "city": "Pune", "pincode": "411004"}


@pytest.fixture
def outbox(settings, tmp_path):
    settings.EINVOICE_OUTBOX = tmp_path / "out"
    transport.cache_clear()
    yield settings.EINVOICE_OUTBOX
    transport.cache_clear()


@pytest.fixture
def pune(shop):
    """The shop, with all that the portal asks of a seller."""
    assert shop.admin.patch(f"/stores/{shop.pune}/", STORE).status == 200
    return shop


def issued(shop, **fields):
    return bill(shop.bilal, shop.pune, fields.pop("customer", None) or registered(), **fields)


def expected_irn(invoice):
    return irn(gstin=PUNE_GSTIN, document_type="INV", number=invoice["invoice_number"], on=today())


def answer_body(invoice, **changes):
    return {"irn": expected_irn(invoice), "ack_no": "112610012345678", "ack_date": f"{today()} 10:30:00",
            "signed_qr": "head.body.signature", **changes}  # fmt: skip


def test_inv01_of_a_bill(pune):
    invoice = issued(pune)
    answer = pune.bilal.get(f"/invoices/{invoice['id']}/einvoice/")
    assert answer.status == 200
    data = answer.data
    assert data["Version"] == "1.1"
    assert data["DocDtls"] == {"Typ": "INV", "No": invoice["invoice_number"], "Dt": f"{today():%d/%m/%Y}"}
    assert (data["SellerDtls"]["Gstin"], data["SellerDtls"]["LglNm"]) == (PUNE_GSTIN, "FineTune Repairs LLP")
    assert (data["BuyerDtls"]["Gstin"], data["BuyerDtls"]["Pos"], data["BuyerDtls"]["Pin"]) == (
        BUYER_GSTIN, "29", 560001,
    )  # fmt: skip
    assert (data["ItemList"][0]["IgstAmt"], data["ValDtls"]["TotInvVal"]) == (270, 1770)
    assert "Irn" not in data


def test_a_sale_of_stock_with_its_imei(pune):
    variant = cast.variant()
    body = {"entry_type": "purchase", "store": pune.pune, "product_variant": variant, "quantity": 2,
            "unit_price": "500.00"}  # fmt: skip
    assert pune.asha.post("/stock-entries/", body).status == 201
    line = {"variant": variant, "quantity": 2, "discount": {"percent": "7.5"}}
    sold = pune.bilal.post(
        "/invoices/",
        {"store": pune.pune, "customer": registered(), "counter_sale": True, "line_items": [line],
         "discount": {"amount": "10.00"}},
    )  # fmt: skip
    assert sold.status == 201, sold.data
    assert pune.bilal.get(f"/invoices/{sold.data['id']}/einvoice/").status == 200


def test_what_is_no_einvoice(pune):
    consumer = bill(pune.bilal, pune.pune, pune.buyer)
    exempt = bill(pune.bilal, pune.pune, registered(), {"treatment": "exempt"})
    for invoice in (consumer, exempt):
        answer = pune.bilal.get(f"/invoices/{invoice['id']}/einvoice/")
        assert (answer.status, answer.code) == (409, "einvoice_not_applicable")


def test_a_draft_and_a_cancelled_bill(pune):
    draft = issued(pune, status="draft")
    gone = issued(pune)
    assert pune.asha.post(f"/invoices/{gone['id']}/cancel/", {"reason": "twice"}).status == 200
    for invoice, code in ((draft, "invoice_not_issued"), (gone, "invoice_cancelled")):
        for method, path in (("GET", ""), ("POST", "submit/")):
            answer = pune.bilal.call(method, f"/invoices/{invoice['id']}/einvoice/{path}")
            assert (answer.status, answer.code) == (409, code)


def test_everything_that_is_missing_is_said_at_once(shop, outbox):
    invoice = bill(shop.bilal, shop.pune, registered(pincode="110001", city=""), {"hsn_code": ""})
    answer = shop.bilal.get(f"/invoices/{invoice['id']}/einvoice/")
    assert (answer.status, answer.code) == (409, "einvoice_incomplete")
    fields = answer.field_codes()
    assert {
        "SellerDtls.Addr1",
        "SellerDtls.Loc",
        "SellerDtls.Pin",
        "BuyerDtls.Loc",
        "ItemList.0.HsnCd",
    } <= set(fields)
    assert fields["BuyerDtls.Pin"] == "pincode_not_in_state"
    portal = {error["field"]: error.get("portal_code") for error in answer.data["errors"]}
    assert (portal["BuyerDtls.Pin"], portal["SellerDtls.Pin"]) == ("3039", "5002")
    refused = shop.bilal.post(f"/invoices/{invoice['id']}/einvoice/submit/")
    assert (refused.status, refused.code) == (409, "einvoice_incomplete")
    assert not outbox.exists()


def test_another_store_has_no_such_bill(pune):
    invoice = issued(pune)
    for method, path, body in (
        ("GET", "", None), ("GET", "answer/", None), ("POST", "submit/", {}),
        ("POST", "answer/", answer_body(invoice)),
    ):  # fmt: skip
        answer = pune.chitra.call(method, f"/invoices/{invoice['id']}/einvoice/{path}", body)
        assert (answer.status, answer.code) == (404, "not_found")
        assert pune.admin.call(method, f"/invoices/999999/einvoice/{path}", body).status == 404


def test_submitting_writes_a_file_and_nothing_else(pune, outbox):
    invoice = issued(pune)
    path, key = f"/invoices/{invoice['id']}/einvoice/submit/", new_key()
    answer = pune.bilal.post(path, {}, key=key)
    assert answer.status == 201
    assert (answer.data["irn"], answer.data["invoice"]) == (expected_irn(invoice), invoice["id"])
    (file,) = outbox.iterdir()
    assert file.name == answer.data["reference"] == f"{expected_irn(invoice)}.json"
    assert file.stat().st_mode & 0o077 == 0
    shown = pune.bilal.get(f"/invoices/{invoice['id']}/einvoice/").data
    assert msgspec.json.decode(file.read_bytes()) == shown
    again = pune.bilal.post(path, {}, key=key)
    assert (again.status, again.data) == (201, answer.data)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert pune.bilal.post(path).status == 201
    assert len(list(outbox.iterdir())) == 1
    assert pune.auditor.post(path).status == 403


def test_an_outbox_that_cannot_be_written(pune, outbox):
    invoice = issued(pune)
    outbox.write_text("a file where a folder should be")
    answer = pune.bilal.post(f"/invoices/{invoice['id']}/einvoice/submit/")
    assert (answer.status, answer.code) == (503, "try_again")
    assert answer.headers["Retry-After"]


def test_nothing_half_written_is_left(tmp_path, monkeypatch):
    def full(handle):
        raise OSError("no space left")

    monkeypatch.setattr("finetune.einvoicing.transport.os.fsync", full)
    with pytest.raises(Exception, match="outbox"):
        FileOutbox(tmp_path).send(irn="ab", payload=b"{}")
    assert list(tmp_path.iterdir()) == []


def test_a_bill_cancelled_here_that_the_portal_knows_is_named_before_filing(pune, outbox):
    invoice = issued(pune)
    assert pune.asha.post(f"/invoices/{invoice['id']}/einvoice/answer/", answer_body(invoice)).status == 201
    assert pune.asha.post(f"/invoices/{invoice['id']}/cancel/", {"reason": "wrong buyer"}).status == 200
    address = f"/reports/gstr1/problems/?gstin={PUNE_GSTIN}&period={today():%m%Y}"
    found = [(each["code"], each["number"]) for each in pune.asha.get(address).data["results"]]
    assert ("cancelled_has_irn", invoice["invoice_number"]) in found


def test_the_answer_of_the_portal_is_kept_once(pune, outbox):
    invoice = issued(pune)
    path = f"/invoices/{invoice['id']}/einvoice/answer/"
    assert pune.bilal.get(path).status == 404
    assert answer_of(invoice["id"]) is None
    assert pune.bilal.post(path, answer_body(invoice)).status == 403
    body, key = answer_body(invoice), new_key()
    made = pune.asha.post(path, body, key=key)
    assert made.status == 201
    assert made.data["irn"] == expected_irn(invoice)
    assert datetime.fromisoformat(made.data["ack_date"]).astimezone(INDIA).strftime("%H:%M") == "10:30"
    assert pune.asha.post(path, body, key=key).data == made.data
    assert pune.bilal.get(path).data == made.data
    printed = answer_of(invoice["id"])
    assert printed is not None
    assert (printed.irn, printed.ack_no, printed.signed_qr) == (
        expected_irn(invoice), "112610012345678", "head.body.signature",
    )  # fmt: skip
    for again in (path, f"/invoices/{invoice['id']}/einvoice/submit/"):
        refused = pune.asha.post(again, body if again == path else {})
        assert (refused.status, refused.code) == (409, "already_answered")
    for statement in ("UPDATE einvoicing_answer SET ack_no = '1'", "DELETE FROM einvoicing_answer"):
        with (
            pytest.raises(DatabaseError, match="frozen"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_an_answer_to_another_document_is_refused(pune):
    invoice = issued(pune)
    path = f"/invoices/{invoice['id']}/einvoice/answer/"
    refused = pune.asha.post(path, answer_body(invoice, irn="ab" * 32))
    assert (refused.status, refused.code) == (409, "irn_mismatch")
    assert refused.data["expected_irn"] == expected_irn(invoice)
    assert pune.asha.get(path).status == 404
    consumer = bill(pune.bilal, pune.pune, pune.buyer)
    answer = pune.asha.post(f"/invoices/{consumer['id']}/einvoice/answer/", answer_body(consumer))
    assert (answer.status, answer.code) == (409, "einvoice_not_applicable")


@pytest.mark.parametrize(
    ("field", "value"),
    [("irn", "xyz"), ("irn", None), ("ack_no", ""), ("ack_no", "a b"), ("ack_date", "yesterday"),
     ("ack_date", 5),
     ("signed_qr", ""), ("signed_qr", "two words"), ("colour", "red")],
)  # fmt: skip
def test_an_answer_must_be_whole(pune, field, value):
    invoice = issued(pune)
    body = answer_body(invoice, **{field: value})
    answer = pune.asha.post(f"/invoices/{invoice['id']}/einvoice/answer/", body)
    assert answer.status == 400
    assert field in answer.field_codes()


def test_turnover_asks_for_six_digits(pune, settings):
    invoice = bill(pune.bilal, pune.pune, registered(), {"hsn_code": "9987"})
    path = f"/invoices/{invoice['id']}/einvoice/"
    assert pune.bilal.get(path).status == 200
    settings.AGGREGATE_TURNOVER = 60_000_000
    assert pune.bilal.get(path).field_codes() == {"ItemList.0.HsnCd": "hsn_too_short"}


def test_a_credit_note_of_an_einvoice(pune, outbox):
    invoice = bill(
        pune.bilal, pune.pune, registered(), {"quantity": "3", "tax_inclusive": True, "unit_price": "999.00"}
    )
    line = invoice["line_items"][0]["id"]
    made = pune.asha.post(
        f"/invoices/{invoice['id']}/credit-notes/",
        {"reason": "one came back", "line_items": [{"line": line, "quantity": "1"}]},
    )
    assert made.status == 201, made.data
    path, number = f"/credit-notes/{made.data['id']}/einvoice/", made.data["credit_note_number"]
    data = pune.bilal.get(path).data
    assert (data["DocDtls"]["Typ"], data["DocDtls"]["No"]) == ("CRN", number)
    assert data["RefDtls"] == {
        "PrecDocDtls": [{"InvNo": invoice["invoice_number"], "InvDt": f"{today():%d/%m/%Y}"}]
    }
    assert (data["ItemList"][0]["Qty"], data["ValDtls"]["TotInvVal"]) == (1, 999)
    expected = irn(gstin=PUNE_GSTIN, document_type="CRN", number=number, on=today())
    sent = pune.bilal.post(f"{path}submit/")
    assert (sent.status, sent.data["irn"], sent.data["invoice"]) == (201, expected, None)
    answer = pune.asha.post(f"{path}answer/", answer_body(invoice, irn=expected))
    assert (answer.status, answer.data["credit_note"], answer.data["invoice"]) == (201, made.data["id"], None)
    assert pune.bilal.get(f"{path}answer/").data == answer.data
    assert answer_of(invoice["id"]) is None
    printed = answer_of_note(made.data["id"])
    assert printed is not None
    assert printed.irn == expected
    assert pune.chitra.get(path).status == pune.chitra.get(f"{path}answer/").status == 404
