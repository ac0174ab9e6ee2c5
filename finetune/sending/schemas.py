from datetime import datetime
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, Field

from finetune.core.fields import Body, Email, QueryId, complaint
from finetune.core.listing import Day, ListQuery

Event = Literal["invoice.issued", "invoice.paid", "payment.recorded", "credit_note.issued", "stock.low"]


def _url(value: str) -> str:
    try:
        parts = urlsplit(value)
        sound = parts.scheme in ("https", "http") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound or "@" in value or not value.isascii() or any(sign <= " " for sign in value):
        raise complaint(
            "invalid", "This must be an address such as https://example.com/hook, without a password."
        )
    return value


Url = Annotated[str, Field(min_length=8, max_length=500), AfterValidator(_url)]
Events = Annotated[list[Event], Field(min_length=1, max_length=20)]
Yes = Annotated[bool, Field(strict=True)]


class WebhookIn(Body):
    url: Url
    events: Events
    is_active: Yes = True


class WebhookPatch(Body):
    url: Url = ""
    events: Events = []
    is_active: Yes = True


class WebhookOut(BaseModel):
    id: int
    url: str
    events: list[Event]
    is_active: bool
    created_at: datetime
    created_by: int


class NewWebhookOut(WebhookOut):
    """`secret` signs what is sent; it is shown this once, and again on a replay of the same request."""

    secret: str


class DeliveryOut(BaseModel):
    id: int
    channel: Literal["webhook", "email", "paper"]
    event: str
    object: int
    webhook: int | None
    recipient: str
    status: Literal["waiting", "delivered", "failed"]
    attempts: int
    next_at: datetime
    last_error: str
    response_status: int | None
    created_at: datetime
    delivered_at: datetime | None


class DeliveryQuery(ListQuery):
    webhook: QueryId | None = None
    channel: Literal["webhook", "email", "paper"] | None = None
    event: Annotated[str | None, Field(max_length=30)] = None
    status: Literal["waiting", "delivered", "failed"] | None = None
    object: QueryId | None = None
    date_from: Day | None = None
    date_to: Day | None = None


class SendIn(Body):
    """`to` is the customer's own address unless given."""

    to: Email = ""
    lang: Literal["en", "hi"] = "en"


class ShareOut(BaseModel):
    """A text to share, and a link that opens WhatsApp with it."""

    text: str
    whatsapp_url: str
    public_url: str
