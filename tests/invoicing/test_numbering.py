"""The rules of number series, and that Python and the database write a number the same way."""

from datetime import date

import pytest

from finetune.core.refusals import Refusal
from finetune.invoicing.numbering import number_text, refuse_clear, series_problems
from finetune.invoicing.records import LastNumber
from tests.inventory import shelf
from tests.invoicing import desk

YEAR = date(2026, 4, 1)


@pytest.mark.parametrize(
    ("prefix", "last_number", "codes"),
    [
        ("FT-INV-", 0, []),
        ("FT-INV-", 99_999_999, []),
        ("FT-INV-", 999_999_998, []),
        ("FT-INV-", 999_999_999, ["series_full"]),
        ("ABCDEFGHIJK-", 9998, []),
        ("ABCDEFGHIJK-", 9999, ["series_full"]),
        ("ABCDEFGHIJKL-", 0, ["invalid"]),
        ("A", 0, []),
        ("7", 0, ["invalid"]),
        ("7/", 0, []),
        ("0/", 0, ["invalid"]),
        ("A\n", 0, ["invalid"]),
        ("", 0, ["invalid"]),
    ],
)
def test_what_a_series_may_write(prefix, last_number, codes):
    assert [problem.code for problem in series_problems(prefix=prefix, last_number=last_number)] == codes


@pytest.mark.parametrize("last", [0, 8, 9998, 9999, 123456])
def test_python_and_the_database_write_the_same(shop, last):
    desk.execute("UPDATE invoicing_invoicesequence SET last_number = %s WHERE series = 'FT-INV'", last)
    ((written,),) = shelf.fetch(
        "SELECT text_number FROM invoicing_next_number('invoice', '', '2026-11-22', true)"
    )
    assert written == number_text("FT-INV-", last + 1)


@pytest.mark.parametrize("last", [None, date(2026, 3, 31)])
def test_a_series_that_rested_since_april_may_begin_again(last):
    refuse_clear(LastNumber("X", last), year_start=YEAR)


def test_a_series_that_was_used_since_april_may_not():
    with pytest.raises(Refusal) as refusal:
        refuse_clear(LastNumber("X", YEAR), year_start=YEAR)
    assert refusal.value.code == "number_would_repeat"
