"""Reads of the catalogue."""

from finetune.catalog.schemas import CategoryQuery, ProductQuery, VariantQuery
from finetune.core.caller import Caller
from finetune.core.listing import Listing, Ordering, Page, Row, read_decimal, read_one, read_page

CATEGORIES = Listing(
    what="category",
    select="c.id, c.name, c.parent_id AS parent, c.version",
    source="catalog_category c",
    row_id="c.id",
    filters={"parent": "c.parent_id = %(parent)s", "q": "c.name ILIKE %(q)s"},
    orderings={"name": Ordering("c.name", str)},
)

PRODUCTS = Listing(
    what="product",
    select="""p.id, p.name, p.category_id AS category, p.hsn_code, trim_scale(p.gst_rate) AS gst_rate,
        p.brand, p.treatment, p.unit, p.version""",
    source="catalog_product p",
    row_id="p.id",
    filters={
        "category": "p.category_id = %(category)s",
        "brand": "lower(p.brand) = lower(%(brand)s)",
        "hsn_code": "p.hsn_code = %(hsn_code)s",
        "q": "p.name ILIKE %(q)s OR p.brand ILIKE %(q)s",
    },
    orderings={"name": Ordering("p.name", str)},
)

VARIANTS = Listing(
    what="variant",
    select="""v.id, v.product_id AS product, v.variant_name, v.sku, v.price, v.barcode, v.mrp, v.cost,
        v.reorder_level, p.name AS product_name, p.category_id AS category, p.hsn_code,
        trim_scale(p.gst_rate) AS gst_rate, p.treatment, p.unit, v.version""",
    source="catalog_variant v JOIN catalog_product p ON p.id = v.product_id",
    row_id="v.id",
    filters={
        "product": "v.product_id = %(product)s",
        "category": "p.category_id = %(category)s",
        "sku": "upper(v.sku) = upper(%(sku)s)",
        "barcode": "v.barcode = %(barcode)s",
        # Two halves, so that each can use the trigram index of its own table.
        "q": """v.id IN (
            SELECT id FROM catalog_variant
            WHERE sku ILIKE %(q)s OR barcode ILIKE %(q)s OR variant_name ILIKE %(q)s
            UNION
            SELECT w.id FROM catalog_variant w JOIN catalog_product o ON o.id = w.product_id
            WHERE o.name ILIKE %(q)s
        )""",
    },
    orderings={
        "sku": Ordering("v.sku", str),
        "variant_name": Ordering("v.variant_name", str),
        "price": Ordering("v.price", read_decimal),
    },
)


def category(caller: Caller, category_id: int) -> Row:
    return read_one(CATEGORIES, caller, category_id)


def categories(caller: Caller, query: CategoryQuery) -> Page:
    return read_page(CATEGORIES, caller, query)


def product(caller: Caller, product_id: int) -> Row:
    return read_one(PRODUCTS, caller, product_id)


def products(caller: Caller, query: ProductQuery) -> Page:
    return read_page(PRODUCTS, caller, query)


def variant(caller: Caller, variant_id: int) -> Row:
    """Without `cost` for who may not see it."""
    return _seen_by(caller, read_one(VARIANTS, caller, variant_id))


def variants(caller: Caller, query: VariantQuery) -> Page:
    """Without `cost` for who may not see it."""
    page = read_page(VARIANTS, caller, query)
    for row in page.rows:
        _seen_by(caller, row)
    return page


def _seen_by(caller: Caller, row: Row) -> Row:
    if not caller.sees_cost:
        del row["cost"]
    return row
