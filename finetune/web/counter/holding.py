"""Hold a cart and take it up again, at any till of the store. A held bill is a draft: no number, no stock moved."""

from hashlib import sha256
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from finetune.core.caller import Actor
from finetune.core.listing import Row
from finetune.core.problems import request_id_of
from finetune.core.refusals import Refusal
from finetune.gst.tax import Discount
from finetune.invoicing.actions import change_draft, delete_draft, draft_invoice
from finetune.invoicing.posting import order_from_json
from finetune.invoicing.records import Order, WantedLine
from finetune.web.counter import queries
from finetune.web.counter.asked import Asked, asked, till_key
from finetune.web.shell.refusals import told
from finetune.web.shell.visit import Visit, id_of, page

DRAFTS = "invoice.draft"


@page(DRAFTS, methods=("POST",))
def hold(visit: Visit) -> HttpResponse:
    """Put the cart aside. The key makes it once; a bill that was taken up again is put back as it now stands."""
    given = asked(visit)
    if given.order is None:
        first = given.errors[0].message if given.errors else _("The cart is empty. Scan something first.")
        return _answer(False, first, status=409)
    if not given.order.counter_sale:
        return _answer(False, _("A repair keeps itself: scan it again to go on billing it."), status=409)
    try:
        _keep(visit, given, given.order)
    except Refusal as refusal:
        return _answer(False, told(refusal), status=refusal.status)
    return _answer(True, _("The bill is held. Any till of this store can take it up."))


def _keep(visit: Visit, given: Asked, order: Order) -> None:
    key, asked_for = till_key(given.till), sha256(visit.request.body).digest()
    actor = Actor(visit.caller, request_id_of(visit.request))
    if given.till.held is None:
        draft_invoice(actor=actor.with_key(f"{key}-hold", asked=asked_for), order=order)
        return
    changes = {name: getattr(order, name) for name in Order.__slots__ if name != "booking_id"}
    version = f'"{given.till.held.version}"'
    actor = actor.with_key(f"{key}-{given.till.held.version}", asked=asked_for)
    change_draft(actor=actor, invoice_id=given.till.held.id, version=version, changes=changes)


def _answer(good: bool, say: str, *, status: int = 200) -> HttpResponse:
    return JsonResponse({"good": good, "say": say}, status=status)


@page(DRAFTS)
def list_held(visit: Visit) -> HttpResponse:
    store_id = id_of(visit.request.GET.get("store", ""), "store")
    return visit.render("web/counter/parts/held.html", held=queries.held_bills(visit.caller, store_id))


@page(DRAFTS)
def take_up(visit: Visit, invoice_id: str) -> HttpResponse:
    """A held bill as a cart. It stays held until it is sold, so that a lost answer loses nothing."""
    row = queries.held_bill(visit.caller, id_of(invoice_id, "held bill"))
    if row["issued_at"] is not None:
        return _answer(False, _("This bill was sold already, by another till."), status=409)
    order = order_from_json(row["order"])
    known = queries.goods(order.variant_ids)
    cart = {
        "held": {"id": row["id"], "version": row["version"]},
        "customer": None if row["is_walk_in"] else _buyer(row),
        "discount": _typed(order.discount),
        "lines": [_line(line, known) for line in order.lines],
    }
    return JsonResponse({"good": True, "say": _("The held bill is here again."), "cart": cart})


def _buyer(row: Row) -> dict[str, Any]:
    return {"id": row["customer_id"], "name": row["buyer"], "phone": row["phone"]}


def _line(line: WantedLine, known: dict[int, Row]) -> dict[str, Any]:
    quantity = f"{line.quantity.normalize():f}"
    price = "" if line.unit_price is None else f"{line.unit_price:f}"
    if line.variant_id is None:
        service = {"description": line.description, "hsn": line.hsn_code, "rate": f"{line.gst_rate:f}"}
        return {
            "quantity": quantity,
            "discount": _typed(line.discount),
            "service": service | {"price": price},
        }
    row = known[line.variant_id]
    is_as_listed = line.listed_price is None or line.unit_price == line.listed_price
    return {
        "variant": row["id"],
        "code": row["sku"],
        "name": row["name"],
        "price": f"{row['price']:f}",
        "tracked": bool(row["tracks_serials"]),
        "quantity": quantity,
        "serials": list(line.serial_numbers),
        "discount": _typed(line.discount),
        "set_price": "" if is_as_listed else price,
    }


def _typed(discount: Discount | None) -> str:
    """A discount as a person types it."""
    if discount is None:
        return ""
    if discount.percent is not None:
        return f"{discount.percent.normalize():f}%"
    return f"{discount.amount:f}"


@page(DRAFTS, methods=("POST",))
def drop(visit: Visit, invoice_id: str) -> HttpResponse:
    """Give up a held bill: it has no number and moved nothing. Only as it stood in the list: another till may have
    put more into it since."""
    row = queries.held_bill(visit.caller, id_of(invoice_id, "held bill"))
    version = visit.request.POST.get("version", "")
    try:
        delete_draft(actor=visit.actor, invoice_id=row["id"], version=f'"{version}"')
    except Refusal as refusal:
        return _answer(False, told(refusal), status=refusal.status)
    return _answer(True, _("The held bill was given up."))
