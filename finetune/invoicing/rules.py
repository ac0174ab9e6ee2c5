"""What a bill says: from what was asked for and the facts to a finished plan, or a refusal. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import ROUND_UP, Decimal
from typing import Any

from finetune.core.money import ZERO, half_up, plain_text
from finetune.core.refusals import FieldError, Refusal, conflict, invalid
from finetune.gst.hsn import is_service
from finetune.gst.rates import RATES, RECIPIENT_ADDRESS_LIMIT, rate_in_force, rates_in_force
from finetune.gst.supply import (
    OTHER_COUNTRY,
    BuyerClass,
    charges_tax,
    document_type,
    place_of_supply,
    state_tax_label,
    supply_nature,
)
from finetune.gst.tax import BillAmounts, Nature, TaxableLine, Treatment, compute_bill, discount_problems
from finetune.invoicing.numbering import date_before_last_number
from finetune.invoicing.records import Facts, Line, Order, Plan, WantedLine, series_kind_of

GOODS_UNIT, SERVICE_UNIT = "NOS", "NA"
GROSS_MAX = Decimal("9999999999.99")  # of a line and of a bill: ten digits, as an amount of money has


def order_problems(order: Order, *, today: date) -> list[FieldError]:
    """What is wrong with an order whatever the catalogue and the buyer are, before anything is looked up."""
    problems = [*_who_problems(order), *_date_problems(order, today)]
    for place, line in enumerate(order.lines):
        problems += _line_problems(f"line_items.{place}", line)
        if line.gst_rate is not None and (line.treatment or "taxable") == Treatment.TAXABLE:
            problems += _rate_problems(place, line.gst_rate, order.invoice_date)
    priced = [
        TaxableLine(line.quantity, line.unit_price, ZERO, discount=line.discount)
        for line in order.lines
        if line.unit_price is not None
    ]
    if len(priced) == len(order.lines):
        problems += _money_problems(order, priced)
    return problems


def _who_problems(order: Order) -> Sequence[FieldError]:
    if order.booking_id is not None:
        if order.counter_sale:
            message = "A counter sale opens a booking of its own. Leave out one of the two."
            return [FieldError("counter_sale", "invalid", message)]
        return []
    sells_stock = bool(order.variant_ids)
    has_buyer = order.counter_sale or (order.customer_id is not None and not sells_stock)
    if order.store_id is not None and has_buyer:
        return []
    with_store = "store with counter_sale" if sells_stock else "store with customer"
    message = f"Nobody is billed here: give a booking, or {with_store}."
    return [FieldError("booking", "booking_required", message)]


def _line_problems(at: str, line: WantedLine) -> list[FieldError]:
    if line.variant_id is None and line.serial_numbers:
        message = "Serial numbers belong to a line with a variant."
        return [FieldError(f"{at}.serial_numbers", "serial_count_mismatch", message)]
    if line.variant_id is not None and line.quantity != line.quantity.to_integral_value():
        return [FieldError(f"{at}.quantity", "invalid", "Stock is sold in whole units.")]
    return []


def _date_problems(order: Order, today: date) -> list[FieldError]:
    if order.invoice_date is not None and order.invoice_date > today:
        return [FieldError("invoice_date", "date_in_future", "A bill cannot be dated after today.")]
    return []


def _rate_problems(place: int, rate: Decimal, on: date | None) -> list[FieldError]:
    """`on` None asks only whether the rate was ever charged."""
    if on is None:
        if any(row.percent == rate for row in RATES):
            return []
        message = f"{plain_text(rate)} % is no GST rate."
    elif rate_in_force(rate, on):
        return []
    else:
        known = ", ".join(f"{each:f}" for each in rates_in_force(on)) or "none, since GST had not begun"
        message = f"{plain_text(rate)} % is not a GST rate in force on {on}. In force: {known}."
    return [FieldError(f"line_items.{place}.gst_rate", "rate_not_in_force", message)]


def _money_problems(order: Order, lines: Sequence[TaxableLine]) -> list[FieldError]:
    """Discounts above their base, and money that no bill of a shop has."""
    problems = [FieldError(*problem) for problem in discount_problems(lines, order.discount)]
    grosses = [half_up(line.quantity * line.unit_price) for line in lines]
    too_large = f"This comes to more than Rs {GROSS_MAX:f}."
    problems += [
        FieldError(f"line_items.{place}.unit_price", "invalid", too_large)
        for place, gross in enumerate(grosses)
        if gross > GROSS_MAX
    ]
    if not problems and sum(grosses) > GROSS_MAX:
        problems.append(FieldError("line_items", "invalid", too_large))
    return problems


def draw_up(order: Order, facts: Facts) -> Plan:
    """Decide the whole bill. Refuses 400 with every field, 403 above the discount ceiling, then 409 in the
    contract's order."""
    invoice_date = order.invoice_date or facts.today
    lines = tuple(_settled_line(line, order, facts) for line in order.lines)
    taxable_lines = [line.taxable() for line in lines]
    problems = [*_date_problems(order, facts.today), *_money_problems(order, taxable_lines)]
    for position, line in enumerate(lines):
        problems += _rate_problems(position, line.gst_rate, invoice_date)
    problems += _place_problems(order, facts)
    if problems:
        raise invalid(problems)

    buyer_class = BuyerClass(facts.buyer.category)
    place = order.place_of_supply or _usual_place(lines, facts)
    nature = supply_nature(store_state=facts.store.state_code, place_of_supply=place, buyer_class=buyer_class)
    _refuse_composition_across_states(facts, place, nature)
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
    kind = document_type(
        [line.treatment for line in lines],
        buyer_class=buyer_class,
        is_composition=facts.store.is_composition,
    )
    _refuse_early_date(invoice_date, series_kind_of(kind), facts)
    if facts.booking_status == "cancelled":
        raise conflict("booking_cancelled", "This booking is cancelled; open another one to bill on.")
    if kind is None:
        raise conflict(
            "mixed_supply_needs_two_documents",
            "A registered buyer gets taxable and exempt lines on two documents (CGST Rule 46A). "
            "Bill them apart.",
        )
    return Plan(
        order=order,
        facts=facts,
        lines=lines,
        amounts=amounts,
        document_type=kind,
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
        assert variant is not None, "a line without a variant has its own price: the schema asks for it"
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
        listed_price=variant.price if variant and line.listed_price is None else line.listed_price,
        # Only a taxable line has a rate: the treatment is the stronger word.
        gst_rate=rate if treatment is Treatment.TAXABLE else ZERO,
        tax_inclusive=inclusive,
        discount=line.discount,
        serial_numbers=line.serial_numbers,
    )


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


