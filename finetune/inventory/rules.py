"""How stock may move. Pure: facts read under lock go in, a finished plan or a Refusal comes out."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from finetune.core.refusals import FieldError, Refusal, conflict, invalid, not_found
from finetune.inventory.records import (
    PENDING_APPROVAL,
    POSTED,
    PlannedEntry,
    SerialFacts,
    SerialMove,
    StockFacts,
    StockLine,
    VariantFacts,
    WantedEntry,
)

QUANTITY_MAX = 1_000_000  # in one entry
LEDGER_MAX = 1_000_000_000  # on one shelf; the column ends at 2,147,483,647
SERIAL_LENGTH_MAX = 64
IMEI_LENGTH = 15

TYPES_BY_HAND = ("purchase", "sale", "return_in", "return_out", "adjustment", "damage", "consumption")
TYPES_TO_COME = ("transfer_out", "transfer_in")
TYPES_FOR_A_BOOKING = frozenset({"sale", "consumption"})
# Where the price of an entry is what the shop paid.
TYPES_AT_COST = frozenset({"purchase", "return_out", "adjustment", "damage"})


@dataclass(frozen=True, slots=True)
class Movement:
    """What one kind of entry does: to the quantity, and to the serials it names.

    `takes` is the state that a unit must be in; "" is a unit that was never here. `retakes` is a second one.
    """

    sign: int
    takes: str
    gives: str
    retakes: str | None = None


NEW, AVAILABLE, PENDING, SOLD, WRITTEN_OFF = "", "available", "pending", "sold", "written_off"

MOVEMENTS: Mapping[tuple[str, int], Movement] = {
    ("purchase", +1): Movement(+1, NEW, AVAILABLE),
    ("return_in", +1): Movement(+1, SOLD, AVAILABLE),
    ("adjustment", +1): Movement(+1, NEW, AVAILABLE, retakes=WRITTEN_OFF),
    ("adjustment", -1): Movement(-1, AVAILABLE, WRITTEN_OFF),
    ("sale", -1): Movement(-1, AVAILABLE, SOLD),
    ("consumption", -1): Movement(-1, AVAILABLE, "consumed"),
    ("damage", -1): Movement(-1, AVAILABLE, "defective"),
    ("return_out", -1): Movement(-1, AVAILABLE, "returned"),
}
SIGN_OF = {entry_type: sign for entry_type, sign in MOVEMENTS if entry_type != "adjustment"}


def movement_of(entry_type: str, quantity: int) -> Movement:
    """`quantity` is signed for an adjustment and positive for all others."""
    sign = SIGN_OF.get(entry_type) or (1 if quantity > 0 else -1)
    return MOVEMENTS[entry_type, sign]


def normal_serial(text: str) -> str:
    """A serial as it is kept and compared: trimmed, in capitals."""
    return text.strip().upper()


def wanted_serials(texts: Iterable[str]) -> tuple[str, ...]:
    """Distinct normalised serials in the order given."""
    return tuple(dict.fromkeys(normal_serial(text) for text in texts))


@dataclass(frozen=True, slots=True)
class SerialCheck:
    """What posting would say to serials that somebody is still scanning. `good` may move; `repeated` stand more than
    once, `odd` are as long as an IMEI and fail its check digit, though they may move; `bad` may not."""

    good: tuple[str, ...]
    repeated: tuple[str, ...]
    odd: tuple[str, ...]
    bad: tuple[FieldError, ...]


def check_serials(
    texts: Sequence[str], *, entry_type: str, quantity: int, variant_id: int, facts: StockFacts
) -> SerialCheck:
    """As `plan_entry` would decide on each serial, of facts that may be read without a lock. `quantity` has the sign
    of the movement; its size does not matter here."""
    given = [normal for text in texts if (normal := normal_serial(text))]
    distinct = tuple(dict.fromkeys(given))
    movement = movement_of(entry_type, quantity)
    moves, bad = _serial_moves("serial_numbers", distinct, movement, variant_id, facts)
    return SerialCheck(
        good=tuple(move.serial_no for move in moves),
        repeated=tuple(serial_no for serial_no, times in Counter(given).items() if times > 1),
        odd=tuple(serial_no for serial_no in distinct if is_mistyped_imei(serial_no)),
        bad=tuple(bad),
    )


def is_mistyped_imei(serial_no: str) -> bool:
    """Fifteen digits whose last one is not what the others ask for (Luhn). A unit may still be numbered so."""
    if len(serial_no) != IMEI_LENGTH or not (serial_no.isascii() and serial_no.isdigit()):
        return False
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(serial_no)]
    return sum(each // 10 + each % 10 for each in doubled) % 10 != 0


def stock_level(available: int, *, reorder_level: int | None, shop_level: int) -> str:
    """`out`, `low` or nothing to say, as the filter of the ledgers has it."""
    if available > (shop_level if reorder_level is None else reorder_level):
        return ""
    return "low" if available > 0 else "out"


def plan_entry(wanted: WantedEntry, facts: StockFacts) -> PlannedEntry:
    """Decide one entry made by hand. Refuses in this order: 404 store and variant, 400 serial_count_mismatch,
    409 serial_exists or serial_not_available, 409 insufficient_stock."""
    variant = require_variant(wanted.variant_id, facts)
    movement = movement_of(wanted.entry_type, wanted.quantity)
    errors = _count_errors("serial_numbers", wanted.serial_numbers, abs(wanted.quantity), variant)
    if errors:
        raise invalid(errors)
    waits = movement.sign > 0 and variant.require_stock_in_approval
    moves, bad = _serial_moves("serial_numbers", wanted.serial_numbers, movement, variant.id, facts)
    if bad:
        raise _bad_serials(movement, bad)
    delta = movement.sign * abs(wanted.quantity)
    refuse_short([Need("quantity", variant, -delta)])
    refuse_overfull(variant, delta)
    if waits:
        moves = tuple(SerialMove(move.serial_no, move.from_status, PENDING) for move in moves)
    return PlannedEntry(
        entry_type=wanted.entry_type,
        status=PENDING_APPROVAL if waits else POSTED,
        store_id=facts.store_id,
        variant_id=variant.id,
        quantity=wanted.quantity,
        delta=delta,
        serials=moves,
        unit_price=wanted.unit_price,
        booking_id=wanted.booking_id,
        reason=wanted.reason,
        reference=wanted.reference,
    )


def plan_sale_lines(lines: Sequence[StockLine], facts: StockFacts) -> list[PlannedEntry]:
    """Decide what the lines of one bill take from the shelf, one `sale` entry a line, in the order of the
    lines.

    The same variant may stand in several lines: its quantities add up. Refuses, each with every bad line at
    once: 404 `line_items.<i>.variant`, 400 serial_count_mismatch, 409 serial_not_available, 409
    insufficient_stock.
    """
    return _plan_lines("sale", lines, facts)


def plan_return_lines(lines: Sequence[StockLine], facts: StockFacts) -> list[PlannedEntry]:
    """Decide what comes back with a credit note, one `return_in` entry a line that is put on the shelf again.

    Where a line names its `invoice_line_id`, its serials must have been sold last by that very line. A
    document never waits for approval. Refuses as `plan_sale_lines`.
    """
    return _plan_lines("return_in", lines, facts)


def _plan_lines(entry_type: str, lines: Sequence[StockLine], facts: StockFacts) -> list[PlannedEntry]:
    movement = movement_of(entry_type, 1)
    _refuse_unknown(lines, facts)
    errors = []
    for line in lines:
        field = f"line_items.{line.position}.serial_numbers"
        errors += _count_errors(field, line.serial_numbers, line.quantity, facts.variants[line.variant_id])
    if errors:
        raise invalid(errors)
    planned, bad, seen = [], [], set[str]()
    for line in lines:
        field = f"line_items.{line.position}.serial_numbers"
        moves, bad_here = _serial_moves(
            field, line.serial_numbers, movement, line.variant_id, facts, line, seen
        )
        seen.update(line.serial_numbers)
        bad += bad_here
        if not bad:
            planned.append(_planned_line(entry_type, movement, line, moves, facts.store_id))
    if bad:
        raise _bad_serials(movement, bad)
    refuse_short(_needs(lines, facts) if movement.sign < 0 else [])
    for line in lines:
        refuse_overfull(facts.variants[line.variant_id], movement.sign * line.quantity)
    return planned


def _planned_line(
    entry_type: str, movement: Movement, line: StockLine, moves: tuple[SerialMove, ...], store_id: int
) -> PlannedEntry:
    return PlannedEntry(
        entry_type=entry_type,
        status=POSTED,
        store_id=store_id,
        variant_id=line.variant_id,
        quantity=line.quantity,
        delta=movement.sign * line.quantity,
        serials=moves,
        unit_price=line.unit_price,
        booking_id=line.booking_id,
        invoice_line_id=line.invoice_line_id,
    )


@dataclass(frozen=True, slots=True)
class Need:
    """Units of a variant that something takes from the shelf, with the field that asks for them."""

    field: str
    variant: VariantFacts
    units: int


def _needs(lines: Sequence[StockLine], facts: StockFacts) -> list[Need]:
    """Each line with what its variant needs in all lines together."""
    totals: dict[int, int] = {}
    for line in lines:
        totals[line.variant_id] = totals.get(line.variant_id, 0) + line.quantity
    return [
        Need(f"line_items.{line.position}.quantity", facts.variants[line.variant_id], totals[line.variant_id])
        for line in lines
    ]


def require_variant(variant_id: int, facts: StockFacts) -> VariantFacts:
    if not facts.store_exists:
        raise not_found("store", field="store")
    if variant_id not in facts.variants:
        raise not_found("variant", field="product_variant")
    return facts.variants[variant_id]


def _refuse_unknown(lines: Sequence[StockLine], facts: StockFacts) -> None:
    if not facts.store_exists:
        raise not_found("store", field="store")
    message = "There is no such variant."
    errors = [
        FieldError(f"line_items.{line.position}.variant", "not_found", message)
        for line in lines
        if line.variant_id not in facts.variants
    ]
    if errors:
        raise Refusal(404, "not_found", message, errors=errors)


def _count_errors(field: str, serials: Sequence[str], size: int, variant: VariantFacts) -> list[FieldError]:
    """As many distinct serials as units where the category tracks them; otherwise none."""
    needed = size if variant.track_serials else 0
    distinct = len(set(serials))
    if distinct == needed:
        return []
    if needed:
        message = f"Give {needed} different serial numbers, one for each unit: {distinct} were given."
    else:
        message = "This category does not track serial numbers. Leave them out."
    return [FieldError(field, "serial_count_mismatch", message, {"needed": needed, "given": distinct})]


def _serial_moves(
    field: str,
    serials: Sequence[str],
    movement: Movement,
    variant_id: int,
    facts: StockFacts,
    line: StockLine | None = None,
    taken: frozenset[str] | set[str] = frozenset(),
) -> tuple[tuple[SerialMove, ...], list[FieldError]]:
    """What each serial does, and an error for each that cannot. `taken` are those of earlier lines."""
    moves: list[SerialMove] = []
    bad: list[FieldError] = []
    for index, serial_no in enumerate(serials):
        known = facts.serials.get(serial_no)
        if serial_no not in taken and _may_move(known, movement, variant_id, facts.store_id, line):
            moves.append(SerialMove(serial_no, known.status if known else NEW, movement.gives))
        else:
            bad.append(
                _serial_error(f"{field}.{index}", serial_no, known, movement, is_repeated=serial_no in taken)
            )
    return tuple(moves), bad


def _may_move(
    known: SerialFacts | None, movement: Movement, variant_id: int, store_id: int, line: StockLine | None
) -> bool:
    if known is None:
        return movement.takes == NEW
    if known.is_void:
        # Its coming in was taken back, so it counts as never having been here.
        return movement.takes == NEW and known.status == WRITTEN_OFF
    if (known.variant_id, known.store_id) != (variant_id, store_id):
        return False
    if known.status not in (movement.takes, movement.retakes):
        return False
    if movement.takes == SOLD and line is not None and line.invoice_line_id is not None:
        return known.sold_on_line == line.invoice_line_id
    return True


def _serial_error(
    field: str, serial_no: str, known: SerialFacts | None, movement: Movement, *, is_repeated: bool
) -> FieldError:
    code = "serial_exists" if movement.takes == NEW else "serial_not_available"
    place = {"status": known.status, "store": known.store_id} if known else {"status": None, "store": None}
    if is_repeated:
        message = f"{serial_no} stands in an earlier line already."
    elif known is None:
        message = f"{serial_no} is not known here."
    elif movement.takes == NEW:
        message = f"{serial_no} is known already: {known.status}."
    else:
        message = f"{serial_no} is {known.status}, or stands in another store or as another variant."
    return FieldError(field, code, message, {"serial_no": serial_no, **place})


def _bad_serials(movement: Movement, bad: Sequence[FieldError]) -> Refusal:
    if movement.takes == NEW:
        return conflict(
            "serial_exists",
            "Some of these units came in before. Check the numbers; a sold unit comes back by a return.",
            errors=bad,
        )
    wanted = "sold from this store" if movement.takes == SOLD else "available in this store"
    return conflict(
        "serial_not_available",
        f"Some of these units are not {wanted}. Scan them again, or take others.",
        errors=bad,
    )


def refuse_short(needs: Sequence[Need]) -> None:
    """409 with every need that the shelf cannot meet; `requested` and `available` of the first."""
    short = [need for need in needs if need.units > 0 and need.units > need.variant.available]
    if not short:
        return
    errors = [
        FieldError(
            need.field,
            "insufficient_stock",
            f"{need.units} are asked for and {need.variant.available} are available.",
            {
                "product_variant": need.variant.id,
                "requested": need.units,
                "available": need.variant.available,
            },
        )
        for need in short
    ]
    raise insufficient_stock(requested=short[0].units, available=short[0].variant.available, errors=errors)


def insufficient_stock(*, requested: int, available: int, errors: Sequence[FieldError] = ()) -> Refusal:
    return conflict(
        "insufficient_stock",
        f"{requested} are asked for and {available} are available here. Take fewer, or bring stock in first.",
        errors=errors,
        requested=requested,
        available=available,
    )


def refuse_overfull(variant: VariantFacts, delta: int) -> None:
    if variant.quantity + delta > LEDGER_MAX:
        raise conflict(
            "ledger_full",
            f"A shelf holds at most {LEDGER_MAX} units of a variant. Check the quantity.",
            quantity=variant.quantity,
            quantity_max=LEDGER_MAX,
        )
