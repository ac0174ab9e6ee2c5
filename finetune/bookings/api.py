"""Endpoints: /api/bookings/."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from ninja import Query, Router

from finetune.bookings import actions, queries
from finetune.bookings.schemas import BookingIn, BookingOut, BookingPatch, BookingQuery, TransitionIn
from finetune.core.http import Call, endpoint, path_id
from finetune.core.listing import PageOf, Row
from finetune.core.transactions import Made

bookings = Router(tags=["bookings"])

COLUMNS = {"store": "store_id", "customer": "customer_id"}


def _columns(given: Mapping[str, Any]) -> dict[str, Any]:
    """The contract's names to the table's."""
    return {COLUMNS.get(name, name): value for name, value in given.items()}


def _shown(call: Call, status: int, row: Row, made: Made | None = None) -> HttpResponse:
    return call.answer(status, row, made=made, version=row.pop("version"))


@endpoint(bookings, "GET", "/", verb="booking.read", answers={200: PageOf[BookingOut]}, may_lag=True)
def list_bookings(call: Call, query: Query[BookingQuery]) -> HttpResponse:
    """Bookings of your stores. `q` finds by device, IMEI, issue and the customer's name or phone.

    Dates are those of the day in India on which the booking was made. Ordered by `created_at`,
    `updated_at` or `id`.
    """
    page = queries.bookings(call.caller, query)
    for row in page.rows:
        del row["version"]
    return call.page(page)


@endpoint(bookings, "POST", "/", verb="booking.write", answers={201: BookingOut})
def open_booking(call: Call, body: BookingIn) -> HttpResponse:
    """Take a device in for repair, or begin a sale at the counter."""
    made = actions.open_booking(actor=call.actor, fields=_columns(body.model_dump()))
    return _shown(call, 201, queries.booking(call.caller, made.id), made)


@endpoint(bookings, "GET", "/{row_id}/", verb="booking.read", answers={200: BookingOut})
def read_booking(call: Call, row_id: str) -> HttpResponse:
    """One booking."""
    return _shown(call, 200, queries.booking(call.caller, path_id(row_id, "booking")))


@endpoint(bookings, "PATCH", "/{row_id}/", verb="booking.write", answers={200: BookingOut})
def change_booking(call: Call, row_id: str, body: BookingPatch) -> HttpResponse:
    """Change some fields of a booking. Its store and kind are settled; its status moves by `transition/`."""
    made = actions.change_booking(
        actor=call.actor,
        booking_id=path_id(row_id, "booking"),
        version=call.if_match,
        changes=_columns(body.model_dump(exclude_unset=True)),
    )
    return _shown(call, 200, queries.booking(call.caller, made.id))


@endpoint(bookings, "POST", "/{row_id}/transition/", verb="booking.transition", answers={200: BookingOut})
def transition_booking(call: Call, row_id: str, body: TransitionIn) -> HttpResponse:
    """Move a booking on, or cancel it with a reason. 409 `invalid_transition` for any other step."""
    made = actions.transition_booking(
        actor=call.actor, booking_id=path_id(row_id, "booking"), to=body.to, reason=body.reason
    )
    return _shown(call, 200, queries.booking(call.caller, made.id), made)
