"""Endpoints: /api/categories/, /api/products/, /api/variants/."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from ninja import Query, Router

from finetune.catalog import actions, queries
from finetune.catalog.schemas import (
    CategoryIn,
    CategoryOut,
    CategoryPatch,
    CategoryQuery,
    ProductIn,
    ProductOut,
    ProductPatch,
    ProductQuery,
    VariantIn,
    VariantOut,
    VariantPatch,
    VariantQuery,
)
from finetune.core.http import Call, endpoint, path_id
from finetune.core.listing import Page, PageOf, Row
from finetune.core.transactions import Made

categories = Router(tags=["categories"])
products = Router(tags=["products"])
variants = Router(tags=["variants"])

COLUMNS = {"parent": "parent_id", "category": "category_id", "product": "product_id"}


def _columns(given: Mapping[str, Any]) -> dict[str, Any]:
    """The contract's names to the tables'."""
    return {COLUMNS.get(name, name): value for name, value in given.items()}


def _shown(call: Call, status: int, row: Row, made: Made | None = None) -> HttpResponse:
    return call.answer(status, row, made=made, version=row.pop("version"))


def _listed(call: Call, page: Page) -> HttpResponse:
    for row in page.rows:
        del row["version"]
    return call.page(page)


@endpoint(categories, "GET", "/", verb="category.read", answers={200: PageOf[CategoryOut]})
def list_categories(call: Call, query: Query[CategoryQuery]) -> HttpResponse:
    """All categories, or those right below `parent`. Ordered by `name` or `id`."""
    return _listed(call, queries.categories(call.caller, query))


@endpoint(categories, "POST", "/", verb="category.write", answers={201: CategoryOut})
def create_category(call: Call, body: CategoryIn) -> HttpResponse:
    """Make a category, below another one or at the top."""
    made = actions.create_category(actor=call.actor, fields=_columns(body.model_dump()))
    return _shown(call, 201, queries.category(call.caller, made.id), made)


@endpoint(categories, "GET", "/{row_id}/", verb="category.read", answers={200: CategoryOut})
def read_category(call: Call, row_id: str) -> HttpResponse:
    """One category."""
    return _shown(call, 200, queries.category(call.caller, path_id(row_id, "category")))


@endpoint(categories, "PATCH", "/{row_id}/", verb="category.write", answers={200: CategoryOut})
def change_category(call: Call, row_id: str, body: CategoryPatch) -> HttpResponse:
    """Rename a category or move it with everything below it. 409 `category_cycle` below itself."""
    made = actions.change_category(
        actor=call.actor,
        category_id=path_id(row_id, "category"),
        version=call.if_match,
        changes=_columns(body.model_dump(exclude_unset=True)),
    )
    return _shown(call, 200, queries.category(call.caller, made.id))


@endpoint(products, "GET", "/", verb="product.read", answers={200: PageOf[ProductOut]})
def list_products(call: Call, query: Query[ProductQuery]) -> HttpResponse:
    """Products. `q` finds by name and brand. Ordered by `name` or `id`."""
    return _listed(call, queries.products(call.caller, query))


@endpoint(products, "POST", "/", verb="product.write", answers={201: ProductOut})
def create_product(call: Call, body: ProductIn) -> HttpResponse:
    """Write down a product with its HSN and GST rate."""
    made = actions.create_product(actor=call.actor, fields=_columns(body.model_dump()))
    return _shown(call, 201, queries.product(call.caller, made.id), made)


@endpoint(products, "GET", "/{row_id}/", verb="product.read", answers={200: ProductOut})
def read_product(call: Call, row_id: str) -> HttpResponse:
    """One product."""
    return _shown(call, 200, queries.product(call.caller, path_id(row_id, "product")))


@endpoint(products, "PATCH", "/{row_id}/", verb="product.write", answers={200: ProductOut})
def change_product(call: Call, row_id: str, body: ProductPatch) -> HttpResponse:
    """Change some fields of a product."""
    made = actions.change_product(
        actor=call.actor,
        product_id=path_id(row_id, "product"),
        version=call.if_match,
        changes=_columns(body.model_dump(exclude_unset=True)),
    )
    return _shown(call, 200, queries.product(call.caller, made.id))


@endpoint(variants, "GET", "/", verb="variant.read", answers={200: PageOf[VariantOut]})
def list_variants(call: Call, query: Query[VariantQuery]) -> HttpResponse:
    """Variants. `q` finds by SKU, barcode and name. Ordered by `sku`, `variant_name`, `price` or `id`."""
    return _listed(call, queries.variants(call.caller, query))


@endpoint(variants, "POST", "/", verb="variant.write", answers={201: VariantOut})
def create_variant(call: Call, body: VariantIn) -> HttpResponse:
    """Write down a variant with its price, tax included."""
    made = actions.create_variant(actor=call.actor, fields=_columns(body.model_dump()))
    return _shown(call, 201, queries.variant(call.caller, made.id), made)


@endpoint(variants, "GET", "/{row_id}/", verb="variant.read", answers={200: VariantOut})
def read_variant(call: Call, row_id: str) -> HttpResponse:
    """One variant."""
    return _shown(call, 200, queries.variant(call.caller, path_id(row_id, "variant")))


@endpoint(variants, "PATCH", "/{row_id}/", verb="variant.write", answers={200: VariantOut})
def change_variant(call: Call, row_id: str, body: VariantPatch) -> HttpResponse:
    """Change some fields of a variant. Price changes are logged where the category says so."""
    made = actions.change_variant(
        actor=call.actor,
        variant_id=path_id(row_id, "variant"),
        version=call.if_match,
        changes=_columns(body.model_dump(exclude_unset=True)),
    )
    return _shown(call, 200, queries.variant(call.caller, made.id))
