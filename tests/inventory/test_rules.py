"""Every rule of a movement, in tables. No database."""

from dataclasses import replace

import pytest

from finetune.core.refusals import Refusal
from finetune.inventory.records import (
    PENDING_APPROVAL,
    POSTED,
    SerialFacts,
    StockFacts,
    StockLine,
    VariantFacts,
    WantedEntry,
)
from finetune.inventory.rules import (
    LEDGER_MAX,
    MOVEMENTS,
    TYPES_BY_HAND,
    normal_serial,
    plan_entry,
    plan_return_lines,
    plan_sale_lines,
    wanted_serials,
)

STORE, ELSEWHERE = 1, 2
PHONE, CABLE = 10, 20


def facts(*serials: SerialFacts, quantity: int = 5, reserved: int = 0, approval: bool = False) -> StockFacts:
    """Phones are tracked, cables are not."""
    return StockFacts(
        store_id=STORE,
        store_exists=True,
        variants={
            PHONE: VariantFacts(PHONE, quantity, reserved, True, approval),
            CABLE: VariantFacts(CABLE, quantity, reserved, False, approval),
        },
        serials={serial.serial_no: serial for serial in serials},
    )


def unit(
    serial_no: str, status: str, *, void: bool = False, store: int = STORE, variant: int = PHONE
) -> SerialFacts:
    return SerialFacts(serial_no, 1, variant, store, status, void)


def refusal(function, *args) -> Refusal:
    with pytest.raises(Refusal) as caught:
        function(*args)
    return caught.value


def test_every_type_has_its_movement():
    assert {entry_type for entry_type, _ in MOVEMENTS} == set(TYPES_BY_HAND)
    assert [(movement.sign, sign) for (_, sign), movement in MOVEMENTS.items() if movement.sign != sign] == []


@pytest.mark.parametrize(
    ("entry_type", "quantity", "delta"),
    [
        ("purchase", 2, 2),
        ("return_in", 2, 2),
        ("adjustment", 2, 2),
        ("adjustment", -2, -2),
        ("sale", 2, -2),
        ("consumption", 2, -2),
        ("damage", 2, -2),
        ("return_out", 2, -2),
    ],
)
def test_what_an_untracked_entry_does(entry_type, quantity, delta):
    planned = plan_entry(WantedEntry(entry_type, CABLE, quantity), facts())
    assert (planned.status, planned.quantity, planned.delta, planned.serials) == (POSTED, quantity, delta, ())


@pytest.mark.parametrize(
    ("entry_type", "quantity", "known", "from_status", "to_status"),
    [
        ("purchase", 1, None, "", "available"),
        ("purchase", 1, unit("A", "written_off", void=True), "written_off", "available"),
        ("purchase", 1, unit("A", "written_off", void=True, store=ELSEWHERE), "written_off", "available"),
        ("purchase", 1, unit("A", "written_off", void=True, variant=CABLE), "written_off", "available"),
        ("adjustment", 1, None, "", "available"),
        ("adjustment", 1, unit("A", "written_off"), "written_off", "available"),
        ("adjustment", 1, unit("A", "written_off", void=True, store=ELSEWHERE), "written_off", "available"),
        ("return_in", 1, unit("A", "sold"), "sold", "available"),
        ("sale", 1, unit("A", "available"), "available", "sold"),
        ("consumption", 1, unit("A", "available"), "available", "consumed"),
        ("damage", 1, unit("A", "available"), "available", "defective"),
        ("return_out", 1, unit("A", "available"), "available", "returned"),
        ("adjustment", -1, unit("A", "available"), "available", "written_off"),
    ],
)
def test_how_a_unit_moves(entry_type, quantity, known, from_status, to_status):
    planned = plan_entry(WantedEntry(entry_type, PHONE, quantity, ("A",)), facts(*([known] if known else [])))
    [move] = planned.serials
    assert (move.serial_no, move.from_status, move.to_status, move.void) == (
        "A",
        from_status,
        to_status,
        False,
    )


NOT_NEW = ("available", "pending", "reserved", "sold", "consumed", "returned", "in_transit", "defective")


