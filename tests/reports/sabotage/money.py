"""Payments, credit and deposits put wrong."""

from tests.reports.sabotage.kit import CANCELLED, OF_CARD_BILL, PAID_BY_CARD, Sabotage

MONEY = (
    Sabotage(
        "paid-is-sum-of-payments",
        (f"UPDATE invoicing_settlement SET amount_paid = amount_paid - 1 WHERE invoice_id = {OF_CARD_BILL}",),
    ),
    Sabotage(
        "never-overpaid",
        (
            f"UPDATE invoicing_settlement SET amount_paid = total + 1 WHERE invoice_id = {OF_CARD_BILL}",
            f"""UPDATE payments_paymentrecord p SET amount = p.amount + st.amount_paid - (
                SELECT sum(o.amount) FROM payments_paymentrecord o WHERE o.invoice_id = p.invoice_id)
            FROM invoicing_settlement st WHERE st.invoice_id = p.invoice_id AND p.id = {PAID_BY_CARD}""",
            f"""UPDATE payments_cashsession s SET card_expected = n.amount, card_total = n.amount + s.card_difference
            FROM (SELECT cash_session_id, sum(amount) AS amount FROM payments_paymentrecord WHERE mode = 'card'
                GROUP BY 1) n
            WHERE n.cash_session_id = s.id
                AND s.id = (SELECT cash_session_id FROM payments_paymentrecord WHERE id = {PAID_BY_CARD})""",
        ),
        (("invoicing_settlement", "invoicing_never_overpaid"),),
    ),
    Sabotage(
        "payment-on-issued-bill",
        (
            f"UPDATE invoicing_settlement SET amount_paid = 1 WHERE invoice_id = {CANCELLED}",
            f"""WITH taken AS (
                INSERT INTO payments_paymentrecord (invoice_id, store_id, amount, mode, reference,
                    received_by_id, received_at, business_date, cash_session_id)
                SELECT i.id, i.store_id, 1, 'upi', 'FOR NOTHING', i.issued_by_id, now(),
                    (now() AT TIME ZONE 'Asia/Kolkata')::date, s.id
                FROM invoicing_invoice i JOIN payments_cashsession s ON s.store_id = i.store_id
                    AND s.closed_at IS NULL
                WHERE i.id = {CANCELLED}
                RETURNING id, received_by_id)
            INSERT INTO core_auditrecord (user_id, request_id, verb, kind, object_id)
            SELECT received_by_id, 'by hand', 'payment.take', 'payment', id FROM taken""",
        ),
        (("invoicing_settlement", "invoicing_cancelled_is_unpaid"),),
    ),
    Sabotage(
        "cancellation-agrees",
        (f"DELETE FROM invoicing_invoicecancellation WHERE invoice_id = {CANCELLED}",),
    ),
    Sabotage(
        "payment-is-whole",
        (f"UPDATE payments_paymentrecord SET reference = '' WHERE id = {PAID_BY_CARD}",),
        (("payments_paymentrecord", "payments_reference_given"),),
    ),
    Sabotage(
        "upi-reference-once",
        (
            """UPDATE payments_paymentrecord SET reference = lower(one.reference)
            FROM (SELECT id, reference FROM payments_paymentrecord WHERE mode = 'upi' ORDER BY id LIMIT 1) one
            WHERE mode = 'upi' AND payments_paymentrecord.id = (
                SELECT max(id) FROM payments_paymentrecord WHERE mode = 'upi')""",
        ),
        (("payments_paymentrecord", "payments_upi_reference_once"),),
    ),
    Sabotage(
        "card-reference-once",
        (
            """UPDATE payments_paymentrecord p SET reference = pair.reference FROM (
                SELECT b.id, a.reference FROM payments_paymentrecord a JOIN payments_paymentrecord b
                    ON (a.mode, a.store_id, a.business_date) = (b.mode, b.store_id, b.business_date)
                WHERE a.id < b.id AND a.mode = 'card' ORDER BY 1 LIMIT 1) pair WHERE p.id = pair.id""",
        ),
        (("payments_paymentrecord", "payments_card_reference_once"),),
    ),
    Sabotage("emi-adds-up", ("UPDATE payments_emiplan SET subvention = subvention + 1",)),
    Sabotage(
        "change-is-the-rest",
        ("UPDATE payments_paymentrecord SET tendered = amount - 1, change_due = -1 WHERE mode = 'cash'",),
        (("payments_paymentrecord", "payments_change_adds_up"),),
    ),
    Sabotage(
        "payment-day",
        ("UPDATE payments_paymentrecord SET received_at = received_at - interval '2 days'",),
    ),
    Sabotage("cash-of-day", ("UPDATE payments_cashofday SET amount = amount - 1",)),
    Sabotage("cash-of-day", ("DELETE FROM payments_cashofday",)),
)

CREDITED_UNPAID = """(SELECT min(st.invoice_id) FROM invoicing_settlement st
    WHERE st.amount_credited > 0 AND st.amount_paid = 0)"""
