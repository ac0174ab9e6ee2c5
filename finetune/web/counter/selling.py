"""Quote the cart, and sell it: bill and money at once, through the same action as POST /api/sales/."""

from decimal import Decimal
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from finetune.core.caller import Actor
from finetune.core.listing import Row
from finetune.core.money import ZERO, money_text
from finetune.core.problems import request_id_of
from finetune.core.refusals import Refusal
from finetune.core.transactions import Made
from finetune.documents.upi import upi_link
from finetune.invoicing.queries import invoice
from finetune.payments.actions import Held, sell
from finetune.payments.queries import payments_by_id
from finetune.payments.rules import UPI
from finetune.web.counter import queries
from finetune.web.counter.asked import Asked, TillIn, asked, till_key
from finetune.web.counter.quoting import Problem, Quote, quote, reasons_text
from finetune.web.shell.pictures import qr_picture
from finetune.web.shell.visit import Visit, page

SELLS = "sale.make"


@page(SELLS, methods=("POST",))
def show_quote(visit: Visit) -> HttpResponse:
    """The cart with its GST, what is owed, and what would refuse it."""
    return _shown(visit, quote(visit, asked(visit)))


def _shown(visit: Visit, quoted: Quote, *, status: int = 200, problem: str = "") -> HttpResponse:
    return visit.render(
        "web/counter/parts/quote.html",
        status=status,
        quote=quoted,
        amounts=None if quoted.plan is None else quoted.plan.amounts,
        problem=problem,
        upi=_upi(quoted),
        **_tax_words(quoted),
    )


def _tax_words(quoted: Quote) -> dict[str, Any]:
    if quoted.plan is None:
        return {}
    return {"is_inter": quoted.plan.nature == "inter", "state_tax": quoted.plan.state_tax_label}


def _upi(quoted: Quote) -> dict[str, Any]:
    """The code that a customer's app scans, for the first part that is paid by UPI."""
    wanted = next((each for each in quoted.money.tenders if each.mode == UPI and each.reference), None)
    if wanted is None or quoted.plan is None:
        return {}
    vpa, payee = queries.upi_address(quoted.plan.facts.store.id)
    if not vpa:
        return {"missing": True}
    reference = "".join(sign for sign in wanted.reference if sign.isascii() and sign.isalnum())
    if not reference:
        return {}
    link = upi_link(
        vpa=vpa, payee=payee, amount=wanted.amount, reference=reference[:35], note=f"{payee}, {_('counter')}"
    )
    return {"qr": qr_picture(link), "link": link, "amount": wanted.amount}


@page(SELLS, methods=("POST",))
def sell_cart(visit: Visit) -> HttpResponse:
    """Bill the cart once, however often it is sent: its key was made when the cart was opened."""
    given = asked(visit)
    actor = _till_actor(visit, given.till)
    earlier = _sold_before(actor)
    if earlier is not None:
        return _done(visit, earlier)
    quoted = quote(visit, given)
    stops = _stops(given, quoted)
    if stops:
        return _shown(visit, quoted, status=409, problem=stops)
    assert quoted.order is not None, "a quote without problems has an order"
    held = given.till.held
    try:
        made = sell(
            actor=actor,
            order=quoted.order,
            tenders=quoted.money.tenders,
            held=None if held is None else Held(held.id, f'"{held.version}"'),
            reason=reasons_text(quoted, given.till),
        )
    except Refusal as refusal:
        return _shown(visit, quoted, status=refusal.status, problem=_sentence(refusal))
    return _done(visit, made)


def _till_actor(visit: Visit, till: TillIn) -> Actor:
    return Actor(visit.caller, request_id_of(visit.request)).with_key(till_key(till))


def _sold_before(actor: Actor) -> Made | None:
    """What this cart's key made already. A cart whose answer was lost may hold what can no longer be sold."""
    ref = queries.made_by_key(actor)
    return None if ref is None else Made("sale", ref, replayed=True)


def _stops(given: Asked, quoted: Quote) -> str:
    """Why this cart is not billed as it stands; nothing where it may be."""
    if quoted.problems or quoted.order is None:
        first: Problem | None = next(iter(quoted.problems), None)
        return first.text if first else _("The cart is empty. Scan something first.")
    if given.till.seen and given.till.seen != money_text(quoted.total):
        return _("The total has changed meanwhile. Look at it, then press F10 again.")
    if quoted.money.left > 0 and quoted.is_walk_in:
        return _(
            "Rs %(left)s is not paid yet. Take it (F8 cash, F9 UPI), or press F3 and write down who owes it."
        ) % {"left": money_text(quoted.money.left)}
    if quoted.money.left > 0 and not given.till.owing:
        return _("Rs %(left)s stays unpaid and will be owed by %(name)s. Press F10 again to bill it so.") % {
            "left": money_text(quoted.money.left),
            "name": quoted.customer["name"] if quoted.customer else "",
        }
    return ""


def _sentence(refusal: Refusal) -> str:
    if refusal.code in ("invoice_not_draft", "stale"):
        return _(
            "Another till took up this held bill. Press F2 for a new one; look for it in the list of bills."
        )
    return refusal.detail


def _done(visit: Visit, made: Made) -> HttpResponse:
    """The bill, what is given back, and where its receipt is."""
    bill = invoice(visit.caller, made.ref["invoice"])
    taken = payments_by_id(visit.caller, made.ref["ids"]) if made.ref["ids"] else []
    change: Decimal = sum((row["change_due"] for row in taken), ZERO)
    shown: Row = {"bill": bill, "taken": taken, "change": change, "replayed": made.replayed}
    html = render_to_string("web/counter/parts/done.html", shown, visit.request)
    return JsonResponse(
        {
            "good": True,
            "invoice": bill["id"],
            "number": bill["invoice_number"],
            "receipt": f"/api/invoices/{bill['id']}/pdf/?layout=receipt",
            "replayed": made.replayed,
            "html": html,
        },
        status=200 if made.replayed else 201,
    )
