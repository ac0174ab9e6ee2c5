"""One repair: what it is, how far, what was used, taken and billed, and what may be done next."""

from typing import Any

import msgspec
from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from finetune.bookings.actions import change_booking
from finetune.bookings.rules import BENCH, CANCELLED, REPAIR, is_late, next_steps
from finetune.bookings.schemas import BookingPatch
from finetune.core.dates import now
from finetune.core.listing import Row
from finetune.deposits.queries import deposits
from finetune.invoicing.queries import invoices
from finetune.invoicing.schemas import InvoiceQuery
from finetune.payments.deposit_schemas import DepositQuery
from finetune.sending.rules import whatsapp_link
from finetune.web.repairs import queries
from finetune.web.repairs.history import changes_of
from finetune.web.repairs.new import DEVICE
from finetune.web.repairs.words import COLUMN_WORDS, MOVE_WORDS, age_words
from finetune.web.shell.forms import Field, Form
from finetune.web.shell.pictures import qr_picture
from finetune.web.shell.visit import Visit, id_of, page
from finetune.web.words import STATUS_WORDS

PART = (
    Field("code", gettext_lazy("Part"), required=True, maxlength=64),
    Field("quantity", gettext_lazy("Quantity"), "number", required=True, maxlength=4),
)


def repair_of(visit: Visit, booking_id: str) -> Row:
    return queries.repair(visit.caller, id_of(booking_id, "booking"))


def status_url(token: str | None) -> str:
    """The customer's page. From the shop's own address, never from what a browser called it."""
    return f"{settings.PUBLIC_URL}/r/{token}/" if token else ""


@page("booking.read")
def show_repair(visit: Visit, booking_id: str) -> HttpResponse:
    return repair_page(visit, repair_of(visit, booking_id))


def repair_page(visit: Visit, row: Row, part_form: Form | None = None) -> HttpResponse:
    at = now()
    steps = next_steps(row["kind"], row["status"])
    url = status_url(row["token"])
    of_booking = {"booking": str(row["id"])}
    bills = invoices(visit.caller, InvoiceQuery.model_validate(of_booking)).rows
    form = part_form or Form(PART, initial={"quantity": 1})
    return visit.render(
        "web/repairs/detail.html",
        status=form.status,
        repair=row,
        age=age_words(row["created_at"], at),
        is_late=is_late(row["status"], row["created_at"], at),
        steps=_steps(row["status"]),
        moves=[(to, MOVE_WORDS[to]) for to in steps if to != CANCELLED],
        may_move=visit.may("booking.transition"),
        may_cancel=CANCELLED in steps and visit.may("booking.transition"),
        may_write=visit.may("booking.write"),
        may_bill=visit.may("invoice.draft") and row["status"] != CANCELLED,
        photos=queries.photos(row["id"]),
        parts=queries.parts(row["id"]),
        part_form=form,
        may_use_parts=visit.may("stock.post.consumption") and row["status"] != CANCELLED,
        invoices=bills,
        billed_parts=_billed_parts(bills),
        deposits=_deposits(visit, row),
        may_take_deposit=visit.may("deposit.take") and row["status"] != CANCELLED,
        may_refund_deposit=visit.may("deposit.refund"),
        seen=queries.seen_before(visit.caller, row["imei"], but=row["id"]),
        status_url=url,
        share_url=whatsapp_link(phone=row["customer_phone"], text=share_text(row, url)) if url else "",
        share_text=share_text(row, url) if url else "",
        history=changes_of(
            queries.history("booking", row["id"]),
            made_words=_("Taken in") if row["kind"] == REPAIR else _("Sold at the counter"),
        ),
    )


def _deposits(visit: Visit, row: Row) -> list[Row]:
    return deposits(visit.caller, DepositQuery.model_validate({"booking": str(row["id"])})).rows


def share_text(row: Row, url: str) -> str:
    """What a message to the customer says."""
    return _(
        "Dear %(name)s, your %(device)s (repair %(number)s) at %(store)s: see how far it is at %(url)s"
    ) % {
        "name": row["customer_name"],
        "device": row["device"],
        "number": row["id"],
        "store": row["store_name"],
        "url": url,
    }


def _steps(status: str) -> list[dict[str, Any]]:
    """The road of a repair with where it is on it. One that was cancelled left the road."""
    road = [*BENCH, "delivered"]
    here = road.index(status) if status in road else -1
    words = {**STATUS_WORDS, **COLUMN_WORDS}
    return [
        {
            "words": words[each],
            "state": "done"
            if place < here or status == "delivered"
            else "here"
            if place == here
            else "ahead",
        }
        for place, each in enumerate(road)
    ]


def _billed_parts(bills: list[Row]) -> list[dict[str, Any]]:
    """Lines of live bills that take something from the shelf."""
    return [
        {**line, "invoice": bill["id"], "invoice_number": bill["invoice_number"]}
        for bill in bills
        if bill["status"] != "cancelled"
        for line in msgspec.json.decode(bytes(bill["line_items"]))
        if line["variant"] is not None
    ]


@page("booking.write", methods=("GET", "POST"))
def edit_repair(visit: Visit, booking_id: str) -> HttpResponse:
    row = repair_of(visit, booking_id)
    form = Form(DEVICE, initial=row)
    if visit.request.method == "POST":
        form = form.fill(visit.request.POST)
        with form.refusals():
            changes = form.body(BookingPatch).model_dump(exclude_unset=True)
            change_booking(actor=visit.actor, booking_id=row["id"], version=form.version, changes=changes)
            return visit.go(f"/repairs/{row['id']}/", _("Saved."))
    return visit.render(
        "web/form.html",
        status=form.status,
        form=form,
        title=_("Change %(device)s") % {"device": row["device"]},
        back=(f"/repairs/{row['id']}/", row["device"]),
        version=row["version"],
    )


@page("booking.read")
def job_card(visit: Visit, booking_id: str) -> HttpResponse:
    """What is stuck to the device and given to the customer, with the way to the status page."""
    row = repair_of(visit, booking_id)
    url = status_url(row["token"])
    return visit.render(
        "web/repairs/card.html",
        repair=row,
        status_url=url,
        # Lines of a picture, made from nothing but the link's own bits.
        qr=qr_picture(url) if url else "",
        deposits=_deposits(visit, row),
        photo_count=len(queries.photos(row["id"])),
    )
