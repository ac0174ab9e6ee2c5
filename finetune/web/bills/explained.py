"""The words of an explanation: each step of an amount as a sentence with its numbers, and each rule in short."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from finetune.core.money import plain_text
from finetune.documents.wording import price
from finetune.invoicing.explanation import Step
from finetune.web.shell.languages import place_shown
from finetune.web.templatetags.shop import inr

# In short what docs/money.md says at length.
RULES: Mapping[str, Promise] = {
    "C2": gettext_lazy("Quantity times price, rounded to the paisa; half a paisa goes up."),
    "C3": gettext_lazy("The line's own discount, an amount or a percent of its gross, rounded once."),
    "C4": gettext_lazy(
        "A discount on the whole bill is shared out over its lines in proportion, so that the shares add up to it "
        "to the paisa."
    ),
    "C5": gettext_lazy(
        "The value that is taxed is what remains after the discounts. The tax is the rate of it, rounded; CGST and "
        "the State's half are the same figure."
    ),
    "C6": gettext_lazy(
        "The price has the tax inside: the tax is taken out of it, and the value is the rest."
    ),
    "C7": gettext_lazy(
        "A total is the sum of the lines' figures. No tax is worked out a second time on a total."
    ),
    "C8": gettext_lazy("The total goes to the nearest rupee, 50 paise up, and the difference is shown."),
    "C9": gettext_lazy("Reverse charge: the tax is shown, and the buyer pays it to the government himself."),
    "C10": gettext_lazy("No tax is charged on this, and the price is the value."),
    "C12": gettext_lazy(
        "CGST with SGST (or UTGST) where the place of supply is the store's own State; IGST otherwise."
    ),
}
_UNTAXED: Mapping[str, Promise] = {
    "nil": gettext_lazy("nil-rated"),
    "exempt": gettext_lazy("exempt"),
    "non_gst": gettext_lazy("outside GST"),
    "composition": gettext_lazy("the store pays tax under the composition scheme"),
    "lut": gettext_lazy("goes out under bond or LUT without payment of tax"),
}
_LABELS: Mapping[str, Promise] = {
    "gross": gettext_lazy("Gross"),
    "discount": gettext_lazy("Discount on this line"),
    "share": gettext_lazy("Share of the bill's discount"),
    "net": gettext_lazy("Price with the tax inside"),
    "taxable": gettext_lazy("Taxable value"),
    "untaxed": gettext_lazy("No tax"),
    "cgst": gettext_lazy("CGST"),
    "igst": gettext_lazy("IGST"),
    "tax": gettext_lazy("Tax, as taken out above"),
    "reverse_charge": gettext_lazy("Not collected"),
    "line_total": gettext_lazy("Total of the line"),
    "which_tax": gettext_lazy("Which tax"),
    "taxable_sum": gettext_lazy("Taxable value of all lines"),
    "cgst_sum": gettext_lazy("CGST of all lines"),
    "igst_sum": gettext_lazy("IGST of all lines"),
    "cess_sum": gettext_lazy("Cess of all lines"),
    "before_round_off": gettext_lazy("Before rounding"),
    "round_off": gettext_lazy("Round-off"),
    "total": gettext_lazy("To pay"),
    "to_pay": gettext_lazy("The bill"),
    "paid": gettext_lazy("Paid"),
    "deposited": gettext_lazy("Deposits set off"),
    "credited": gettext_lazy("Returned by credit notes"),
    "to_credit": gettext_lazy("Became the customer's credit"),
    "refunded": gettext_lazy("Given back"),
    "cancelled": gettext_lazy("Cancelled"),
    "balance": gettext_lazy("Owed now"),
}


@dataclass(frozen=True, slots=True)
class ShownStep:
    label: str
    how: str
    rule: str
    amount: str
    way: str


def rules_of(steps: Iterable[Step]) -> list[tuple[str, Promise]]:
    """The rules that these steps follow, each once, in order."""
    used = {step.rule for step in steps}
    return [(rule, words) for rule, words in RULES.items() if rule in used]


def in_words(steps: Sequence[Step], *, state_tax: str) -> list[ShownStep]:
    return [
        ShownStep(
            label=_label(step, state_tax),
            how=_how(step),
            rule=step.rule,
            amount=_amount(step),
            way=step.way,
        )
        for step in steps
    ]


def _label(step: Step, state_tax: str) -> str:
    if step.what == "sgst":
        return state_tax
    if step.what == "sgst_sum":
        return _("%(tax)s of all lines") % {"tax": state_tax}
    return str(_LABELS[step.what])


def _amount(step: Step) -> str:
    if step.what in ("which_tax", "untaxed"):
        return ""
    return f"−{inr(step.amount)}" if step.way == "take" else inr(step.amount)


def _how(step: Step) -> str:
    figures: Any = step.figures
    if step.what == "gross":
        return f"{plain_text(figures['quantity'])} × ₹{price(figures['unit_price'])}"
    if step.what == "discount" and figures:
        return _("%(percent)s %% of ₹%(base)s") % {
            "percent": plain_text(figures["percent"]),
            "base": inr(figures["base"]),
        }
    if step.what == "share":
        return _share(figures)
    if step.what in ("cgst", "sgst", "igst"):
        return _tax(figures)
    if step.what == "untaxed":
        return str(_UNTAXED[figures["why"]])
    if step.what == "which_tax":
        return _places(figures)
    if step.what == "round_off":
        return _("₹%(before)s to the nearest rupee") % {"before": inr(figures["before"])}
    return ""


def _share(figures: Mapping[str, Any]) -> str:
    return _(
        "₹%(discount)s × %(so_far)s / %(base)s = ₹%(due)s are due up to this line; the lines before bore ₹%(given)s"
    ) % {name: inr(value) for name, value in figures.items()}


def _tax(figures: Mapping[str, Any]) -> str:
    rate, whole = plain_text(figures["rate"]), figures["whole"]
    if whole == Decimal(100):
        return _("%(rate)s %% of ₹%(base)s") % {"rate": rate, "base": inr(figures["base"])}
    return f"₹{inr(figures['base'])} × {rate} / {plain_text(whole)}"


def _places(figures: Mapping[str, Any]) -> str:
    store, place = place_shown(figures["store_state"]), place_shown(figures["place"])
    if figures["category"] in ("sez", "export"):
        return _("A supply to a SEZ unit or abroad is always between States: IGST.")
    if figures["nature"] == "intra":
        return _("The place of supply is the store's own State, %(store)s.") % {"store": store}
    return _("The store is in %(store)s, the place of supply is %(place)s.") % {
        "store": store,
        "place": place,
    }
