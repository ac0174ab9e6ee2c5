"""Hindi: every word of the pages that customers and counters see, kept true to its English, and compiled.

No test here needs gettext's tools: `make messages` does, which writes the catalogue.
"""

import html
import json
import re
from decimal import Decimal
from urllib.parse import urlsplit

import polib
import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.utils import translation
from django.utils.translation import template as marked

from finetune.bookings.models import StatusLink
from finetune.web.public_throttle import THROTTLE
from finetune.web.shell.languages import LANGUAGE_COOKIE
from tests.api.test_read_pdf import service
from tests.messages import ROOT, catalogue_of
from tests.web.visits import browser_of, log_in, words_of

CATALOGUE = polib.pofile(str(catalogue_of("hi")))
HINDI = {(entry.msgctxt, entry.msgid): entry for entry in CATALOGUE}
TEMPLATES = ROOT / "web" / "templates" / "web"
# Every sentence of these must have its Hindi: the frame, the counter, repairs, and whatever a customer opens.
WHOLE = [
    *sorted(TEMPLATES.glob("*.html")),
    *(
        each
        for room in ("parts", "counter", "repairs")
        for each in sorted((TEMPLATES / room).rglob("*.html"))
    ),
]
CODE = [
    *sorted((ROOT / "web").glob("*.py")),
    *(
        each
        for room in ("counter", "repairs", "shell", "templatetags")
        for each in sorted((ROOT / "web" / room).glob("*.py"))
    ),
]
# What stays as it is in a Hindi sentence: names, abbreviations of law and trade, and keys.
LATIN = frozenset(
    {
        *(
            "FineTune",
            "API",
            "OpenAPI",
            "PDF",
            "GST",
            "GSTIN",
            "CGST",
            "SGST",
            "UTGST",
            "IGST",
            "IMEI",
            "SKU",
            "HSN",
        ),
        *(
            "SAC",
            "UPI",
            "QR",
            "SHA",
            "Esc",
            "Del",
            "Enter",
            "Delete",
            "JavaScript",
            "WhatsApp",
            "MiB",
            "CSV",
            "XLSX",
            "SEZ",
        ),
        *("Pune", "Nagpur", "Phone", "Display", "replacement", "Fine", "Tune", "pcs", "bilal", "buyer"),
    }
)
PLACEHOLDER = re.compile(r"%\([a-z_]+\)[sd]|%[sd%]|\{[a-z_]*\}")
TAG = re.compile(r"</?[a-z][^>]*>")


@pytest.fixture(autouse=True)
def _nobody_came_yet():
    THROTTLE._left.clear()


def hindi_of(entry: polib.POEntry) -> list[str]:
    return [*entry.msgstr_plural.values()] if entry.msgid_plural else [entry.msgstr]


def test_the_compiled_catalogue_is_the_written_one():
    assert catalogue_of("hi").with_suffix(".mo").read_bytes() == CATALOGUE.to_binary()


def test_nothing_is_guessed_or_left_over():
    assert not CATALOGUE.fuzzy_entries()
    assert not CATALOGUE.obsolete_entries()


def test_the_catalogue_names_no_machine_and_no_moment():
    written = catalogue_of("hi").read_text()
    assert "Date" not in "".join(CATALOGUE.metadata)
    assert all(file.startswith("web/") for entry in CATALOGUE for file, _ in entry.occurrences)
    assert not re.search(r"^#: .*:\d", written, re.MULTILINE)


def test_what_is_filled_in_and_how_it_is_set_agrees():
    """What is filled in by its place alone must stand in the same order, too."""
    pairs = [
        (entry.msgid_plural or entry.msgid, hindi)
        for entry in CATALOGUE
        if entry.translated()
        for hindi in hindi_of(entry)
    ]
    assert len(pairs) > 500
    for english, hindi in pairs:
        for of in (PLACEHOLDER, TAG):
            assert sorted(of.findall(hindi)) == sorted(of.findall(english)), hindi
        assert re.findall(r"%[sd]", hindi) == re.findall(r"%[sd]", english), hindi
        assert hindi.strip() == hindi


