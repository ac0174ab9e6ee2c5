"""Rows of documents that were never issued, for tests of how they are printed."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

SELLER = {
    "id": 1,
    "code": "PUNE",
    "name": "FineTune Laxmi Road",
    "legal_name": "FineTune Mobile Services Private Limited",
    "gstin": "27AAPFU0939F1ZV",
    "state_code": "27",
    "address": "Shop 4, Kohinoor Arcade, Laxmi Road",
    "city": "Pune",
    "pincode": "411030",
    "phone": "+919800012345",
    "is_composition": False,
}
KAVITA = {
    "id": 3,
    "name": "Kavita Deshpande",
    "legal_name": "",
    "phone": "+919822034567",
    "email": "k@example.com",
    "gstin": "",
    "state_code": "27",
    "address": "B-702, Rohan Mithila",
    "city": "Pune",
    "pincode": "411014",
    "country": "IN",
    "category": "unregistered",
    "is_walk_in": False,
}
SAHYADRI = {
    **KAVITA,
    "name": "Sahyadri Systems",
    "legal_name": "Sahyadri Systems Private Limited",
    "category": "registered",
    "gstin": "29AAGCB7383J1Z4",
    "state_code": "29",
    "address": "14 Residency Road",
    "city": "Bengaluru",
    "pincode": "560025",
}
URL = "https://bills.example.in/i/q8YxkT3mA0bVZr7sLw2NcE5uHd91KpQe/"
ISSUED_AT = datetime(2026, 11, 22, 10, 20, tzinfo=UTC)


def line(
    taxable: str = "1500.00", *, tax: str = "135.00", igst: str = "0.00", **fields: Any
) -> dict[str, Any]:
    """A line of 18 % within the State unless said otherwise."""
    total = Decimal(taxable) + 2 * Decimal(tax) + Decimal(igst)
    return {
        "description": "Display replacement",
        "hsn_code": "998716",
        "quantity": "1",
        "unit": "NOS",
        "unit_price": taxable,
        "gst_rate": "18",
        "treatment": "taxable",
        "tax_inclusive": False,
        "discount_percent": None,
        "serial_numbers": [],
        "gross": taxable,
        "discount_amount": "0.00",
        "invoice_discount_share": "0.00",
        "taxable_value": taxable,
        "cgst": tax,
        "sgst": tax,
        "igst": igst,
        "cess": "0.00",
        "total": str(total),
        **fields,
    }


def row(*lines: dict[str, Any], round_off: str = "0.00", **fields: Any) -> dict[str, Any]:
    """The row of a document: sums of its lines, and whatever else the test is about."""
    given = list(lines) or [line()]

    def total(name: str) -> Decimal:
        return sum((Decimal(each[name]) for each in given), Decimal("0.00"))

    before = total("total")
    return {
        "number": "FT-INV-0042",
        "date": date(2026, 11, 22),
        "issued_at": ISSUED_AT,
        "seller": SELLER,
        "buyer": KAVITA,
        "place_of_supply": "27",
        "supply_nature": "intra",
        "state_tax_label": "SGST",
        "reverse_charge": False,
        "with_payment_of_tax": False,
        "notes": "",
        "line_items": given,
        "taxable_value": str(total("taxable_value")),
        "discount_total": str(total("discount_amount")),
        "cgst": str(total("cgst")),
        "sgst": str(total("sgst")),
        "igst": str(total("igst")),
        "cess": "0.00",
        "total_before_round_off": str(before),
        "round_off_amount": round_off,
        "total": str(before + Decimal(round_off)),
        **fields,
    }
