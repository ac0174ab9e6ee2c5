"""Settings: the index, and the forms of stores, users, number series and webhooks."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from finetune.core.caller import Actor
from finetune.core.listing import Row
from finetune.core.transactions import Made
from finetune.stores.actions import change_store, create_store
from finetune.stores.queries import store, stores
from finetune.stores.schemas import StoreIn, StorePatch, StoreQuery
from finetune.web.people.masters import Master
from finetune.web.people.places import state_choices
from finetune.web.shell.forms import Field
from finetune.web.shell.lists import Column, ListPage, show_list
from finetune.web.shell.visit import Visit, page

# (words, what it is for, path, verb): what a person may change stands on their index.
PLACES = (
    (
        gettext_lazy("Stores"),
        gettext_lazy("Addresses, GSTINs, UPI, discounts"),
        "/settings/stores/",
        "store.read",
    ),
    (gettext_lazy("People"), gettext_lazy("Who works where, and as what"), "/settings/people/", "user.read"),
    (
        gettext_lazy("Number series"),
        gettext_lazy("How bills are numbered, per GSTIN"),
        "/settings/series/",
        "sequence.read",
    ),
    (
        gettext_lazy("Stock keeping"),
        gettext_lazy("Serials and approvals per category"),
        "/settings/inventory/",
        "inventory_config.read",
    ),
    (gettext_lazy("Webhooks"), gettext_lazy("Tell other programs"), "/settings/webhooks/", "webhook.read"),
    (
        gettext_lazy("Sent"),
        gettext_lazy("Mails and webhooks, and what failed"),
        "/settings/deliveries/",
        "webhook.read",
    ),
    (
        gettext_lazy("Changes"),
        gettext_lazy("Who changed what, when and why"),
        "/settings/changes/",
        "audit.read",
    ),
)


@page()
def index(visit: Visit) -> HttpResponse:
    places = [place for place in PLACES if visit.may(place[3])]
    return visit.render("web/people/settings.html", places=places)


def _store_fields(visit: Visit, row: Row | None) -> tuple[Field, ...]:
    return (
        Field("code", gettext_lazy("Code"), required=True, hint=gettext_lazy("A-Z, 0-9 and -"), maxlength=12),
        Field("name", gettext_lazy("Name"), required=True, maxlength=120),
        Field(
            "gstin", gettext_lazy("GSTIN"), hint=gettext_lazy("Several stores may share one"), maxlength=15
        ),
        Field("state_code", gettext_lazy("State"), "choice", state_choices(), required=True),
        Field("legal_name", gettext_lazy("Legal name"), maxlength=120),
        Field("address", gettext_lazy("Address"), "long", maxlength=300),
        Field("city", gettext_lazy("City"), maxlength=80),
        Field("pincode", gettext_lazy("PIN code"), maxlength=6),
        Field("phone", gettext_lazy("Phone"), "phone", maxlength=40),
        Field(
            "upi_vpa", gettext_lazy("UPI address"), hint=gettext_lazy("name@bank, for the QR"), maxlength=255
        ),
        Field(
            "discount_ceiling_percent",
            gettext_lazy("Discount ceiling, %"),
            "number",
            required=True,
            hint=gettext_lazy("What an advisor may give"),
        ),
        Field("is_composition", gettext_lazy("Composition dealer: bills of supply, no tax"), "flag"),
    )


def _create_store(actor: Actor, body: StoreIn) -> Made:
    return create_store(actor=actor, fields=body.model_dump())


def _change_store(actor: Actor, store_id: int, version: str | None, body: StorePatch) -> Made:
    changes = body.model_dump(exclude_unset=True)
    return change_store(actor=actor, store_id=store_id, version=version, changes=changes)


STORE = Master(
    what="store",
    list_path="/settings/stores/",
    list_title=gettext_lazy("Stores"),
    new_title=gettext_lazy("New store"),
    fields=_store_fields,
    schema_in=StoreIn,
    schema_patch=StorePatch,
    read=store,
    create=_create_store,
    change=_change_store,
    title=lambda row: f"{row['code']} · {row['name']}",
)
STORES = ListPage(
    title=gettext_lazy("Stores"),
    path="/settings/stores/",
    query=StoreQuery,
    read=stores,
    search=gettext_lazy("Code, name or city"),
    columns=(
        Column(
            gettext_lazy("Store"),
            "name",
            ordering="name",
            link=lambda row: f"/settings/stores/{row['id']}/",
            note="code",
        ),
        Column(gettext_lazy("GSTIN"), "gstin", kind="code"),
        Column(gettext_lazy("City"), "city"),
        Column(gettext_lazy("UPI address"), "upi_vpa"),
        Column(gettext_lazy("Discount ceiling, %"), "discount_ceiling_percent", kind="count"),
    ),
    new=(gettext_lazy("New store"), "/settings/stores/new/", "store.write"),
)


@page("store.read")
def list_stores(visit: Visit) -> HttpResponse:
    return show_list(visit, STORES)


@page("store.write", methods=("GET", "POST"))
def new_store(visit: Visit) -> HttpResponse:
    return STORE.new_page(visit, discount_ceiling_percent="100")


@page("store.read", methods=("GET", "POST"))
def edit_store(visit: Visit, row_id: str) -> HttpResponse:
    if visit.may("store.write"):
        return STORE.change_page(visit, row_id)
    visit.require_safe_method()
    return STORE.change_page(visit, row_id, is_read_only=True, lead=_("Only to look at, in your role."))
