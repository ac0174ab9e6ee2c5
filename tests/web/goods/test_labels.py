"""Labels: bars and squares that read back as what they say, for what is known here."""

import re
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finetune.web.goods.code128 import QUIET, WIDTHS, bars_of, bars_path, can_be_code128, signs_of
from finetune.web.goods.labels import qr_path, wanted_labels
from tests import cast
from tests.cast import Shop
from tests.inventory import shelf
from tests.web.visits import browser_of, words_of

STOP = "2331112"


def read_back(widths: Sequence[int]) -> str:
    """What a scanner makes of the bars: a reader of its own, which checks the check sign."""
    text = "".join(map(str, widths))
    assert text.endswith(STOP)
    body = text[: -len(STOP)]
    values = [WIDTHS.index(body[place : place + 6]) for place in range(0, len(body), 6)]
    start, *middle, check = values
    assert (start + sum(place * value for place, value in enumerate(middle, 1))) % 103 == check
    packs = {104: False, 105: True}[start]
    read = ""
    for value in middle:
        if value == (100 if packs else 99):
            packs = not packs
        else:
            read += f"{value:02}" if packs else chr(value + 32)
    return read


def test_the_signs_are_what_the_standard_says_of_them():
    """Eleven modules, bars of an even number of them, no two alike."""
    signs = [[int(width) for width in sign] for sign in WIDTHS[:106]]
    assert len(WIDTHS) == 107
    assert {sum(sign) for sign in signs} == {11}
    assert {sum(sign[::2]) % 2 for sign in signs} == {0}
    assert len(set(WIDTHS)) == 107
    assert sum(map(int, STOP)) == 13


@pytest.mark.parametrize(
    ("text", "signs"),
    [
        ("Wikipedia", [104, 55, 73, 75, 73, 80, 69, 68, 73, 65, 88, 106]),
        ("1234", [105, 12, 34, 82, 106]),
        ("12", [105, 12, 14, 106]),
        ("A1", [104, 33, 17, 68, 106]),
    ],
)
def test_signs_of_known_texts(text: str, signs: list[int]):
    assert signs_of(text) == signs


@pytest.mark.parametrize(
    "text", ["356938035643809", "DP1-128-BLK", "AB123456789Z", "12345", "A", "x 1234567"]
)
def test_bars_read_back(text: str):
    assert read_back(bars_of(text)) == text


@given(
    st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=40)
    | st.text("0123456789A", min_size=1, max_size=30)
)
def test_bars_of_any_text_read_back(text: str):
    assert read_back(bars_of(text)) == text


def test_fifteen_digits_are_packed():
    assert len(signs_of("356938035643809")) == 1 + 7 + 2 + 2


@pytest.mark.parametrize("text", ["", "नमस्ते", "a\tb", "x" * 65])
def test_what_bars_cannot_hold(text: str):
    assert not can_be_code128(text)


def test_the_path_holds_each_bar_between_quiet_zones():
    widths = bars_of("A1")
    path, width = bars_path(widths)
    bars = [(int(at), int(size)) for at, size in re.findall(r"M(\d+) 0h(\d+)v1h-\d+z", path)]
    assert [size for _, size in bars] == widths[::2]
    assert bars[0][0] == QUIET
    assert width == QUIET + sum(widths) + QUIET
    assert all(a + size < b for (a, size), (b, _) in pairwise(bars))


def test_qr_has_its_quiet_zone():
    path, size = qr_path("DP1-128-BLK")
    places = [(int(x), int(y)) for x, y in re.findall(r"M(\d+) (\d+)h", path)]
    assert min(x for x, _ in places) == min(y for _, y in places) == 4
    assert max(x for x, _ in places) == size - 5


def test_lines_and_copies():
    text = "DP1-128-BLK x 3\n\n  8901 ×2\nA B\nA x B\n"
    assert wanted_labels(text) == [("DP1-128-BLK", 3), ("8901", 2), ("A B", 1), ("A x B", 1)]


def test_a_sheet_of_labels(shop: Shop):
    variant = shelf.tracked_variant()
    cast.variant(sku="GLASS", price="299.00", mrp="499.00", barcode="8901")
    shelf.post(shop.asha, "purchase", shop.pune, variant, 1, serials=["A1"])
    client = browser_of(shop.bilal)
    form = {
        "codes": "glass x 2\n8901\na1",
        "paper": "a4-24",
        "symbol": "code128",
        "skip": "3",
        "with_price": "on",
    }
    page = client.post("/catalogue/labels/", form)
    assert page.status_code == 200
    html = page.content.decode()
    assert html.count('class="label"') == 4
    assert html.count("label-used") == 3
    assert html.count("symbol-code128") == 4
    assert "₹299.00 MRP ₹499.00" in words_of(page)
    assert (
        "₹"
        not in words_of(client.post("/catalogue/labels/", {**form, "with_price": ""})).split("4 labels")[1]
    )
    roll = client.post("/catalogue/labels/", {**form, "paper": "roll-50", "symbol": "qr"}).content.decode()
    assert roll.count("symbol-qr") == 4
    assert "label-used" not in roll


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"codes": "NONE\nGLASS"}, "Not known here: NONE"),
        ({"codes": " \n"}, "Fill this in."),
        ({"codes": "GLASS x 3000"}, "At most"),
        ({"codes": "a\x00"}, "cannot be kept"),
        ({"paper": "a5"}, "Choose one of these."),
        ({"skip": "24"}, "fewer than a sheet holds"),
        ({"skip": "-1"}, "fewer than a sheet holds"),
    ],
)
def test_labels_that_cannot_be_printed(shop: Shop, wrong: dict[str, str], said: str):
    cast.variant(sku="GLASS")
    form = {"codes": "GLASS", "paper": "a4-24", "symbol": "code128", "skip": "", **wrong}
    page = browser_of(shop.bilal).post("/catalogue/labels/", form)
    assert page.status_code == 400
    assert said in words_of(page)


def test_a_unit_of_another_store_is_not_known_here(shop: Shop):
    variant = shelf.tracked_variant()
    entry = shelf.post(shop.chitra, "purchase", shop.nagpur, variant, 1, serials=["SECRET"])
    client = browser_of(shop.bilal)
    form = {"codes": "SECRET", "paper": "a4-24", "symbol": "qr", "skip": ""}
    assert "Not known here: SECRET" in words_of(client.post("/catalogue/labels/", form))
    assert client.get("/catalogue/labels/", {"entry": entry}).status_code == 404
    assert "SECRET" in words_of(browser_of(shop.chitra).get("/catalogue/labels/", {"entry": entry}))
