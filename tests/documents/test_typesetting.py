"""PDFs, read back."""

import hashlib
import io
import json
import os
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from finetune.documents.builders import printed
from finetune.documents.glyphs import BREAK, FONTS, MISSING, fit_to_print, printable
from finetune.documents.labels import LABELS, STATES_HI
from finetune.documents.typesetting import as_pdf, qr_svg
from finetune.documents.wording import HINDI, MONTHS
from tests.documents.papers import KAVITA, SAHYADRI, SELLER, URL, line, row

EVERY_PAPER = [(layout, lang) for layout in ("a4", "receipt") for lang in ("en", "hi")]


def pdf(layout="a4", lang="en", kind="tax_invoice", **given):
    lines = given.pop("lines", ())
    return as_pdf(printed(kind, row(*lines, **given), lang=lang, public_url=URL), layout)


def reader(content):
    return PdfReader(io.BytesIO(content))


def text_of(content):
    return "\n".join(page.extract_text() for page in reader(content).pages)


def fonts_of(content):
    names = set()
    for page in reader(content).pages:
        for font in page["/Resources"].get("/Font", {}).values():
            names.add(font.get_object()["/BaseFont"].split("+")[-1])
    return names


@pytest.mark.parametrize(("layout", "lang"), EVERY_PAPER)
def test_it_is_archivable_and_accessible(layout, lang):
    root = reader(pdf(layout, lang)).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert root["/Lang"] == {"en": "en-IN", "hi": "hi-IN"}[lang]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    metadata = root["/Metadata"].get_data().decode()
    assert "<pdfaid:part>3</pdfaid:part>" in metadata
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in metadata
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata


@pytest.mark.parametrize(("layout", "lang"), EVERY_PAPER)
def test_the_invoice_travels_inside_as_json(layout, lang):
    attached = reader(pdf(layout, lang)).attachments
    assert list(attached) == ["FT-INV-0042.json"]
    data = json.loads(attached["FT-INV-0042.json"][0])
    assert (data["number"], data["total"]) == ("FT-INV-0042", "1770.00")
    assert data["seller"]["gstin"] == SELLER["gstin"]


@pytest.mark.parametrize(("layout", "lang"), EVERY_PAPER)
def test_all_of_it_can_be_read_back(layout, lang):
    text = text_of(pdf(layout, lang, lines=[line(serial_numbers=["490154203237518"])]))
    names = (
        "FT-INV-0042",
        SELLER["gstin"],
        "Kavita Deshpande",
        "Display replacement",
        "998716",
        "490154203237518",
    )
    for said in (*names, "9%", "1,500.00", "135.00", "₹", "1,770.00"):
        assert said in text


def test_its_fonts_are_its_own():
    assert fonts_of(pdf()) == {"NotoSans-Regular", "NotoSans-Bold"}
    assert {"NotoSansDevanagari-Regular", "NotoSansDevanagari-Bold"} <= fonts_of(pdf(lang="hi"))


def test_hindi_is_set_in_hindi():
    text = text_of(pdf(lang="hi", buyer={**KAVITA, "name": "लक्ष्मी त्रिपाठी"}))
    assert "बीजक" in text
    # A conjunct is one glyph: without shaping the virama would be seen, and read, as a letter of its own.
    assert "लक्ष्मी" in text


def test_the_fonts_have_what_documents_say():
    words = [*LABELS.values(), *MONTHS["hi"], *HINDI, *STATES_HI.values(), "₹−×•·–…"]
    signs = {sign for each in words for word in ([each] if isinstance(each, str) else each) for sign in word}
    assert signs - printable() == set()


def test_the_fonts_come_with_their_licence_and_are_small():
    assert "SIL OPEN FONT LICENSE" in (FONTS / "OFL.txt").read_text()
    assert sum(path.stat().st_size for path in FONTS.iterdir()) < 2_700_000


def test_a_page_says_which_of_how_many_and_repeats_the_heads():
    lines = [line(description=f"Spare part {number}, which goes on for a while") for number in range(55)]
    pages = [page.extract_text() for page in reader(pdf(lines=lines, buyer=SAHYADRI)).pages]
    assert len(pages) == 3
    for number, page in enumerate(pages, start=1):
        assert f"Page {number} of 3" in page
        assert "FT-INV-0042" in page
        assert "Description" in page or number == 3
    assert all(f"Spare part {number}," in "\n".join(pages) for number in range(55))


def test_an_a4_page_is_a4():
    box = reader(pdf()).pages[0].mediabox
    assert (round(float(box.width)), round(float(box.height))) == (595, 842)


def test_a_receipt_is_80_mm_wide_and_as_high_as_it_must_be():
    short = reader(pdf("receipt"))
    long = reader(pdf("receipt", lines=[line() for _ in range(60)]))
    assert [len(each.pages) for each in (short, long)] == [1, 1]
    boxes = [each.pages[0].mediabox for each in (short, long)]
    assert all(round(float(box.width)) == 227 for box in boxes)
    assert boxes[1].height > 3 * boxes[0].height


@pytest.mark.parametrize("layout", ["a4", "receipt"])
def test_its_code_leads_to_the_public_page(layout):
    page = reader(pdf(layout)).pages[0]
    assert [note.get_object()["/A"]["/URI"] for note in page["/Annots"]] == [URL]


