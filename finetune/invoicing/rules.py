"""What a bill says: from what was asked for and the facts to a finished plan, or a refusal. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from finetune.core.money import ZERO
from finetune.core.refusals import FieldError, Refusal, conflict, invalid
from finetune.gst.hsn import is_service
from finetune.gst.rates import RECIPIENT_ADDRESS_LIMIT, rate_in_force, rates_in_force
from finetune.gst.supply import (
    OTHER_COUNTRY,
    BuyerClass,
    DocumentType,
    charges_tax,
    document_type,
    place_of_supply,
    state_tax_label,
    supply_nature,
)
from finetune.gst.tax import BillAmounts, Treatment, compute_bill, discount_problems
from finetune.invoicing.records import Facts, Line, Order, Plan, WantedLine

GOODS_UNIT, SERVICE_UNIT = "NOS", "NA"


def order_problems(order: Order) -> list[FieldError]:
    """What is missing or contradicts itself in an order, before anything is looked up."""
    problems = list(_who_problems(order))
    for place, line in enumerate(order.lines):
        problems += _line_problems(f"line_items.{place}", line)
    return problems


def _who_problems(order: Order) -> Sequence[FieldError]:
    if order.booking_id is not None:
        if order.counter_sale:
            message = "A counter sale opens a booking of its own. Leave out one of the two."
            return [FieldError("counter_sale", "invalid", message)]
        return []
    sells_stock = bool(order.variant_ids)
    if order.store_id is not None and (order.counter_sale or (order.customer_id is not None and not sells_stock)):
        return []
    way_out = "give a booking, or store with counter_sale" if sells_stock else "give a booking, or store with customer"
    return [FieldError("booking", "booking_required", f"Nobody is billed here: {way_out}.")]


def _line_problems(at: str, line: WantedLine) -> list[FieldError]:
    problems = []
    if line.variant_id is None:
        for name in ("description", "unit_price", "gst_rate"):
            if getattr(line, name) in (None, ""):
                message = "Without a variant this field is required."
                problems.append(FieldError(f"{at}.{name}", "required", message))
        if line.serial_numbers:
            message = "Serial numbers belong to a line with a variant."
            problems.append(FieldError(f"{at}.serial_numbers", "serial_count_mismatch", message))
    elif line.quantity != line.quantity.to_integral_value():
        problems.append(FieldError(f"{at}.quantity", "invalid", "Stock is sold in whole units."))
    return problems


def draw_up(order: Order, facts: Facts) -> Plan:
    """Decide the whole bill. Refuses in the contract's order: fields (400), the discount ceiling, then the state (409)."""
    invoice_date = order.invoice_date or facts.today
    lines = tuple(_settled_line(line, order, facts) for line in order.lines)
    problems = [*_date_problems(order, facts), *_rate_problems(order, lines, invoice_date)]
    taxable_lines = [line.taxable() for line in lines]
    problems += [FieldError(*problem) for problem in discount_problems(taxable_lines, order.discount)]
    problems += _place_problems(order, facts)
    if problems:
        raise invalid(problems)

    buyer_class = BuyerClass(facts.buyer.category)
    place = order.place_of_supply or _usual_place(lines, facts)
    nature = supply_nature(store_state=facts.store.state_code, place_of_supply=place, buyer_class=buyer_class)
    amounts = compute_bill(
        taxable_lines,
        nature=nature,
        invoice_discount=order.discount,
        charges_tax=charges_tax(
            buyer_class=buyer_class,
            with_payment_of_tax=order.with_payment_of_tax,
            is_composition=facts.store.is_composition,
        ),
        reverse_charge=order.reverse_charge,
        round_off=order.round_off,
    )
    _refuse_nameless_buyer(facts, amounts)
    _refuse_discount_above_ceiling(lines, facts, amounts)
    return Plan(
        order=order,
        facts=facts,
        lines=lines,
        amounts=amounts,
        document_type=_document_type(lines, facts),
        invoice_date=invoice_date,
        place_of_supply=place,
        nature=nature,
        state_tax_label=state_tax_label(facts.store.state_code),
    )


