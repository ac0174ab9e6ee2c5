"""The catalogue: items with their prices, one item with its price history and its stock, and writing them down."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from finetune.catalog import actions
from finetune.catalog import queries as catalog
from finetune.catalog.schemas import ProductIn, VariantIn, VariantPatch, VariantQuery
from finetune.core.caller import Caller
from finetune.core.listing import Page, Row
from finetune.inventory import queries as inventory
from finetune.inventory.schemas import PriceLogQuery
from finetune.web.goods import queries
from finetune.web.goods.names import names_of
from finetune.web.goods.product_forms import VARIANT_FIELDS, ProductForm, product_fields
from finetune.web.goods.words import PRICE_WORDS
from finetune.web.shell.forms import Field, Form
from finetune.web.shell.lists import Column, ListPage, show_list
from finetune.web.shell.visit import Visit, id_of, page

PRICES_SHOWN = 20
NOT_YET_A_PRODUCT = 1  # the schema asks for an id; the action puts in that of the product it makes
TABS = (
    (gettext_lazy("Items"), "/catalogue/"),
    (gettext_lazy("Products"), "/catalogue/products/"),
    (gettext_lazy("Categories"), "/catalogue/categories/"),
    (gettext_lazy("Price changes"), "/catalogue/prices/"),
    (gettext_lazy("Labels"), "/catalogue/labels/"),
)


def columns_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """The contract's names to the tables'."""
    names = {"parent": "parent_id", "category": "category_id", "product": "product_id"}
    return {names.get(name, name): value for name, value in given.items()}


def item_name(row: Row) -> str:
    """A product and its variant in one, unless the variant says both already."""
    if row["variant_name"].lower().startswith(row["product_name"].lower()):
        return str(row["variant_name"])
    return f"{row['product_name']}, {row['variant_name']}"


COST = Column(gettext_lazy("Cost"), "cost", kind="money", is_quiet=True)
LIST = ListPage(
    title=gettext_lazy("Catalogue"),
    path="/catalogue/",
    query=VariantQuery,
    read=catalog.variants,
    search=gettext_lazy("Scan or type a SKU, barcode or name"),
    empty=gettext_lazy("Write down the first thing that you sell, with its price."),
    tabs=TABS,
    new=(gettext_lazy("New product"), "/catalogue/new/", "product.write"),
    template="web/goods/list.html",
    columns=(
        Column(
            gettext_lazy("Item"),
            item_name,
            ordering="variant_name",
            link=lambda row: f"/catalogue/{row['id']}/",
        ),
        Column(gettext_lazy("SKU"), "sku", kind="code", ordering="sku"),
        Column(gettext_lazy("Barcode"), "barcode", kind="code", is_quiet=True),
        Column(gettext_lazy("HSN"), "hsn_code", kind="code", is_quiet=True),
        Column(gettext_lazy("GST %"), "gst_rate", kind="count", is_quiet=True),
        Column(gettext_lazy("Price with tax"), "price", kind="money", ordering="price"),
        Column(gettext_lazy("MRP"), "mrp", kind="money", is_quiet=True),
    ),
)


@page("variant.read")
def list_items(visit: Visit) -> HttpResponse:
    """Cost is a column for who may see it."""
    columns = (*LIST.columns, COST) if visit.caller.sees_cost else LIST.columns
    tree = [("", _("All categories")), *((str(each["id"]), each["path"]) for each in queries.category_tree())]
    return show_list(
        visit,
        replace(
            LIST, columns=columns, filters=(Field("category", gettext_lazy("Category"), "choice", tree),)
        ),
    )


@page("variant.read")
def show_item(visit: Visit, variant_id: str) -> HttpResponse:
    """One item: its prices and how they changed, and what the stores have of it."""
    row = catalog.variant(visit.caller, id_of(variant_id, "variant"))
    changes = priced(
        visit.caller,
        PriceLogQuery.model_validate({"product_variant": str(row["id"]), "page_size": PRICES_SHOWN}),
    )
    cells = queries.cells_of(visit.caller, [row["id"]])
    stock = [(store, cells.get((row["id"], store["id"]))) for store in visit.stores]
    return visit.render(
        "web/goods/item.html",
        item=row,
        name=item_name(row),
        kept=queries.settings_of(row["category"]),
        changes=changes.rows,
        has_more=changes.next is not None,
        stock=[(store, cell) for store, cell in stock if cell],
        may_write=visit.may("variant.write"),
    )


@page("product.write", methods=("GET", "POST"))
def new_product(visit: Visit) -> HttpResponse:
    """A product with its first item, both or neither."""
    product: Form = ProductForm(product_fields(), initial={"treatment": "taxable", "gst_rate": "18"})
    item = Form(VARIANT_FIELDS)
    if visit.request.method == "POST":
        product, item = product.fill(visit.request.POST), item.fill(visit.request.POST)
        bodies: list[dict[str, Any]] = []
        with product.refusals():
            bodies.append(columns_of(product.body(ProductIn).model_dump(exclude_unset=True)))
        with item.refusals():
            body = item.body(VariantIn, product=NOT_YET_A_PRODUCT)
            bodies.append(body.model_dump(exclude_unset=True, exclude={"product"}))
        if len(bodies) == 2:
            with product.refusals():
                made = actions.create_product_with_variant(
                    actor=visit.actor, product=bodies[0], variant=bodies[1]
                )
                return visit.go(f"/catalogue/{made.id}/", _("The product is written down."))
            _share_errors(product, item)
    status = max(product.status, item.status)
    return visit.render("web/goods/new_product.html", status=status, form=product, item=item)


def _share_errors(product: Form, item: Form) -> None:
    """What the action had against a field of the item is shown there."""
    names = {each.name for each in item.fields}
    item.errors |= {name: said for name, said in product.errors.items() if name in names}
    if item.errors and not product.errors.keys() - names:
        product.problem = _("Look at the fields that are marked.")


@page("variant.write", methods=("GET", "POST"))
def new_item(visit: Visit, product_id: str) -> HttpResponse:
    """One more item of a product."""
    product = catalog.product(visit.caller, id_of(product_id, "product"))
    form = Form(VARIANT_FIELDS)
    if visit.request.method == "POST":
        form = form.fill(visit.request.POST)
        with form.refusals():
            body = form.body(VariantIn, product=product["id"])
            made = actions.create_variant(
                actor=visit.actor, fields=columns_of(body.model_dump(exclude_unset=True))
            )
            return visit.go(f"/catalogue/{made.id}/", _("The item is written down."))
    return visit.render(
        "web/form.html",
        status=form.status,
        form=form,
        title=_("New item of %(product)s") % {"product": product["name"]},
        back=(f"/catalogue/products/{product['id']}/", product["name"]),
    )


@page("variant.write", methods=("GET", "POST"))
def edit_item(visit: Visit, variant_id: str) -> HttpResponse:
    row = catalog.variant(visit.caller, id_of(variant_id, "variant"))
    form = Form(VARIANT_FIELDS, initial=row)
    if visit.request.method == "POST":
        form = form.fill(visit.request.POST)
        with form.refusals():
            changes = form.body(VariantPatch).model_dump(exclude_unset=True)
            actions.change_variant(
                actor=visit.actor, variant_id=row["id"], version=form.version, changes=changes
            )
            return visit.go(f"/catalogue/{row['id']}/", _("Saved."))
    return visit.render(
        "web/form.html",
        status=form.status,
        form=form,
        title=item_name(row),
        lead=_(
            "Bills that were issued keep their price. The change of a price is written down with your name."
        ),
        back=(f"/catalogue/{row['id']}/", item_name(row)),
        version=row["version"],
    )


def priced(caller: Caller, query: PriceLogQuery) -> Page:
    """The API's changes of prices, with names. A change by nobody was made outside the application."""
    rows = inventory.price_logs(caller, query)
    names = names_of(
        caller,
        variants=[row["product_variant"] for row in rows.rows],
        users=[row["changed_by"] for row in rows.rows],
    )
    for row in rows.rows:
        row["item"] = names.of("variant", row["product_variant"])
        row["sku"] = names.code("variant", row["product_variant"])
        row["who"] = names.of("user", row["changed_by"]) or _("Outside the shop's pages")
        row["kind_words"] = PRICE_WORDS[row["kind"]]
    return rows


