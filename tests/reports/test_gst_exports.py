"""Files that a spreadsheet opens: no formula runs, dates are Indian, nothing is lost."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from finetune.core.dates import INDIA
from finetune.reports import exports
from finetune.reports.exports import Table, guarded, write_csv, write_xlsx
from tests.reports.scene import read_csv, read_xlsx

VALUES = (
    "Asha",
    "=1+1",
    Decimal("-12.50"),
    7,
    True,
    None,
    date(2026, 11, 22),
    datetime(2026, 11, 22, 20, 0, tzinfo=UTC),
    "दुकान",
)
MORNING = datetime(2026, 11, 22, 20, 0, tzinfo=UTC).astimezone(INDIA).replace(tzinfo=None)
TITLES = tuple("abcdefghi")


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "\n", "＝"])
def test_what_looks_like_a_formula_is_text(begin):
    assert guarded(f"{begin}cmd|' /C calc'!A0") == f"'{begin}cmd|' /C calc'!A0"
    assert guarded(f"a{begin}b") == f"a{begin}b"


def test_csv():
    file = io.BytesIO()
    write_csv([Table("x", TITLES, [VALUES])], file)
    assert read_csv(file.getvalue()) == [
        list(TITLES),
        ["Asha", "'=1+1", "-12.50", "7", "yes", "", "22-11-2026", "23-11-2026 01:30:00", "दुकान"],
    ]


def test_xlsx_reads_back():
    file = io.BytesIO()
    write_xlsx([Table("one", TITLES, iter([VALUES])), Table("two", ("n",), [])], file)
    sheets = read_xlsx(file.getvalue())
    assert list(sheets) == ["one", "two"]
    titles, row = sheets["one"]
    assert titles == list(TITLES)
    assert row == [
        "Asha", "'=1+1", -12.5, 7, "yes", "", date(2026, 11, 22), MORNING, "दुकान",
    ]  # fmt: skip


def test_money_keeps_its_paise_in_a_spreadsheet():
    file = io.BytesIO()
    amounts = [Decimal("999999999999.99"), Decimal("0.01"), Decimal("-76.19")]
    write_xlsx([Table("x", ("m",), [(each,) for each in amounts])], file)
    cells = [row[0] for row in read_xlsx(file.getvalue())["x"][1:]]
    assert [Decimal(f"{cell:.2f}") for cell in cells] == amounts


def test_a_full_sheet_goes_on_in_another(monkeypatch):
    monkeypatch.setattr(exports, "SHEET_ROWS_MAX", 2)
    file = io.BytesIO()
    write_xlsx([Table("x" * 40, ("n",), ([n] for n in range(3)))], file)
    sheets = read_xlsx(file.getvalue())
    assert [len(name) for name in sheets] == [31, 31]
    assert [row[0] for rows in sheets.values() for row in rows[1:]] == [0, 1, 2]
