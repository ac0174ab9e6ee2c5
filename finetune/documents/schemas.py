from pydantic import BaseModel

from finetune.documents.typesetting import Layout
from finetune.documents.wording import Language


class PdfQuery(BaseModel):
    layout: Layout = "a4"
    lang: Language = "en"


class LinkOut(BaseModel):
    """`public_url` is null once the link is revoked."""

    invoice: int
    public_url: str | None
