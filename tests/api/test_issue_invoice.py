"""POST /api/invoices/: issuing."""

import pytest

from tests import cast


def service(**fields):
    return {"description": "Labour", "quantity": "1", "unit_price": "1500.00", "gst_rate": "18", **fields}


def test_a_repair_is_billed(shop):
    answer = shop.bilal.post("/invoices/", {"booking": shop.booking(), "line_items": [service(hsn_code="998716")]})
    assert answer.status == 201, answer
    bill = answer.data
    assert bill["invoice_number"] == "FT-INV-0001"
    assert (bill["taxable_value"], bill["cgst"], bill["sgst"], bill["total"]) == ("1500.00", "135.00", "135.00", "1770.00")
    assert bill["status"] == "issued"
    print(answer)