def _refuse_composition_across_states(facts: Facts, place: str, nature: Nature) -> None:
    """CGST Act s.10(2)(c): who pays tax under composition makes no supply between States, to SEZ or abroad."""
    if facts.store.is_composition and nature is Nature.INTER:
        message = (
            f"A composition dealer makes no supply out of his State (CGST Act s.10), and this one would be in {place}. "
            "Give the place of supply where it is another, or bill it from another store."
        )
        raise invalid([FieldError("place_of_supply", "composition_inter_state", message)])


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
        if line.listed_price is not None:
            has_no_tax = line.tax_inclusive or facts.store.is_composition
            factor = 1 if has_no_tax else 1 + line.gst_rate / 100
            listed = max(money.gross, line.quantity * line.listed_price / factor)
        base += listed
        given += listed - money.gross
    # A paisa a line is rounding, not generosity.
    if given * 100 > facts.ceiling_percent * base + len(lines):
        # Up, so that what is refused never looks like the ceiling itself.
        percent = plain_text((given * 100 / base).quantize(Decimal("0.01"), ROUND_UP))
        ceiling = plain_text(facts.ceiling_percent)
        raise Refusal(
            403,
            "discount_above_ceiling",
            f"This is {percent} % off; you may give up to {ceiling} % in this store. Ask its head.",
            discount_percent=percent,
            ceiling_percent=ceiling,
        )


def _refuse_early_date(invoice_date: date, series_kind: str, facts: Facts) -> None:
    """An early look; whoever holds the counter's lock decides for good."""
    last = facts.last_numbers.get(series_kind)
    if last is not None and last.date is not None and invoice_date < last.date:
        raise date_before_last_number(series=last.series, last_date=str(last.date))


def refuse_contradiction(order: Order, facts: Facts) -> None:
    """Where a booking is named, store and customer come from it; saying others is a mistake to be told."""
    if facts.booking_id is None:
        return
    problems = [
        FieldError(
            name, "differs_from_booking", f"The booking belongs to another {name}. Leave this field out."
        )
        for name, said, true in (
            ("store", order.store_id, facts.store.id),
            ("customer", order.customer_id, facts.buyer.id),
        )
        if said is not None and said != true
    ]
    if problems:
        raise invalid(problems)


def as_quoted(plan: Plan) -> Order:
    """The order with what came from the catalogue written into it, so that a draft keeps its prices until it
    is issued. What follows from the order itself stays open, so that a change of the draft is followed."""
    lines = tuple(
        wanted if line.variant_id is None else _as_quoted(wanted, line)
        for wanted, line in zip(plan.order.lines, plan.lines, strict=True)
    )
    return replace(plan.order, lines=lines)


def _as_quoted(wanted: WantedLine, line: Line) -> WantedLine:
    return replace(
        wanted,
        description=line.description,
        hsn_code=line.hsn_code,
        unit=line.unit,
        unit_price=line.unit_price,
        listed_price=line.listed_price,
        gst_rate=line.gst_rate,
        treatment=line.treatment.value,
        tax_inclusive=line.tax_inclusive if wanted.unit_price is None else wanted.tax_inclusive,
    )


def refuse_cancel(facts: Mapping[str, Any]) -> None:
    """Only an issued bill on which nothing is paid or credited can be cancelled, and only once."""
    if facts["issued_at"] is None:
        raise conflict(
            "invoice_not_issued", "This is a draft: it has no number to cancel. Delete it instead."
        )
    if facts["is_cancelled"]:
        raise conflict("already_cancelled", "This bill is cancelled already.")
    if facts["amount_kept"] > 0 or facts["amount_deposited"] > 0:
        raise conflict(
            "invoice_has_payments",
            "Money was taken on this bill, so it cannot be cancelled. Return what was sold by a credit note.",
            amount_paid=f"{facts['amount_paid'] + facts['amount_deposited']:f}",
        )
    if facts["amount_credited"] > 0:
        raise conflict(
            "invoice_has_credit_notes", "Part of this bill is credited, so it cannot be cancelled."
        )


def refuse_issued(issued_at: datetime | None) -> None:
    """Only a draft may be changed, deleted or issued."""
    if issued_at is not None:
        raise conflict(
            "invoice_not_draft",
            "This bill is issued and never changes. Correct it by a document: cancel or credit it.",
        )
