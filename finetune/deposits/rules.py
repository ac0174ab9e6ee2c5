"""What an advance is in the eyes of GST, and how much of it may go back. Pure."""

from dataclasses import dataclass
from decimal import Decimal

from finetune.core.money import ZERO, money_text
from finetune.core.refusals import conflict
from finetune.gst.supply import BuyerClass, place_of_supply, state_tax_label, supply_nature
from finetune.gst.tax import Nature, TaxableLine, Treatment, compute_bill, half_up

SERVICE, GOODS = "service", "goods"
# Rule 50, proviso (i): 18 % where the rate cannot be told when the advance is taken. Checked 2026-11.
RATE_UNLESS_KNOWN = Decimal("18")


@dataclass(frozen=True, slots=True)
class Advance:
    """An advance with its tax, which is inside the amount."""

    amount: Decimal
    supply: str
    gst_rate: Decimal
    place_of_supply: str
    nature: Nature
    state_tax_label: str
    taxable_value: Decimal
    cgst: Decimal
    sgst: Decimal
    igst: Decimal


def plan_advance(
    *,
    amount: Decimal,
    supply: str,
    gst_rate: Decimal,
    store_state: str,
    buyer_class: BuyerClass,
    buyer_state: str | None,
    charges_tax: bool,
) -> Advance:
    """Work out the tax inside an advance by Rule 35. An advance for goods carries none (Notification 66/2017)."""
    place = place_of_supply(
        store_state=store_state,
        buyer_class=buyer_class,
        buyer_state=buyer_state,
        has_service=supply == SERVICE,
    )
    nature = supply_nature(store_state=store_state, place_of_supply=place, buyer_class=buyer_class)
    taxed = supply == SERVICE and charges_tax
    line = TaxableLine(
        quantity=Decimal(1),
        unit_price=amount,
        gst_rate=gst_rate,
        treatment=Treatment.TAXABLE,
        tax_inclusive=True,
    )
    money = compute_bill(
        [line], nature=nature, invoice_discount=None, charges_tax=taxed, reverse_charge=False, round_off=False
    )
    return Advance(
        amount=amount,
        supply=supply,
        gst_rate=gst_rate if taxed else ZERO,
        place_of_supply=place,
        nature=nature,
        state_tax_label=state_tax_label(store_state),
        taxable_value=money.taxable_value,
        cgst=money.cgst,
        sgst=money.sgst,
        igst=money.igst,
    )


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an advance with its share of the tax; all parts together are the advance to the paisa."""

    amount: Decimal
    taxable_value: Decimal
    cgst: Decimal
    sgst: Decimal
    igst: Decimal


def part_of(advance: Part, *, used_before: Decimal, used_now: Decimal) -> Part:
    """The share of the tax in `used_now` rupees after `used_before` rupees: cumulative, as for credit notes (C11)."""
    used = used_before + used_now

    def share(amount: Decimal) -> Decimal:
        return half_up(amount * used / advance.amount) - half_up(amount * used_before / advance.amount)

    half, igst = share(advance.cgst), share(advance.igst)
    return Part(used_now, used_now - half - half - igst, half, half, igst)


def refundable(*, amount: Decimal, applied: Decimal, refunded: Decimal, wanted: Decimal | None) -> Decimal:
    """What goes back: all that is left unless less was asked for. Refuses 409 `exceeds_refundable`."""
    left = amount - applied - refunded
    asked = left if wanted is None else wanted
    if asked > left or left <= 0:
        raise conflict(
            "exceeds_refundable",
            f"Rs {money_text(left)} of this deposit are left; the rest paid a bill or went back already.",
            refundable=money_text(left),
        )
    return asked


def refuse_other_way(*, came_by: str, wanted: str) -> None:
    """Money goes back the way it came or by UPI: a card must not be turned into cash, and a bank takes back only
    what it brought. Refuses 409 `exceeds_refundable`."""
    if wanted not in (came_by, "upi"):
        message = f"This deposit came in by {came_by}: give it back by {came_by} or by UPI."
        raise conflict("exceeds_refundable", message, refundable=money_text(ZERO))


def refuse_cancelled_booking(status: str) -> None:
    if status == "cancelled":
        raise conflict("booking_cancelled", "This booking is cancelled: no deposit can be taken on it.")
