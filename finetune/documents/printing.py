"""The one way to a printed document: what was set before, or set now and kept."""

import hashlib
from dataclasses import dataclass

from django.conf import settings

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
    return f"{settings.PUBLIC_URL}/i/{token}/"


def print_invoice(bill: Printable, *, layout: Layout, lang: Language) -> Paper:
    """The bill's PDF: the same bytes for the same bill, layout, language and cancellation, for ever.

    Of two who ask first at once, both get what the first one kept."""
    key = {
        "kind": bill.kind,
        "object_id": bill.id,
        "layout": layout,
        "lang": lang,
        "state": bill.state,
        "public_url": public_url(bill.token),
    }
    found = queries.kept(key)
    if found is None:
        document = printed(
            bill.kind, queries.frozen_invoice(bill.id), lang=lang, public_url=key["public_url"]
        )
        content = as_pdf(document, layout)
        posting.keep({**key, "sha256": hashlib.sha256(content).hexdigest(), "content": content})
        found = queries.kept(key)
        assert found is not None, "it was kept a line ago"
    content, sha256 = found
    return Paper(content, sha256, f"{bill.number.replace('/', '-')}.pdf")
