"""A bill as its page shows it: the document in the words of its PDF, and each amount with how it came about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from finetune.core.listing import Row
from finetune.documents.builders import printed
from finetune.documents.records import PrintedDocument, PrintedLine, TaxCell
from finetune.invoicing.explanation import Step, explain_balance, explain_bill, explain_line
from finetune.web.bills.explained import ShownStep, in_words, rules_of
from finetune.web.shell.languages import paper_language

TAX_COLUMNS_BESIDE = 4  # what stands left and right of the tax columns, whatever the document


@dataclass(frozen=True, slots=True)
class ShownLine:
    line: PrintedLine
    taxes: Sequence[tuple[str, TaxCell]]
    steps: Sequence[ShownStep]


@dataclass(frozen=True, slots=True)
class Paper:
    """A bill ready to be looked at. `why` is how its total came about, `owed` how what is owed did."""

    document: PrintedDocument
    lines: Sequence[ShownLine]
    why: Sequence[ShownStep]
    owed: Sequence[ShownStep]
    rules: Sequence[tuple[str, Promise]]
    columns: int


def opened(row: Row) -> Row:
    """The bill with its lines read."""
    lines = row["line_items"]
    return {**row, "line_items": msgspec.json.decode(lines) if isinstance(lines, msgspec.Raw) else lines}


def paper_of(bill: Row, around: Row) -> Paper:
    """`bill` is opened, `around` what `queries.around` read."""
    document = printed(bill["document_type"], _frozen(bill, around), lang=paper_language(), public_url="")
    state_tax = bill["state_tax_label"]
    of_lines: list[list[Step]] = [explain_line(bill, place) for place in range(len(bill["line_items"]))]
    of_bill = explain_bill(bill)
    lines = [
        ShownLine(
            line,
            list(zip(document.tax_labels, line.taxes, strict=True)),
            in_words(steps, state_tax=state_tax),
        )
        for line, steps in zip(document.lines, of_lines, strict=True)
    ]
    owed: list[Step] = []
    if bill["issued_at"] is not None:
        owed = explain_balance(bill["total"], {**around, "balance_due": bill["balance_due"]})
    return Paper(
        document=document,
        lines=lines,
        why=in_words(of_bill, state_tax=state_tax),
        owed=in_words(owed, state_tax=state_tax),
        rules=rules_of([step for steps in (*of_lines, of_bill) for step in steps]),
        columns=TAX_COLUMNS_BESIDE + len(document.tax_labels) + (1 if document.has_discount else 0),
    )


def _frozen(bill: Row, around: Row) -> dict[str, Any]:
    """The row that a document is printed from. A draft is shown in the same way, with no number."""
    einvoice = around["einvoice"] or {}
    return {
        **{name: bill[name] for name in (
            "due_date", "seller", "buyer", "place_of_supply", "supply_nature", "state_tax_label", "reverse_charge",
            "with_payment_of_tax", "notes", "line_items", "taxable_value", "discount_total", "cgst", "sgst", "igst",
            "cess", "total_before_round_off", "round_off_amount", "total", "cancellation_reason")},
        "number": bill["invoice_number"] or _("Draft"),
        "date": bill["invoice_date"],
        "issued_at": bill["issued_at"] or bill["created_at"],
        "cancelled_at": around["cancelled_at"],
        "irn": einvoice.get("irn"),
        "ack_no": einvoice.get("ack_no"),
        "ack_date": _instant(einvoice.get("ack_date")),
    }  # fmt: skip


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def left_of(bill: Row, around: Row) -> dict[int, Decimal]:
    """Of each line, how much is not credited yet."""
    returned = around["returned"]
    return {
        line["id"]: Decimal(line["quantity"]) - Decimal(returned.get(str(line["id"]), "0"))
        for line in bill["line_items"]
    }
