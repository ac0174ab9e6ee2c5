"""Products and categories: the lists, one product with its items, and the forms."""

from dataclasses import replace

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from finetune.catalog import actions
from finetune.catalog import queries as catalog
from finetune.catalog.schemas import CategoryIn, CategoryPatch, ProductPatch, ProductQuery, VariantQuery
from finetune.core.caller import Caller
from finetune.core.listing import PAGE_SIZE_MAX, Page, Row
from finetune.web.goods import queries
from finetune.web.goods.catalogue import TABS, columns_of
from finetune.web.goods.product_forms import ProductForm, category_choices, category_fields, product_fields
from finetune.web.goods.words import TREATMENT_WORDS
from finetune.web.shell.forms import Field, Form
from finetune.web.shell.lists import Column, ListPage, show_list
from finetune.web.shell.visit import Visit, id_of, page


def _products(caller: Caller, query: ProductQuery) -> Page:
    rows = catalog.products(caller, query)
    paths = {each["id"]: each["path"] for each in queries.category_tree()}
    for row in rows.rows:
        row["category_path"] = paths.get(row["category"], "")
        row["treatment_words"] = TREATMENT_WORDS[row["treatment"]]
    return rows


LIST = ListPage(
    title=gettext_lazy("Products"),
    path="/catalogue/products/",
    query=ProductQuery,
    read=_products,
    search=gettext_lazy("Name or brand"),
    empty=gettext_lazy("Write down the first thing that you sell, with its price."),
    tabs=TABS,
    new=(gettext_lazy("New product"), "/catalogue/new/", "product.write"),
    template="web/goods/list.html",
    columns=(
        Column(
            gettext_lazy("Name"), "name", ordering="name", link=lambda row: f"/catalogue/products/{row['id']}/"
        ),
        Column(gettext_lazy("Brand"), "brand"),
        Column(gettext_lazy("Category"), "category_path", is_quiet=True),
        Column(gettext_lazy("HSN"), "hsn_code", kind="code"),
        Column(gettext_lazy("GST %"), "gst_rate", kind="count"),
        Column(gettext_lazy("For GST"), "treatment_words", is_quiet=True),
        Column(gettext_lazy("Unit"), "unit", is_quiet=True),
    ),
)  # fmt: skip


@page("product.read")
def list_products(visit: Visit) -> HttpResponse:
    choices = category_choices(_("All categories"))
    return show_list(
        visit, replace(LIST, filters=(Field("category", gettext_lazy("Category"), "choice", choices),))
    )


@page("product.read")
def show_product(visit: Visit, product_id: str) -> HttpResponse:
    row = catalog.product(visit.caller, id_of(product_id, "product"))
    query = VariantQuery.model_validate(
        {"product": str(row["id"]), "ordering": "sku", "page_size": PAGE_SIZE_MAX}
    )
    paths = {each["id"]: each["path"] for each in queries.category_tree()}
    return visit.render(
        "web/goods/product.html",
        product=row,
        category_path=paths.get(row["category"], ""),
        treatment=TREATMENT_WORDS[row["treatment"]],
        items=catalog.variants(visit.caller, query).rows,
        kept=queries.settings_of(row["category"]),
    )


@page("product.write", methods=("GET", "POST"))
def edit_product(visit: Visit, product_id: str) -> HttpResponse:
    row = catalog.product(visit.caller, id_of(product_id, "product"))
    form: Form = ProductForm(product_fields(), initial=row)
    if visit.request.method == "POST":
        form = form.fill(visit.request.POST)
        with form.refusals():
            changes = columns_of(form.body(ProductPatch).model_dump(exclude_unset=True))
            actions.change_product(
                actor=visit.actor, product_id=row["id"], version=form.version, changes=changes
            )
            return visit.go(f"/catalogue/products/{row['id']}/", _("Saved."))
    return visit.render(
        "web/form.html",
        status=form.status,
        form=form,
        title=row["name"],
        lead=_("Bills and drafts that were written keep the HSN and the rate that they have."),
        back=(f"/catalogue/products/{row['id']}/", row["name"]),
        version=row["version"],
    )


@page("category.read")
def list_categories(visit: Visit) -> HttpResponse:
    """The tree, with how the stock of each is kept."""
    return visit.render(
        "web/goods/categories.html",
        rows=queries.category_settings(),
        tabs=TABS,
        may_write=visit.may("category.write"),
    )


@page("category.write", methods=("GET", "POST"))
def new_category(visit: Visit) -> HttpResponse:
    form = Form(category_fields(), initial={"parent": visit.request.GET.get("parent", "")})
    if visit.request.method == "POST":
        form = form.fill(visit.request.POST)
        with form.refusals():
            fields = columns_of(form.body(CategoryIn).model_dump())
            actions.create_category(actor=visit.actor, fields=fields)
            return visit.go("/catalogue/categories/", _("The category is there."))
    return _category_page(visit, form, _("New category"))


@page("category.write", methods=("GET", "POST"))
def edit_category(visit: Visit, category_id: str) -> HttpResponse:
    row = catalog.category(visit.caller, id_of(category_id, "category"))
    form = Form(category_fields(row["id"]), initial=row)
    if visit.request.method == "POST":
        form = form.fill(visit.request.POST)
        with form.refusals():
            changes = columns_of(form.body(CategoryPatch).model_dump(exclude_unset=True))
            actions.change_category(
                actor=visit.actor, category_id=row["id"], version=form.version, changes=changes
            )
            return visit.go("/catalogue/categories/", _("Saved."))
    return _category_page(visit, form, row["name"], row)


def _category_page(visit: Visit, form: Form, title: str, row: Row | None = None) -> HttpResponse:
    return visit.render(
        "web/form.html",
        status=form.status,
        form=form,
        title=title,
        back=("/catalogue/categories/", _("Categories")),
        version=row["version"] if row else "",
    )
