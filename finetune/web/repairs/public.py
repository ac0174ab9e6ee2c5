"""The page of a repair for whoever holds its link: how far it is. Nothing else is reachable."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_safe

from finetune.bookings.rules import BENCH, CANCELLED
from finetune.documents.wording import masked_phone
from finetune.web.public import TOKEN, View, kept_from_others, no_scripts, told_to_wait
from finetune.web.repairs.queries import SharedRepair, shared_repair
from finetune.web.repairs.words import PUBLIC_STEPS
from finetune.web.shell.languages import language_of_link


@require_safe
def _status_page(request: HttpRequest, token: str) -> HttpResponse:
    with translation.override(language_of_link(request)):
        response = told_to_wait(request)
        if response is None:
            repair = shared_repair(token) if TOKEN.fullmatch(token) else None
            if repair is None:
                raise Http404
            response = _page(request, repair)
    return kept_from_others(response)


status_page: View = no_scripts(_status_page)


def _page(request: HttpRequest, repair: SharedRepair) -> HttpResponse:
    road = [*BENCH, "delivered"]
    here = road.index(repair.status) if repair.status in road else -1
    steps = [
        {
            "words": PUBLIC_STEPS[each][0],
            "sentence": PUBLIC_STEPS[each][1] if place == here else "",
            "state": "done" if place < here else "here" if place == here else "ahead",
        }
        for place, each in enumerate(road)
    ]
    return render(
        request,
        "web/repairs/public.html",
        {
            "repair": repair,
            "steps": steps,
            "is_cancelled": repair.status == CANCELLED,
            "is_done": repair.status in ("ready", "delivered"),
            "step": PUBLIC_STEPS[repair.status] if here >= 0 else None,
            "phone": masked_phone(repair.phone),
        },
    )
