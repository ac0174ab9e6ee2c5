"""Who did it: the audit, idempotency keys, and rows of two rooms that must be of one store."""

from typing import Final

from finetune.reports.checks.check import Check

AUDIT: Final = ("core_auditrecord.frozen_rows", "core_auditrecord.frozen_table")


def _without_audit(*, kind: str, verbs: str, row_id: str, user_id: str) -> str:
    """A condition: nobody is named in the audit for this row, with the request it came in."""
    return f"""NOT EXISTS (SELECT FROM core_auditrecord a WHERE a.kind = '{kind}' AND a.object_id = {row_id}
        AND a.verb IN ({verbs}) AND a.user_id = {user_id} AND a.request_id <> '')"""


def _audited(name: str, promise: str, *, rows: str, where: str = "true", **audit: str) -> Check:
    return Check(name, promise, AUDIT, f"SELECT {rows} WHERE {where} AND {_without_audit(**audit)}")


BILLS = _audited(
    "bill-in-audit",
    "Every issued bill stands in the audit with who issued it and in which request.",
    rows="i.id AS invoice, i.invoice_number, i.issued_by_id AS issued_by FROM invoicing_invoice i",
    where="i.issued_at IS NOT NULL",
    kind="invoice",
    verbs="'invoice.issue'",
    row_id="i.id",
    user_id="i.issued_by_id",
)

CANCELLATIONS = _audited(
    "cancellation-in-audit",
    "Every cancellation stands in the audit with who did it and in which request.",
    rows="c.invoice_id AS invoice, c.cancelled_by_id AS cancelled_by FROM invoicing_invoicecancellation c",
    kind="invoice",
    verbs="'invoice.cancel'",
    row_id="c.invoice_id",
    user_id="c.cancelled_by_id",
)

PAYMENTS = _audited(
    "payment-in-audit",
    "Every payment stands in the audit with who took it and in which request.",
    rows="p.id AS payment, p.received_by_id AS received_by FROM payments_paymentrecord p",
    kind="payment",
    verbs="'payment.take'",
    row_id="p.id",
    user_id="p.received_by_id",
)

ENTRIES = _audited(
    "entry-in-audit",
    "Every stock entry stands in the audit with who entered it and in which request.",
    rows="e.id AS entry, e.entered_by_id AS entered_by FROM inventory_stockentry e",
    kind="stock_entry",
    verbs="'stock.post', 'stock.reverse'",
    row_id="e.id",
    user_id="e.entered_by_id",
)

DECISIONS = _audited(
    "decision-in-audit",
    "Every stock entry that was approved or rejected stands in the audit with who did that.",
    rows="e.id AS entry, e.status, e.approved_by_id AS approved_by FROM inventory_stockentry e",
    where="e.decided_at IS NOT NULL",
    kind="stock_entry",
    verbs="'stock.approve', 'stock.reject'",
    row_id="e.id",
    user_id="e.approved_by_id",
)

NOTES = _audited(
    "note-in-audit",
    "Every credit note stands in the audit with who issued it and in which request.",
    rows="n.id AS note, n.credit_note_number, n.issued_by_id AS issued_by FROM crediting_creditnote n",
    kind="credit_note",
    verbs="'credit_note.issue'",
    row_id="n.id",
    user_id="n.issued_by_id",
)

DEPOSITS = _audited(
    "deposit-in-audit",
    "Every deposit stands in the audit with who took it and in which request.",
    rows="d.id AS deposit, d.voucher_number, d.issued_by_id AS issued_by FROM deposits_deposit d",
    kind="deposit",
    verbs="'deposit.take'",
    row_id="d.id",
    user_id="d.issued_by_id",
)

DEPOSIT_REFUNDS = _audited(
    "deposit-refund-in-audit",
    "Every deposit given back stands in the audit with who did it and in which request.",
    rows="r.id AS deposit_refund, r.voucher_number, r.issued_by_id AS issued_by FROM deposits_depositrefund r",
    kind="deposit_refund",
    verbs="'deposit.refund'",
    row_id="r.id",
    user_id="r.issued_by_id",
)

REFUNDS = _audited(
    "refund-in-audit",
    "Every refund stands in the audit with who gave it and in which request.",
    rows="r.id AS refund, r.refunded_by_id AS refunded_by FROM refunds_refund r",
    kind="refund",
    verbs="'refund.give'",
    row_id="r.id",
    user_id="r.refunded_by_id",
)

SESSIONS = Check(
    "session-in-audit",
    "Every cash session stands in the audit with who opened and who closed it, and each movement with who did it.",
    AUDIT,
    f"""SELECT 'cash_session' AS what, s.id FROM payments_cashsession s WHERE {
        _without_audit(
            kind="cash_session", verbs="'cash_session.open'", row_id="s.id", user_id="s.opened_by_id"
        )
    } UNION ALL SELECT 'cash_session', s.id FROM payments_cashsession s WHERE s.closed_at IS NOT NULL AND {
        _without_audit(
            kind="cash_session", verbs="'cash_session.close'", row_id="s.id", user_id="s.closed_by_id"
        )
    } UNION ALL SELECT 'cash_movement', c.id FROM payments_cashmovement c WHERE {
        _without_audit(
            kind="cash_movement", verbs="'cash_session.move'", row_id="c.id", user_id="c.moved_by_id"
        )
    }""",
)

