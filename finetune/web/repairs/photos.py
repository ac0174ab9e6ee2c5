"""Photos of a device: more of them, one of them, one of them away."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from finetune.bookings.actions import add_photos, remove_photo
from finetune.core.refusals import not_found
from finetune.web.repairs import queries
from finetune.web.repairs.detail import repair_of
from finetune.web.repairs.intake import pictures_of
from finetune.web.shell.visit import Visit, id_of, page

# Whatever a picture may hold: it is never a page of ours, and never stays in a cache that others share.
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-store",
}


@page("booking.write", methods=("POST",))
def send_photos(visit: Visit, booking_id: str) -> HttpResponse:
    row = repair_of(visit, booking_id)
    pictures = pictures_of(visit.request.FILES.getlist("photos"))
    if not pictures:
        visit.warn(_("Choose a photo first."))
        return visit.go(f"/repairs/{row['id']}/")
    add_photos(actor=visit.actor, booking_id=row["id"], pictures=pictures)
    said = ngettext("%(n)d photo is kept.", "%(n)d photos are kept.", len(pictures)) % {"n": len(pictures)}
    return visit.go(f"/repairs/{row['id']}/", said)


@page("booking.read")
def show_photo(visit: Visit, booking_id: str, photo_id: str) -> HttpResponse:
    booking, photo = id_of(booking_id, "photo"), id_of(photo_id, "photo")
    content = queries.photo(visit.caller, booking, photo, is_small=visit.request.GET.get("size") == "small")
    if content is None:
        raise not_found("photo")
    response = HttpResponse(content, content_type="image/jpeg", headers=HEADERS)
    response["Content-Disposition"] = f'attachment; filename="repair-{booking}-photo-{photo}.jpg"'
    return response


@page("booking.write", methods=("POST",))
def take_photo_away(visit: Visit, booking_id: str, photo_id: str) -> HttpResponse:
    row = repair_of(visit, booking_id)
    remove_photo(actor=visit.actor, booking_id=row["id"], photo_id=id_of(photo_id, "photo"))
    return visit.go(f"/repairs/{row['id']}/", _("The photo is removed."))
