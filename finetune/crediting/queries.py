"""Reads of credit notes and of customers' credit."""

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
from django.db import connection

from finetune.core.caller import Caller
from finetune.core.listing import (
    Listing,
    Ordering,
    Page,
    Row,
    read_decimal,
    read_one,
    read_page,
    read_whole,
    rows_of,
)
from finetune.core.money import ZERO
from finetune.crediting.corrections import BillState
from finetune.crediting.rules import Bill, BillLine
from finetune.gst.tax import LineAmounts
from finetune.invoicing.queries import read_settlement

_LINES = """(SELECT coalesce(json_agg(json_build_object(
        'id', c.id, 'line', c.line_id, 'variant', l.product_variant_id, 'description', l.description,
        'hsn_code', l.hsn_code, 'quantity', trim_scale(c.quantity)::text, 'unit', l.unit,
        'gst_rate', trim_scale(l.gst_rate)::text, 'treatment', l.treatment, 'restock', c.restock,
        'serial_numbers', c.serial_numbers, 'gross', c.gross::text, 'discount_amount', c.discount_amount::text,
        'invoice_discount_share', c.invoice_discount_share::text, 'taxable_value', c.taxable_value::text,
        'cgst', c.cgst::text, 'sgst', c.sgst::text, 'igst', c.igst::text, 'cess', c.cess::text, 'total', c.total::text
    ) ORDER BY c.position), '[]')::text
    FROM crediting_creditnoteline c JOIN invoicing_invoicelineitem l ON l.id = c.line_id WHERE c.note_id = n.id)
    AS line_items"""

_AMOUNTS = """n.taxable_value, n.discount_total, n.cgst, n.sgst, n.igst, n.cess,
    n.cgst + n.sgst + n.igst + n.cess AS total_tax, n.total_before_round_off, n.round_off_amount, n.total"""

NOTES = Listing(
    what="credit note",
    select=f"""n.id, n.credit_note_number, n.invoice_id AS invoice, i.invoice_number, n.store_id AS store,
        n.customer_id AS customer, i.buyer->>'name' AS customer_name, n.note_date, n.reason, n.completes,
        i.place_of_supply, i.supply_nature, i.state_tax_label, i.reverse_charge, {_LINES}, {_AMOUNTS},
        n.amount_to_credit, n.issued_at, n.issued_by_id AS created_by""",
    source="crediting_creditnote n JOIN invoicing_invoice i ON i.id = n.invoice_id",
    row_id="n.id",
    scope="%(stores)s::bigint[] IS NULL OR n.store_id = ANY(%(stores)s)",
    filters={
        "invoice": "n.invoice_id = %(invoice)s",
        "store": "n.store_id = %(store)s",
        "customer": "n.customer_id = %(customer)s",
        "date_from": "n.note_date >= %(date_from)s",
        "date_to": "n.note_date <= %(date_to)s",
        "q": "n.credit_note_number ILIKE %(q)s OR i.invoice_number ILIKE %(q)s OR i.buyer->>'name' ILIKE %(q)s",
    },
    orderings={
        "note_date": Ordering("n.note_date", date.fromisoformat),
        "number": Ordering("n.number", read_whole),
        "total": Ordering("n.total", read_decimal),
    },
)


def _shown(row: Row) -> Row:
    row["line_items"] = msgspec.Raw(row["line_items"].encode())
    return row


def note(caller: Caller, note_id: int) -> Row:
    return _shown(read_one(NOTES, caller, note_id))


def notes(caller: Caller, query: Any) -> Page:
    page = read_page(NOTES, caller, query)
    for row in page.rows:
        _shown(row)
    return page


_BILL_LINES = """
SELECT l.id, l.product_variant_id, l.quantity, l.unit_price,
    coalesce((SELECT sum(c.quantity) FROM crediting_creditnoteline c WHERE c.line_id = l.id), 0),
    l.gross, l.discount_amount, l.invoice_discount_share, l.taxable_value, l.cgst, l.sgst, l.igst, l.cess, l.total,
    NOT i.reverse_charge, i.invoice_date, i.seller->>'gstin', i.booking_id
FROM invoicing_invoicelineitem l JOIN invoicing_invoice i ON i.id = l.invoice_id
WHERE l.invoice_id = %(invoice)s ORDER BY l.position
"""