# The kind of a key's answer, and its table. What is not named here is not looked for.
TABLES: Final = {
    "booking": "bookings_booking",
    "cash_movement": "payments_cashmovement",
    "cash_session": "payments_cashsession",
    "category": "catalog_category",
    "credit_note": "crediting_creditnote",
    "customer": "customers_customer",
    "delivery": "sending_delivery",
    "deposit": "deposits_deposit",
    "deposit_refund": "deposits_depositrefund",
    "einvoice_answer": "invoicing_invoice",
    "einvoice_submission": "einvoicing_submission",
    "inventory_config": "inventory_inventoryconfig",
    "invoice": "invoicing_invoice",
    "product": "catalog_product",
    "refund": "refunds_refund",
    "sequence": "invoicing_sequencerun",
    "stock_entry": "inventory_stockentry",
    "store": "stores_store",
    "user": "staff_user",
    "variant": "catalog_variant",
    "webhook": "sending_webhookendpoint",
}
WITH_PAYMENTS: Final = ("payments", "sale")
_OBJECTS: Final = " UNION ALL ".join(
    f"SELECT user_id, key, kind, (ref->>'id')::bigint AS object FROM core_idempotencykey k"
    f" WHERE kind = '{kind}' AND NOT EXISTS (SELECT FROM {table} t WHERE t.id = (k.ref->>'id')::bigint)"
    for kind, table in TABLES.items()
)

KEYS = Check(
    "key-names-its-object",
    "What came of every idempotency key is there, but for drafts that were deleted since.",
    ("core_idempotencykey.frozen_rows", "core_idempotencykey.frozen_table"),
    f"""SELECT * FROM ({_OBJECTS}) gone WHERE NOT (kind = 'invoice' AND EXISTS (SELECT FROM core_auditrecord a
        WHERE a.kind = 'invoice' AND a.object_id = gone.object AND a.reason = 'draft deleted'))
    UNION ALL
    SELECT k.user_id, k.key, k.kind, (k.ref->>'invoice')::bigint FROM core_idempotencykey k
    WHERE k.kind IN {WITH_PAYMENTS} AND (
        NOT EXISTS (SELECT FROM invoicing_invoice i WHERE i.id = (k.ref->>'invoice')::bigint
            AND i.issued_at IS NOT NULL)
        OR EXISTS (SELECT FROM jsonb_array_elements_text(k.ref->'ids') AS p (id) WHERE NOT EXISTS (
            SELECT FROM payments_paymentrecord r
            WHERE r.id = p.id::bigint AND r.invoice_id = (k.ref->>'invoice')::bigint)))""",
)

STORES = Check(
    "rows-of-one-store",
    "What hangs on a booking is of its store: bills, deposits, entries; what hangs on those and its session, too.",
    ("invoicing.queries:lock_facts", "inventory.actions:post_entry"),
    """SELECT 'invoice' AS what, i.id, i.store_id AS store, b.store_id AS store_due
    FROM invoicing_invoice i JOIN bookings_booking b ON b.id = i.booking_id WHERE b.store_id <> i.store_id
    UNION ALL
    SELECT 'payment', p.id, p.store_id, coalesce(i.store_id, d.store_id)
    FROM payments_paymentrecord p LEFT JOIN invoicing_invoice i ON i.id = p.invoice_id
    LEFT JOIN deposits_deposit d ON d.id = p.deposit_id WHERE coalesce(i.store_id, d.store_id) <> p.store_id
    UNION ALL
    SELECT 'credit_note', n.id, n.store_id, i.store_id
    FROM crediting_creditnote n JOIN invoicing_invoice i ON i.id = n.invoice_id WHERE i.store_id <> n.store_id
    UNION ALL
    SELECT 'deposit', d.id, d.store_id, b.store_id
    FROM deposits_deposit d JOIN bookings_booking b ON b.id = d.booking_id WHERE b.store_id <> d.store_id
    UNION ALL
    SELECT 'deposit_refund', r.id, r.store_id, d.store_id
    FROM deposits_depositrefund r JOIN deposits_deposit d ON d.id = r.deposit_id WHERE d.store_id <> r.store_id
    UNION ALL
    SELECT 'refund', r.id, r.store_id, p.store_id
    FROM refunds_refund r JOIN payments_paymentrecord p ON p.id = r.payment_id WHERE p.store_id <> r.store_id
    UNION ALL
    SELECT 'payment of a session', p.id, p.store_id, s.store_id
    FROM payments_paymentrecord p JOIN payments_cashsession s ON s.id = p.cash_session_id
        WHERE s.store_id <> p.store_id
    UNION ALL
    SELECT 'refund of a session', r.id, r.store_id, s.store_id
    FROM refunds_refund r JOIN payments_cashsession s ON s.id = r.cash_session_id WHERE s.store_id <> r.store_id
    UNION ALL
    SELECT 'deposit refund of a session', r.id, r.store_id, s.store_id
    FROM deposits_depositrefund r JOIN payments_cashsession s ON s.id = r.cash_session_id
        WHERE s.store_id <> r.store_id
    UNION ALL
    SELECT 'stock_entry', e.id, e.store_id, b.store_id
    FROM inventory_stockentry e JOIN bookings_booking b ON b.id = e.booking_id WHERE b.store_id <> e.store_id
    UNION ALL
    SELECT 'serial_event', h.id, h.store_id, e.store_id
    FROM inventory_serialevent h JOIN inventory_stockentry e ON e.id = h.entry_id
        WHERE h.store_id <> e.store_id""",
)

CHECKS: Final = (
    BILLS, CANCELLATIONS, PAYMENTS, ENTRIES, DECISIONS, NOTES, DEPOSITS, DEPOSIT_REFUNDS, REFUNDS, SESSIONS, KEYS,
    STORES,
)  # fmt: skip