def _settled_line(line: WantedLine, order: Order, facts: Facts) -> Line:
    """Fill what was left open from the catalogue; a price taken from there always has the tax inside."""
    variant = None if line.variant_id is None else facts.variants[line.variant_id]
    hsn = line.hsn_code if line.hsn_code is not None else variant.hsn_code if variant else ""
    treatment = Treatment(line.treatment or (variant.treatment if variant else "taxable"))
    rate = line.gst_rate if line.gst_rate is not None else variant.gst_rate if variant else ZERO
    price = line.unit_price
    inclusive = line.tax_inclusive if line.tax_inclusive is not None else order.prices_include_tax
    if price is None:
        assert variant is not None, "order_problems asks for a price where there is no variant"
        price, inclusive = variant.price, True
    usual_unit = variant.unit if variant else SERVICE_UNIT if is_service(hsn) else GOODS_UNIT
    return Line(
        variant_id=line.variant_id,
        description=line.description or (variant.name if variant else ""),
        hsn_code=hsn,
        unit=line.unit or usual_unit,
        treatment=treatment,
        quantity=line.quantity,
        unit_price=price,
        # Only a taxable line has a rate: the treatment is the stronger word.
        gst_rate=rate if treatment is Treatment.TAXABLE else ZERO,
        tax_inclusive=inclusive,
        discount=line.discount,
        serial_numbers=line.serial_numbers,
    )


def _date_problems(order: Order, facts: Facts) -> list[FieldError]:
    if order.invoice_date is not None and order.invoice_date > facts.today:
        return [FieldError("invoice_date", "date_in_future", "A bill cannot be dated after today.")]
    return []


def _rate_problems(order: Order, lines: Sequence[Line], on: date) -> list[FieldError]:
    problems = []
    for place, line in enumerate(lines):
        if not rate_in_force(line.gst_rate, on):
            known = ", ".join(f"{rate:f}" for rate in rates_in_force(on))
            message = f"{line.gst_rate:f} % is not a GST rate in force on {on}. In force: {known}."
            problems.append(FieldError(f"line_items.{place}.gst_rate", "rate_not_in_force", message))
    return problems


def _place_problems(order: Order, facts: Facts) -> list[FieldError]:
    is_export = facts.buyer.category == BuyerClass.EXPORT
    if order.place_of_supply is not None and (order.place_of_supply == OTHER_COUNTRY) != is_export:
        message = "96 is the place of supply of an export, and only of an export."
        return [FieldError("place_of_supply", "invalid_state_code", message)]
    return []


def _usual_place(lines: Sequence[Line], facts: Facts) -> str:
    """What is neither a variant nor has a goods HSN is taken for a service, as labour is."""
    return place_of_supply(
        store_state=facts.store.state_code,
        buyer_class=BuyerClass(facts.buyer.category),
        buyer_state=facts.buyer.state_code or None,
        has_service=any(
            is_service(line.hsn_code) or (not line.hsn_code and line.variant_id is None) for line in lines
        ),
    )


def _refuse_nameless_buyer(facts: Facts, amounts: BillAmounts) -> None:
    """CGST Rule 46(e): from Rs 50,000 a consumer's name and address stand on the bill."""
    buyer = facts.buyer
    is_consumer = buyer.category == BuyerClass.UNREGISTERED
    if not is_consumer or amounts.taxable_value < RECIPIENT_ADDRESS_LIMIT.amount:
        return
    if buyer.is_walk_in or not buyer.address:
        message = (
            f"From Rs {RECIPIENT_ADDRESS_LIMIT.amount:f} a bill needs the buyer's name and address "
            "(CGST Rule 46). Record the customer with an address."
        )
        raise invalid([FieldError("customer", "recipient_address_required", message)])


