"""Customers: the list, one customer with what they owe and bought, writing one down and changing them."""

from typing import Annotated

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import Field as Length

from finetune.core.listing import Row
from finetune.customers.actions import change_customer, create_customer
from finetune.customers.queries import customer, customers
from finetune.customers.schemas import CustomerIn, CustomerPatch, CustomerQuery
from finetune.web.people import customer_queries
from finetune.web.people.places import state_choices
from finetune.web.repairs.history import changes_of
from finetune.web.repairs.queries import history
from finetune.web.shell.forms import Field, Form
from finetune.web.shell.languages import place_shown
from finetune.web.shell.lists import Column, ListPage, show_list
from finetune.web.shell.visit import Visit, id_of, page

CATEGORIES = (
    ("", gettext_lazy("By the GSTIN")),
    ("unregistered", gettext_lazy("Not registered")),
    ("registered", gettext_lazy("Registered for GST")),
    ("sez", gettext_lazy("SEZ unit")),
    ("export", gettext_lazy("Abroad")),
)


FIELDS = (
    Field("name", gettext_lazy("Name"), required=True, maxlength=120),
    Field("phone", gettext_lazy("Phone"), "phone", hint=gettext_lazy("Written in any way"), maxlength=40),
    Field("email", gettext_lazy("E-mail"), "email", maxlength=254),
    Field(
        "gstin", gettext_lazy("GSTIN"), hint=gettext_lazy("State and category follow from it"), maxlength=15
    ),
    Field("legal_name", gettext_lazy("Legal name"), maxlength=120),
    Field("category", gettext_lazy("For GST"), "choice", CATEGORIES),
    Field("state_code", gettext_lazy("State"), "choice", state_choices()),
    Field("address", gettext_lazy("Address"), "long", maxlength=300),
    Field("city", gettext_lazy("City"), maxlength=80),
    Field("pincode", gettext_lazy("PIN code"), maxlength=10),
    Field("country", gettext_lazy("Country"), hint=gettext_lazy("Two letters, such as AE"), maxlength=2),
    Field(
        "notes",
        gettext_lazy("Notes"),
        "long",
        hint=gettext_lazy("For the shop alone: it stands on no paper"),
        maxlength=1000,
    ),
)


class NewCustomer(CustomerIn):
    """As the API has it, and what the shop wants to remember."""

    notes: Annotated[str, Length(max_length=1000)] = ""


class CustomerChanges(CustomerPatch):
    notes: Annotated[str, Length(max_length=1000)] = ""


LIST = ListPage(
    title=gettext_lazy("Customers"),
    path="/customers/",
    query=CustomerQuery,
    read=customers,
    search=gettext_lazy("Name, phone or GSTIN"),
    empty=gettext_lazy("The first customer is written down at the counter, by phone number."),
    filters=(
        Field("category", gettext_lazy("For GST"), "choice", (("", gettext_lazy("All")), *CATEGORIES[1:])),
    ),
    columns=(
        Column(
            gettext_lazy("Name"),
            "name",
            ordering="name",
            link=lambda row: f"/customers/{row['id']}/",
            note="legal_name",
        ),
        Column(gettext_lazy("Phone"), "phone", kind="code"),
        Column(gettext_lazy("GSTIN"), "gstin", kind="code"),
        Column(gettext_lazy("City"), "city"),
        Column(gettext_lazy("For GST"), lambda row: dict(CATEGORIES)[row["category"]], is_quiet=True),
    ),
    new=(gettext_lazy("New customer"), "/customers/new/", "customer.write"),
)


@page("customer.read", may_lag=True)
def list_customers(visit: Visit) -> HttpResponse:
    return show_list(visit, LIST)


@page("customer.write", methods=("GET", "POST"))
def new_customer(visit: Visit) -> HttpResponse:
    form = Form(FIELDS, initial={"name": visit.request.GET.get("name", "")})
    if visit.request.method == "POST":
        form = form.fill(visit.request.POST)
        with form.refusals():
            body = form.body(NewCustomer)
            made = create_customer(actor=visit.actor, fields=body.model_dump())
            return visit.go(f"/customers/{made.id}/", _("The customer is written down."))
    return _form_page(visit, form, _("New customer"))


@page("customer.read")
def show_customer(visit: Visit, customer_id: str) -> HttpResponse:
    row = customer(visit.caller, id_of(customer_id, "customer"))
    return visit.render(
        "web/people/customer.html",
        customer=row,
        category=dict(CATEGORIES)[row["category"]],
        place=place_shown(row["state_code"]) if row["state_code"] else "",
        about=customer_queries.about(visit.caller, row["id"]),
        repairs=customer_queries.repairs(visit.caller, row["id"]),
        bills=customer_queries.bills(visit.caller, row["id"]),
        payments=customer_queries.payments(visit.caller, row["id"]),
        history=changes_of(history("customer", row["id"]), made_words=_("Written down")),
        may_write=visit.may("customer.write"),
        may_take_in=visit.may("booking.write"),
        sees_every_store=visit.caller.store_ids is None,
    )


@page("customer.write", methods=("GET", "POST"))
def edit_customer(visit: Visit, customer_id: str) -> HttpResponse:
    row: Row = customer(visit.caller, id_of(customer_id, "customer"))
    notes = customer_queries.about(visit.caller, row["id"])["notes"]
    form = Form(FIELDS, initial={**row, "notes": notes})
    if visit.request.method == "POST":
        form = form.fill(visit.request.POST)
        with form.refusals():
            changes = form.body(CustomerChanges).model_dump(exclude_unset=True)
            change_customer(actor=visit.actor, customer_id=row["id"], version=form.version, changes=changes)
            return visit.go(f"/customers/{row['id']}/", _("Saved."))
    return _form_page(visit, form, row["name"], row)


def _form_page(visit: Visit, form: Form, title: str, row: Row | None = None) -> HttpResponse:
    back = (f"/customers/{row['id']}/", row["name"]) if row else ("/customers/", _("Customers"))
    version = row["version"] if row else ""
    return visit.render(
        "web/form.html", status=form.status, form=form, title=title, back=back, version=version
    )
