"""What the e-invoice portal answered is printed, and the paper from before stays as it was."""

import io

from pypdf import PdfReader

from tests.api.test_einvoice import answer_body, issued, pune  # noqa: F401 - pune is a fixture


def text_of(content: bytes) -> str:
    return "".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())


def test_the_answer_is_printed_once_it_is_there(pune):  # noqa: F811
    invoice = issued(pune)
    before = pune.asha.get(f"/invoices/{invoice['id']}/pdf/").data
    body = answer_body(invoice)
    assert body["irn"] not in text_of(before)
    assert pune.asha.get(f"/invoices/{invoice['id']}/pdf/").data == before
    assert pune.asha.post(f"/invoices/{invoice['id']}/einvoice/answer/", body).status == 201
    after = pune.asha.get(f"/invoices/{invoice['id']}/pdf/").data
    assert body["irn"] in text_of(after)
    assert body["ack_no"] in text_of(after)
    assert pune.asha.get(f"/invoices/{invoice['id']}/pdf/").data == after
    receipt = pune.asha.get(f"/invoices/{invoice['id']}/pdf/?layout=receipt&lang=hi").data
    assert body["irn"] in text_of(receipt)
