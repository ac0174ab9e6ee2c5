"""From the plain row of an issued document to the document as it is printed. Pure.

A row holds what is frozen and nothing that moves: no payment, no balance. Its keys are those of an invoice in
the API (`seller`, `buyer`, `line_items`, the amounts), with `number`, `date` and `issued_at`, and where they
apply `due_date`, `cancelled_at`, `cancellation_reason`, `reason` and `against` (`{"number", "date"}` each).
Amounts are Decimals or their text. A voucher's line may leave out quantity, unit, price and discounts.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from finetune.core.dates import INDIA
from finetune.core.money import ZERO, plain_text
from finetune.documents import labels as words_of
from finetune.documents.glyphs import fit_to_print
from finetune.documents.parties import buyer_of, place_name, seller_of
from finetune.documents.records import (
    Fact,
    Kind,
    PrintedDocument,
    PrintedLine,
    SummaryRow,
    TaxCell,
    TotalRow,
)
from finetune.documents.wording import (
    Language,
    amount_in_words,
    day,
    grouped,
    masked_phone,
    price,
    rupees,
)

Row = Mapping[str, Any]
Lines = Sequence[Row]
TAXES = ("cgst", "sgst", "igst", "cess")
SERIALS_SHOWN_MAX = 100
NOT_PRINTED = frozenset({"id", "variant", "email"})
VOUCHERS = ("receipt_voucher", "refund_voucher")


def printed(kind: Kind, row: Row, *, lang: Language, public_url: str) -> PrintedDocument:
    """The document of `row`, ready to be set. The same row gives the same document at any time."""
    said = words_of.in_language(lang)
    taxes = _taxes_shown(kind, row)
    lines = [_line(place, line, row, taxes, said) for place, line in enumerate(row["line_items"], start=1)]
    # A voucher has one line, which says all that a summary would.
    rows = [] if kind in VOUCHERS else _summary(row["line_items"], row, taxes, said)
    english, hindi = words_of.TITLES[kind]
    cancelled_at: datetime | None = row.get("cancelled_at")
    return PrintedDocument(
        kind=kind,
        lang=lang,
        title=hindi if lang == "hi" else english,
        subtitle=english if lang == "hi" else "",
        copy=said["copy"],
        number=row["number"],
        issued_at=int(row["issued_at"].timestamp()),
        facts=tuple(_facts(kind, row, lang, said)),
        seller=seller_of(row["seller"], lang, said),
        buyer=buyer_of(kind, row["buyer"], row["place_of_supply"], lang, said),
        endorsement=_heading(row, lang),
        tax_labels=tuple(_tax_label(name, row, said) for name in taxes),
        has_discount=any(_discount_of(line) for line in row["line_items"]),
        lines=tuple(lines),
        lines_total=_lines_total(row["line_items"], taxes, said),
        summary=tuple(rows),
        summary_total=_summary_total(row["line_items"], taxes, said),
        totals=tuple(_totals(kind, row, taxes, said)),
        words=amount_in_words(_money(row["total"]), lang),
        reason=fit_to_print(row.get("reason") or ""),
        remarks=tuple(fit_to_print(each) for each in (row.get("notes") or "").splitlines() if each.strip()),
        declarations=tuple(_declarations(kind, row, lang)),
        stamp=said["cancelled"] if cancelled_at else "",
        stamp_detail=_stamp_detail(cancelled_at, row, lang, said) if cancelled_at else "",
        public_url=public_url,
        portal=tuple(_portal(row, lang, said)),
        signed_qr=row.get("signed_qr") or "",
        labels=_labels(kind, row, said),
        attachment=attachment(kind, row),
    )


def _portal(row: Row, lang: Language, said: Mapping[str, str]) -> list[Fact]:
    if not row.get("irn"):
        return []
    acknowledged = day(row["ack_date"].astimezone(INDIA).date(), lang)
    return [Fact("IRN", row["irn"]), Fact(said["ack"], f"{row['ack_no']}, {acknowledged}")]


def _labels(kind: Kind, row: Row, said: Mapping[str, str]) -> dict[str, str]:
    """Only a bill that stands can be paid at its page; beside untaxed lines a value is not called taxable."""
    is_payable = kind in ("tax_invoice", "invoice_cum_bill", "bill_of_supply") and not row.get("cancelled_at")
    scan = said["scan" if is_payable else "scan_view"]
    return {**said, "scan": scan, "taxable": said["value" if kind == "invoice_cum_bill" else "taxable"]}


def attachment(kind: Kind, row: Row) -> str:
    """The document for programs: what is printed and no more, with amounts as text, under the names of the API.

    Whoever holds the paper or its link can read it: the buyer's phone is masked here as well, and his e-mail and
    the shop's own ids stay in the shop.
    """
    frozen = {name: value for name, value in row.items() if value not in (None, ())}
    for party in ("seller", "buyer"):
        frozen[party] = {name: value for name, value in row[party].items() if name not in NOT_PRINTED}
    frozen["buyer"]["phone"] = masked_phone(row["buyer"].get("phone") or "")
    frozen["line_items"] = [
        {name: value for name, value in line.items() if name not in NOT_PRINTED} for line in row["line_items"]
    ]
    return msgspec.json.format(msgspec.json.encode({"document": kind, **frozen}, order="sorted")).decode()


def _money(value: Any) -> Decimal:
    return Decimal(value or 0)


def _sum(lines: Lines, name: str) -> Decimal:
    return sum((_money(line.get(name)) for line in lines), ZERO)


def _facts(kind: Kind, row: Row, lang: Language, said: Mapping[str, str]) -> list[Fact]:
    facts = [Fact(said[f"number.{kind}"], row["number"]), Fact(said["date"], day(row["date"], lang))]
    for document in row.get("against") or ():
        facts += [
            Fact(said["against"], document["number"]),
            Fact(said["against_date"], day(document["date"], lang)),
        ]
    facts.append(Fact(said["place"], place_name(row["place_of_supply"], lang)))
    if row.get("due_date"):
        facts.append(Fact(said["due"], day(row["due_date"], lang)))
    if row.get("mode"):
        facts.append(Fact(said["mode"], _paid_by(row, said)))
    if kind in VOUCHERS or _taxes_shown(kind, row):
        facts.append(Fact(said["reverse_charge"], said["yes" if row.get("reverse_charge") else "no"]))
    return facts


def _paid_by(row: Row, said: Mapping[str, str]) -> str:
    """How an advance came in or went back: `UPI · 412345678901`."""
    reference = fit_to_print(row.get("reference") or "")
    return said[f"mode.{row['mode']}"] + (f" · {reference}" if reference else "")


def _heading(row: Row, lang: Language) -> str:
    """What the law wants said at the top: of a composition dealer, and of a supply to SEZ or abroad."""
    if row["seller"].get("is_composition"):
        return words_of.COMPOSITION[1 if lang == "hi" else 0]
    return _endorsement(row)


def _endorsement(row: Row) -> str:
    category = row["buyer"].get("category", "unregistered")
    return words_of.ENDORSEMENTS.get((str(category), bool(row.get("with_payment_of_tax"))), "")


def _taxes_shown(kind: Kind, row: Row) -> tuple[str, ...]:
    """The tax columns. A bill of supply names no tax and no rate (CGST Rule 49), nor does a note on one or
    an advance that carries none."""
    if kind == "bill_of_supply" or row["seller"].get("is_composition"):
        return ()
    if kind == "credit_note" and not any(_is_taxed(line) for line in row["line_items"]):
        return ()
    if _is_untaxed_advance(kind, row):
        return ()
    taxes = ("cgst", "sgst") if row["supply_nature"] == "intra" else ("igst",)
    return (*taxes, "cess") if _money(row.get("cess")) else taxes


def _is_untaxed_advance(kind: Kind, row: Row) -> bool:
    return kind in VOUCHERS and not any(Decimal(line["gst_rate"]) for line in row["line_items"])


def _tax_label(name: str, row: Row, said: Mapping[str, str]) -> str:
    return {"cgst": "CGST", "sgst": str(row["state_tax_label"]), "igst": "IGST", "cess": "Cess"}[name]


def _discount_of(line: Row) -> Decimal:
    return _money(line.get("discount_amount")) + _money(line.get("invoice_discount_share"))


def _is_taxed(line: Row) -> bool:
    return bool(line.get("treatment", "taxable") == "taxable")


def _rate(line: Row, row: Row) -> Decimal:
    """The rate that was charged: none where the line is untaxed or the supply goes out under LUT."""
    under_lut = not any(_money(row.get(name)) for name in TAXES) and _endorsement(row)
    return ZERO if under_lut or not _is_taxed(line) else Decimal(line["gst_rate"])


def _percent(rate: Decimal) -> str:
    return f"{plain_text(rate.normalize())}%"


def _cells(line: Row, row: Row, taxes: Sequence[str]) -> tuple[TaxCell, ...]:
    rate = _rate(line, row)
    halves = {"cgst": rate / 2, "sgst": rate / 2, "igst": rate}
    return tuple(
        TaxCell(rupees(_money(line[name])), _percent(halves[name]) if name in halves else "")
        for name in taxes
    )


def _line(place: int, line: Row, row: Row, taxes: Sequence[str], said: Mapping[str, str]) -> PrintedLine:
    quantity, discount = line.get("quantity"), _discount_of(line)
    percent = line.get("discount_percent")
    only_percent = percent and not _money(line.get("invoice_discount_share"))
    return PrintedLine(
        position=str(place),
        description=fit_to_print(line["description"]),
        notes=tuple(_line_notes(line, taxes, said)),
        hsn_code=line.get("hsn_code") or "",
        quantity=_quantity(Decimal(quantity)) if quantity is not None else "",
        # NA is the portal's word for a service, which has no unit (Rule 46(i) asks for it of goods).
        unit="" if line.get("unit") == "NA" else line.get("unit") or "",
        price=price(Decimal(line["unit_price"])) if line.get("unit_price") is not None else "",
        price_note=said["includes_tax"] if line.get("tax_inclusive") and taxes else "",
        discount=rupees(discount) if discount else "",
        discount_note=_percent(Decimal(percent)) if percent and only_percent else "",
        taxable_value=rupees(_money(line["taxable_value"])),
        taxes=_cells(line, row, taxes),
        total=rupees(_money(line["total"])),
    )


def _quantity(value: Decimal) -> str:
    whole, _, fraction = plain_text(value).partition(".")
    return grouped(whole) + (f".{fraction}" if fraction else "")


def _line_notes(line: Row, taxes: Sequence[str], said: Mapping[str, str]) -> list[str]:
    notes = []
    if serials := line.get("serial_numbers") or ():
        shown = ", ".join(fit_to_print(each) for each in serials[:SERIALS_SHOWN_MAX])
        more = f" … +{len(serials) - SERIALS_SHOWN_MAX}" if len(serials) > SERIALS_SHOWN_MAX else ""
        notes.append(f"{said['serial_numbers']}: {shown}{more}")
    if not _is_taxed(line):
        notes.append(said[line["treatment"]])
    return notes


def _lines_total(lines: Lines, taxes: Sequence[str], said: Mapping[str, str]) -> PrintedLine:
    discount = sum((_discount_of(line) for line in lines), ZERO)
    return PrintedLine(
        position="", description=said["total"], notes=(), hsn_code="", quantity="", unit="",
        price="", price_note="", discount=rupees(discount), discount_note="",
        taxable_value=rupees(_sum(lines, "taxable_value")),
        taxes=tuple(TaxCell(rupees(_sum(lines, name)), "") for name in taxes),
        total=rupees(_sum(lines, "total")),
    )  # fmt: skip


def _summary(lines: Lines, row: Row, taxes: Sequence[str], said: Mapping[str, str]) -> list[SummaryRow]:
    """One row for each code and rate, in the order they first appear."""
    groups: dict[tuple[str, str], list[Row]] = {}
    for line in lines:
        rate = _percent(_rate(line, row)) if _is_taxed(line) else said[line["treatment"]]
        groups.setdefault((line.get("hsn_code") or "–", rate if taxes else ""), []).append(line)
    return [
        SummaryRow(
            hsn_code=code,
            rate=rate,
            taxable_value=rupees(_sum(group, "taxable_value")),
            taxes=tuple(
                TaxCell(rupees(_sum(group, name)), cell.rate)
                for name, cell in zip(taxes, _cells(group[0], row, taxes), strict=True)
            ),
            total_tax=rupees(_tax_of(group)),
        )
        for (code, rate), group in groups.items()
    ]


def _tax_of(lines: Lines) -> Decimal:
    return sum((_sum(lines, name) for name in TAXES), ZERO)


def _summary_total(lines: Lines, taxes: Sequence[str], said: Mapping[str, str]) -> SummaryRow:
    return SummaryRow(
        hsn_code=said["total"],
        rate="",
        taxable_value=rupees(_sum(lines, "taxable_value")),
        taxes=tuple(TaxCell(rupees(_sum(lines, name)), "") for name in taxes),
        total_tax=rupees(_tax_of(lines)),
    )


def _totals(kind: Kind, row: Row, taxes: Sequence[str], said: Mapping[str, str]) -> list[TotalRow]:
    lines = row["line_items"]
    taxed = _sum([line for line in lines if _is_taxed(line)], "taxable_value")
    untaxed = _money(row["taxable_value"]) - taxed
    if taxes:
        totals = [TotalRow(said["taxable_total"], rupees(taxed))] if taxed or not untaxed else []
        totals += [TotalRow(said["untaxed"], rupees(untaxed))] if untaxed else []
    else:
        value = TotalRow(said["value_total"], rupees(_money(row["taxable_value"])))
        totals = [] if kind in VOUCHERS else [value]
    if not row.get("reverse_charge"):
        totals += [TotalRow(_tax_label(name, row, said), rupees(_money(row[name]))) for name in taxes]
    if rounding := _money(row.get("round_off_amount")):
        totals.append(TotalRow(said["before_round_off"], rupees(_money(row["total_before_round_off"]))))
        totals.append(TotalRow(said["round_off"], rupees(rounding)))
    return [
        *totals,
        TotalRow(said[f"grand.{kind}"], "₹\N{NO-BREAK SPACE}" + rupees(_money(row["total"])), is_grand=True),
    ]


def _declarations(kind: Kind, row: Row, lang: Language) -> list[str]:
    place = 1 if lang == "hi" else 0
    said = []
    if _is_untaxed_advance(kind, row) and not row["seller"].get("is_composition"):
        said.append(words_of.ADVANCE_FOR_GOODS[place])
    if row.get("reverse_charge") and _taxes_shown(kind, row):
        said.append(words_of.REVERSE[place])
    return said


def _stamp_detail(at: datetime, row: Row, lang: Language, said: Mapping[str, str]) -> str:
    when = day(at.astimezone(INDIA).date(), lang)
    reason = fit_to_print(row.get("cancellation_reason") or "")
    return f"{said['cancelled_on']} {when}" + (f" · {reason}" if reason else "")
