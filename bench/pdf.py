"""How long a bill's PDF takes beside ReportLab's, and whether memory stays flat over 2,000 different bills.

    python -m bench.pdf

prints what was measured and fails past the limits; two minutes on two slow cores. Times are of the processor, so that
a busy machine measures the same. Both print the same bill of five lines with the same fonts and a QR code; ours is
tagged, archivable and carries the bill's JSON, ReportLab's is none of that.
"""

import io
import os
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "finetune.settings")

from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from finetune.documents.builders import printed
from finetune.documents.glyphs import FONTS
from finetune.documents.records import PrintedDocument
from finetune.documents.typesetting import as_pdf

RATIO_MAX = 1.5
READY_MS_MAX = 100.0
GROWTH_MIB_MAX = 24.0
PAGES, BILLS = 60, 2000
WORDS = (
    *("Display", "Battery", "Speaker", "Camera", "Port", "Frame"),
    *("Glass", "Cable", "Charger", "Cover", "Adapter", "Sensor"),
)
SELLER = {
    "name": "FineTune Laxmi Road", "legal_name": "FineTune Mobile Services Private Limited",
    "gstin": "27AAPFU0939F1ZV", "state_code": "27", "address": "Shop 4, Kohinoor Arcade, Laxmi Road",
    "city": "Pune", "pincode": "411030", "phone": "+919800012345", "is_composition": False,
}  # fmt: skip


def bill(number: int) -> Mapping[str, Any]:
    """A bill like no other: names, prices and number differ."""
    lines = []
    for place in range(5):
        price = Decimal(100 + (number * 37 + place * 911) % 90000)
        half = (price * 9 / 100).quantize(Decimal("0.01"))
        text = f"{WORDS[(number + place) % 12]} {number * 7 + place}, {WORDS[(number * 5 + place) % 12]} and fitting"
        lines.append({
            "description": text, "hsn_code": ("998716", "85177990")[place % 2], "quantity": "1", "unit": "NOS",
            "unit_price": price, "gst_rate": "18", "treatment": "taxable", "tax_inclusive": False,
            "taxable_value": price, "cgst": half, "sgst": half, "igst": "0.00", "cess": "0.00",
            "total": price + 2 * half, "serial_numbers": [],
        })  # fmt: skip
    buyer = {
        "name": f"{WORDS[number % 12]} {number} Buyer", "phone": "+919822034567", "gstin": "", "state_code": "27",
        "address": f"{number} Karve Road", "city": "Pune", "pincode": "411004", "category": "unregistered",
    }  # fmt: skip
    sums = {
        name: sum(Decimal(line[name]) for line in lines)
        for name in ("taxable_value", "cgst", "sgst", "total")
    }
    return {
        "number": f"FT-INV-{number:04d}", "date": date(2026, 11, 22), "issued_at": datetime(2026, 11, 22, tzinfo=UTC),
        "seller": SELLER, "buyer": buyer, "place_of_supply": "27", "supply_nature": "intra",
        "state_tax_label": "SGST", "line_items": lines, "igst": "0.00", "cess": "0.00", **sums,
    }  # fmt: skip


def document(number: int, lang: Any = "en") -> PrintedDocument:
    return printed(
        "tax_invoice", bill(number), lang=lang, public_url=f"https://bills.example.in/i/{number:032d}/"
    )


STYLES = {
    name: ParagraphStyle(name, fontName=font, fontSize=size, leading=size * 1.3)
    for name, font, size in (("plain", "Noto", 8), ("bold", "NotoBold", 8), ("title", "NotoBold", 18))
}
GRID = TableStyle(
    [
        ("FONT", (0, 0), (-1, -1), "Noto", 7.5),
        ("FONT", (0, 0), (-1, 0), "NotoBold", 7.5),
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, "#c4cad2"),
        ("ALIGN", (2, 0), (-1, -1), "RIGHT"),
    ]
)


