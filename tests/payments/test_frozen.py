"""What the database refuses of payments, whoever writes them."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from finetune.core.dates import now, today
from finetune.payments.models import PaymentRecord


@pytest.mark.parametrize(
    ("mode", "tendered", "change_due"),
    [
        ("cash", "90.00", "-10.00"),
        ("cash", "150.00", "20.00"),
        ("card", "150.00", "50.00"),
        ("cash", None, "5.00"),
    ],
)
def test_change_that_does_not_add_up(shop, mode, tendered, change_due):
    line = {"description": "Labour", "quantity": "1", "unit_price": "100.00", "gst_rate": "0"}
    bill = shop.bilal.post("/invoices/", {"booking": shop.booking(), "line_items": [line]}).data
    with pytest.raises(IntegrityError, match="payments_change_adds_up"), transaction.atomic():
        PaymentRecord.objects.create(
            invoice_id=bill["id"],
            store_id=shop.pune,
            amount=Decimal("100.00"),
            mode=mode,
            reference="" if mode == "cash" else "R1",
            tendered=tendered and Decimal(tendered),
            change_due=Decimal(change_due),
            received_by_id=shop.bilal.id,
            received_at=now(),
            business_date=today(),
        )
