"""What the ids on a page are called: one statement for all of them, however many rows the page has."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from finetune.core.caller import Caller
from finetune.core.listing import Row, rows_of

# The documents that posted an entry. The note of a return is the first one of its line that was issued after it:
# both are written by one transaction, the entry before the note.
_NAMES = """
SELECT 'variant' AS kind, v.id, v.sku AS code,
    CASE WHEN v.variant_name ILIKE p.name || '%%' THEN v.variant_name ELSE p.name || ', ' || v.variant_name END AS name,
    json_build_object('reorder_level', v.reorder_level, 'barcode', v.barcode, 'product', p.name,
        'price', v.price::text, 'mrp', v.mrp::text) AS more
FROM catalog_variant v JOIN catalog_product p ON p.id = v.product_id WHERE v.id = ANY(%(variants)s)
UNION ALL
SELECT 'user', u.id, u.username, coalesce(nullif(u.name, ''), u.username), NULL
FROM staff_user u WHERE u.id = ANY(%(users)s)
UNION ALL
SELECT 'store', s.id, s.code, s.name, NULL FROM stores_store s WHERE s.id = ANY(%(stores)s)
UNION ALL
SELECT 'booking', b.id, b.kind, b.device, NULL FROM bookings_booking b
WHERE b.id = ANY(%(bookings)s) AND (%(mine)s::bigint[] IS NULL OR b.store_id = ANY(%(mine)s))
UNION ALL
SELECT 'entry', e.id, coalesce(n.credit_note_number, i.invoice_number), '',
    json_build_object('invoice', i.id, 'credit_note', n.id)
FROM inventory_stockentry e
JOIN invoicing_invoicelineitem l ON l.id = e.invoice_line_id
JOIN invoicing_invoice i ON i.id = l.invoice_id
LEFT JOIN LATERAL (
    SELECT c.id, c.credit_note_number FROM crediting_creditnoteline k JOIN crediting_creditnote c ON c.id = k.note_id
    WHERE e.entry_type = 'return_in' AND e.reversal_of_id IS NULL AND k.line_id = e.invoice_line_id AND k.restock
        AND c.issued_at >= e.created_at
    ORDER BY c.id LIMIT 1) n ON true
WHERE e.id = ANY(%(entries)s) AND (%(mine)s::bigint[] IS NULL OR e.store_id = ANY(%(mine)s))
"""


@dataclass(frozen=True, slots=True)
class Document:
    """What a movement belongs to: a bill, a credit note, a repair; with the address where it is read."""

    words: str
    path: str


@dataclass(frozen=True, slots=True)
class Names:
    found: Mapping[tuple[str, int], Row]

    def of(self, kind: str, row_id: int | None) -> str:
        row = self.found.get((kind, row_id or 0))
        return str(row["name"]) if row else ""

    def code(self, kind: str, row_id: int | None) -> str:
        row = self.found.get((kind, row_id or 0))
        return str(row["code"]) if row else ""

    def more(self, kind: str, row_id: int | None) -> Mapping[str, Any]:
        row = self.found.get((kind, row_id or 0))
        return row["more"] or {} if row else {}

    def document(self, entry_id: int, booking_id: int | None) -> Document | None:
        """The bill or the note before the repair: those are what a customer brings back."""
        paper = self.found.get(("entry", entry_id))
        if paper is not None:
            note, invoice = paper["more"]["credit_note"], paper["more"]["invoice"]
            path = f"/credit-notes/{note}/" if note else f"/invoices/{invoice}/"
            return Document(paper["code"] or str(invoice), path)
        booking = self.found.get(("booking", booking_id or 0))
        if booking is not None:
            return Document(booking["name"] or f"№ {booking_id}", f"/repairs/{booking_id}/")
        return None


def names_of(
    caller: Caller,
    *,
    variants: Iterable[int | None] = (),
    users: Iterable[int | None] = (),
    stores: Iterable[int | None] = (),
    bookings: Iterable[int | None] = (),
    entries: Iterable[int | None] = (),
) -> Names:
    """Names of all these. Documents and repairs of stores that the caller may not see stay without one."""
    asked = {"variants": variants, "users": users, "stores": stores, "bookings": bookings, "entries": entries}
    params: dict[str, Any] = {
        name: sorted({each for each in ids if each is not None}) for name, ids in asked.items()
    }
    rows = rows_of(_NAMES, {**params, "mine": caller.stores_param})
    return Names({(row["kind"], row["id"]): row for row in rows})