def with_reportlab(paper: PrintedDocument) -> bytes:
    """The same texts, as one would set them with platypus."""
    buffer = io.BytesIO()
    page = SimpleDocTemplate(buffer, pagesize=A4, title=paper.title, invariant=1)
    plain, bold = STYLES["plain"], STYLES["bold"]
    story: list[Any] = [Paragraph(paper.title, STYLES["title"]), Paragraph(paper.seller.name, bold)]
    for party in (paper.seller, paper.buyer):
        story += [Paragraph(text, plain) for text in (party.name, *party.lines)]
        story += [Paragraph(f"{fact.label} {fact.value}", plain) for fact in party.facts]
    story += [Paragraph(f"{fact.label}: {fact.value}", plain) for fact in paper.facts]
    heads = ["#", "Description", "HSN/SAC", "Qty", "Rate", "Taxable value", *paper.tax_labels, "Amount"]
    rows = [
        [each.position, Paragraph(each.description, plain), each.hsn_code, f"{each.quantity} {each.unit}", each.price,
         each.taxable_value, *(f"{tax.amount}\n{tax.rate}" for tax in each.taxes), each.total]
        for each in paper.lines
    ]  # fmt: skip
    story += [Spacer(1, 8), Table([heads, *rows], style=GRID, repeatRows=1), Spacer(1, 8)]
    story += [
        Table([[each.label, each.value] for each in paper.totals], style=GRID),
        Paragraph(paper.words, bold),
    ]
    summary = [
        [each.hsn_code, each.rate, each.taxable_value, *(tax.amount for tax in each.taxes), each.total_tax]
        for each in paper.summary
    ]
    story += [
        Spacer(1, 8),
        Table([["HSN/SAC", "GST", "Value", *paper.tax_labels, "Tax"], *summary], style=GRID),
    ]
    story.append(Drawing(70, 70, QrCodeWidget(paper.public_url, barLevel="M", barWidth=70, barHeight=70)))
    page.build(story)
    return buffer.getvalue()


def milliseconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return (time.process_time() - start) * 1000


def resident_mib() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def page_times() -> tuple[float, float, float]:
    """Medians of ours and of ReportLab's, taken in turns, and our slowest but one in twenty."""
    pdfmetrics.registerFont(TTFont("Noto", str(FONTS / "NotoSans-Regular.ttf")))
    pdfmetrics.registerFont(TTFont("NotoBold", str(FONTS / "NotoSans-Bold.ttf")))
    ours, theirs = [], []
    for number in range(PAGES):
        ours.append(milliseconds(lambda: as_pdf(document(number), "a4")))  # noqa: B023
        theirs.append(milliseconds(lambda: with_reportlab(document(number))))  # noqa: B023
    warm = sorted(ours[3:])
    return statistics.median(warm), statistics.median(theirs[3:]), warm[int(len(warm) * 0.95)]


def growth() -> tuple[float, float]:
    """Resident memory in MiB after the first tenth of the bills, and how much was added until the last."""
    first = 0.0
    for number in range(BILLS):
        as_pdf(
            document(number + 10_000, "hi" if number % 4 == 0 else "en"), "receipt" if number % 2 else "a4"
        )
        if number == BILLS // 10:
            first = resident_mib()
    return first, resident_mib() - first


def main() -> int:
    first = milliseconds(lambda: as_pdf(document(0), "a4"))
    ours, theirs, slow = page_times()
    print(f"first page of a process {first:6.1f} ms of processor time")
    print(f"ours, median            {ours:6.1f} ms   19 of 20 below {slow:.1f} ms (limit {READY_MS_MAX:.0f})")
    print(f"ReportLab, median       {theirs:6.1f} ms")
    print(f"ratio                   {ours / theirs:6.2f}      (limit {RATIO_MAX})")
    base, added = growth()
    print(
        f"memory                  {base:6.0f} MiB after {BILLS // 10} bills, {added:+.1f} MiB after {BILLS}",
        end="",
    )
    print(f" (limit {GROWTH_MIB_MAX:+.0f})")
    return 0 if ours / theirs <= RATIO_MAX and slow <= READY_MS_MAX and added <= GROWTH_MIB_MAX else 1


if __name__ == "__main__":
    sys.exit(main())
