"""Every worked table of docs/money.md, recomputed: a number changed there or in the engine fails here."""

import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest

from finetune.gst.supply import BuyerClass, charges_tax, state_tax_label, supply_nature
from finetune.gst.tax import (
    BillAmounts,
    Discount,
    LineAmounts,
    TaxableLine,
    Treatment,
    compute_bill,
    credited_amounts,
)

PAGE = (Path(__file__).parents[2] / "docs" / "money.md").read_text(encoding="utf-8")
INPUTS, OUTPUTS = slice(1, 5), slice(5, 13)


@dataclass(frozen=True)
class Case:
    title: str
    facts: str
    heads: list[str]
    rows: list[list[str]]

    def fact(self, pattern: str) -> str | None:
        found = re.search(pattern, self.facts)
        return found[1] if found else None


def cases(page: str) -> list[Case]:
    found = []
    worked = page.split("## Worked cases", 1)[1].split("\n## ", 1)[0]
    for section in worked.split("\n### ")[1:]:
        title, text = section.split("\n", 1)
        table = [line for line in text.splitlines() if line.startswith("|")]
        prose = [line for line in text.splitlines() if not line.startswith("|")]
        cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in table]
        found.append(Case(title, " ".join(prose), cells[0], cells[2:]))
    return found


def discount(cell: str | None) -> Discount | None:
    if not cell:
        return None
    if cell.endswith("%"):
        return Discount(percent=Decimal(cell[:-1]))
    return Discount(amount=Decimal(cell))


def line(cells: list[str]) -> TaxableLine:
    quantity, price, rate, off = cells
    return TaxableLine(
        quantity=Decimal(quantity),
        unit_price=Decimal(price.removesuffix(" incl.")),
        gst_rate=Decimal(0) if rate == "nil" else Decimal(rate),
        treatment=Treatment(rate) if rate == "nil" else Treatment.TAXABLE,
        tax_inclusive=price.endswith(" incl."),
        discount=discount(off),
    )


def computed(case: Case) -> BillAmounts:
    store, place = case.fact(r"Store (\d\d);"), case.fact(r"place of supply (\d\d)\b")
    assert store, f"{case.title}: no store"
    assert place, f"{case.title}: no place of supply"
    buyer = BuyerClass(case.fact(r"(sez|export) with") or "unregistered")
    return compute_bill(
        [line(row[INPUTS]) for row in case.rows if row[0].isdigit()],
        nature=supply_nature(store_state=store, place_of_supply=place, buyer_class=buyer),
        invoice_discount=discount(case.fact(r"invoice discount ([\d.]+%|\d+\.\d\d)")),
        charges_tax=charges_tax(
            buyer_class=buyer, with_payment_of_tax="with payment" in case.facts, is_composition=False
        ),
        reverse_charge="reverse charge." in case.facts,
        round_off="rounded to the rupee." in case.facts,
    )


def line_cells(line: LineAmounts) -> list[str]:
    return [
        str(amount)
        for amount in (
            line.gross,
            line.discount_amount,
            line.invoice_discount_share,
            line.taxable_value,
            line.cgst,
            line.sgst,
            line.igst,
            line.total,
        )
    ]


def expected_rows(case: Case) -> list[list[str]]:
    """The output cells of each row of the table, worked out from its input cells alone."""
    bill = computed(case)
    totals = [bill.taxable_value, bill.cgst, bill.sgst, bill.igst, bill.total_before_round_off]
    blank = [""] * 7
    returned = Decimal(0)
    rows = []
    for row in case.rows:
        match row[0].split():
            case [number] if number.isdigit():
                rows.append(line_cells(bill.lines[int(number) - 1]))
            case ["credit", units]:
                sold = Decimal(case.rows[0][1])
                note = credited_amounts(
                    bill.lines[0], quantity=sold, returned_before=returned, returned_now=Decimal(units)
                )
                returned += Decimal(units)
                rows.append(line_cells(note))
            case ["bill"]:
                rows.append(["", "", "", *map(str, totals)])
            case ["round-off"]:
                rows.append([*blank, str(bill.round_off_amount)])
            case ["to", "pay"]:
                rows.append([*blank, str(bill.total)])
            case unknown:
                raise AssertionError(f"{case.title}: row {unknown}")
    return rows


@pytest.mark.parametrize("case", cases(PAGE), ids=lambda case: case.title)
def test_the_table_is_what_the_engine_computes(case):
    assert [row[OUTPUTS] for row in case.rows] == expected_rows(case)


@pytest.mark.parametrize("case", cases(PAGE), ids=lambda case: case.title)
def test_the_second_half_is_headed_by_its_name_in_that_state(case):
    assert case.heads[10] == state_tax_label(case.fact(r"Store (\d\d);") or "")


def test_all_vectors_are_on_the_page():
    titles = {case.title.split()[0] for case in cases(PAGE)}
    wanted = {f"V{number:02d}" for number in range(1, 15)} - {"V10"} | {"V10a", "V10b", "V15a", "V15b"}
    assert wanted <= titles


def test_every_row_with_paise_to_pay_names_a_round_off():
    for case in cases(PAGE):
        rounded = "rounded to the rupee." in case.facts
        assert rounded == ("round-off" in [row[0] for row in case.rows]), case.title


def test_a_changed_number_is_noticed():
    """Add a paisa to each computed figure of each table in turn: the page no longer holds."""
    changed = 0
    for case in cases(PAGE):
        right = expected_rows(case)
        for row in case.rows:
            for column in range(5, 13):
                cell = row[column]
                if cell:
                    row[column] = str(Decimal(cell) + Decimal("0.01"))
                    assert [each[OUTPUTS] for each in case.rows] != right, (case.title, row)
                    row[column] = cell
                    changed += 1
    assert changed > 250