@pytest.mark.parametrize(
    ("entry_type", "quantity", "code", "bad"),
    [
        *[("purchase", 1, "serial_exists", unit("A", status)) for status in (*NOT_NEW, "written_off")],
        *[("adjustment", 1, "serial_exists", unit("A", status)) for status in NOT_NEW],
        ("adjustment", 1, "serial_exists", unit("A", "written_off", store=ELSEWHERE)),
        ("adjustment", 1, "serial_exists", unit("A", "written_off", variant=CABLE)),
        *[
            (entry_type, quantity, "serial_not_available", known)
            for entry_type, quantity in [
                ("sale", 1), ("consumption", 1), ("damage", 1), ("return_out", 1), ("adjustment", -1),
            ]
            for known in [
                None,
                *[unit("A", status) for status in (*NOT_NEW[1:], "written_off")],
                unit("A", "available", store=ELSEWHERE),
                unit("A", "available", variant=CABLE),
                unit("A", "written_off", void=True),
            ]
        ],
        *[
            ("return_in", 1, "serial_not_available", known)
            for known in [
                None,
                *[unit("A", status) for status in (*NOT_NEW, "written_off") if status != "sold"],
                unit("A", "sold", store=ELSEWHERE),
                unit("A", "sold", variant=CABLE),
            ]
        ],
    ],
)  # fmt: skip
def test_a_unit_that_may_not_move(entry_type, quantity, code, bad):
    known = [bad] if bad else []
    refused = refusal(plan_entry, WantedEntry(entry_type, PHONE, quantity, ("A",)), facts(*known))
    assert (refused.status, refused.code) == (409, code)
    [error] = refused.errors
    assert (error.field, error.code) == ("serial_numbers.0", code)
    assert error.facts == {
        "serial_no": "A", "status": bad.status if bad else None, "store": bad.store_id if bad else None
    }  # fmt: skip


def test_every_bad_unit_is_listed():
    known = [unit("A", "sold"), unit("B", "available"), unit("C", "available", store=ELSEWHERE)]
    refused = refusal(plan_entry, WantedEntry("sale", PHONE, 4, ("A", "B", "C", "D")), facts(*known))
    assert [(error.field, error.facts) for error in refused.errors] == [
        ("serial_numbers.0", {"serial_no": "A", "status": "sold", "store": STORE}),
        ("serial_numbers.2", {"serial_no": "C", "status": "available", "store": ELSEWHERE}),
        ("serial_numbers.3", {"serial_no": "D", "status": None, "store": None}),
    ]


@pytest.mark.parametrize(
    ("variant", "quantity", "serials"),
    [(PHONE, 1, ()), (PHONE, 2, ("A",)), (PHONE, 1, ("A", "B")), (CABLE, 1, ("A",)), (PHONE, -2, ("A",))],
)
def test_as_many_serials_as_units(variant, quantity, serials):
    entry_type = "purchase" if quantity > 0 else "adjustment"
    refused = refusal(plan_entry, WantedEntry(entry_type, variant, quantity, serials), facts())
    assert (refused.status, refused.code) == (400, "serial_count_mismatch")
    assert [error.field for error in refused.errors] == ["serial_numbers"]


def test_serials_are_compared_trimmed_and_in_capitals():
    assert normal_serial("  35a-9 ") == "35A-9"
    assert wanted_serials([" b", "A", "B ", "a"]) == ("B", "A")


@pytest.mark.parametrize(
    ("quantity", "reserved", "asked", "available"), [(5, 0, 6, 5), (5, 2, 4, 3), (0, 0, 1, 0), (5, 5, 1, 0)]
)
@pytest.mark.parametrize("entry_type", ["sale", "consumption", "damage", "return_out", "adjustment"])
def test_never_more_than_is_available(entry_type, quantity, reserved, asked, available):
    wanted = WantedEntry(entry_type, CABLE, -asked if entry_type == "adjustment" else asked)
    refused = refusal(plan_entry, wanted, facts(quantity=quantity, reserved=reserved))
    assert (refused.status, refused.code) == (409, "insufficient_stock")
    assert refused.facts == {"requested": asked, "available": available}


def test_all_that_is_available_may_go():
    assert plan_entry(WantedEntry("sale", CABLE, 3), facts(quantity=5, reserved=2)).delta == -3


def test_a_shelf_has_an_end():
    refused = refusal(plan_entry, WantedEntry("purchase", CABLE, 1), facts(quantity=LEDGER_MAX))
    assert (refused.status, refused.code) == (409, "ledger_full")


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (WantedEntry("sale", PHONE, 9, ("A",)), (400, "serial_count_mismatch")),
        (WantedEntry("sale", PHONE, 9, tuple("ABCDEFGHI")), (409, "serial_not_available")),
        (WantedEntry("sale", 99, 9, ("A",)), (404, "not_found")),
    ],
)
def test_precedence(wanted, expected):
    refused = refusal(plan_entry, wanted, facts(unit("A", "available"), quantity=1))
    assert (refused.status, refused.code) == expected


