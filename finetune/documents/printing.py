"""The one way to a printed document: what was set before, or set now and kept."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings

from finetune.core.listing import Row
from finetune.documents import posting, queries
from finetune.documents.builders import printed
from finetune.documents.queries import Printable
from finetune.documents.typesetting import Layout, as_pdf
from finetune.documents.wording import Language


@dataclass(frozen=True, slots=True)
class Paper:
    content: bytes
    sha256: str
    file_name: str


def public_url(token: str) -> str:
    """The page that a document's code leads to; a voucher has no token, and no page."""
    return f"{settings.PUBLIC_URL}/i/{token}/" if token else ""


def print_invoice(bill: Printable, *, layout: Layout, lang: Language) -> Paper:
    return print_document(bill, queries.frozen_invoice, layout=layout, lang=lang)


def print_document(
    issued: Printable, row_of: Callable[[int], Row], *, layout: Layout, lang: Language
) -> Paper:
    """Its PDF: the same bytes for the same document, layout, language and cancellation, for ever.

    `row_of` reads the frozen row by the document's id. Of two who ask first at once, both get what the first kept.
    """
    key = {
        "kind": issued.kind,
        "object_id": issued.id,
        "layout": layout,
        "lang": lang,
        "state": issued.state,
        "public_url": public_url(issued.token),
    }
    found = queries.kept(key)
    if found is None:
        document = printed(issued.kind, row_of(issued.id), lang=lang, public_url=key["public_url"])
        content = as_pdf(document, layout)
        posting.keep({**key, "sha256": hashlib.sha256(content).hexdigest(), "content": content})
        found = queries.kept(key)
        assert found is not None, "it was kept a line ago"
    content, sha256 = found
    return Paper(content, sha256, f"{issued.number.replace('/', '-')}.pdf")
