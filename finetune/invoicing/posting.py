"""Writing bills. Everything here joins the caller's transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import msgspec
from django.db import transaction

from finetune.bookings.posting import record_counter_sale, walk_in_of
from finetune.core.caller import Actor
from finetune.core.refusals import not_found
from finetune.core.statements import prepared_cursor
from finetune.inventory.posting import entries_json, lock_stock
from finetune.inventory.queries import stock_facts
from finetune.inventory.records import StockLine
from finetune.inventory.rules import plan_sale_lines, wanted_serials
from finetune.invoicing import queries
from finetune.invoicing.records import BuyerFacts, Facts, Order, Plan, StoreFacts
from finetune.invoicing.rules import as_quoted, draw_up, refuse_contradiction
from finetune.staff.permissions import permits

_SNAPSHOT_OF_STORE = (
    "id",
    "code",
    "name",
    "legal_name",
    "gstin",
    "state_code",
    "address",
    "city",
    "pincode",
    "phone",
    "is_composition",
)


def _facts(actor: Actor, order: Order) -> Facts:
    """What the bill rests on, looked up and locked. Refuses 404, and 400 where the order contradicts it."""
    if order.store_id is not None and not actor.caller.may_see_store(order.store_id):
        raise not_found("store", field="store")
    may_exceed = permits(actor.caller.role, "invoice.discount_above_ceiling")
    facts = queries.lock_facts(order, caller=actor.caller, may_exceed_ceiling=may_exceed)
    if facts is None:
        assert order.store_id is not None, "only a counter sale may be without a buyer"
        walk_in_of(order.store_id, actor=actor)
        facts = queries.lock_facts(order, caller=actor.caller, may_exceed_ceiling=may_exceed)
        assert facts is not None, "the walk-in was just made"
    refuse_contradiction(order, facts)
    return facts


def quote_facts(*, actor: Actor, order: Order) -> Facts:
    """What the bill would rest on at this moment, for showing it: nothing stays locked or written."""
    with transaction.atomic():
        facts = _facts(actor, order)
        transaction.set_rollback(True)
    return facts


def quote_stock(plan: Plan) -> None:
    """Refuse what the shelf would refuse at this moment, as issuing does, without a lock."""
    sold = _stock_lines(plan, plan.facts.booking_id)
    if sold:
        serials = [serial for line in sold for serial in line.serial_numbers]
        variant_ids = [line.variant_id for line in sold]
        facts = stock_facts(store_id=plan.facts.store.id, variant_ids=variant_ids, serials=serials)
        plan_sale_lines(sold, facts)


def issue(*, actor: Actor, order: Order, draft_id: int | None = None) -> int:
    """Draw up the bill, post its stock, and write it with its number last. The bill's id."""
    return int(_call("SELECT invoicing_issue(%s::jsonb)", _decided(actor, order, draft_id)[1]))


@dataclass(frozen=True, slots=True)
class Prepared:
    """A bill that is written but for its number: money may be taken on it before others have to wait."""

    id: int
    plan: Plan
    document: str


def prepare(*, actor: Actor, order: Order, draft_id: int | None = None) -> Prepared:
    """Everything that issuing writes but the bill itself. `number` must follow in the same transaction."""
    plan, document = _decided(actor, order, draft_id)
    return Prepared(int(_call("SELECT invoicing_prepare(%s::jsonb)", document)), plan, document)


def number(prepared: Prepared) -> None:
    """Write the bill with the next number of its series: the last thing before the transaction ends."""
    _call("SELECT invoicing_number(%s::jsonb, %s)", prepared.document, prepared.id)


def _decided(actor: Actor, order: Order, draft_id: int | None) -> tuple[Plan, str]:
    facts = _facts(actor, order)
    if order.invoice_date is not None and order.invoice_date < facts.today:
        facts = replace(facts, last_numbers=queries.last_numbers(gstin=facts.store.gstin))
    plan = draw_up(order, facts)
    booking_id = facts.booking_id
    if booking_id is None and order.counter_sale:
        booking_id = record_counter_sale(actor=actor, store_id=facts.store.id, customer_id=facts.buyer.id)
    document = _document(actor, plan, booking_id, draft_id) | {
        "series_kind": plan.series_kind,
        "date_given": order.invoice_date is not None,
        "stock": _stock_entries(plan, booking_id),
        "has_deposits": facts.has_deposits,
    }
    return plan, _as_json(document)


