"""What lies on the shelves of the demo: opening stock, purchases, and what goes wrong with stock."""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from stdnum import luhn

from finetune.inventory.actions import approve_entry, post_entry, reject_entry, reverse_entry
from finetune.inventory.records import WantedEntry
from finetune.ops.demo.goods import BOOK, COSTS, SMALL_THINGS, SPARE_PARTS, TRACKED
from finetune.ops.demo.people import BENGALURU, NAGPUR, PUNE, head_of
from finetune.ops.demo.stage import Stage

# Reporting body 00 is that of test phones, so no real phone has such an IMEI.
TEST_IMEI: Final = "001001"
PHONES_EACH: Final = {PUNE: 6, NAGPUR: 4, BENGALURU: 4}
SMALL_EACH: Final = {PUNE: 24, NAGPUR: 14, BENGALURU: 14}
SPARES_EACH: Final = {PUNE: 12, NAGPUR: 8, BENGALURU: 8}
# Hardly any of these were left on the day of the count, so that the list of low stock has something to show.
RUNNING_OUT: Final = {
    (PUNE, "FC-BRN"): 2,
    (NAGPUR, "EB-WHT"): 1,
    (BENGALURU, "CB-2M"): 2,
    (NAGPUR, "SW-ROS"): 3,
}


def imei(number: int) -> str:
    """The 15 digits of the demo's unit of this number, with a valid check digit."""
    first = f"{TEST_IMEI}{number:08d}"
    return first + luhn.calc_check_digit(first)


@dataclass
class Shelves:
    """What the story still has to sell, kept beside the database so that it only asks for what is there."""

    stage: Stage
    left: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    units: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    imeis: int = 0

    def take_units(self, code: str, sku: str, count: int) -> tuple[str, ...]:
        """Take from the shelf; the serials of what has them."""
        self.left[code, sku] -= count
        assert self.left[code, sku] >= 0, (code, sku)
        units = self.units[code, sku]
        taken, units[:] = tuple(units[:count]), units[count:]
        return taken

    def put_back(self, code: str, sku: str, count: int, serials: tuple[str, ...] = ()) -> None:
        self.left[code, sku] += count
        self.units[code, sku] += serials

    def has(self, code: str, skus: tuple[str, ...], count: int = 1) -> list[str]:
        return [sku for sku in skus if self.left[code, sku] >= count]

    def post(self, key: str, code: str, kind: str, sku: str, quantity: int, **fields: Any) -> int:
        wanted = WantedEntry(
            entry_type=kind, variant_id=self.stage.variants[sku], quantity=quantity, **fields
        )
        store_id = self.stage.stores[code]
        return self.stage.play(post_entry, head_of(code), f"stock:{key}", store_id=store_id, wanted=wanted).id

    def buy(self, key: str, code: str, sku: str, quantity: int) -> int:
        """A purchase. Units of what is tracked get their numbers here."""
        serials: tuple[str, ...] = ()
        if sku in TRACKED:
            serials = tuple(imei(self.imeis + place) for place in range(1, quantity + 1))
            self.imeis += quantity
        price, reference = Decimal(COSTS[sku]), f"DEMO-PO-{key}"[:60]
        entry_id = self.post(
            key,
            code,
            "purchase",
            sku,
            quantity,
            serial_numbers=serials,
            unit_price=price,
            reference=reference,
        )
        if sku in SPARE_PARTS:
            self.stage.play(approve_entry, "admin", f"approve:{key}", entry_id=entry_id)
        self.put_back(code, sku, quantity, serials)
        return entry_id

    def count_in(self, key: str, code: str, sku: str, quantity: int) -> None:
        self.post(key, code, "adjustment", sku, quantity, reason="Counted at the opening of the demo")
        self.put_back(code, sku, quantity)


def open_the_shelves(stage: Stage) -> Shelves:
    """Phones with their IMEIs, accessories as counted, spare parts that the admin approved."""
    shelves = Shelves(stage)
    for code in (PUNE, NAGPUR, BENGALURU):
        for sku in TRACKED:
            shelves.buy(f"opening:{code}:{sku}", code, sku, PHONES_EACH[code])
        for sku in (*SMALL_THINGS, BOOK):
            quantity = RUNNING_OUT.get((code, sku), SMALL_EACH[code])
            shelves.count_in(f"opening:{code}:{sku}", code, sku, quantity)
        for sku in SPARE_PARTS:
            shelves.buy(f"opening:{code}:{sku}", code, sku, SPARES_EACH[code])
    return shelves


def buy_more(shelves: Shelves) -> None:
    """In the middle of the story a delivery comes in."""
    for sku in ("DP1-128-BLK", "DPL-064-GRN"):
        shelves.buy(f"second:{PUNE}:{sku}", PUNE, sku, 4)
    shelves.buy(f"second:{PUNE}:SP-DIS-1", PUNE, "SP-DIS-1", 6)


def mishaps(shelves: Shelves) -> None:
    """A broken phone, a miscount, a purchase typed twice, one turned down, and one that still waits."""
    stage = shelves.stage
    [broken] = shelves.take_units(NAGPUR, "DPL-064-GRN", 1)
    shelves.post(
        "damage", NAGPUR, "damage", "DPL-064-GRN", 1, serial_numbers=(broken,), reason="Fell at the counter"
    )
    shelves.take_units(PUNE, "TG-CLR", 2)
    shelves.post("miscount", PUNE, "adjustment", "TG-CLR", -2, reason="Two less at the weekly count")
    twice = shelves.post("typed-twice", BENGALURU, "purchase", "CH-20", 5, unit_price=Decimal("380.00"))
    stage.play(reverse_entry, "demo.bengaluru", "reverse:typed-twice", entry_id=twice, reason="Typed twice")
    wrong = shelves.post("turned-down", NAGPUR, "purchase", "SP-CAM", 50, unit_price=Decimal("1600.00"))
    stage.play(
        reject_entry, "admin", "reject:turned-down", entry_id=wrong, reason="Five were ordered, not 50"
    )
    shelves.post(
        "waiting", PUNE, "purchase", "SP-BAT-P", 5, unit_price=Decimal("1180.00"), reference="DEMO-PO-WAITING"
    )
