"""What should be put right before the return is filed, each with the document it is about.

An `error` is something the portal refuses, or that makes the return wrong; a `warning` is something to look
at. Nothing is refused here: the return is made all the same, and the shop decides.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final, Literal

from finetune.gst.gstin import gstin_problem
from finetune.gst.gstr1.records import (
    ADVANCES,
    NOTES,
    Kind,
    NumberRange,
    Period,
    TaxDocument,
    TaxLine,
)
from finetune.gst.gstr1.sections import Section
from finetune.gst.gstr1.tables import Tables
from finetune.gst.hsn import hsn_problem, is_service, unit_problem
from finetune.gst.rates import rate_in_force
from finetune.gst.supply import BuyerClass, place_of_supply_problem
from finetune.gst.tax import Nature
from finetune.gst.years import financial_year_start

Severity = Literal["error", "warning"]
NUMBER_LENGTH_MAX: Final = 16
HSN_DIGITS_MIN: Final = 4
VALUE_MAX: Final = Decimal("9999999999999.99")
_NUMBER: Final = re.compile(r"[A-Za-z1-9][A-Za-z0-9/-]*")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to look at. `line` counts from 1; a whole section has no `document_id`."""

    severity: Severity
    code: str
    message: str
    number: str = ""
    kind: Kind | None = None
    document_id: int | None = None
    line: int | None = None
    section: Section | None = None


Found = Iterator[tuple[Severity, str, str]]


def gstr1_problems(
    *,
    gstin: str,
    period: Period,
    documents: Iterable[TaxDocument],
    ranges: Iterable[NumberRange],
    hsn_digits_min: int = HSN_DIGITS_MIN,
) -> list[Problem]:
    """Everything to look at, document by document, then section by section.

    `hsn_digits_min` is 4 up to Rs 5 crore of turnover and 6 above (Notification 78/2020).
    """
    tables = Tables(gstin, period)
    numbers: Counter[tuple[Kind, str]] = Counter()
    problems: list[Problem] = []
    for document in documents:
        problems += _of_document(document, gstin, period, hsn_digits_min)
        if document.kind is not Kind.ADJUSTMENT:
            # The portal compares numbers in capitals since June 2025.
            numbers[document.kind, document.number.upper()] += 1
        tables.add(document)
    kept = list(ranges)
    problems += _repeated(numbers)
    problems += _of_sections(tables.sections(kept))
    return problems + _of_ranges(kept)


def _of_document(document: TaxDocument, gstin: str, period: Period, digits: int) -> list[Problem]:
    found = [*_number(document), *_when_and_whose(document, gstin, period)]
    if document.counts:
        found += [*_buyer(document), *_place(document), *_money(document)]
        if document.kind in NOTES:
            found += _note(document)
    problems = [_about(document, *each) for each in found]
    if document.counts and document.kind not in ADVANCES:
        for place, line in enumerate(document.lines, start=1):
            problems += [_about(document, *each, line=place) for each in _line(document, line, digits)]
    return problems


def _about(
    document: TaxDocument, severity: Severity, code: str, message: str, *, line: int | None = None
) -> Problem:
    return Problem(severity, code, message, document.number, document.kind, document.id, line)


def _number(document: TaxDocument) -> Found:
    number = document.number
    if len(number) > NUMBER_LENGTH_MAX:
        yield "error", "number_too_long", f"{number} has {len(number)} characters; the law allows 16."
    if not _NUMBER.fullmatch(number):
        message = f"{number!r} must begin with a letter or 1-9 and hold only letters, digits, / and -."
        yield "error", "number_malformed", message