def test_the_code_is_a_picture_of_the_link():
    assert qr_svg(URL) != qr_svg(URL + "x")
    assert qr_svg(URL).startswith("<svg")


@pytest.mark.parametrize(("layout", "lang"), EVERY_PAPER)
def test_a_cancelled_bill_says_so_across_the_page(layout, lang):
    lines = [line(description=f"Part {number}") for number in range(60)]
    content = pdf(
        layout,
        lang,
        lines=lines,
        cancelled_at=datetime(2026, 11, 23, tzinfo=UTC),
        cancellation_reason="Twice",
    )
    pages = [page.extract_text() for page in reader(content).pages]
    assert all("CANCELLED" in page for page in pages)
    assert "Twice" in pages[0]
    assert "CANCELLED" not in text_of(pdf(layout, lang))


ODD = r"""#let x = 1 \ $"""


@pytest.mark.parametrize(
    "name",
    [
        ODD, '#panic("no")', "*bold* _it_ `raw` <label> @ref $x^2$", "= Heading", "// comment", '"; } #{ "',
        "\\u{41}", '#read("/etc/passwd")', '[x](y) #import "a.typ"', "- item", "~ -- --- ...", "http://a.in/?b=c",
    ],
)  # fmt: skip
def test_what_looks_like_code_is_printed_as_it_is(name):
    for layout in ("a4", "receipt"):
        text = text_of(
            pdf(layout, buyer={**KAVITA, "name": name}, notes=name, lines=[line(description=name)])
        )
        assert text.replace("\n", " ").count(name) >= 3


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=60)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(name=TEXT, about=TEXT, lang=st.sampled_from(["en", "hi"]))
def test_any_text_can_be_printed(name, about, lang):
    given_row = {"buyer": {**KAVITA, "name": name or "x", "address": about}, "notes": about}
    assert pdf("a4", lang, lines=[line(description=about or "x")], **given_row).startswith(b"%PDF")


def test_names_in_the_scripts_of_india_are_printed():
    for name in ("தமிழ்ச்செல்வி", "తెలుగు", "ಕನ್ನಡ", "മലയാളം", "বাংলা", "ગુજરાતી", "ਪੰਜਾਬੀ", "ଓଡ଼ିଆ", "मराठी"):
        assert MISSING not in fit_to_print(name)
        assert pdf(buyer={**KAVITA, "name": name})


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Asha 😀🎉 Rao", f"Asha {MISSING} Rao"),
        ("a\x00b\x1b\u202ec", "abc"),
        ("two\nlines\tand  more", "two lines and more"),
        ("e\u0301", "é"),
        ("क्\u200dष", "क्\u200dष"),
    ],
)
def test_what_no_font_has_is_marked(text, shown):
    assert fit_to_print(text) == shown


def test_a_word_without_end_can_be_broken():
    parts = fit_to_print("x" * 100).split(BREAK)
    assert max(map(len, parts)) <= 25
    assert "".join(parts) == "x" * 100


def test_an_indian_word_is_never_broken_inside_a_cluster():
    for part in fit_to_print("क्ष्मी" * 30).split(BREAK)[1:]:
        assert part[0] == "क"


@pytest.mark.parametrize(("layout", "lang"), EVERY_PAPER)
def test_the_same_bytes_every_time(layout, lang):
    assert pdf(layout, lang) == pdf(layout, lang)


def test_the_same_bytes_in_another_process_and_another_place():
    """Other clock zone, other locale, other hash seed: nothing of the machine gets into the paper."""
    code = (
        "import hashlib; from tests.documents.test_typesetting import pdf;"
        "print(hashlib.sha256(pdf() + pdf('receipt', 'hi')).hexdigest())"
    )
    given = {
        "TZ": "America/Lima",
        "LC_ALL": "C",
        "PYTHONHASHSEED": "7",
        "SECRET_KEY": "x",
        "PYTHONIOENCODING": "utf-8",
    }
    env = {**os.environ, **given, "DJANGO_SETTINGS_MODULE": "finetune.settings"}
    other = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert other.stdout.strip() == hashlib.sha256(pdf() + pdf("receipt", "hi")).hexdigest()


def test_a_bill_of_five_hundred_lines_is_printed():
    content = pdf(lines=[line(description=f"Part {number}") for number in range(500)])
    assert f"of {len(reader(content).pages)}" in reader(content).pages[-1].extract_text()


def test_a_very_long_receipt_keeps_to_the_pages_that_pdf_a_knows():
    serials = ["490154203237518"]
    lines = [line(description=f"Spare part {n} for a handset", serial_numbers=serials) for n in range(500)]
    pages = reader(pdf("receipt", lines=lines)).pages
    assert len(pages) > 1
    # ISO 19005-3, 6.1.13.
    assert all(page.mediabox.height <= 14_400 for page in pages)


def test_very_large_amounts_keep_the_page_in_shape():
    big = line("9999999999.99", tax="899999999.99", description="The whole street")
    text = text_of(pdf(lines=[big] * 3))
    assert "9,99,99,99,999.99" in text
    assert "35,39,99,99,999.91" in text
