"""The shop as a newcomer would explain it: a few lists, and what each request must be answered.

It knows nothing of the product's code. Refusals are foretold by their codes; what is foretold as done changes it.
"""

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

PAISA, RUPEE = Decimal("0.01"), Decimal(1)
DONE: frozenset[str] = frozenset()


def refused(*codes: str) -> frozenset[str]:
    """Any of these codes may be told: two reasons hold, and their order is not this model's business."""
    return frozenset(codes)


def rounded(amount: Decimal, to: Decimal) -> Decimal:
    return amount.quantize(to, ROUND_HALF_UP)


def labour_total(price: Decimal, quantity: int) -> Decimal:
    """18 % within the State, each half rounded once, the whole to the rupee."""
    taxable = rounded(price * quantity, PAISA)
    half = rounded(taxable * 9 / 100, PAISA)
    return rounded(taxable + 2 * half, RUPEE)


@dataclass
class Entry:
    """A purchase that somebody entered."""

    id: int
    variant: int
    quantity: int
    serials: list[str]
    status: str = "posted"
    is_reversed: bool = False


@dataclass
class Bill:
    id: int
    total: Decimal
    variant: int | None = None
    quantity: int = 0
    serials: list[str] = field(default_factory=list)
    number: int | None = None
    paid: Decimal = Decimal(0)
    credited: Decimal = Decimal(0)
    is_credited: bool = False
    is_cancelled: bool = False

    @property
    def is_draft(self) -> bool:
        return self.number is None

    @property
    def balance(self) -> Decimal:
        return max(Decimal(0), self.total - self.credited - self.paid)


@dataclass
class Model:
    """What should be true now."""

    last_number: int = 0
    last_note: int = 0
    credit: Decimal = Decimal(0)
    stock: dict[int, int] = field(default_factory=dict)
    available: dict[int, set[str]] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    bills: list[Bill] = field(default_factory=list)

    # What a request must be answered.

    def taking(self, variant: int | None, quantity: int, serials: list[str]) -> frozenset[str]:
        if variant is None:
            return DONE
        if self.stock[variant] < quantity or not set(serials) <= self.available[variant]:
            return refused("insufficient_stock", "serial_not_available")
        return DONE

    def approving(self, entry: Entry, *, by_its_maker: bool) -> frozenset[str]:
        if entry.status != "pending_approval":
            return refused("not_pending")
        return refused("self_approval") if by_its_maker else DONE

    def reversing(self, entry: Entry) -> frozenset[str]:
        if entry.is_reversed:
            return refused("already_reversed")
        if entry.status != "posted":
            return refused("not_reversible")
        return self.taking(entry.variant, entry.quantity, entry.serials)

    def paying(self, bill: Bill, amount: Decimal, *, may_leave_credit: bool) -> frozenset[str]:
        if bill.is_draft or bill.is_cancelled:
            return refused("invoice_not_payable")
        if amount > bill.balance and not may_leave_credit:
            return refused("exceeds_balance")
        return DONE

    def cancelling(self, bill: Bill) -> frozenset[str]:
        if bill.is_draft:
            return refused("invoice_not_issued")
        if bill.is_cancelled:
            return refused("already_cancelled")
        if bill.is_credited or bill.paid:
            return refused("invoice_has_payments", "invoice_has_credit_notes")
        return DONE

    def crediting(self, bill: Bill) -> frozenset[str]:
        if bill.is_draft:
            return refused("invoice_not_issued")
        if bill.is_cancelled:
            return refused("invoice_cancelled")
        return refused("exceeds_remaining_quantity") if bill.is_credited else DONE

    # What it does when it is done.

    def bought(self, entry: Entry) -> None:
        self.entries.append(entry)
        if entry.status == "posted":
            self._move(entry.variant, entry.quantity, entry.serials)

    def approved(self, entry: Entry) -> None:
        entry.status = "posted"
        self._move(entry.variant, entry.quantity, entry.serials)

    def reversed(self, entry: Entry) -> None:
        entry.is_reversed = True
        self._move(entry.variant, -entry.quantity, entry.serials)

    def issued(self, bill: Bill) -> None:
        self.last_number += 1
        bill.number = self.last_number
        self._move(bill.variant, -bill.quantity, bill.serials)

    def paid(self, bill: Bill, amount: Decimal) -> None:
        taken = min(amount, bill.balance)
        bill.paid += taken
        self.credit += amount - taken

    def cancelled(self, bill: Bill) -> None:
        bill.is_cancelled = True
        self._move(bill.variant, bill.quantity, bill.serials)

    def credited(self, bill: Bill) -> None:
        """All of a bill at once: what was paid on it becomes the customer's."""
        self.last_note += 1
        bill.credited, bill.is_credited = bill.total, True
        self.credit += bill.paid
        self._move(bill.variant, bill.quantity, bill.serials)

    def _move(self, variant: int | None, quantity: int, serials: list[str]) -> None:
        if variant is None:
            return
        self.stock[variant] += quantity
        if quantity > 0:
            self.available[variant] |= set(serials)
        else:
            self.available[variant] -= set(serials)
