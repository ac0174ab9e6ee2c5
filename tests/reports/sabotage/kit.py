"""What every sabotage is made of, and the rows they pick."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sabotage:
    """Statements that put rows at odds with one promise, and constraints that must go first to let them."""

    check: str
    statements: tuple[str, ...]
    drops: tuple[tuple[str, str], ...] = ()


LAST = "(SELECT max(number) FROM invoicing_invoice WHERE series = 'FT-INV')"
LAST_BILL = f"series = 'FT-INV' AND number = {LAST}"
BOS = "series = 'FT-BOS' AND number = 1"
DRAFT = "(SELECT min(id) FROM invoicing_invoice WHERE issued_at IS NULL)"
UNPAID = """(SELECT min(i.id) FROM invoicing_invoice i JOIN invoicing_settlement st ON st.invoice_id = i.id
    WHERE st.amount_paid = 0 AND NOT st.is_cancelled AND i.round_off_amount = 0)"""
CANCELLED = "(SELECT min(invoice_id) FROM invoicing_invoicecancellation)"
RENUMBER = """UPDATE invoicing_invoice
    SET number = {0}, invoice_number = 'FT-INV-' || lpad(({0})::text, 4, '0')
    WHERE series = 'FT-INV' AND number = {1}"""
COUNT_TO = """UPDATE invoicing_invoicesequence s SET last_number = i.number, last_date = i.invoice_date
    FROM invoicing_invoice i WHERE i.series = s.series AND s.series = 'FT-INV' AND i.number = {0}"""
SOLD_UNIT = """(SELECT s.id FROM inventory_serialnumber s WHERE s.status = 'sold' ORDER BY s.id LIMIT 1)"""
PAID_BY_CARD = "(SELECT min(id) FROM payments_paymentrecord WHERE mode = 'card')"
OF_CARD_BILL = f"(SELECT invoice_id FROM payments_paymentrecord WHERE id = {PAID_BY_CARD})"
LOOSE_SALE = """(SELECT min(id) FROM inventory_stockentry WHERE entry_type = 'sale' AND serial_numbers = '{}'
    AND invoice_line_id IS NOT NULL)"""
APPROVED = "(SELECT min(id) FROM inventory_stockentry WHERE approved_by_id IS NOT NULL AND status = 'posted')"