def _refuse_discount_above_ceiling(lines: Sequence[Line], facts: Facts, amounts: BillAmounts) -> None:
    """A price below the catalogue's is a discount by another name, and is counted as one."""
    if facts.ceiling_percent is None:
        return
    base, given = ZERO, amounts.discount_total
    for line, money in zip(lines, amounts.lines, strict=True):
        listed = money.gross
        if line.variant_id is not None:
            price = facts.variants[line.variant_id].price
            factor = 1 if line.tax_inclusive else 1 + line.gst_rate / 100
            listed = max(money.gross, line.quantity * price / factor)
        base += listed
        given += listed - money.gross
    # Half a paisa a line is rounding, not generosity.
    if given * 100 > facts.ceiling_percent * base + len(lines):
        percent = (given * 100 / base).quantize(Decimal("0.01"))
        raise Refusal(
            403,
            "discount_above_ceiling",
            f"This is {percent:f} % off; you may give up to {facts.ceiling_percent:f} % in this store. Ask its head.",
            discount_percent=f"{percent:f}",
            ceiling_percent=f"{facts.ceiling_percent:f}",
        )


def _document_type(lines: Sequence[Line], facts: Facts) -> DocumentType:
    if facts.booking_status == "cancelled":
        raise conflict("booking_cancelled", "This booking is cancelled; open another one to bill on.")
    kind = document_type(
        [line.treatment for line in lines],
        buyer_class=BuyerClass(facts.buyer.category),
        is_composition=facts.store.is_composition,
    )
    if kind is None:
        raise conflict(
            "mixed_supply_needs_two_documents",
            "A registered buyer gets taxable and exempt lines on two documents (CGST Rule 46A). Bill them apart.",
        )
    return kind


def refuse_contradiction(order: Order, *, store_id: int, customer_id: int) -> None:
    """Where a booking is named, store and customer come from it; saying others is a mistake to be told."""
    problems = [
        FieldError(name, "differs_from_booking", f"The booking belongs to another {name}. Leave this field out.")
        for name, said, true in (("store", order.store_id, store_id), ("customer", order.customer_id, customer_id))
        if said is not None and said != true
    ]
    if problems:
        raise invalid(problems)


def as_quoted(plan: Plan) -> Order:
    """The order with every line as it was drawn up, so that a draft keeps its prices until it is issued."""
    lines = tuple(
        WantedLine(
            quantity=line.quantity,
            variant_id=line.variant_id,
            description=line.description,
            hsn_code=line.hsn_code,
            unit=line.unit,
            unit_price=line.unit_price,
            gst_rate=line.gst_rate,
            treatment=line.treatment.value,
            discount=line.discount,
            tax_inclusive=line.tax_inclusive,
            serial_numbers=line.serial_numbers,
        )
        for line in plan.lines
    )
    return replace(plan.order, lines=lines)


def refuse_cancel(facts: Mapping[str, Any]) -> None:
    """Only an issued bill on which nothing is paid or credited can be cancelled, and only once."""
    if facts["issued_at"] is None:
        raise conflict("invoice_not_issued", "This is a draft: it has no number to cancel. Delete it instead.")
    if facts["is_cancelled"]:
        raise conflict("already_cancelled", "This bill is cancelled already.")
    if facts["amount_paid"] > facts["amount_refunded"]:
        raise conflict(
            "invoice_has_payments",
            "Money was taken on this bill, so it cannot be cancelled. Return what was sold by a credit note.",
            amount_paid=f"{facts['amount_paid']:f}",
        )
    if facts["amount_credited"] > 0:
        raise conflict("invoice_has_credit_notes", "Part of this bill is credited, so it cannot be cancelled.")


def refuse_edit(issued: bool) -> None:
    if issued:
        raise conflict(
            "invoice_not_draft", "This bill is issued and never changes. Correct it by a document: cancel or credit it."
        )


def refuse_clear(*, issued_this_year: bool) -> None:
    if issued_this_year:
        raise conflict(
            "number_would_repeat",
            "This series issued numbers in the present financial year; beginning again would repeat them (Rule 46).",
        )




def refuse_prefix_taken(taken: bool) -> None:
    if taken:
        message = "Another series writes its numbers with this prefix. Choose another."
        raise conflict("already_exists", message, errors=[FieldError("prefix", "already_exists", message)])