def save_draft(*, actor: Actor, order: Order, draft_id: int | None = None) -> int:
    """Write a draft: no number, no stock, but every amount as it would be today."""
    plan = draw_up(order, _facts(actor, order))
    document = _as_json(_document(actor, plan, plan.facts.booking_id, draft_id))
    return int(_call("SELECT invoicing_save_draft(%s::jsonb)", document))


def _stock_lines(plan: Plan, booking_id: int | None) -> list[StockLine]:
    return [
        StockLine(
            position=position,
            variant_id=line.variant_id,
            quantity=int(line.quantity),
            serial_numbers=wanted_serials(line.serial_numbers),
            unit_price=line.unit_price,
            booking_id=booking_id,
        )
        for position, line in enumerate(plan.lines)
        if line.variant_id is not None
    ]


def _stock_entries(plan: Plan, booking_id: int | None) -> list[dict[str, Any]]:
    """The sale of every line with a variant, decided under the locks of its ledgers and serials."""
    sold = _stock_lines(plan, booking_id)
    if not sold:
        return []
    facts = lock_stock(
        store_id=plan.facts.store.id,
        variant_ids=[line.variant_id for line in sold],
        serials=[serial for line in sold for serial in line.serial_numbers],
    )
    entries = entries_json(plan_sale_lines(sold, facts))
    return [entry | {"line": line.position} for entry, line in zip(entries, sold, strict=True)]


def _document(actor: Actor, plan: Plan, booking_id: int | None, draft_id: int | None) -> dict[str, Any]:
    """The plan as the SQL functions take it: column names of the invoice, lines with those of theirs."""
    order, amounts = plan.order, plan.amounts
    return {
        "id": draft_id,
        "actor": actor.user_id,
        "request": actor.request_id,
        "created_by_id": actor.user_id,
        "document_type": plan.document_type.value,
        "store_id": plan.facts.store.id,
        "customer_id": plan.facts.buyer.id,
        "booking_id": booking_id,
        "seller": _seller(plan.facts.store),
        "buyer": _buyer(plan.facts.buyer),
        "order": order_as_json(as_quoted(plan)),
        "invoice_date": plan.invoice_date,
        "due_date": order.due_date,
        "place_of_supply": plan.place_of_supply,
        "supply_nature": plan.nature.value,
        "state_tax_label": plan.state_tax_label,
        "reverse_charge": order.reverse_charge,
        "with_payment_of_tax": order.with_payment_of_tax,
        "notes": order.notes,
        "taxable_value": amounts.taxable_value,
        "discount_total": amounts.discount_total,
        "cgst": amounts.cgst,
        "sgst": amounts.sgst,
        "igst": amounts.igst,
        "cess": amounts.cess,
        "total_before_round_off": amounts.total_before_round_off,
        "round_off_amount": amounts.round_off_amount,
        "total": amounts.total,
        "lines": _lines(plan),
    }


def _lines(plan: Plan) -> list[dict[str, Any]]:
    return [
        {
            "position": position,
            "variant_id": line.variant_id,
            "description": line.description,
            "hsn_code": line.hsn_code,
            "quantity": line.quantity,
            "unit": line.unit,
            "unit_price": line.unit_price,
            "gst_rate": line.gst_rate,
            "treatment": line.treatment.value,
            "tax_inclusive": line.tax_inclusive,
            "discount_percent": line.discount.percent if line.discount else None,
            "serial_numbers": wanted_serials(line.serial_numbers),
            "gross": money.gross,
            "discount_amount": money.discount_amount,
            "invoice_discount_share": money.invoice_discount_share,
            "taxable_value": money.taxable_value,
            "cgst": money.cgst,
            "sgst": money.sgst,
            "igst": money.igst,
            "cess": money.cess,
            "total": money.total,
        }
        for position, (line, money) in enumerate(zip(plan.lines, plan.amounts.lines, strict=True), start=1)
    ]


def _seller(store: StoreFacts) -> dict[str, Any]:
    return {name: getattr(store, name) for name in _SNAPSHOT_OF_STORE}


def _buyer(buyer: BuyerFacts) -> dict[str, Any]:
    return {name: getattr(buyer, name) for name in BuyerFacts.__slots__}


def _as_json(document: Mapping[str, Any]) -> str:
    """Decimals travel as text, so none passes through a float."""
    return msgspec.json.encode(document).decode()


def _call(sql: str, *params: Any) -> Any:
    with prepared_cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchone()[0]


def order_as_json(order: Order) -> Any:
    return msgspec.to_builtins(order, builtin_types=())


def order_from_json(data: Any) -> Order:
    """The order of a draft, as it was kept."""
    return msgspec.convert(data, Order)