def test_a_store_that_is_not_there():
    refused = refusal(plan_entry, WantedEntry("sale", CABLE, 1), replace(facts(), store_exists=False))
    assert (refused.status, [error.field for error in refused.errors]) == (404, ["store"])


@pytest.mark.parametrize(
    ("entry_type", "quantity", "waits"),
    [
        ("purchase", 1, True),
        ("return_in", 1, True),
        ("adjustment", 1, True),
        ("adjustment", -1, False),
        ("sale", 1, False),
        ("damage", 1, False),
        ("consumption", 1, False),
        ("return_out", 1, False),
    ],
)
def test_what_waits_for_approval(entry_type, quantity, waits):
    planned = plan_entry(WantedEntry(entry_type, CABLE, quantity), facts(approval=True))
    assert planned.status == (PENDING_APPROVAL if waits else POSTED)


def test_a_waiting_entry_claims_its_units():
    planned = plan_entry(WantedEntry("return_in", PHONE, 1, ("A",)), facts(unit("A", "sold"), approval=True))
    assert [(move.from_status, move.to_status) for move in planned.serials] == [("sold", "pending")]


def test_sale_lines_in_the_order_of_the_bill():
    lines = [StockLine(0, CABLE, 2), StockLine(3, PHONE, 1, ("A",)), StockLine(4, CABLE, 3)]
    planned = plan_sale_lines(lines, facts(unit("A", "available")))
    assert [(entry.entry_type, entry.variant_id, entry.delta) for entry in planned] == [
        ("sale", CABLE, -2),
        ("sale", PHONE, -1),
        ("sale", CABLE, -3),
    ]


def test_the_same_variant_in_two_lines_adds_up():
    lines = [StockLine(0, CABLE, 3), StockLine(1, PHONE, 1, ("A",)), StockLine(2, CABLE, 3)]
    refused = refusal(plan_sale_lines, lines, facts(unit("A", "available")))
    assert (refused.status, refused.code, refused.facts) == (
        409,
        "insufficient_stock",
        {"requested": 6, "available": 5},
    )
    assert [error.field for error in refused.errors] == ["line_items.0.quantity", "line_items.2.quantity"]
    short = {"product_variant": CABLE, "requested": 6, "available": 5}
    assert [error.facts for error in refused.errors] == [short, short]


def test_the_same_serial_in_two_lines():
    lines = [StockLine(0, PHONE, 1, ("A",)), StockLine(1, PHONE, 1, ("A",))]
    refused = refusal(plan_sale_lines, lines, facts(unit("A", "available")))
    assert (refused.status, refused.code) == (409, "serial_not_available")
    assert [error.field for error in refused.errors] == ["line_items.1.serial_numbers.0"]


def test_every_bad_line_at_once():
    lines = [StockLine(0, PHONE, 1), StockLine(1, CABLE, 1, ("A",)), StockLine(2, CABLE, 1)]
    refused = refusal(plan_sale_lines, lines, facts())
    assert (refused.status, refused.code) == (400, "serial_count_mismatch")
    fields = [error.field for error in refused.errors]
    assert fields == ["line_items.0.serial_numbers", "line_items.1.serial_numbers"]


def test_an_unknown_variant_in_a_line():
    refused = refusal(plan_sale_lines, [StockLine(0, CABLE, 1), StockLine(1, 99, 1)], facts())
    assert refused.status == 404
    assert [error.field for error in refused.errors] == ["line_items.1.variant"]


def test_a_document_never_waits_for_approval():
    [planned] = plan_return_lines([StockLine(0, CABLE, 1)], facts(approval=True))
    assert (planned.entry_type, planned.status, planned.delta) == ("return_in", POSTED, 1)


@pytest.mark.parametrize(("sold_on_line", "is_taken"), [(7, True), (8, False), (None, False)])
def test_a_credit_note_takes_back_what_its_line_sold(sold_on_line, is_taken):
    known = replace(unit("A", "sold"), sold_on_line=sold_on_line)
    line = StockLine(0, PHONE, 1, ("A",), invoice_line_id=7)
    if is_taken:
        [planned] = plan_return_lines([line], facts(known))
        assert (planned.invoice_line_id, planned.serials[0].to_status) == (7, "available")
    else:
        assert refusal(plan_return_lines, [line], facts(known)).code == "serial_not_available"
