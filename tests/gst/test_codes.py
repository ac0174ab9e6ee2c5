"""HSN codes, units and financial years."""

from datetime import date

import pytest

from finetune.gst.hsn import UNIT_CODES, hsn_problem, is_service, unit_problem
from finetune.gst.years import financial_year, financial_year_start


@pytest.mark.parametrize("code", ["8517", "851713", "85171300", "9987", "998716", "39269099"])
def test_hsn(code):
    assert hsn_problem(code) is None


@pytest.mark.parametrize(
    "code", ["", "85", "851", "85171", "8517130", "851713000", "85A7", " 8517", "8517\n", "८५१७", "-851"]
)
def test_not_an_hsn(code):
    assert hsn_problem(code)


@pytest.mark.parametrize(
    ("code", "expected"), [("998716", True), ("9987", True), ("85171300", False), ("", False)]
)
def test_services_are_chapter_99(code, expected):
    assert is_service(code) is expected


def test_units():
    assert len(UNIT_CODES) == 46
    for code in UNIT_CODES:
        assert unit_problem(code) is None
    for code in ("", "nos", "NO", "HRS", "NOS-NUMBERS"):
        assert unit_problem(code)


@pytest.mark.parametrize(
    ("on", "year", "start"),
    [
        (date(2026, 3, 31), "2025-26", date(2025, 4, 1)),
        (date(2026, 4, 1), "2026-27", date(2026, 4, 1)),
        (date(2026, 12, 31), "2026-27", date(2026, 4, 1)),
        (date(2027, 1, 1), "2026-27", date(2026, 4, 1)),
        (date(2028, 2, 29), "2027-28", date(2027, 4, 1)),
        (date(2099, 4, 1), "2099-00", date(2099, 4, 1)),
    ],
)
def test_financial_year(on, year, start):
    assert financial_year(on) == year
    assert financial_year_start(on) == start
