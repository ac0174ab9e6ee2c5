from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from finetune.catalog.rules import price_problems, rate_problems
from finetune.core.dates import today
from finetune.core.fields import AmountOrZero, BlankForNull, Body, QueryId, Record, RowId, WholeNumber
from finetune.core.listing import SearchQuery
from finetune.core.refusals import FieldError
from finetune.gst.fields import GstRate, HsnCode, UnitCode

TreatmentName = Literal["taxable", "nil", "exempt", "non_gst"]
CategoryName = Annotated[str, Field(min_length=1, max_length=80)]
ProductName = Annotated[str, Field(min_length=1, max_length=160)]
Brand = Annotated[str, Field(max_length=80), BlankForNull]
VariantName = Annotated[str, Field(min_length=1, max_length=120)]
Sku = Annotated[str, Field(min_length=1, max_length=60)]
Barcode = Annotated[str, Field(max_length=60), BlankForNull]
ReorderLevel = Annotated[WholeNumber, Field(ge=0)]


class CategoryPatch(Body):
    name: CategoryName = ""
    parent: RowId | None = None


class CategoryIn(CategoryPatch):
    name: CategoryName


class CategoryOut(BaseModel):
    id: int
    name: str
    parent: int | None


class CategoryQuery(SearchQuery):
    parent: QueryId | None = None


class ProductPatch(Body):
    name: ProductName = ""
    category: RowId = 0
    hsn_code: Annotated[HsnCode, Field(min_length=1)] = ""
    gst_rate: GstRate = Decimal(0)
    brand: Brand = ""
    treatment: TreatmentName = "taxable"
    unit: UnitCode = ""


class ProductIn(ProductPatch, Record):
    STAND_INS = {"name": "-", "category": 1, "hsn_code": "8517", "gst_rate": "18"}

    name: ProductName
    category: RowId
    hsn_code: Annotated[HsnCode, Field(min_length=1)]
    gst_rate: GstRate

    def contradictions(self) -> list[FieldError]:
        return rate_problems(self.gst_rate, on=today())


class ProductOut(BaseModel):
    id: int
    name: str
    category: int
    hsn_code: str
    gst_rate: str
    brand: str
    treatment: TreatmentName
    unit: str


class ProductQuery(SearchQuery):
    category: QueryId | None = None
    brand: Annotated[str | None, Field(max_length=80)] = None
    hsn_code: Annotated[str | None, Field(max_length=8)] = None


class VariantPatch(Body):
    product: RowId = 0
    variant_name: VariantName = ""
    sku: Sku = ""
    price: AmountOrZero = Decimal(0)
    barcode: Barcode = ""
    mrp: AmountOrZero | None = None
    cost: AmountOrZero | None = None
    reorder_level: ReorderLevel | None = None


class VariantIn(VariantPatch, Record):
    STAND_INS = {"product": 1, "variant_name": "-", "sku": "-", "price": "0"}

    product: RowId
    variant_name: VariantName
    sku: Sku
    price: AmountOrZero

    def contradictions(self) -> list[FieldError]:
        return price_problems(price=self.price, mrp=self.mrp)


class VariantOut(BaseModel):
    """Prices include tax. `cost` is there for who may see it; what is the product's is read-only here."""

    id: int
    product: int
    variant_name: str
    sku: str
    price: str
    barcode: str
    mrp: str | None
    cost: str | None = None
    reorder_level: int | None
    product_name: str
    category: int
    hsn_code: str
    gst_rate: str
    treatment: TreatmentName
    unit: str


class VariantQuery(SearchQuery):
    product: QueryId | None = None
    category: QueryId | None = None
    sku: Annotated[str | None, Field(max_length=60)] = None
    barcode: Annotated[str | None, Field(max_length=60)] = None
