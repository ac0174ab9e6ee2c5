"""Labels for shelves and boxes: codes go in, a sheet or a roll to be printed comes out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import segno
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from finetune.core.listing import Row
from finetune.core.refusals import FieldError, Refusal
from finetune.core.strict_json import REFUSED_TEXT
from finetune.inventory import queries as inventory
from finetune.web.goods import queries
from finetune.web.goods.catalogue import TABS
from finetune.web.goods.code128 import bars_of, bars_path, can_be_code128
from finetune.web.shell.forms import Field, Form
from finetune.web.shell.visit import Visit, id_of, page

CODES_MAX, COPIES_MAX, LABELS_MAX, TEXT_MAX = 500, 200, 2_000, 40_000
LINE = re.compile(r"(?P<code>\S(?:.*\S)?)\s+[x×*]\s*(?P<copies>[0-9]{1,4})|(?P<alone>\S(?:.*\S)?)")
# A sheet is named by how many labels it holds; the sizes are in web/labels.css.
PAPERS = (
    ("a4-24", gettext_lazy("A4 sheet, 24 labels of 70 × 37 mm")),
    ("a4-65", gettext_lazy("A4 sheet, 65 labels of 38 × 21 mm")),
    ("roll-50", gettext_lazy("Roll, 50 × 25 mm")),
)
PER_SHEET = {"a4-24": 24, "a4-65": 65}
SYMBOLS = (("code128", gettext_lazy("Bars (Code 128)")), ("qr", gettext_lazy("QR code")))
FIELDS = (
    Field(
        "codes",
        gettext_lazy("SKUs, barcodes or IMEIs, one a line"),
        "long",
        required=True,
        hint=gettext_lazy("Write × 10 behind one to get ten of it"),
    ),
    Field("paper", gettext_lazy("Paper"), "choice", PAPERS, required=True),
    Field("symbol", gettext_lazy("Code"), "choice", SYMBOLS, required=True),
    Field("skip", gettext_lazy("Labels already used on the first sheet"), "number"),
    Field("with_price", gettext_lazy("Print the price"), "flag"),
)


@dataclass(frozen=True, slots=True)
class Label:
    """One label. `path` are the bars or the squares of an SVG that is `width` by `height`."""

    code: str
    name: str
    sku: str
    price: object
    mrp: object
    symbol: str
    path: str
    width: int
    height: int


def wanted_labels(text: str) -> list[tuple[str, int]]:
    """Each line's code, and how many labels of it."""
    wanted = []
    for line in text.splitlines():
        found = LINE.fullmatch(line.strip())
        if found:
            wanted.append((found["code"] or found["alone"], int(found["copies"] or 1)))
    return wanted


def qr_path(text: str) -> tuple[str, int]:
    """The dark squares as the path of an SVG, with four quiet ones on each side; and its size."""
    matrix = segno.make(text, error="m", micro=False).matrix
    steps = [
        f"M{x + 4} {y + 4}h1v1h-1z"
        for y, line in enumerate(matrix)
        for x, is_dark in enumerate(line)
        if is_dark
    ]
    return "".join(steps), len(matrix) + 8


def label_of(code: str, row: Row, *, symbol: str) -> Label:
    """The code itself is what a scanner reads back. One that bars cannot hold becomes a QR code."""
    shown = "code128" if symbol == "code128" and can_be_code128(code) else "qr"
    if shown == "code128":
        path, width = bars_path(bars_of(code))
        height = 1
    else:
        path, width = qr_path(code)
        height = width
    return Label(code, row["name"], row["sku"], row["price"], row["mrp"], shown, path, width, height)


@page("variant.read", methods=("GET", "POST"))
def print_labels(visit: Visit) -> HttpResponse:
    """Ask what for, then show the labels as they will be printed."""
    form = Form(
        FIELDS,
        initial={"codes": _prefilled(visit), "paper": "a4-24", "symbol": "code128", "with_price": True},
    )
    labels: list[Label] = []
    if visit.request.method == "POST":
        form = form.fill(visit.request.POST)
        with form.refusals():
            labels = _labels(visit, form)
    paper = str(form.values["paper"]) if labels else ""
    skip = int(form.values["skip"] or 0) if paper in PER_SHEET else 0
    return visit.render(
        "web/goods/labels.html",
        status=form.status,
        form=form,
        tabs=TABS,
        paper=paper,
        sheets=_sheets(labels, per_sheet=PER_SHEET.get(paper, 0), skip=skip),
        count=len(labels),
        with_price=bool(labels) and form.values["with_price"],
    )


def _prefilled(visit: Visit) -> str:
    """The codes that a link asks for: one code, or the units of a movement."""
    entry = visit.request.GET.get("entry")
    if entry:
        return "\n".join(inventory.entry(visit.caller, id_of(entry, "stock entry"))["serial_numbers"])
    code = visit.request.GET.get("code", "")[:100]
    return "" if REFUSED_TEXT.search(code) else code


def _labels(visit: Visit, form: Form) -> list[Label]:
    """Refuses 400 with every code that is not known, and more labels than one print should hold."""
    text = str(form.values["codes"])
    if REFUSED_TEXT.search(text) or len(text) > TEXT_MAX:
        raise _no(form, "codes", _("This holds a character that cannot be kept, or too much."))
    if form.values["paper"] not in dict(PAPERS) or form.values["symbol"] not in dict(SYMBOLS):
        raise _no(form, "paper", _("Choose one of these."))
    skip = form.values["skip"] or "0"
    if not re.fullmatch(r"[0-9]{1,2}", skip) or int(skip) >= PER_SHEET.get(form.values["paper"], 100):
        raise _no(form, "skip", _("This must be fewer than a sheet holds."))
    wanted = wanted_labels(text)
    if not wanted:
        raise _no(form, "codes", _("Scan or type at least one code."))
    if len(wanted) > CODES_MAX or sum(copies for _code, copies in wanted) > LABELS_MAX:
        raise _no(form, "codes", _("At most 500 codes and 2,000 labels at a time. Print them in parts."))
    known = queries.labelled(visit.caller, [code for code, _copies in wanted])
    unknown = [code for code, _copies in wanted if code.upper() not in known]
    if unknown:
        raise _no(form, "codes", _("Not known here: %(codes)s") % {"codes": ", ".join(unknown[:20])})
    symbol = str(form.values["symbol"])
    labels: list[Label] = []
    for code, copies in wanted:
        labels += [label_of(code, known[code.upper()], symbol=symbol)] * min(copies, COPIES_MAX)
    return labels


def _no(form: Form, name: str, sentence: str) -> Refusal:
    return Refusal(400, "invalid", sentence, errors=[FieldError(name, "invalid", sentence)])


def _sheets(labels: Sequence[Label], *, per_sheet: int, skip: int) -> list[list[Label | None]]:
    """The labels by sheet, with the places first that are used already. A roll is one long sheet."""
    if not labels:
        return []
    placed: list[Label | None] = [*([None] * skip), *labels]
    size = per_sheet or len(placed)
    return [placed[begin : begin + size] for begin in range(0, len(placed), size)]
