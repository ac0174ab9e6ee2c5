"""Keep the catalogue: categories, products, variants."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from finetune.catalog.models import Category, Product, Variant
from finetune.catalog.rules import price_problems, rate_problems, unit_for
from finetune.core.caller import Actor
from finetune.core.dates import today
from finetune.core.masters import change_row, create_row, lock_row
from finetune.core.refusals import FieldError, invalid, not_found
from finetune.core.transactions import Made, one_transaction

PRICES = ("price", "mrp", "cost")


@one_transaction
def create_category(*, actor: Actor, fields: Mapping[str, Any]) -> Made:
    """Refuses 404 for an unknown parent, 409 where the parent has a category of this name."""
    _require_category(fields.get("parent_id"), field="parent")
    row = create_row(Category, actor=actor, verb="category.write", kind="category", fields=fields)
    return Made("category", {"id": row.pk})


@one_transaction
def change_category(
    *, actor: Actor, category_id: int, version: str | None, changes: Mapping[str, Any]
) -> Made:
    """Rename or move. A trigger keeps it from standing below itself, since two moves may meet."""
    category = lock_row(Category, category_id, what="category", version=version)
    _require_category(changes.get("parent_id"), field="parent")
    change_row(category, actor=actor, verb="category.write", kind="category", changes=changes)
    return Made("category", {"id": category.pk})


@one_transaction
def create_product(*, actor: Actor, fields: Mapping[str, Any]) -> Made:
    """The unit follows from the HSN where none is given. Refuses 400 for a rate not in force today."""
    return Made("product", {"id": _write_product(actor, fields)})


@one_transaction
def create_product_with_variant(
    *, actor: Actor, product: Mapping[str, Any], variant: Mapping[str, Any]
) -> Made:
    """A product and its first variant, or neither. What it made is the variant. Refuses as the two do."""
    product_id = _write_product(actor, product)
    return Made("variant", {"id": _write_variant(actor, {**variant, "product_id": product_id})})


def _write_product(actor: Actor, fields: Mapping[str, Any]) -> int:
    record = {
        **fields,
        "gst_rate": Decimal(fields["gst_rate"]),
        "unit": fields.get("unit") or unit_for(fields["hsn_code"]),
    }
    _refuse(rate_problems(record["gst_rate"], on=today()))
    _require_category(fields["category_id"], field="category")
    return create_row(Product, actor=actor, verb="product.write", kind="product", fields=record).pk


@one_transaction
def change_product(*, actor: Actor, product_id: int, version: str | None, changes: Mapping[str, Any]) -> Made:
    """As `create_product`. Drafts and documents keep the rate they were written with."""
    product = lock_row(Product, product_id, what="product", version=version)
    if "gst_rate" in changes:
        _refuse(rate_problems(Decimal(changes["gst_rate"]), on=today()))
    _require_category(changes.get("category_id"), field="category")
    change_row(product, actor=actor, verb="product.write", kind="product", changes=changes)
    return Made("product", {"id": product.pk})


@one_transaction
def create_variant(*, actor: Actor, fields: Mapping[str, Any]) -> Made:
    """Refuses 400 for a price above the MRP, 409 for a SKU or barcode that is taken."""
    _refuse_prices(_exact_prices(fields))
    _require_product(fields["product_id"])
    return Made("variant", {"id": _write_variant(actor, fields)})


def _write_variant(actor: Actor, fields: Mapping[str, Any]) -> int:
    record = {**fields, **_exact_prices(fields)}
    _refuse_prices(record)
    return create_row(Variant, actor=actor, verb="variant.write", kind="variant", fields=record).pk


@one_transaction
def change_variant(*, actor: Actor, variant_id: int, version: str | None, changes: Mapping[str, Any]) -> Made:
    """As `create_variant`, asked of the record as it would become."""
    variant = lock_row(Variant, variant_id, what="variant", version=version)
    exact = {**changes, **_exact_prices(changes)}
    _refuse(price_problems(price=exact.get("price", variant.price), mrp=exact.get("mrp", variant.mrp)))
    if "product_id" in changes:
        _require_product(changes["product_id"])
    change_row(variant, actor=actor, verb="variant.write", kind="variant", changes=exact)
    return Made("variant", {"id": variant.pk})


def _refuse_prices(record: Mapping[str, Any]) -> None:
    _refuse(price_problems(price=record["price"], mrp=record.get("mrp")))


def _exact_prices(fields: Mapping[str, Any]) -> dict[str, Decimal | None]:
    return {
        name: None if fields[name] is None else Decimal(fields[name]) for name in PRICES if name in fields
    }


def _refuse(problems: list[FieldError]) -> None:
    if problems:
        raise invalid(problems)


def _require_category(category_id: int | None, *, field: str) -> None:
    if category_id is not None and not Category.objects.filter(pk=category_id).exists():
        raise not_found("category", field=field)


def _require_product(product_id: int) -> None:
    if not Product.objects.filter(pk=product_id).exists():
        raise not_found("product", field="product")