PRICES = ListPage(
    title=gettext_lazy("Price changes"),
    path="/catalogue/prices/",
    query=PriceLogQuery,
    read=priced,
    empty=gettext_lazy("No price was changed yet, in a category that writes such changes down."),
    tabs=TABS,
    filters=(
        Field("kind", gettext_lazy("Which"), "choice", (("", gettext_lazy("All")), *PRICE_WORDS.items())),
        Field("date_from", gettext_lazy("From"), "date"),
        Field("date_to", gettext_lazy("To"), "date"),
    ),
    template="web/goods/list.html",
    columns=(
        Column(gettext_lazy("When"), "date_changed", kind="instant", ordering="date_changed"),
        Column(
            gettext_lazy("Item"), "item", note="sku", link=lambda row: f"/catalogue/{row['product_variant']}/"
        ),
        Column(gettext_lazy("Which"), "kind_words"),
        Column(gettext_lazy("From"), "old_price", kind="money", is_quiet=True),
        Column(gettext_lazy("To"), "new_price", kind="money"),
        Column(gettext_lazy("By"), "who", is_quiet=True),
    ),
)


@page("price_log.read", may_lag=True)
def list_prices(visit: Visit) -> HttpResponse:
    """All changes, or those of one item where the address says which. Those of cost are for who may see cost."""
    kinds = [(code, words) for code, words in PRICE_WORDS.items() if code != "cost" or visit.caller.sees_cost]
    which = Field("kind", gettext_lazy("Which"), "choice", (("", gettext_lazy("All")), *kinds))
    narrowed = [Field("product_variant", "", "hidden")] if visit.request.GET.get("product_variant") else []
    return show_list(visit, replace(PRICES, filters=(which, *PRICES.filters[1:], *narrowed)))
