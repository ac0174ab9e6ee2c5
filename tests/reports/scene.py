"""A month of bills in Pune, made by the real actions, and a reader of files."""

import csv
import io
from typing import Any

from python_calamine import load_workbook

from finetune.core.dates import today
from tests import cast

BUYER_GSTIN = cast.BENGALURU_GSTIN


def period() -> str:
    return f"{today():%m%Y}"


def bill(person, store, customer, *lines: dict[str, Any], **fields: Any) -> dict[str, Any]:
    items = lines or ({},)
    given = {
        "description": "Repair",
        "hsn_code": "998716",
        "quantity": "1",
        "unit_price": "1500.00",
        "gst_rate": "18",
    }
    body = {"store": store, "customer": customer, "line_items": [given | line for line in items], **fields}
    answer = person.post("/invoices/", body)
    assert answer.status == 201, answer.data
    made: dict[str, Any] = answer.data
    return made


def registered(name: str = "Buyer Ltd", **fields: Any) -> int:
    given = {"gstin": BUYER_GSTIN, "state_code": "29", "category": "registered", "address": "1 MG Road"}
    given |= {"city": "Bengaluru", "pincode": "560001", "legal_name": "Buyer Private Limited"}
    return cast.customer(name, **(given | fields))


def credit(person: cast.Person, invoice: dict[str, Any]) -> dict[str, Any]:
    """A note on the whole bill."""
    lines = [{"line": line["id"], "quantity": line["quantity"]} for line in invoice["line_items"]]
    body = {"reason": "returned", "line_items": lines}
    answer = person.post(f"/invoices/{invoice['id']}/credit-notes/", body)
    assert answer.status == 201, answer.data
    made: dict[str, Any] = answer.data
    return made


def deposit_on(person: cast.Person, booking: int, amount: str) -> dict[str, Any]:
    body = {"amount": amount, "mode": "cash"}
    answer = person.post(f"/bookings/{booking}/deposits/", body, key=cast.new_key())
    assert answer.status == 201, answer.data
    made: dict[str, Any] = answer.data
    return made


def read_csv(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8"), newline="")))


def read_xlsx(content: bytes) -> dict[str, list[list[Any]]]:
    book = load_workbook(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}
