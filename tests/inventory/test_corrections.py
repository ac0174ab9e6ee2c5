"""Approving, rejecting and reversing, in tables. No database."""

import pytest

from finetune.core.refusals import Refusal
from finetune.inventory.corrections import plan_approval, plan_rejection, plan_reversals, refuse_irreversible
from finetune.inventory.records import SerialFacts, StockFacts, VariantFacts, WrittenEntry
from finetune.inventory.rules import LEDGER_MAX

STORE, PHONE, MAKER, HEAD = 1, 10, 100, 200


def entry(
    entry_type: str = "purchase", quantity: int = 1, *, serials: tuple[str, ...] = (), **others
) -> WrittenEntry:
    incoming = entry_type in ("purchase", "return_in") or (entry_type == "adjustment" and quantity > 0)
    given = {
        "id": 1, "entry_type": entry_type, "status": "posted", "store_id": STORE, "variant_id": PHONE,
        "quantity": quantity, "delta": abs(quantity) if incoming else -abs(quantity), "unit_price": None,
        "booking_id": None, "invoice_line_id": None, "reversal_of": None, "reversed_by": None,
        "serial_numbers": serials, "entered_by": MAKER, **others,
    }  # fmt: skip
    return WrittenEntry(**given)


def facts(
    *serials: SerialFacts, quantity: int = 5, reserved: int = 0, tracked: bool | None = None
) -> StockFacts:
    variant = VariantFacts(PHONE, quantity, reserved, bool(serials) if tracked is None else tracked, True)
    return StockFacts(STORE, True, {PHONE: variant}, {serial.serial_no: serial for serial in serials})


def unit(serial_no: str, status: str, *, void: bool = False, store: int = STORE) -> SerialFacts:
    return SerialFacts(serial_no, 1, PHONE, store, status, void)


def refusal(function, *args, **named) -> Refusal:
    with pytest.raises(Refusal) as caught:
        function(*args, **named)
    return caught.value


def waiting(**others) -> WrittenEntry:
    return entry(status="pending_approval", **others)


def test_an_approval_shelves_the_units():
    moves = plan_approval(waiting(serials=("A",)), facts(unit("A", "pending")), approver=HEAD)
    assert [(move.from_status, move.to_status, move.void) for move in moves] == [
        ("pending", "available", False)
    ]


@pytest.mark.parametrize(
    ("given", "approver", "expected"),
    [
        (entry(), HEAD, (409, "not_pending")),
        (entry(status="rejected"), HEAD, (409, "not_pending")),
        (entry(), MAKER, (409, "not_pending")),
        (waiting(), MAKER, (403, "self_approval")),
        (waiting(quantity=LEDGER_MAX), HEAD, (409, "ledger_full")),
    ],
)
def test_an_approval_refused(given, approver, expected):
    refused = refusal(plan_approval, given, facts(), approver=approver)
    assert (refused.status, refused.code) == expected


@pytest.mark.parametrize(
    ("entry_type", "to_status", "void"),
    [("purchase", "written_off", True), ("adjustment", "written_off", True), ("return_in", "sold", False)],
)
def test_a_rejection_puts_the_units_back(entry_type, to_status, void):
    given = entry(entry_type, status="pending_approval", serials=("A",))
    [move] = plan_rejection(given, rejecter=MAKER, is_head=False)
    assert (move.from_status, move.to_status, move.void) == ("pending", to_status, void)


@pytest.mark.parametrize(
    ("given", "rejecter", "is_head", "expected"),
    [
        (entry(), HEAD, True, (409, "not_pending")),
        (waiting(), HEAD, False, (403, "forbidden")),
    ],
)
def test_a_rejection_refused(given, rejecter, is_head, expected):
    refused = refusal(plan_rejection, given, rejecter=rejecter, is_head=is_head)
    assert (refused.status, refused.code) == expected


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (entry(reversed_by=9), "already_reversed"),
        (entry(reversal_of=9), "not_reversible"),
        (entry(status="pending_approval"), "not_reversible"),
        (entry(status="rejected"), "not_reversible"),
        (entry("sale", invoice_line_id=9), "posted_by_document"),
    ],
)
def test_what_cannot_be_reversed(given, code):
    refused = refusal(refuse_irreversible, given)
    assert (refused.status, refused.code) == (409, code)


@pytest.mark.parametrize(
    ("entry_type", "quantity", "present", "to_status", "void"),
    [
        ("purchase", 1, "available", "written_off", True),
        ("adjustment", 1, "available", "written_off", True),
        ("return_in", 1, "available", "sold", False),
        ("sale", 1, "sold", "available", False),
        ("consumption", 1, "consumed", "available", False),
        ("damage", 1, "defective", "available", False),
        ("return_out", 1, "returned", "available", False),
        ("adjustment", -1, "written_off", "available", False),
    ],
)
def test_a_reversal_is_the_opposite(entry_type, quantity, present, to_status, void):
    original = entry(entry_type, quantity, serials=("A",), id=5)
    [planned] = plan_reversals(
        [original], facts(unit("A", present)), moved_on=frozenset(), reason="typed twice"
    )
    assert (planned.entry_type, planned.quantity, planned.delta) == (entry_type, quantity, -original.delta)
    assert (planned.status, planned.reversal_of, planned.reason) == ("posted", 5, "typed twice")
    [move] = planned.serials
    assert (move.from_status, move.to_status, move.void) == (present, to_status, void)


@pytest.mark.parametrize(
    ("entry_type", "known", "moved_on"),
    [
        ("purchase", unit("A", "sold"), ()),
        ("purchase", unit("A", "available", store=2), ()),
        ("purchase", unit("A", "written_off", void=True), ()),
        ("sale", unit("A", "available"), ()),
        ("sale", unit("A", "sold"), ("A",)),
        ("damage", unit("A", "returned"), ()),
    ],
)
def test_a_unit_that_moved_on_stays(entry_type, known, moved_on):
    original = entry(entry_type, serials=("A",))
    refused = refusal(plan_reversals, [original], facts(known), moved_on=frozenset(moved_on), reason="x")
    assert (refused.status, refused.code) == (409, "serial_not_available")
    assert refused.errors[0].facts == {"serial_no": "A", "status": known.status, "store": known.store_id}


def test_what_was_sold_meanwhile_cannot_be_taken_back():
    refused = refusal(
        plan_reversals, [entry(quantity=5)], facts(quantity=5, reserved=1), moved_on=frozenset(), reason="x"
    )
    assert (refused.code, refused.facts) == ("insufficient_stock", {"requested": 5, "available": 4})


@pytest.mark.parametrize(("serials", "tracked"), [((), True), (("A",), False)])
def test_no_reversal_across_a_change_of_tracking(serials, tracked):
    known = facts(*[unit(serial, "sold") for serial in serials], tracked=tracked)
    refused = refusal(
        plan_reversals, [entry("sale", serials=serials)], known, moved_on=frozenset(), reason="x"
    )
    assert (refused.status, refused.code) == (409, "not_reversible")
