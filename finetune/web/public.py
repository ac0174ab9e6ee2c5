"""The page of a bill for whoever holds its link: look, download, pay, verify. Nothing else is reachable."""

import functools
import re
import secrets
from collections.abc import Callable
from typing import Any

from csp.constants import NONE
from csp.decorators import csp_replace
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_safe

from finetune.core.dates import today
from finetune.core.money import money_text
from finetune.documents.builders import printed
from finetune.documents.parties import place_name
from finetune.documents.printing import print_invoice, public_url
from finetune.documents.queries import SharedBill, frozen_invoice, shared_bill
from finetune.documents.upi import reference_for, upi_link
from finetune.documents.wording import Language, masked_phone, rupees
from finetune.staff.throttle import address_of
from finetune.web.public_throttle import THROTTLE
from finetune.web.shell.languages import language_of_link, paper_language
from finetune.web.shell.pictures import qr_picture
from finetune.web.words import STATUS_WORDS

TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")
View = Callable[..., HttpResponse]
no_scripts: Any = csp_replace({"script-src": [NONE], "form-action": [NONE]})


def told_to_wait(request: HttpRequest) -> HttpResponse | None:
    """The answer to an address that opened public pages too often; None where this one may pass."""
    wait = THROTTLE.seconds_to_wait(address_of(request))
    if not wait:
        return None
    response = render(request, "web/public_busy.html", {"wait": wait}, status=429)
    response["Retry-After"] = str(wait)
    return response


def kept_from_others(response: HttpResponse) -> HttpResponse:
    """No copy stays anywhere, no search engine lists it, and no other site learns its address."""
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response["Referrer-Policy"] = "no-referrer"
    return response


def for_the_holder(view: Callable[[HttpRequest, SharedBill], HttpResponse]) -> View:
    """Find the bill of the link, or answer 404; and let no copy of the answer stay anywhere."""

    @require_safe
    @functools.wraps(view)
    def shown(request: HttpRequest, token: str) -> HttpResponse:
        with translation.override(language_of_link(request)):
            response = told_to_wait(request)
            if response is None:
                bill = shared_bill(token, today=today()) if TOKEN.fullmatch(token) else None
                if bill is None:
                    raise Http404
                response = view(request, bill)
        return kept_from_others(response)

    public_view: View = no_scripts(shown)
    return public_view


@for_the_holder
def bill_page(request: HttpRequest, bill: SharedBill) -> HttpResponse:
    row = frozen_invoice(bill.paper.id)
    lang = paper_language()
    document = printed(bill.paper.kind, row, lang=lang, public_url=public_url(bill.paper.token))
    buyer = row["buyer"]
    town = ", ".join(
        filter(None, (buyer["city"], buyer["state_code"] and place_name(buyer["state_code"], lang)))
    )
    shown = {
        "bill": bill,
        "lang": lang,
        "document": document,
        "status": STATUS_WORDS[bill.status],
        "is_done": bill.status in ("paid", "credited"),
        "phone": masked_phone(buyer["phone"]),
        "town": town,
        "balance_due": rupees(bill.balance_due),
        "amount_paid": rupees(bill.amount_paid) if bill.amount_paid else "",
        "amount_credited": rupees(bill.amount_credited) if bill.amount_credited else "",
        "sha256": print_invoice(bill.paper, layout="a4", lang=lang).sha256,
        **_payment(bill, row["seller"]),
    }
    return render(request, "web/public_bill.html", shown)


def _payment(bill: SharedBill, seller: dict[str, Any]) -> dict[str, str]:
    """A UPI link for the balance of this moment, with a reference of its own; none where nothing is owed."""
    if not bill.upi_vpa or bill.balance_due <= 0 or bill.paper.state == "cancelled":
        return {}
    link = upi_link(
        vpa=bill.upi_vpa,
        payee=seller["legal_name"] or seller["name"],
        amount=bill.balance_due,
        reference=reference_for(bill.paper.number, secrets.token_hex(7)),
        note=f"Bill {bill.paper.number}",
    )
    return {"upi_link": link, "upi_qr": qr_picture(link)}


def _paper_language(request: HttpRequest) -> Language:
    """A paper is named by its whole address: no cookie changes what is behind it."""
    return "hi" if request.GET.get("lang") == "hi" else "en"


@for_the_holder
def bill_pdf(request: HttpRequest, bill: SharedBill) -> HttpResponse:
    paper = print_invoice(bill.paper, layout="a4", lang=_paper_language(request))
    response = HttpResponse(paper.content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{paper.file_name}"'
    return response


@for_the_holder
def bill_verify(request: HttpRequest, bill: SharedBill) -> HttpResponse:
    """What a paper must agree with: number, date and total, what became of it, and the hash of its PDF, by language."""
    return JsonResponse(
        {
            "number": bill.paper.number,
            "date": bill.date.isoformat(),
            "total": money_text(bill.total),
            "status": bill.status,
            "sha256": print_invoice(bill.paper, layout="a4", lang=_paper_language(request)).sha256,
        }
    )
