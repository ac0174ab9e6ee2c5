"""Intake: whoever brings a device, the device, its photos and a deposit, on one page."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import ValidationError

from finetune.bookings.pictures import PHOTOS_MAX
from finetune.bookings.schemas import BookingIn
from finetune.core.field_errors import field_error
from finetune.core.fields import Body, Imei
from finetune.core.listing import Row
from finetune.core.refusals import FieldError, invalid
from finetune.core.strict_json import REFUSED_TEXT
from finetune.customers.queries import customer, customers
from finetune.customers.schemas import CustomerIn, CustomerQuery
from finetune.payments.deposit_schemas import DepositIn
from finetune.web.repairs import queries
from finetune.web.repairs.intake import Intake, pictures_of, take_in
from finetune.web.shell.forms import Field, Form
from finetune.web.shell.lists import choices_of_stores
from finetune.web.shell.visit import Visit, page

SOMEBODY_NEW = "new"
MATCHES_MAX = 6
STORE = Field("store", gettext_lazy("Store"), "choice", required=True)
PERSON = (
    Field(
        "phone",
        gettext_lazy("Phone"),
        "phone",
        hint=gettext_lazy("Who is known is found by any part of it"),
        maxlength=40,
    ),
    Field("name", gettext_lazy("Name"), required=True, maxlength=120),
)
DEVICE = (
    Field("device", gettext_lazy("Device"), required=True, maxlength=120, placeholder=gettext_lazy("Make and model")),
    Field("imei", gettext_lazy("IMEI"), hint=gettext_lazy("Dial *#06# to read it"), maxlength=40),
    Field("issue", gettext_lazy("What is wrong"), "long", required=True, maxlength=1000),
    Field(
        "condition",
        gettext_lazy("Condition"),
        "long",
        hint=gettext_lazy("Scratches, dents, and what was left with it: SIM, cover, charger"),
        maxlength=1000,
    ),
    Field("estimate", gettext_lazy("Estimate"), "money", hint=gettext_lazy("With GST, as told to the customer")),
)  # fmt: skip
MODES = (("cash", gettext_lazy("Cash")), ("upi", gettext_lazy("UPI")), ("card", gettext_lazy("Card")))
DEPOSIT = (
    Field(
        "amount", gettext_lazy("Deposit"), "money", hint=gettext_lazy("Left empty where nothing is paid yet")
    ),
    Field("mode", gettext_lazy("Paid by"), "choice", MODES),
    Field("reference", gettext_lazy("Reference"), hint=gettext_lazy("For UPI and card"), maxlength=35),
)


class ImeiAsked(Body):
    imei: Imei


def _fields(visit: Visit) -> tuple[Field, ...]:
    return (replace(STORE, choices=choices_of_stores(visit)), *PERSON, *DEVICE, *DEPOSIT)


@page("booking.write", methods=("GET", "POST"))
def take_in_page(visit: Visit) -> HttpResponse:
    store = visit.store_to_work_in
    known = _known(visit, visit.request.GET.get("customer", ""))
    initial = {"store": store["id"] if store else "", "phone": known["phone"] if known else ""}
    form = Form(_fields(visit), initial=initial)
    if visit.request.method != "POST":
        matches = [known] if known else []
        return _page(visit, form, matches, chosen=str(known["id"]) if known else "")
    form = form.fill(visit.request.POST)
    chosen = visit.request.POST.get("customer", "")
    matches = _matches(visit, form.values["phone"])
    if "find" in visit.request.POST:
        return _page(visit, form, matches, chosen=chosen)
    intake = _intake_of(visit, form, matches, chosen)
    if intake is not None:
        with form.refusals():
            made = take_in(actor=visit.actor, intake=intake)
            return visit.go(f"/repairs/{made.id}/card/", _("It is taken in. Print its card, or go on."))
    return _page(visit, form, matches, chosen=chosen)


def _page(visit: Visit, form: Form, matches: Sequence[Row], *, chosen: str) -> HttpResponse:
    return visit.render(
        "web/repairs/new.html",
        status=form.status,
        form=form,
        store=form["store"],
        shows_store=len(visit.stores) != 1,
        device=[form[each.name] for each in DEVICE],
        deposit=[form[each.name] for each in DEPOSIT],
        matches=matches,
        chosen=chosen or _only_exact(matches, str(form["phone"].value)),
        photos_max=PHOTOS_MAX,
        photos_error=form.errors.get("photos", ""),
        photos_lost=bool(visit.request.FILES.getlist("photos")) if form.data is not None else False,
        may_take_deposit=visit.may("deposit.take"),
    )


def _intake_of(visit: Visit, form: Form, matches: Sequence[Row], chosen: str) -> Intake | None:
    """What the form says, as the actions take it; None where something is wrong, which the form then shows."""
    known = _known(visit, chosen)
    new_customer = None if known else _part(form, PERSON, CustomerIn)
    phone = new_customer.phone if new_customer is not None and chosen != SOMEBODY_NEW else ""
    if phone and any(row["phone"] == phone for row in matches) and not visit.was_done:
        form.errors["phone"] = _("This number is known. Choose who it is, or somebody new.")
    booking = _part(form, (form["store"].field, *DEVICE), BookingIn, customer=known["id"] if known else 1)
    deposit = _part(form, DEPOSIT, DepositIn) if form.values["amount"] else None
    if deposit is not None:
        with form.refusals():
            deposit.tender()
    pictures = None
    with form.refusals():
        pictures = pictures_of(visit.request.FILES.getlist("photos"))
    if form.errors or booking is None or pictures is None:
        form.problem = form.problem or _("Look at the fields that are marked.")
        return None
    facts = booking.model_dump(exclude={"customer", "store"})
    return Intake(
        booking={**facts, "store_id": booking.store},
        customer_id=known["id"] if known else None,
        new_customer=new_customer.model_dump() if new_customer else {},
        pictures=pictures,
        deposit=deposit,
    )


def _part(form: Form, fields: Sequence[Field], schema: type[Any], **more: Any) -> Any:
    """Some fields of the form as their schema has them; None where the form now says what is wrong."""
    values = {each.name: form.values[each.name] for each in fields}
    with form.refusals():
        if odd := [name for name, value in values.items() if REFUSED_TEXT.search(str(value or ""))]:
            raise invalid(
                [
                    FieldError(name, "invalid", _("This holds a character that cannot be kept."))
                    for name in odd
                ]
            )
        if "store" in values:
            values["store"] = int(values["store"]) if str(values["store"] or "").isdecimal() else 0
        return schema.model_validate({**values, **more})
    return None


def _known(visit: Visit, chosen: str) -> Row | None:
    return customer(visit.caller, int(chosen)) if chosen.isdecimal() and len(chosen) <= 18 else None


def _matches(visit: Visit, phone: str) -> list[Row]:
    """Customers whose number holds what was typed, once that is enough to tell people apart."""
    sought = phone.strip()
    if sum(sign.isdecimal() for sign in sought) < 4 or len(sought) > 40 or REFUSED_TEXT.search(sought):
        return []
    return customers(visit.caller, CustomerQuery(q=sought, page_size=MATCHES_MAX)).rows


def _only_exact(matches: Sequence[Row], phone: str) -> str:
    """Who is meant where only one is, so that nothing is left to press."""
    digits = "".join(sign for sign in phone if sign.isdecimal())
    exact = [row for row in matches if len(digits) >= 10 and row["phone"].endswith(digits[-10:])]
    return str(exact[0]["id"]) if len(exact) == 1 else ""


@page("booking.write")
def match_customers(visit: Visit) -> HttpResponse:
    """The part of a form that lists who has this phone number."""
    phone = visit.request.GET.get("phone", "")
    matches = _matches(visit, phone)
    return visit.render("web/repairs/matches.html", matches=matches, chosen=_only_exact(matches, phone))


@page("booking.read")
def look_at_imei(visit: Visit) -> HttpResponse:
    """The part of a form that says where this device was met before."""
    typed = visit.request.GET.get("imei", "").strip()
    if not typed or len(typed) > 40 or REFUSED_TEXT.search(typed):
        return visit.render("web/repairs/seen.html", seen=[], problem="")
    try:
        imei = ImeiAsked(imei=typed).imei
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        return visit.render(
            "web/repairs/seen.html", seen=[], problem=field_error(first, place=("imei",)).message
        )
    return visit.render(
        "web/repairs/seen.html", seen=queries.seen_before(visit.caller, imei), problem="", is_good=True
    )