def _when_and_whose(document: TaxDocument, gstin: str, period: Period) -> Found:
    if document.gstin != gstin:
        yield "error", "other_gstin", f"This was issued under {document.gstin or 'no GSTIN'}, not {gstin}."
    if not period.covers(document.date):
        yield "error", "other_period", f"This is dated {document.date:%d-%m-%Y}, outside the return's month."
    if document.is_composition:
        yield "error", "composition_dealer", "A composition dealer files CMP-08 and GSTR-4, not GSTR-1."
    if document.cancelled_on is not None and document.cancelled_on > period.last:
        message = (
            f"This was cancelled on {document.cancelled_on:%d-%m-%Y}, after its month. It is left out "
            "here; if the return was filed with it, amend that return."
        )
        yield "warning", "cancelled_after_period", message
    if document.cancelled_on is not None and document.has_irn:
        # The portal fills the return from its own e-invoices, and cancels one within 24 hours only.
        message = "This is cancelled here and has an IRN: make sure that it is cancelled on the e-invoice portal too."
        yield "warning", "cancelled_has_irn", message


def _buyer(document: TaxDocument) -> Found:
    buyer = document.buyer_gstin
    if document.is_registered:
        if not buyer:
            yield (
                "error",
                "buyer_gstin_missing",
                "A registered buyer without a GSTIN cannot stand in table 4.",
            )
        elif problem := gstin_problem(buyer):
            yield "error", "buyer_gstin_invalid", problem
        elif buyer == document.gstin:
            message = "Buyer and seller have the same GSTIN: this is a stock transfer, not a supply."
            yield "error", "buyer_is_seller", message
    elif buyer:
        message = f"The buyer has the GSTIN {buyer} but was billed as {document.buyer_class.value}."
        yield "warning", "category_contradicts_gstin", message
    if document.reverse_charge and not document.is_registered:
        message = "Reverse charge needs a registered buyer, who pays the tax."
        yield "error", "reverse_charge_unregistered", message


def _place(document: TaxDocument) -> Found:
    problem = place_of_supply_problem(document.place_of_supply, buyer_class=document.buyer_class)
    if problem:
        yield "error", "place_of_supply_invalid", problem
    always_inter = document.buyer_class in (BuyerClass.SEZ, BuyerClass.EXPORT)
    inter = always_inter or document.place_of_supply != document.state_code
    if inter != (document.nature is Nature.INTER):
        message = (
            f"Place of supply {document.place_of_supply} and the store's State {document.state_code} do not "
            f"go with an {document.nature.value}-State supply."
        )
        yield "error", "nature_contradicts_place", message


def _money(document: TaxDocument) -> Found:
    amounts = document.amounts
    if document.nature is Nature.INTER and (amounts.cgst or amounts.sgst):
        yield "error", "wrong_kind_of_tax", "An inter-State supply has IGST only."
    if document.nature is Nature.INTRA and amounts.igst:
        yield "error", "wrong_kind_of_tax", "A supply within the State has CGST and SGST only."
    if amounts.cgst != amounts.sgst:
        yield "error", "halves_differ", f"CGST {amounts.cgst} and SGST {amounts.sgst} must be equal."
    lut = document.buyer_class in (BuyerClass.SEZ, BuyerClass.EXPORT) and not document.with_payment
    if lut and amounts.tax:
        yield "error", "tax_under_lut", "Under bond or LUT no tax is charged, but this carries tax."
    if document.total > VALUE_MAX:
        yield "error", "value_too_large", f"{document.total} has more than 13 digits before the point."
    if document.kind not in ADVANCES and not amounts:
        severity: Severity = "error" if document.kind in NOTES else "warning"
        yield severity, "value_zero", "This has no value: the portal takes no note of nothing."


def _note(document: TaxDocument) -> Found:
    original = document.original
    if original is None:
        message = "Without its invoice the section of this note is a guess. Link it to the invoice."
        yield "error", "original_missing", message
        return
    if original.date > document.date:
        yield "error", "note_before_invoice", f"The note is older than its invoice {original.number}."
    # s.34(2): a credit note counts until 30 November after the year of its invoice.
    year = financial_year_start(original.date).year
    if document.kind is Kind.CREDIT_NOTE and document.date > date(year + 1, 11, 30):
        message = f"The invoice {original.number} is of {original.date:%d-%m-%Y}: too old to take tax back."
        yield "error", "note_after_cut_off", message


