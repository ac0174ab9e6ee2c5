"""Numbers, money and dates on paper."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finetune.documents.wording import (
    HINDI,
    amount_in_words,
    day,
    grouped,
    in_words,
    masked_phone,
    price,
    rupees,
)


@pytest.mark.parametrize(
    ("digits", "written"),
    [
        ("0", "0"),
        ("999", "999"),
        ("1000", "1,000"),
        ("99999", "99,999"),
        ("100000", "1,00,000"),
        ("1234567", "12,34,567"),
        ("48668982", "4,86,68,982"),
        ("1000000000", "1,00,00,00,000"),
    ],
)
def test_indian_grouping(digits, written):
    assert grouped(digits) == written


@given(st.integers(0, 10**14))
def test_grouping_loses_no_digit(number):
    assert int(grouped(str(number)).replace(",", "")) == number


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        ("0.00", "0.00"),
        ("999.00", "999.00"),
        ("48668982.00", "4,86,68,982.00"),
        ("-0.19", "−0.19"),
        ("-1234.50", "−1,234.50"),
    ],
)
def test_rupees(amount, written):
    assert rupees(Decimal(amount)) == written


@pytest.mark.parametrize(
    ("amount", "written"), [("1500.000", "1,500.00"), ("37.355", "37.355"), ("0.5", "0.50")]
)
def test_price_has_a_third_decimal_only_where_needed(amount, written):
    assert price(Decimal(amount)) == written


@pytest.mark.parametrize(
    ("number", "english", "hindi"),
    [
        (0, "Zero", "शून्य"),
        (7, "Seven", "सात"),
        (19, "Nineteen", "उन्नीस"),
        (20, "Twenty", "बीस"),
        (45, "Forty Five", "पैंतालीस"),
        (99, "Ninety Nine", "निन्यानवे"),
        (100, "One Hundred", "एक सौ"),
        (101, "One Hundred One", "एक सौ एक"),
        (1770, "One Thousand Seven Hundred Seventy", "एक हज़ार सात सौ सत्तर"),
        (10000, "Ten Thousand", "दस हज़ार"),
        (100000, "One Lakh", "एक लाख"),
        (150000, "One Lakh Fifty Thousand", "एक लाख पचास हज़ार"),
        (10000000, "One Crore", "एक करोड़"),
        (
            48668982,
            "Four Crore Eighty Six Lakh Sixty Eight Thousand Nine Hundred Eighty Two",
            "चार करोड़ छियासी लाख अड़सठ हज़ार नौ सौ बयासी",
        ),
        (
            1234567890123,
            "One Lakh Twenty Three Thousand Four Hundred Fifty Six Crore Seventy Eight Lakh Ninety Thousand"
            " One Hundred Twenty Three",
            "एक लाख तेईस हज़ार चार सौ छप्पन करोड़ अठहत्तर लाख नब्बे हज़ार एक सौ तेईस",
        ),
    ],
)
def test_words(number, english, hindi):
    assert in_words(number, "en") == english
    assert in_words(number, "hi") == hindi


def test_the_hindi_numbers_are_a_hundred_different_ones():
    assert len(HINDI) == len(set(HINDI)) == 100


@pytest.mark.parametrize(
    ("place", "word"),
    [
        (11, "ग्यारह"),
        (18, "अठारह"),
        (25, "पच्चीस"),
        (29, "उनतीस"),
        (33, "तैंतीस"),
        (38, "अड़तीस"),
        (39, "उनतालीस"),
        (46, "छियालीस"),
        (49, "उनचास"),
        (50, "पचास"),
        (55, "पचपन"),
        (59, "उनसठ"),
        (66, "छियासठ"),
        (69, "उनहत्तर"),
        (76, "छिहत्तर"),
        (79, "उन्यासी"),
        (80, "अस्सी"),
        (84, "चौरासी"),
        (89, "नवासी"),
        (90, "नब्बे"),
        (96, "छियानवे"),
    ],
)
def test_hindi_numbers_stand_in_their_place(place, word):
    assert HINDI[place] == word


@given(st.integers(0, 10**12), st.integers(0, 10**12))
def test_different_numbers_have_different_words(one, other):
    for lang in ("en", "hi"):
        assert (in_words(one, lang) == in_words(other, lang)) == (one == other)


@pytest.mark.parametrize(
    ("amount", "english", "hindi"),
    [
        ("0.00", "Rupees Zero Only", "शून्य रुपये मात्र"),
        ("1770.00", "Rupees One Thousand Seven Hundred Seventy Only", "एक हज़ार सात सौ सत्तर रुपये मात्र"),
        (
            "121.19",
            "Rupees One Hundred Twenty One and Nineteen Paise Only",
            "एक सौ इक्कीस रुपये और उन्नीस पैसे मात्र",
        ),
        ("0.50", "Rupees Zero and Fifty Paise Only", "शून्य रुपये और पचास पैसे मात्र"),
    ],
)
def test_amount_in_words(amount, english, hindi):
    assert amount_in_words(Decimal(amount), "en") == english
    assert amount_in_words(Decimal(amount), "hi") == hindi


def test_dates():
    assert day(date(2026, 11, 2), "en") == "02 Nov 2026"
    assert day(date(2026, 11, 22), "hi") == "22 नव. 2026"


@pytest.mark.parametrize(
    ("phone", "shown"),
    [("+919822034567", "•••••• 4567"), ("", ""), ("12345", ""), ("020-2553 1122", "•••••• 1122")],
)
def test_a_phone_shows_its_last_four_digits(phone, shown):
    assert masked_phone(phone) == shown
