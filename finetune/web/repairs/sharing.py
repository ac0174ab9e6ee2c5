"""The link of a customer's status page: another one, or none."""

from django.http import HttpResponse
from django.utils.translation import gettext as _

from finetune.bookings.actions import end_status_link, renew_status_link
from finetune.web.repairs.detail import repair_of
from finetune.web.shell.visit import Visit, page


@page("booking.write", methods=("POST",))
def renew_link(visit: Visit, booking_id: str) -> HttpResponse:
    row = repair_of(visit, booking_id)
    renew_status_link(actor=visit.actor, booking_id=row["id"])
    return visit.go(f"/repairs/{row['id']}/", _("There is a new link. The old one opens nothing any more."))


@page("booking.write", methods=("POST",))
def end_link(visit: Visit, booking_id: str) -> HttpResponse:
    row = repair_of(visit, booking_id)
    end_status_link(actor=visit.actor, booking_id=row["id"])
    return visit.go(f"/repairs/{row['id']}/", _("The link is ended."))
