"""The counter: its page, and what it asks while the cart grows."""

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from finetune.core.refusals import Refusal
from finetune.customers.actions import create_customer
from finetune.customers.schemas import CustomerIn
from finetune.web.counter import queries
from finetune.web.counter.scanning import MODES, booking_of, scanned
from finetune.web.people.customers import FIELDS as CUSTOMER_FIELDS
from finetune.web.shell.forms import Form
from finetune.web.shell.visit import Visit, id_of, page

SELLS = "sale.make"
COUNTER_FIELDS = ("name", "phone", "address", "gstin")


@page(SELLS)
def counter(visit: Visit) -> HttpResponse:
    """One screen. Which store's counter it is must be known first."""
    booking = visit.request.GET.get("booking", "")
    opened: dict[str, Any] = booking_of(visit, id_of(booking, "booking")) if booking else {}
    if opened:
        store = next((each for each in visit.stores if each["id"] == opened["booking"]["store"]), None)
    else:
        store = visit.store
    if store is None:
        return visit.render("web/counter/choose_store.html")
    return visit.render(
        "web/counter/counter.html",
        store=store,
        opened=opened,
        held=queries.held_number(visit.caller, store["id"]),
        may_return=visit.may("credit_note.issue"),
        till={
            "user": visit.caller.user_id,
            "store": store["id"],
            "opened": opened,
            "words": _words(),
        },
        customer_form=_customer_form(),
    )


def _customer_form() -> Form:
    by_name = {each.name: each for each in CUSTOMER_FIELDS}
    return Form([by_name[name] for name in COUNTER_FIELDS], prefix="new-")


def _words() -> dict[str, str]:
    """What the till says without asking the server."""
    return {
        "no_connection": _("No connection. Nothing is lost: the cart is kept here."),
        "unsure": _(
            "The connection was lost while the bill was saved. Press F10 again:"
            " it is billed once, and you see which bill."
        ),
        "logged_out": _(
            "You were logged out. Log in in another tab, then press the key again. The cart is kept."
        ),
        "trouble": _("The server could not answer. Nothing was changed. Try again."),
        "twice": _("%s is in the cart already, in line %s."),
        "empty": _("The cart is empty. Scan something first."),
        "quantity": _("Quantity of %s"),
        "remove": _("Remove %s"),
        "cash": _("Cash"),
        "upi": _("UPI"),
        "card": _("Card"),
        "emi": _("EMI"),
        "credit": _("Customer's credit"),
        "given": _("rupees"),
        "received": _("Cash received"),
        "reference": _("Reference"),
        "lender": _("Lender"),
        "months": _("Months"),
        "take_out": _("Take out"),
        "item_hint": _("Scan, or type a code, name or phone"),
        "customer_hint": _("Phone or name of the customer"),
        "return_hint": _("Scan the bill or the IMEI that comes back"),
        "popup": _("The browser kept the receipt shut. Press Enter to open it."),
        "discarded": _("A new bill. The last cart was put away."),
        "tracked": _("A unit has one IMEI: scan the next one to sell two."),
        "walk_in": _("Walk-in"),
        "sound_on": _("Sound is on"),
        "sound_off": _("Sound is off"),
        "removed": _("%s was taken out."),
        "remove_again": _("Press Delete again to take %s out."),
        "new_again": _("Press F2 again to put this cart away, or hold it."),
        "finish_first": _("There is a cart already. Save it or hold it, then open the repair again."),
    }


@page(SELLS)
def scan(visit: Visit) -> HttpResponse:
    """What a code is, as JSON: the till adds it, or says why not."""
    given = visit.request.GET
    store_id = id_of(given.get("store", ""), "store")
    if not visit.caller.may_see_store(store_id):
        raise Refusal(404, "not_found", _("There is no such store, or it is one that you may not see."))
    mode = given.get("as", "item")
    code = given.get("code", "").replace("\x00", "").strip()
    if not code:
        return JsonResponse({"good": False, "say": _("Scan or type something first."), "choices": []})
    heard = scanned(visit, code, store_id=store_id, mode=mode if mode in MODES else "item")
    return JsonResponse({"choices": [], **heard})


@page("customer.write", methods=("POST",))
def write_down(visit: Visit) -> HttpResponse:
    """A new customer in place: the form again with what is wrong, or who it is now."""
    form = _customer_form().fill(visit.request.POST)
    with form.refusals():
        body = form.body(CustomerIn)
        made = create_customer(actor=visit.actor, fields=body.model_dump())
        row = queries.customer_at_counter(visit.caller, made.id)
        return JsonResponse({"good": True, "say": row["name"], "customer": queries.shown_customer(row)})
    return visit.render("web/counter/parts/customer_form.html", status=form.status, customer_form=form)