def words_of_template(text: str) -> set[tuple[str | None, str]]:
    """What a template marks, as gettext's own tools are shown it."""
    code = marked.templatize(text)
    found = set()
    for name, rest in re.findall(r"\b(gettext|ngettext|pgettext|npgettext)\((.*?)\)(?= |$)", code, re.DOTALL):
        texts = [
            each[0] or each[1]
            for each in re.findall(r"""u?"((?:[^"\\]|\\.)*)"|u?'((?:[^'\\]|\\.)*)'""", rest)
        ]
        texts = [each.replace('\\"', '"').replace("\\'", "'").replace("\\n", "\n") for each in texts]
        with_context = name.startswith(("p", "np"))
        found.add((texts[0], texts[1]) if with_context else (None, texts[0]))
    return found


def words_of_code(text: str) -> set[tuple[str | None, str]]:
    calls = re.findall(r"""\b(?:_|ngettext|gettext_lazy|gettext)\(\s*((?:"(?:[^"\\]|\\.)*"\s*)+)""", text)
    return {(None, "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', each)).replace('\\"', '"')) for each in calls}


def missing_of(words: set[tuple[str | None, str]]) -> list[str]:
    return sorted(
        word for key in words if not (key in HINDI and HINDI[key].translated()) for word in [key[1]]
    )


@pytest.mark.parametrize("path", WHOLE, ids=lambda each: str(each.relative_to(TEMPLATES)))
def test_a_template_is_wholly_in_hindi(path):
    assert missing_of(words_of_template(path.read_text())) == []


@pytest.mark.parametrize("path", CODE, ids=lambda each: str(each.relative_to(ROOT)))
def test_what_the_code_says_is_in_hindi(path):
    assert missing_of(words_of_code(path.read_text())) == []


def test_the_search_for_marked_words_finds_them():
    text = """{% load i18n %}<p title="{% translate 'A name' %}">{% translate "It's here" %}
    {% blocktranslate count n=x %}{{ n }} bill{% plural %}{{ n }} bills{% endblocktranslate %}"""
    assert words_of_template(text) == {(None, "A name"), (None, "It's here"), (None, "%(n)s bill")}
    assert words_of_code('_("One"\n "two") + ngettext("a", "b", 1)') == {(None, "Onetwo"), (None, "a")}


def in_hindi(client: Client | None = None) -> Client:
    client = client or Client()
    client.cookies[LANGUAGE_COOKIE] = "hi"
    return client


def english_of(page: str) -> list[str]:
    """Words in Latin letters that a reader of this page meets."""
    page = page.split("<body", 1)[1].split(">", 1)[1]
    page = re.sub(r"<script.*?</script>|<code>.*?</code>", " ", page, flags=re.DOTALL)
    page = re.sub(r'<(a|button)\b[^>]* lang="en"[^>]*>.*?</\1>', " ", page, flags=re.DOTALL)
    spoken = re.findall(r'(?:aria-label|placeholder|title|alt|data-label)="([^"]*)"', page)
    text = " ".join([*spoken, re.sub(r"<[^>]+>", " ", page)])
    text = re.sub(r"\S+@\S+|\S*[0-9]\S*", " ", html.unescape(text))
    return sorted({word for word in re.findall(r"[A-Za-z]{2,}", text) if word not in LATIN})


def test_the_counter_speaks_hindi(shop):
    client = in_hindi(browser_of(shop.bilal))
    page = client.get("/counter/").content.decode()
    assert '<html lang="hi">' in page
    assert "सेव और प्रिंट करें" in page
    assert english_of(page) == []
    data = re.search(r'<script id="till-data"[^>]*>(.*?)</script>', page, re.DOTALL)
    assert data is not None
    words = json.loads(data[1])["words"]
    assert [each for each in words.values() if not re.search("[ऀ-ॿ]", each)] == []


def test_what_is_scanned_is_answered_in_hindi(shop):
    client = in_hindi(browser_of(shop.bilal))
    heard = client.get("/counter/scan/", {"store": shop.pune, "code": "NOTHING-LIKE-IT"}).json()
    assert re.search("[ऀ-ॿ]", heard["say"])


def test_the_receipt_is_in_the_language_of_the_counter():
    part = "web/counter/parts/done.html"
    bill = {"id": 7, "invoice_number": "FT-1", "total": Decimal(1), "status": "paid", "balance_due": 0}
    with translation.override("hi"):
        assert "/api/invoices/7/pdf/?layout=receipt&amp;lang=hi" in render_to_string(part, {"bill": bill})
    with translation.override("en-in"):
        assert '/api/invoices/7/pdf/?layout=receipt"' in render_to_string(part, {"bill": bill})


def test_a_bill_is_shown_as_its_hindi_paper(shop):
    bill = shop.bilal.post("/invoices/", {"booking": shop.booking(), "line_items": [service()]}).data
    words = words_of(in_hindi(browser_of(shop.bilal)).get(f"/invoices/{bill['id']}/"))
    for each in ("कर बीजक", "महाराष्ट्र", "भुगतान बाकी", "कुल योग"):
        assert each in words
    assert "Maharashtra" not in words


@pytest.fixture
def bill_path(shop):
    shop.admin.patch(
        f"/stores/{shop.pune}/", {"upi_vpa": "finetune.pune@examplebank", "legal_name": "Fine & Tune"}
    )
    bill = shop.bilal.post("/invoices/", {"booking": shop.booking(), "line_items": [service()]}).data
    return urlsplit(bill["public_url"]).path


def test_the_public_bill_speaks_hindi_by_its_address_or_a_cookie(bill_path):
    by_address = Client().get(bill_path, {"lang": "hi"}).content.decode()
    by_cookie = in_hindi().get(bill_path).content.decode()
    for page in (by_address, by_cookie):
        assert '<html lang="hi">' in page
        assert "कर बीजक" in page
        assert "1,770.00" in page
        assert 'href="pdf/?lang=hi"' in page
    assert '<html lang="en-IN">' in in_hindi().get(bill_path, {"lang": "en"}).content.decode()
    assert '<html lang="en-IN">' in Client().get(bill_path, {"lang": "xx"}).content.decode()


def test_the_public_bill_holds_no_english(bill_path):
    page = Client().get(bill_path, {"lang": "hi"}).content.decode()
    page = re.sub(r'<p class="bill-number">.*?</p>', "", page)
    assert english_of(page) == []


def test_the_hash_beside_a_hindi_paper_is_that_of_the_hindi_paper(bill_path):
    """No cookie changes a paper: its address alone says which it is."""
    page = Client().get(bill_path, {"lang": "hi"}).content.decode()
    hindi = Client().get(bill_path + "verify", {"lang": "hi"}).json()["sha256"]
    english = in_hindi().get(bill_path + "verify").json()["sha256"]
    assert hindi != english
    assert hindi in page
    assert english not in page


def test_the_page_of_a_repair_speaks_hindi(shop):
    token = StatusLink.objects.get(booking_id=shop.booking(), revoked_at=None).token
    page = Client().get(f"/r/{token}/", {"lang": "hi"}).content.decode()
    assert '<html lang="hi">' in page
    assert english_of(page) == []
    assert 'href="?lang=en"' in page


@pytest.mark.parametrize("path", ["/", "/login/", "/nothing/like/it"])
def test_strangers_and_who_is_lost_are_spoken_to_in_hindi(db, path):
    page = in_hindi().get(path).content.decode()
    assert '<html lang="hi">' in page
    assert english_of(page) == []


def test_a_wrong_password_is_answered_in_hindi(shop):
    _, answer = log_in(shop.bilal, in_hindi(), password="")
    assert "पासवर्ड" in answer.content.decode()


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/repairs/", "/repairs/list/", "/repairs/new/", "/find/?q=12345", "/account/", "/day/"),
        *("/invoices/", "/payments/", "/customers/"),
    ],
)
def test_the_pages_of_every_day_speak_hindi(shop, path):
    page = in_hindi(browser_of(shop.bilal)).get(path).content.decode()
    assert '<html lang="hi">' in page
    assert english_of(page) == []


def test_the_language_is_left_again_after_a_page(shop):
    in_hindi(browser_of(shop.bilal)).get("/counter/")
    assert translation.get_language() == "en-in"


def test_a_language_is_chosen_and_kept(db):
    client = Client()
    answer = client.post("/language/", {"language": "hi", "next": "/login/"})
    assert (answer.status_code, answer["Location"]) == (303, "/login/")
    assert '<html lang="hi">' in client.get("/login/").content.decode()
    client.post("/language/", {"language": "en-in", "next": "/"})
    assert '<html lang="en-IN">' in client.get("/login/").content.decode()
