"""Documents that have a number, of whatever kind, as one table."""

from typing import Final

# `kind` is that of the series a document belongs to. A room that numbers other documents adds its SELECT.
NUMBERED: Final = """(
    SELECT i.id, CASE i.document_type WHEN 'bill_of_supply' THEN 'bill_of_supply' ELSE 'invoice' END AS kind,
        i.series, i.run, i.number, i.invoice_number AS text, i.invoice_date AS day, i.issued_at,
        i.seller->>'gstin' AS gstin
    FROM invoicing_invoice i WHERE i.number IS NOT NULL
)"""

# A number as it is written: see invoicing_next_number.
PADDED: Final = "lpad({0}::text, greatest(4, length({0}::text)), '0')"
