"""The bench: what is in the shop, by how far it is, with the next step one press away."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from finetune.bookings.actions import transition_booking
from finetune.bookings.rules import BENCH, CANCELLED, REPAIR, is_late, next_steps
from finetune.bookings.schemas import TransitionIn
from finetune.core.dates import now
from finetune.core.listing import Row
from finetune.core.refusals import Refusal
from finetune.core.strict_json import REFUSED_TEXT
from finetune.web.repairs import queries
from finetune.web.repairs.words import COLUMN_WORDS, MOVE_WORDS, MOVED_WORDS, NOTHING_HERE, age_words
from finetune.web.shell.forms import Field, Form
from finetune.web.shell.visit import Visit, id_of, page

SOUGHT_LENGTH_MAX = 100


@dataclass(frozen=True, slots=True)
class Card:
    row: Row
    age: str
    is_late: bool
    next: str
    next_words: Any
    may_cancel: bool


@dataclass(frozen=True, slots=True)
class ShownColumn:
    status: str
    words: Any
    number: int
    more: int
    cards: list[Card]
    is_chosen: bool
    nothing: Any


def card_of(status: str, row: Row, at: datetime) -> Card:
    steps = next_steps(REPAIR, status)
    onward = [to for to in steps if to != CANCELLED]
    return Card(
        row=row,
        age=age_words(row["created_at"], at),
        is_late=is_late(status, row["created_at"], at),
        next=onward[0] if onward else "",
        next_words=MOVE_WORDS[onward[0]] if onward else "",
        may_cancel=CANCELLED in steps,
    )


@page("booking.read")
def show_board(visit: Visit) -> HttpResponse:
    return _board(visit)


def _board(visit: Visit, *, status: int = 200, said: str = "", problem: str = "") -> HttpResponse:
    asked = visit.request.POST if visit.request.method == "POST" else visit.request.GET
    q = asked.get("q", "").strip()[:SOUGHT_LENGTH_MAX]
    q = "" if REFUSED_TEXT.search(q) else q
    columns = queries.board(visit.caller, store=visit.store_id, q=q)
    chosen = asked.get("status", "")
    if chosen not in BENCH:
        chosen = next((column.status for column in columns if column.number), BENCH[0])
    at = now()
    shown = [
        ShownColumn(
            status=column.status,
            words=COLUMN_WORDS[column.status],
            number=column.number,
            more=column.more if column.cards else 0,
            cards=[card_of(column.status, row, at) for row in column.cards],
            is_chosen=column.status == chosen,
            nothing=NOTHING_HERE[column.status],
        )
        for column in columns
    ]
    template = "web/repairs/board_body.html" if visit.is_htmx else "web/repairs/board.html"
    return visit.render(
        template,
        status=status,
        columns=shown,
        chosen=chosen,
        q=q,
        said=said,
        problem=problem,
        number=sum(column.number for column in shown),
        may_move=visit.may("booking.transition"),
        may_take_in=visit.may("booking.write"),
        shows_store=visit.store_id is None,
    )


@page("booking.transition", methods=("POST",))
def move(visit: Visit, booking_id: str) -> HttpResponse:
    """One step on. From the board its new state comes back; from a repair's own page, that page."""
    row = queries.repair(visit.caller, id_of(booking_id, "booking"))
    from_board = visit.request.POST.get("back") == "board"
    to = visit.request.POST.get("to", "")
    try:
        # A device is cancelled on its own page, where the reason is asked for.
        if to not in MOVE_WORDS or to == CANCELLED:
            raise Refusal(400, "invalid", _("Choose one of the steps."))
        transition_booking(actor=visit.actor, booking_id=row["id"], to=to)
    except Refusal as refusal:
        if from_board:
            return _board(visit, status=refusal.status, problem=refusal.detail)
        raise
    said = str(MOVED_WORDS[to]) % {"device": row["device"]}
    if not from_board:
        return visit.go(f"/repairs/{row['id']}/", said)
    if visit.is_htmx:
        return _board(visit, said=said)
    return visit.go("/repairs/", said, status=row["status"], q=visit.request.POST.get("q", ""))


REASON = Field("reason", _("Why"), "long", required=True, maxlength=500, is_wide=True)


@page("booking.transition", methods=("GET", "POST"))
def cancel(visit: Visit, booking_id: str) -> HttpResponse:
    row = queries.repair(visit.caller, id_of(booking_id, "booking"))
    form = Form((REASON,))
    if visit.request.method == "POST":
        form = form.fill(visit.request.POST)
        with form.refusals():
            body = form.body(TransitionIn, to=CANCELLED)
            transition_booking(actor=visit.actor, booking_id=row["id"], to=body.to, reason=body.reason)
            said = str(MOVED_WORDS[CANCELLED]) % {"device": row["device"]}
            return visit.go(f"/repairs/{row['id']}/", said)
    return visit.render(
        "web/form.html",
        status=form.status,
        form=form,
        title=_("Cancel the repair of %(device)s") % {"device": row["device"]},
        lead=_("The reason stays with the booking. A deposit is given back on its page."),
        back=(f"/repairs/{row['id']}/", row["device"]),
        submit=_("Cancel the repair"),
    )