def _line(document: TaxDocument, line: TaxLine, digits: int) -> Found:
    service = is_service(line.hsn_code)
    if not line.hsn_code:
        severity: Severity = "error" if document.is_registered else "warning"
        yield severity, "hsn_missing", "This line has no HSN or SAC code; table 12 needs one."
    elif problem := hsn_problem(line.hsn_code):
        yield "error", "hsn_malformed", problem
    elif len(line.hsn_code) < digits:
        yield "error", "hsn_too_short", f"{line.hsn_code} has fewer than the {digits} digits that are due."
    if not service and (not line.unit or unit_problem(line.unit)):
        yield "error", "uqc_missing", f"{line.unit or 'No unit'!r} is not a unit code (UQC) of the portal."
    elif not service and line.unit == "NA" and line.hsn_code:
        yield "error", "uqc_missing", "Goods need a unit such as NOS; NA is for services."
    on = document.original.date if document.original else document.date
    if line.is_taxable and not rate_in_force(line.rate, on):
        yield "error", "rate_not_in_force", f"{line.rate.normalize():f} % was no GST rate on {on:%d-%m-%Y}."
    if line.is_taxable and not line.rate:
        yield (
            "warning",
            "taxable_at_zero",
            "Taxable at 0 %: if this is nil-rated or exempt, say so in the catalogue.",
        )
    if any(part < 0 for part in line.amounts.parts):
        yield "error", "negative_amount", "An amount of this line is below zero."


def _repeated(numbers: Counter[tuple[Kind, str]]) -> Iterator[Problem]:
    for (kind, number), count in numbers.items():
        if count > 1:
            message = f"{count} documents carry the number {number}; the portal takes one."
            yield Problem("error", "number_repeated", message, number, kind)


def _of_sections(sections: dict[Section, Any]) -> Iterator[Problem]:
    """A negative sum is lawful where notes outweigh sales, and worth a look; an advance cannot be."""
    for row in sections.get(Section.B2CS, []):
        if row["txval"] < 0:
            message = f"Notes outweigh sales: {row['txval']} at {row['rt']} % in place {row['pos']}."
            yield Problem("warning", "section_negative", message, section=Section.B2CS)
    for row in sections.get(Section.NIL, {}).get("inv", []):
        if min(row["expt_amt"], row["nil_amt"], row["ngsup_amt"]) < 0:
            message = f"Notes outweigh sales in {row['sply_ty']}."
            yield Problem("warning", "section_negative", message, section=Section.NIL)
    for half, rows in sections.get(Section.HSN, {}).items():
        for row in rows:
            if row["txval"] < 0 or row["qty"] < 0:
                message = f"Notes outweigh sales of {row['hsn_sc'] or 'no HSN'} at {row['rt']} % in {half}."
                yield Problem("warning", "section_negative", message, section=Section.HSN)
    for section in (Section.AT, Section.TXPD):
        for group in sections.get(section, []):
            if any(item["ad_amt"] < 0 for item in group["itms"]):
                message = f"More was used or returned than was received in place {group['pos']}."
                yield Problem("error", "section_negative", message, section=section)


def _of_ranges(ranges: Iterable[NumberRange]) -> list[Problem]:
    """A series with holes must be explained: as a rule it is shared with another GSTIN."""
    parts = Counter((each.series, each.run) for each in ranges)
    return [
        Problem(
            "warning",
            "series_has_holes",
            f"The numbers of {series} stand in {count} ranges here. Give this GSTIN a series of its own if "
            "it shares one; table 13 then has one line.",
            section=Section.DOC_ISSUE,
        )
        for (series, _), count in sorted(parts.items())
        if count > 1
    ]
