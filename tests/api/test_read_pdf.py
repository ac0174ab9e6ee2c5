"""GET /api/invoices/{id}/pdf/ and the public link."""

import io

import pytest
from pypdf import PdfReader

from tests import cast


def service(**fields):
    return {
        "description": "Display replacement", "hsn_code": "998716", "quantity": "1", "unit_price": "1500.00",
        "gst_rate": "18", **fields,
    }  # fmt: skip


@pytest.fixture
def bill(shop):
    return shop.bilal.post("/invoices/", {"booking": shop.booking(), "line_items": [service()]}).data


def text_of(content):
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def test_the_pdf_is_the_bill(shop, bill):
    answer = shop.bilal.get(f"/invoices/{bill['id']}/pdf/")
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/pdf"
    assert bill["invoice_number"] in answer.headers["Content-Disposition"]
    text = text_of(answer.data)
    for said in (
        "Tax Invoice",
        bill["invoice_number"],
        cast.PUNE_GSTIN,
        "Display replacement",
        "998716",
        "1,770.00",
    ):
        assert said in text