ITS_NOTE = f"(SELECT min(id) FROM crediting_creditnote WHERE invoice_id = {CREDITED_UNPAID})"
ANOTHER_UNPAID = f"""(SELECT min(o.id) FROM invoicing_invoice o JOIN invoicing_settlement st ON st.invoice_id = o.id
    JOIN crediting_creditnote n ON n.id = {ITS_NOTE} AND n.store_id = o.store_id
    WHERE st.amount_paid = 0 AND st.amount_credited = 0 AND NOT st.is_cancelled AND st.total >= n.total)"""
CREDIT = (
    Sabotage(
        "credited-is-sum-of-notes",
        (
            "UPDATE invoicing_settlement SET amount_credited = amount_credited + 1"
            f" WHERE invoice_id = {CREDITED_UNPAID}",
        ),
    ),
    Sabotage("note-sums", ("UPDATE crediting_creditnote SET discount_total = discount_total + 1",)),
    Sabotage(
        "note-line-is-its-part",
        (
            "UPDATE crediting_creditnoteline SET discount_amount = discount_amount + 1, gross = gross + 1",
            "UPDATE crediting_creditnote SET discount_total = discount_total + 1",
        ),
    ),
    Sabotage("note-line-total", ("UPDATE crediting_creditnoteline SET gross = gross + 1",)),
    Sabotage(
        "note-within-its-bill",
        (
            f"""WITH old AS (UPDATE invoicing_settlement SET amount_credited = 0 WHERE invoice_id = {CREDITED_UNPAID}),
            new AS (UPDATE invoicing_settlement st SET amount_credited = n.total FROM crediting_creditnote n
                WHERE n.id = {ITS_NOTE} AND st.invoice_id = {ANOTHER_UNPAID})
            UPDATE crediting_creditnote SET invoice_id = {ANOTHER_UNPAID} WHERE id = {ITS_NOTE}""",
        ),
    ),
    Sabotage("note-round-off", (f"UPDATE crediting_creditnote SET completes = true WHERE id = {ITS_NOTE}",)),
    Sabotage(
        "credited-stock-came-back",
        (
            "UPDATE inventory_stockentry SET invoice_line_id = NULL"
            " WHERE entry_type = 'return_in' AND serial_numbers = '{}'",
        ),
    ),
    Sabotage(
        "to-credit-agrees",
        (
            """UPDATE invoicing_settlement st SET amount_to_credit = amount_to_credit + 1
            WHERE amount_paid > total""",
        ),
    ),
    Sabotage("credit-is-sum-of-entries", ("UPDATE crediting_customercredit SET balance = balance + 1",)),
    Sabotage(
        "credit-is-sum-of-entries",
        (
            "UPDATE crediting_customercreditentry SET balance_after = balance_after + 1 WHERE kind = 'overpayment'",
        ),
    ),
    Sabotage(
        "credit-moves-as-documents-say",
        ("UPDATE crediting_customercreditentry SET object_id = 999999 WHERE kind = 'spent'",),
    ),
    Sabotage(
        "credit-moves-as-documents-say",
        ("UPDATE crediting_customercreditentry SET object_id = 999999 WHERE kind = 'refund'",),
    ),
    Sabotage(
        "refunded-is-sum-of-refunds",
        (
            """UPDATE invoicing_settlement SET amount_refunded = amount_refunded + 1
            WHERE amount_refunded > 0 AND amount_credited = 0""",
        ),
    ),
    Sabotage(
        "refund-within-payment",
        ("UPDATE refunds_refundceiling SET amount_refunded = amount_refunded - 1 WHERE amount_refunded > 0",),
    ),
    Sabotage(
        "failed-refund-is-undone",
        (
            "UPDATE invoicing_settlement st SET amount_refunded = amount_refunded + 1"
            " FROM refunds_refund r JOIN refunds_refundoutcome o ON o.refund_id = r.id AND NOT o.succeeded"
            " WHERE r.invoice_id = st.invoice_id",
            "UPDATE refunds_refundoutcome SET to_bill = to_bill - 1 WHERE NOT succeeded",
        ),
    ),
    Sabotage("cash-back-within-cash", ("UPDATE refunds_refund SET mode = 'cash' WHERE mode = 'card'",)),
)

DEPOSITS = (
    Sabotage(
        "deposit-balance-agrees",
        ("UPDATE deposits_depositbalance SET amount_applied = amount_applied - 1 WHERE amount_applied > 0",),
    ),
    Sabotage("deposit-tax", ("UPDATE deposits_deposit SET gst_rate = 5",)),
    Sabotage("deposit-tax", ("UPDATE deposits_deposit SET supply = 'goods'",)),
    Sabotage(
        "deposit-parts-add-up",
        (
            "UPDATE deposits_depositsetoff SET cgst = cgst + 0.01, sgst = sgst + 0.01,"
            " taxable_value = taxable_value - 0.02",
        ),
    ),
    Sabotage("deposited-is-set-off", ("UPDATE deposits_depositsetoff SET set_off_date = set_off_date - 1",)),
    Sabotage(
        "deposit-is-paid",
        (
            "UPDATE payments_paymentrecord SET amount = amount + 1"
            " WHERE deposit_id IS NOT NULL AND mode = 'upi'",
        ),
    ),
)
