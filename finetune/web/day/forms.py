"""The forms of the drawer: its opening, cash in and out, and the count."""

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict

from finetune.core.listing import Row
from finetune.drawers.rules import DENOMINATIONS, PAID_IN, PAID_OUT, TO_BANK
from finetune.drawers.schemas import CloseIn
from finetune.web.shell.forms import Field, Form

KINDS = ((PAID_OUT, _("Paid out")), (TO_BANK, _("Taken to the bank")), (PAID_IN, _("Put in")))
OPENING = (
    Field(
        "opening_float",
        _("Cash in the drawer"),
        "money",
        hint=_("What lies in it before the first sale"),
        required=True,
    ),
)
MOVEMENT = (
    Field("kind", _("What happened"), "choice", KINDS, required=True),
    Field("amount", _("Amount"), "money", required=True),
    Field("reason", _("Reason"), required=True, maxlength=500, placeholder=_("Tea, courier, change")),
)
NOTES = tuple(Field(f"notes.{value}", f"₹{value}", "number", required=True) for value in DENOMINATIONS)
COUNT = (
    *NOTES,
    Field("coins", _("Coins"), "money", required=True),
    Field("card_total", _("Card terminal"), "money", required=True),
    Field("upi_total", _("UPI app"), "money", required=True),
    Field("note", _("Reason for a difference"), "long", maxlength=500),
)


class _Anything(BaseModel):
    """A form whose values are put together by its page."""

    model_config = ConfigDict(extra="allow")


def closing_of(form: Form) -> CloseIn:
    """The count as the API takes it. Nothing typed beside a note is none of it. Raises as `Form.body` does."""
    form.body(_Anything)
    given = form.values
    notes = {
        name.removeprefix("notes."): int(value) if str(value).isdecimal() else value
        for name, value in given.items()
        if name.startswith("notes.") and value is not None
    }
    rest = {name: value for name, value in given.items() if not name.startswith("notes.")}
    return CloseIn.model_validate({**rest, "coins": rest["coins"] or "0", "notes": notes})


def count_form(data: QueryDict | None = None, initial: Mapping[str, Any] | None = None) -> Form:
    form = Form(COUNT, initial=initial or {})
    return form if data is None else form.fill(data)


def movement_form(data: QueryDict | None = None) -> Form:
    form = Form(MOVEMENT, prefix="move-")
    return form if data is None else form.fill(data)


def opening_form(last: Any, data: QueryDict | None = None) -> Form:
    form = Form(OPENING, initial={"opening_float": last})
    return form if data is None else form.fill(data)


def rows_to_count(form: Form) -> list[Row]:
    """Each note with its field, and what it is worth in paise, for the sum that the page shows while one types."""
    rows: list[Row] = [
        {"bound": form[f"notes.{value}"], "words": f"₹{value}", "paise": value * 100}
        for value in DENOMINATIONS
    ]
    return rows
