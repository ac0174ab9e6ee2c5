"""The fields of products, items and categories."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from finetune.core.dates import today
from finetune.gst.rates import rates_in_force
from finetune.web.goods import queries
from finetune.web.goods.words import TREATMENT_WORDS
from finetune.web.shell.forms import Field, Form

VARIANT_FIELDS = (
    Field(
        "variant_name",
        gettext_lazy("What tells it apart"),
        required=True,
        maxlength=120,
        hint=gettext_lazy("Colour and size, such as 128 GB black"),
    ),
    Field(
        "sku",
        gettext_lazy("SKU"),
        required=True,
        maxlength=60,
        hint=gettext_lazy("Your own code for it, once in the whole chain"),
    ),
    Field(
        "barcode", gettext_lazy("Barcode"), maxlength=60, hint=gettext_lazy("Scan what is printed on the box")
    ),
    Field("price", gettext_lazy("Price, tax included"), "money", required=True),
    Field("mrp", gettext_lazy("MRP"), "money", hint=gettext_lazy("Nothing may be sold above it")),
    Field(
        "cost",
        gettext_lazy("Cost"),
        "money",
        hint=gettext_lazy("What you pay for it; only heads and auditors see it"),
    ),
    Field(
        "reorder_level",
        gettext_lazy("Low at"),
        "number",
        hint=gettext_lazy("So few or fewer are shown as low"),
    ),
)


class ProductForm(Form):
    """A unit that is left empty follows from the HSN."""

    @property
    def values(self) -> dict[str, Any]:
        return {name: value for name, value in super().values.items() if name != "unit" or value}


def category_choices(first: Any) -> list[tuple[str, Any]]:
    return [("", first), *((str(each["id"]), each["path"]) for each in queries.category_tree())]


def product_fields() -> tuple[Field, ...]:
    """Of a product, with the categories there are and the GST rates in force today."""
    rates = [(f"{rate.normalize():f}", f"{rate.normalize():f} %") for rate in rates_in_force(today())]
    return (
        Field("name", gettext_lazy("Name"), required=True, maxlength=160),
        Field("category", gettext_lazy("Category"), "id", category_choices(_("Choose one")), required=True),
        Field("brand", gettext_lazy("Brand"), maxlength=80),
        Field(
            "hsn_code",
            gettext_lazy("HSN or SAC"),
            required=True,
            maxlength=8,
            hint=gettext_lazy("4, 6 or 8 digits; services begin with 99"),
        ),
        Field("gst_rate", gettext_lazy("GST rate"), "choice", rates, required=True),
        Field("treatment", gettext_lazy("For GST"), "choice", tuple(TREATMENT_WORDS.items()), required=True),
        Field(
            "unit",
            gettext_lazy("Unit"),
            maxlength=3,
            hint=gettext_lazy("Left empty: NOS for goods, NA for services"),
        ),
    )


def category_fields(own_id: int | None = None) -> tuple[Field, ...]:
    """Of a category. It is not offered as its own parent."""
    parents = [each for each in category_choices(_("None, at the top")) if each[0] != str(own_id or 0)]
    return (
        Field("name", gettext_lazy("Name"), required=True, maxlength=80),
        Field("parent", gettext_lazy("Below"), "id", parents),
    )