def bill(invoice_id: int, settlement: Row) -> tuple[Bill, str, int | None]:
    """The bill as crediting sees it, its seller's GSTIN and its booking. Its settlement must be locked."""
    with connection.cursor() as cursor:
        cursor.execute(_BILL_LINES, {"invoice": invoice_id})
        rows = cursor.fetchall()
    lines = {
        row[0]: BillLine(
            id=row[0],
            variant_id=row[1],
            quantity=row[2],
            unit_price=row[3],
            returned=Decimal(row[4]),
            amounts=LineAmounts(*row[5:15]),
        )
        for row in rows
    }
    invoice_date, gstin, booking_id = rows[0][15:18]
    found = Bill(
        id=invoice_id,
        invoice_date=invoice_date,
        total=settlement["total"],
        credited=settlement["amount_credited"],
        owed_net=settlement["total"] - settlement["amount_credited"] - settlement["amount_kept"],
        lines=lines,
    )
    return found, gstin, booking_id


CREDITS = Listing(
    what="credit",
    select="""k.id, k.customer_id AS customer, c.name AS customer_name, k.invoice_id AS invoice, k.balance,
        k.updated_at""",
    source="""crediting_customercredit k JOIN customers_customer c ON c.id = k.customer_id
        LEFT JOIN invoicing_invoice i ON i.id = k.invoice_id""",
    row_id="k.id",
    # A customer is known to the whole chain; the credit of a walk-in belongs to the bill and so to its store.
    scope="k.invoice_id IS NULL OR %(stores)s::bigint[] IS NULL OR i.store_id = ANY(%(stores)s)",
    filters={
        "customer": "k.customer_id = %(customer)s",
        "invoice": "k.invoice_id = %(invoice)s",
        "open": "(k.balance > 0) = %(open)s",
        "q": "c.name ILIKE %(q)s OR c.phone LIKE %(q)s",
    },
    orderings={"balance": Ordering("k.balance", read_decimal)},
)


def credits(caller: Caller, query: Any) -> Page:
    return read_page(CREDITS, caller, query)


def state_of_bill(invoice_id: int, *, caller: Caller) -> BillState:
    """A bill as corrections see it, without a lock: to show, not to decide. 404 outside the caller's stores."""
    facts = read_settlement(invoice_id, caller=caller)
    if facts["issued_at"] is None:
        return BillState(True, False, facts["invoice_date"], ZERO, ZERO, False, False)
    further = rows_of(
        """SELECT EXISTS (SELECT FROM crediting_creditnote n WHERE n.invoice_id = %(id)s) AS is_credited,
            EXISTS (SELECT FROM invoicing_invoicelineitem l WHERE l.invoice_id = %(id)s AND l.quantity >
                coalesce((SELECT sum(c.quantity) FROM crediting_creditnoteline c WHERE c.line_id = l.id), 0)
            ) AS has_units_left,
            coalesce((SELECT k.balance FROM crediting_customercredit k WHERE k.customer_id = %(customer)s
                AND k.invoice_id IS NOT DISTINCT FROM %(credit_invoice)s::bigint), 0.00) AS credit""",
        {
            "id": invoice_id,
            "customer": facts["customer_id"],
            "credit_invoice": invoice_id if facts["is_walk_in"] else None,
        },
    )[0]
    return BillState(
        is_draft=False,
        is_cancelled=facts["is_cancelled"],
        invoice_date=facts["invoice_date"],
        kept=facts["amount_kept"],
        **further,
    )


def lock_credit(*, customer_id: int, invoice_id: int | None) -> Decimal:
    """The balance of a customer's credit, its row made and locked. `invoice_id` only for a walk-in."""
    rows = rows_of(
        """INSERT INTO crediting_customercredit (customer_id, invoice_id) VALUES (%s, %s)
        ON CONFLICT ON CONSTRAINT crediting_credit_once DO UPDATE SET updated_at = crediting_customercredit.updated_at
        RETURNING balance""",
        [customer_id, invoice_id],
    )
    return Decimal(rows[0]["balance"])
