"""Setting a document with typst: fonts of our own, no network, the same bytes for the same document."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

import msgspec
import segno
import typst

from finetune.documents.glyphs import FONTS
from finetune.documents.records import PrintedDocument

Layout = Literal["a4", "receipt"]
LAYOUTS = Path(__file__).parent / "layouts"
STANDARDS: list[Any] = ["a-3a", "ua-1"]
_idle: dict[Layout, list[typst.Compiler]] = {"a4": [], "receipt": []}


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])


@contextmanager
def _compiler(layout: Layout) -> Iterator[typst.Compiler]:
    """A compiler keeps what it has read and set before, and is used by one thread at a time."""
    try:
        compiler = _idle[layout].pop()
    except IndexError:
        source = LAYOUTS / f"{layout}.typ"
        compiler = typst.Compiler(str(source), root=str(LAYOUTS), font_paths=_fonts())
    yield compiler
    _idle[layout].append(compiler)  # one that failed is not used again


def _inputs(document: PrintedDocument) -> dict[str, str]:
    """Everything enters as one JSON text: whatever a customer is called, it stays a string."""
    data = msgspec.to_builtins(document)
    data["file_name"] = f"{document.number.replace('/', '-')}.json"
    data["qr"] = qr_svg(document.public_url) if document.public_url else ""
    data["portal_qr"] = qr_svg(document.signed_qr) if document.signed_qr else ""
    return {"document": msgspec.json.encode(data).decode()}


def as_pdf(document: PrintedDocument, layout: Layout) -> bytes:
    """A tagged PDF/A-3 (and PDF/UA) with the document's JSON inside, dated by its issue."""
    with _compiler(layout) as compiler:
        made = compiler.compile(
            sys_inputs=_inputs(document),
            format="pdf",
            pdf_standards=STANDARDS,
            timestamp=datetime.fromtimestamp(document.issued_at, UTC),
        )
    assert isinstance(made, bytes)
    return made


def as_pictures(document: PrintedDocument, layout: Layout, *, ppi: float = 110) -> list[bytes]:
    """The pages as PNG, for looking at."""
    with _compiler(layout) as compiler:
        made = compiler.compile(sys_inputs=_inputs(document), format="png", ppi=ppi)
    return [made] if isinstance(made, bytes) else list(made or ())


def qr_svg(text: str) -> str:
    buffer = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        buffer, kind="svg", xmldecl=False, omitsize=True, border=0, svgclass=None, lineclass=None
    )
    return buffer.getvalue().decode()
