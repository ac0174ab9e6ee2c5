"""What a credit note gives back: from what was asked for and the bill to a finished plan, or a refusal. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from finetune.core.money import ZERO, plain_text
from finetune.core.refusals import FieldError, Refusal, conflict, invalid
from finetune.gst.tax import BillAmounts, LineAmounts, add_up, credited_amounts
from finetune.gst.years import financial_year_start


@dataclass(frozen=True, slots=True)
class WantedReturn:
    """Units of one line of the bill that are to be credited. `restock` puts them on the shelf again."""

    line_id: int
    quantity: Decimal
    serial_numbers: tuple[str, ...] = ()
    restock: bool = True


@dataclass(frozen=True, slots=True)
class BillLine:
    """A line of the bill, and how much of it was credited before."""

    id: int
    variant_id: int | None
    quantity: Decimal
    unit_price: Decimal
    returned: Decimal
    amounts: LineAmounts

    @property
    def remaining(self) -> Decimal:
        return self.quantity - self.returned


@dataclass(frozen=True, slots=True)
class Bill:
    """What crediting needs to know of a bill, read under the lock of its settlement."""

    id: int
    invoice_date: date
    total: Decimal
    credited: Decimal
    owed_net: Decimal  # total - credited - what the bill keeps of its money; never negative
    lines: Mapping[int, BillLine]


@dataclass(frozen=True, slots=True)
class NoteLine:
    wanted: WantedReturn
    line: BillLine
    amounts: LineAmounts


@dataclass(frozen=True, slots=True)
class Note:
    """A credit note decided to the paisa. `to_credit` is what becomes the customer's credit."""

    lines: tuple[NoteLine, ...]
    amounts: BillAmounts
    total: Decimal
    round_off_amount: Decimal
    completes: bool
    to_credit: Decimal


def refuse_uncreditable(facts: Mapping[str, Any]) -> None:
    """Only an issued bill that stands can be credited."""
    if facts["issued_at"] is None:
        raise conflict("invoice_not_issued", "This is a draft: change it, there is nothing to credit.")
    if facts["is_cancelled"]:
        raise conflict("invoice_cancelled", "This bill is cancelled: nothing of it is left to credit.")


def last_day_for_note(invoice_date: date) -> date:
    """30 November after the end of the bill's financial year (CGST s.34(2), as amended from 2022-10-01)."""
    return date(financial_year_start(invoice_date).year + 1, 11, 30)


def plan_note(wanted: Sequence[WantedReturn], bill: Bill, *, today: date) -> Note:
    """Decide the whole note. Refuses fields (400), lines of another bill (404), then 409: too late, too much.

    The lines wanted are different ones: `repeated_lines` was asked and found none.
    """
    _refuse_bad_fields(wanted, bill)
    if today > last_day_for_note(bill.invoice_date):
        raise conflict(
            "credit_note_too_late",
            f"A note on a bill of {bill.invoice_date} had to be issued by {last_day_for_note(bill.invoice_date)} "
            "(CGST s.34(2)). What is agreed with the buyer now is settled without GST: ask your accountant.",
        )
    _refuse_excess(wanted, bill)
    lines = tuple(_note_line(each, bill.lines[each.line_id]) for each in wanted)
    amounts = add_up([line.amounts for line in lines], round_off_amount=ZERO)
    completes = _completes(wanted, bill)
    left = bill.total - bill.credited
    # The last note takes what is left of the round-off. An earlier one takes a part of it only where it would
    # otherwise credit more than the bill's rounded total.
    total = left if completes else min(amounts.total_before_round_off, left)
    return Note(
        lines=lines,
        amounts=amounts,
        total=total,
        round_off_amount=total - amounts.total_before_round_off,
        completes=completes,
        to_credit=max(ZERO, total - bill.owed_net),
    )


def _note_line(wanted: WantedReturn, line: BillLine) -> NoteLine:
    amounts = credited_amounts(
        line.amounts, quantity=line.quantity, returned_before=line.returned, returned_now=wanted.quantity
    )
    return NoteLine(wanted=wanted, line=line, amounts=amounts)


def repeated_lines(wanted: Sequence[WantedReturn]) -> list[FieldError]:
    """Lines that stand twice in one request: how much of them is meant would be a guess."""
    seen: set[int] = set()
    problems = []
    for place, each in enumerate(wanted):
        if each.line_id in seen:
            message = (
                "This line stands twice. Give it once; what is not to be sold again needs a note of its own."
            )
            problems.append(FieldError(f"line_items.{place}.line", "invalid", message))
        seen.add(each.line_id)
    return problems


def _refuse_bad_fields(wanted: Sequence[WantedReturn], bill: Bill) -> None:
    problems, unknown = [], []
    for place, each in enumerate(wanted):
        at = f"line_items.{place}"
        line = bill.lines.get(each.line_id)
        if line is None:
            unknown.append(FieldError(f"{at}.line", "not_found", "This is no line of the bill."))
        elif line.variant_id is None:
            if each.serial_numbers:
                message = "This line sold no stock, so it has no serial numbers."
                problems.append(FieldError(f"{at}.serial_numbers", "serial_count_mismatch", message))
        elif each.quantity != each.quantity.to_integral_value():
            problems.append(FieldError(f"{at}.quantity", "invalid", "Stock comes back in whole units."))
    if problems:
        raise invalid(problems)
    if unknown:
        raise Refusal(404, "not_found", unknown[0].message, errors=unknown)


def _refuse_excess(wanted: Sequence[WantedReturn], bill: Bill) -> None:
    errors = [
        FieldError(
            f"line_items.{place}.quantity",
            "exceeds_remaining_quantity",
            f"{plain_text(bill.lines[each.line_id].remaining)} of this line are left to credit.",
            {"remaining": plain_text(bill.lines[each.line_id].remaining)},
        )
        for place, each in enumerate(wanted)
        if each.quantity > bill.lines[each.line_id].remaining
    ]
    if errors:
        raise conflict("exceeds_remaining_quantity", errors[0].message, errors=errors)


def _completes(wanted: Sequence[WantedReturn], bill: Bill) -> bool:
    now = {each.line_id: each.quantity for each in wanted}
    return all(line.remaining == now.get(line.id, 0) for line in bill.lines.values())
