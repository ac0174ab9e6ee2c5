"""The fields of a bill that is written by hand, to and from what the API takes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from finetune.core.listing import Row
from finetune.core.money import plain_text
from finetune.core.refusals import FieldError, Refusal
from finetune.gst.rates import RATES
from finetune.gst.supply import OTHER_COUNTRY, STATES
from finetune.web.bills.queries import variants_by_code
from finetune.web.bills.rows import FormRow, values_of
from finetune.web.shell.forms import Field, Form, Words
from finetune.web.shell.languages import place_shown_lazy

LINES_SHOWN_MAX = 60
USUAL_RATE = "18"
UNTAXED_WORDS = (
    ("nil", gettext_lazy("Nil-rated")),
    ("exempt", gettext_lazy("Exempt")),
    ("non_gst", gettext_lazy("Outside GST")),
)
UNTAXED = tuple(treatment for treatment, _words in UNTAXED_WORDS)


def _gst_choices() -> list[tuple[str, Words]]:
    """Every rate that ever was one, the usual first: which is in force is for the date of the bill to say."""
    rates = [plain_text(rate) for rate in sorted({row.percent for row in RATES}, reverse=True)]
    usual = [USUAL_RATE, *(rate for rate in rates if rate != USUAL_RATE)]
    choices: list[tuple[str, Words]] = [("", gettext_lazy("Catalogue"))]
    choices += [(rate, f"{rate} %") for rate in usual]
    return choices + list(UNTAXED_WORDS)


TAX_IN_PRICE = (("inside", gettext_lazy("In the price")), ("on_top", gettext_lazy("On top")))
LINE = (
    Field("code", gettext_lazy("SKU or barcode"), hint=gettext_lazy("Empty for labour"), maxlength=64),
    Field("description", gettext_lazy("Description"), maxlength=300),
    Field("hsn_code", "HSN/SAC", maxlength=8),
    Field("quantity", gettext_lazy("Quantity"), "number", required=True),
    Field("unit_price", gettext_lazy("Price"), "money"),
    Field("tax", gettext_lazy("Tax"), "choice", TAX_IN_PRICE),
    Field("gst", "GST", "choice", _gst_choices()),
    Field("discount.percent", gettext_lazy("Discount, percent"), "number"),
    Field("discount.amount", gettext_lazy("Discount"), "money"),
    Field("serial_numbers", gettext_lazy("IMEI or serials"), hint=gettext_lazy("With spaces between")),
)


def _places() -> list[tuple[str, Any]]:
    usual = ("", gettext_lazy("As the law has it"))
    return [usual, *((code, place_shown_lazy(code)) for code in (*sorted(STATES), OTHER_COUNTRY))]


HEAD = (
    Field("due_date", gettext_lazy("Due on"), "date"),
    Field("place_of_supply", gettext_lazy("Place of supply"), "choice", _places()),
    Field("discount.percent", gettext_lazy("Discount on the bill, percent"), "number"),
    Field("discount.amount", gettext_lazy("Discount on the bill"), "money"),
    Field("notes", gettext_lazy("Notes"), "long", maxlength=1000),
    Field("round_off", gettext_lazy("Round to the rupee"), "flag"),
    Field("reverse_charge", gettext_lazy("Reverse charge"), "flag"),
    Field("with_payment_of_tax", gettext_lazy("SEZ or export with payment of tax"), "flag"),
)


@dataclass(frozen=True, slots=True)
class Who:
    """Who is billed where, in words and as the order says it."""

    words: str
    store: str
    order: Mapping[str, Any]


def body_of(form: Form, rows: Sequence[FormRow], who: Who) -> dict[str, Any]:
    """What the API would be sent. Refuses 400 where a code is of nothing."""
    head = form.values
    lines = [values_of(row) for row in rows]
    variants = _variants(lines)
    order = dict(who.order)
    if variants and "store" in order:
        # Stock goes over the counter, to whomever.
        order["counter_sale"] = True
    return {
        **order,
        "due_date": head["due_date"],
        "place_of_supply": head["place_of_supply"],
        "notes": head["notes"],
        "round_off": head["round_off"],
        "reverse_charge": head["reverse_charge"],
        "with_payment_of_tax": head["with_payment_of_tax"],
        "discount": _discount(head),
        "line_items": [_line(values, variants) for values in lines],
    }


def _variants(lines: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    codes = [str(each["code"]) for each in lines if each["code"]]
    found = variants_by_code(codes) if codes else {}
    missing = [
        FieldError(f"line_items.{place}.code", "not_found", _("Nothing in the catalogue has this code."))
        for place, each in enumerate(lines)
        if each["code"] and str(each["code"]).upper() not in found
    ]
    if missing:
        raise Refusal(400, "not_found", missing[0].message, errors=missing)
    return found


def _discount(values: Mapping[str, Any]) -> dict[str, Any] | None:
    given = {name: values[f"discount.{name}"] for name in ("amount", "percent") if values[f"discount.{name}"]}
    return given or None


def _line(values: Mapping[str, Any], variants: Mapping[str, int]) -> dict[str, Any]:
    gst = values["gst"]
    variant = variants.get(str(values["code"]).upper())
    line: dict[str, Any] = {
        "variant": variant,
        "description": values["description"] or None,
        "hsn_code": values["hsn_code"] or None,
        "quantity": values["quantity"],
        "unit_price": values["unit_price"],
        "discount": _discount(values),
        "serial_numbers": str(values["serial_numbers"]).replace(",", " ").split(),
        "tax_inclusive": values["tax"] == "inside",
    }
    if gst in UNTAXED:
        return line | {"gst_rate": "0", "treatment": gst}
    return line | {"gst_rate": gst, "treatment": None if gst is None else "taxable"}


def errors_of_rows(errors: Mapping[str, str]) -> dict[str, str]:
    """Faults under the names of the form's own fields."""
    names = {"gst_rate": "gst", "treatment": "gst", "variant": "code", "discount": "discount.percent"}
    shown = {}
    for path, words in errors.items():
        parts = path.split(".")
        if parts[0] == "line_items" and len(parts) == 3:
            parts[2] = names.get(parts[2], parts[2])
        elif parts[0] == "line_items" and len(parts) > 3 and parts[2] == "serial_numbers":
            parts = parts[:3]
        shown[".".join(parts)] = words
    return shown


