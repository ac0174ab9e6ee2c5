"""Corrections for tests: notes, refunds and deposits by the API, what is written down, and whether it agrees."""

from collections.abc import Mapping, Sequence
from typing import Any

from tests.cast import Answer, Person, Shop, new_key
from tests.inventory import shelf
from tests.invoicing import desk

TABLES = (
    "crediting_creditnote", "crediting_creditnoteline", "crediting_customercredit",
    "crediting_customercreditentry", "refunds_refund", "refunds_refundoutcome", "refunds_refundceiling",
    "deposits_deposit", "deposits_depositbalance", "deposits_depositsetoff", "deposits_depositrefund",
)  # fmt: skip
SUMS = (
    (
        "invoicing_settlement",
        "amount_credited + 7 * amount_refunded + 11 * amount_deposited + 13 * amount_to_credit",
    ),
    ("crediting_customercredit", "balance"),
    ("refunds_refundceiling", "amount_refunded"),
    ("deposits_depositbalance", "amount_applied + 7 * amount_refunded"),
)


def everything() -> dict[str, Any]:
    """How many rows there are and what the moving ones say: a refusal changes none of it."""
    counts = " UNION ALL ".join(f"SELECT '{table}', count(*)::numeric FROM {table}" for table in TABLES)
    sums = " UNION ALL ".join(
        f"SELECT 'sum of {table}', coalesce(sum({what}), 0) FROM {table}" for table, what in SUMS
    )
    return desk.written() | dict(shelf.fetch(f"{counts} UNION ALL {sums}"))


def returned(line: Mapping[str, Any], quantity: str | None = None, **fields: Any) -> dict[str, Any]:
    return {"line": line["id"], "quantity": line["quantity"] if quantity is None else quantity, **fields}


def notes_of(bill: Mapping[str, Any]) -> str:
    return f"/invoices/{bill['id']}/credit-notes/"


def ask(person: Person, bill: Mapping[str, Any], *lines: dict[str, Any], **fields: Any) -> Answer:
    """Ask for a note on these lines, or on the whole bill."""
    wanted = list(lines) or [returned(line) for line in bill["line_items"]]
    return person.post(notes_of(bill), {"reason": "returned", "line_items": wanted}, **fields)


def credit(person: Person, bill: Mapping[str, Any], *lines: dict[str, Any]) -> dict[str, Any]:
    return desk.made(ask(person, bill, *lines))


def pay(person: Person, bill: Mapping[str, Any], amount: str, **fields: Any) -> dict[str, Any]:
    return desk.made(desk.pay(person, bill["id"], amount, **fields))


def refund(person: Person, payment: Mapping[str, Any], amount: str, **fields: Any) -> Answer:
    body = {"amount": amount, "reason": "too much", **fields}
    return person.post(f"/payments/{payment['id']}/refund/", body, key=new_key())


def deposit(person: Person, booking: int, amount: str, **fields: Any) -> dict[str, Any]:
    return desk.made(ask_deposit(person, booking, amount, **fields))


def ask_deposit(person: Person, booking: int, amount: str, **fields: Any) -> Answer:
    body = {"amount": amount, "mode": "cash", **fields}
    return person.post(f"/bookings/{booking}/deposits/", body, key=new_key())


def give_back(person: Person, voucher: Mapping[str, Any], **fields: Any) -> Answer:
    return person.post(f"/deposits/{voucher['id']}/refund/", {"reason": "no repair", **fields}, key=new_key())


def look(person: Person, bill: Mapping[str, Any]) -> dict[str, Any]:
    return desk.made(person.get(f"/invoices/{bill['id']}/"), 200)


def credit_of(person: Person, customer: int) -> str:
    """What the shop owes a named customer."""
    rows = person.get(f"/customer-credits/?customer={customer}").data["results"]
    return next((row["balance"] for row in rows if row["invoice"] is None), "0.00")


def bill_of(shop: Shop, amount: str, **fields: Any) -> dict[str, Any]:
    return desk.bill_of(amount, shop, **fields)


def figures(document: Mapping[str, Any], *names: str) -> tuple[str, ...]:
    return tuple(document[name] for name in names or ("taxable_value", "cgst", "sgst", "igst", "total"))


