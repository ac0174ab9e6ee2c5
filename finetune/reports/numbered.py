"""Documents that have a number, of whatever kind, as one table."""

from typing import Final

# `kind` is that of the series a document belongs to. A room that numbers other documents adds its SELECT.
NUMBERED: Final = """(
    SELECT i.id, CASE i.document_type WHEN 'bill_of_supply' THEN 'bill_of_supply' ELSE 'invoice' END AS kind,
        i.series, i.run, i.number, i.invoice_number AS text, i.invoice_date AS day, i.issued_at,
        i.seller->>'gstin' AS gstin
    FROM invoicing_invoice i WHERE i.number IS NOT NULL
    UNION ALL
    SELECT n.id, 'credit_note', n.series, n.run, n.number, n.credit_note_number, n.note_date, n.issued_at,
        i.seller->>'gstin'
    FROM crediting_creditnote n JOIN invoicing_invoice i ON i.id = n.invoice_id
    UNION ALL
    SELECT d.id, 'receipt_voucher', d.series, d.run, d.number, d.voucher_number, d.voucher_date, d.issued_at,
        d.seller->>'gstin'
    FROM deposits_deposit d
    UNION ALL
    SELECT r.id, 'refund_voucher', r.series, r.run, r.number, r.voucher_number, r.voucher_date, r.issued_at,
        d.seller->>'gstin'
    FROM deposits_depositrefund r JOIN deposits_deposit d ON d.id = r.deposit_id
)"""

# A number as it is written: see invoicing_next_number.
PADDED: Final = "lpad({0}::text, greatest(4, length({0}::text)), '0')"