def head_of_order(order: Row) -> dict[str, Any]:
    """A kept order as the head of the form."""
    discount = order.get("discount") or {}
    return {
        **{name: order.get(name) for name in (
            "due_date", "place_of_supply", "notes", "round_off", "reverse_charge", "with_payment_of_tax")},
        "discount.amount": discount.get("amount"),
        "discount.percent": discount.get("percent"),
    }  # fmt: skip


def lines_of_order(order: Row, variants: Mapping[int, Row]) -> list[dict[str, Any]]:
    return [_kept_line(each, bool(order.get("prices_include_tax")), variants) for each in order["lines"]]


def _kept_line(line: Row, prices_include_tax: bool, variants: Mapping[int, Row]) -> dict[str, Any]:
    discount, treatment = line.get("discount") or {}, line.get("treatment")
    inside = line.get("tax_inclusive")
    inside = prices_include_tax if inside is None else inside
    variant = variants.get(line.get("variant_id") or 0)
    return {
        "code": variant["sku"] if variant else "",
        "description": line.get("description"),
        "hsn_code": line.get("hsn_code"),
        "quantity": _plain(line["quantity"]),
        "unit_price": line.get("unit_price"),
        "tax": "inside" if inside else "on_top",
        "gst": treatment if treatment in UNTAXED else _plain(line.get("gst_rate")),
        "discount.amount": discount.get("amount"),
        "discount.percent": _plain(discount.get("percent")),
        "serial_numbers": " ".join(line.get("serial_numbers") or ()),
    }


def _plain(value: Any) -> str:
    text = "" if value is None else str(value)
    return text.rstrip("0").rstrip(".") if "." in text else text