def faults() -> Sequence[tuple[Any, ...]]:
    """Everything about corrections that disagrees with itself."""
    return (
        shelf.faults()
        + shelf.fetch(
            """
        SELECT 'settlement', st.invoice_id::text, st.* FROM (SELECT s.invoice_id,
            s.amount_paid - coalesce((SELECT sum(p.amount) FROM payments_paymentrecord p
                WHERE p.invoice_id = s.invoice_id), 0) AS paid,
            s.amount_credited - coalesce((SELECT sum(n.total) FROM crediting_creditnote n
                WHERE n.invoice_id = s.invoice_id), 0) AS credited,
            s.amount_deposited - coalesce((SELECT sum(o.amount) FROM deposits_depositsetoff o
                WHERE o.invoice_id = s.invoice_id), 0) AS deposited,
            s.amount_refunded - coalesce((SELECT sum(r.amount - r.from_credit - coalesce(o.to_bill, 0))
                FROM refunds_refund r LEFT JOIN refunds_refundoutcome o ON o.refund_id = r.id
                WHERE r.invoice_id = s.invoice_id), 0) AS refunded,
            s.amount_to_credit - coalesce((SELECT sum(n.amount_to_credit) FROM crediting_creditnote n
                WHERE n.invoice_id = s.invoice_id), 0) - coalesce((SELECT sum(e.delta)
                FROM crediting_customercreditentry e JOIN payments_paymentrecord p ON p.id = e.object_id
                WHERE e.kind = 'overpayment' AND p.invoice_id = s.invoice_id), 0) AS to_credit
            FROM invoicing_settlement s) st
        WHERE (paid, credited, deposited, refunded, to_credit) <> (0, 0, 0, 0, 0)
        """
        )
        + shelf.fetch(
            """
        SELECT 'credit', k.id, k.balance FROM crediting_customercredit k
        WHERE k.balance <> (SELECT coalesce(sum(e.delta), 0) FROM crediting_customercreditentry e
            WHERE e.credit_id = k.id)
        UNION ALL
        SELECT 'credit runs on', e.id, e.balance_after FROM crediting_customercreditentry e WHERE e.balance_after <> (
            SELECT sum(o.delta) FROM crediting_customercreditentry o WHERE o.credit_id = e.credit_id AND o.id <= e.id)
        UNION ALL
        SELECT 'note sums', n.id, n.total FROM crediting_creditnote n WHERE
            NOT EXISTS (SELECT FROM crediting_creditnoteline l WHERE l.note_id = n.id HAVING
                (sum(l.taxable_value), sum(l.cgst), sum(l.sgst), sum(l.igst), sum(l.total)) =
                (n.taxable_value, n.cgst, n.sgst, n.igst, n.total_before_round_off))
        UNION ALL
        SELECT 'completed bill', i.id, i.total FROM invoicing_invoice i
        JOIN crediting_creditnote c ON c.invoice_id = i.id AND c.completes
        WHERE NOT EXISTS (SELECT FROM crediting_creditnote n WHERE n.invoice_id = i.id HAVING
            (sum(n.taxable_value), sum(n.cgst), sum(n.igst), sum(n.discount_total), sum(n.round_off_amount),
                sum(n.total)) = (i.taxable_value, i.cgst, i.igst, i.discount_total, i.round_off_amount, i.total))
        UNION ALL
        SELECT 'ceiling', c.payment_id, c.amount_refunded FROM refunds_refundceiling c
        WHERE c.amount_refunded <> (SELECT coalesce(sum(r.amount), 0) FROM refunds_refund r
            LEFT JOIN refunds_refundoutcome o ON o.refund_id = r.id
            WHERE r.payment_id = c.payment_id AND o.succeeded IS NOT FALSE)
        UNION ALL
        SELECT 'deposit', b.deposit_id, b.amount FROM deposits_depositbalance b
        WHERE b.amount_applied <> (SELECT coalesce(sum(amount), 0) FROM deposits_depositsetoff o
                WHERE o.deposit_id = b.deposit_id)
            OR b.amount_refunded <> (SELECT coalesce(sum(amount), 0) FROM deposits_depositrefund o
                WHERE o.deposit_id = b.deposit_id)
        UNION ALL
        SELECT 'used deposit', d.id, d.amount FROM deposits_deposit d
        JOIN deposits_depositbalance b ON b.deposit_id = d.id
        WHERE b.amount = b.amount_applied + b.amount_refunded AND (d.taxable_value, d.cgst, d.sgst, d.igst) <> (
            SELECT sum(p.taxable_value), sum(p.cgst), sum(p.sgst), sum(p.igst) FROM (
                SELECT taxable_value, cgst, sgst, igst FROM deposits_depositsetoff WHERE deposit_id = d.id
                UNION ALL SELECT taxable_value, cgst, sgst, igst FROM deposits_depositrefund WHERE deposit_id = d.id) p)
        UNION ALL
        SELECT 'hole', s.id, s.last_number FROM invoicing_invoicesequence s
        WHERE s.series IN ('FT-CN', 'FT-RV', 'FT-RF') AND s.last_number <>
            (SELECT count(*) FROM crediting_creditnote n WHERE n.series = s.series)
            + (SELECT count(*) FROM deposits_deposit n WHERE n.series = s.series)
            + (SELECT count(*) FROM deposits_depositrefund n WHERE n.series = s.series)
        UNION ALL
        SELECT 'stock', l.id, l.quantity FROM invoicing_invoicelineitem l
        JOIN invoicing_settlement st ON st.invoice_id = l.invoice_id
        WHERE l.product_variant_id IS NOT NULL AND NOT st.is_cancelled AND (
            SELECT coalesce(sum(e.delta), 0) FROM inventory_stockentry e WHERE e.invoice_line_id = l.id)
            <> coalesce((SELECT sum(c.quantity) FROM crediting_creditnoteline c WHERE c.line_id = l.id), 0) - l.quantity
        """
        )
    )
