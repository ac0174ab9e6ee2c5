"""What a GSTR-1 is made of: the documents of one GSTIN in one month, as they were issued."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date as Day
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum

from finetune.gst.supply import BuyerClass
from finetune.gst.tax import ZERO, Nature, Treatment

_PERIOD = re.compile(r"(0[1-9]|1[0-2])(20[0-9]{2})")


class Kind(StrEnum):
    """What a document does. A debit note adds to its invoice, a credit note takes from it.

    `ADJUSTMENT` is no paper: it says that so much of an advance was used by an invoice.
    """

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    DEBIT_NOTE = "debit_note"
    RECEIPT_VOUCHER = "receipt_voucher"
    REFUND_VOUCHER = "refund_voucher"
    ADJUSTMENT = "adjustment"


NOTES = frozenset({Kind.CREDIT_NOTE, Kind.DEBIT_NOTE})
ADVANCES = frozenset({Kind.RECEIPT_VOUCHER, Kind.REFUND_VOUCHER, Kind.ADJUSTMENT})


@dataclass(frozen=True, slots=True)
class Period:
    """A calendar month in India: the return period."""

    year: int
    month: int

    def __post_init__(self) -> None:
        assert 1 <= self.month <= 12, self

    @property
    def first(self) -> Day:
        return Day(self.year, self.month, 1)

    @property
    def last(self) -> Day:
        return (self.first + timedelta(days=31)).replace(day=1) - timedelta(days=1)

    @property
    def text(self) -> str:
        """As the portal writes it: April 2026 is 042026."""
        return f"{self.month:02d}{self.year}"

    def covers(self, on: Day) -> bool:
        return (on.year, on.month) == (self.year, self.month)


def read_period(text: str) -> Period | None:
    """The month that MMYYYY names, or None where it names none since GST began.

    >>> read_period("042026"), read_period("132026")
    (Period(year=2026, month=4), None)
    """
    found = _PERIOD.fullmatch(text)
    if found is None or (int(found[2]), int(found[1])) < (2017, 7):
        return None
    return Period(int(found[2]), int(found[1]))


@dataclass(frozen=True, slots=True)
class Amounts:
    """Money that travels together, rupees to the paisa. UTGST travels in `sgst`."""

    taxable_value: Decimal = ZERO
    igst: Decimal = ZERO
    cgst: Decimal = ZERO
    sgst: Decimal = ZERO
    cess: Decimal = ZERO

    def __add__(self, other: "Amounts") -> "Amounts":
        return Amounts(
            self.taxable_value + other.taxable_value,
            self.igst + other.igst,
            self.cgst + other.cgst,
            self.sgst + other.sgst,
            self.cess + other.cess,
        )

    def __neg__(self) -> "Amounts":
        return Amounts(*(ZERO - each for each in self.parts))

    def __sub__(self, other: "Amounts") -> "Amounts":
        return self + -other

    def __bool__(self) -> bool:
        return any(self.parts)

    @property
    def parts(self) -> tuple[Decimal, ...]:
        return (self.taxable_value, self.igst, self.cgst, self.sgst, self.cess)

    @property
    def tax(self) -> Decimal:
        return self.igst + self.cgst + self.sgst + self.cess


def total_of(amounts: Iterable[Amounts]) -> Amounts:
    return sum(amounts, Amounts())


@dataclass(frozen=True, slots=True)
class TaxLine:
    """A line with the paise that were stored when it was issued. Never computed again here."""

    hsn_code: str
    description: str
    unit: str
    quantity: Decimal
    rate: Decimal
    treatment: Treatment
    amounts: Amounts

    @property
    def is_taxable(self) -> bool:
        return self.treatment is Treatment.TAXABLE


@dataclass(frozen=True, slots=True)
class Original:
    """The invoice that a note corrects, or the receipt voucher that an advance was taken on.

    `total` decides, with the date, whether a consumer's invoice was listed by itself.
    """

    number: str
    date: Day
    total: Decimal


@dataclass(frozen=True, slots=True)
class TaxDocument:
    """An issued document. All amounts are positive, also those of a note: the kind says which way they count.

    `id` says where to find it and is repeated in problems. `cancelled_on` is the day of its cancellation;
    `has_irn` whether the e-invoice portal knows it.
    """

    id: int
    kind: Kind
    number: str
    date: Day
    gstin: str
    state_code: str
    buyer_class: BuyerClass
    buyer_gstin: str
    place_of_supply: str
    nature: Nature
    total: Decimal
    lines: tuple[TaxLine, ...]
    reverse_charge: bool = False
    with_payment: bool = False
    is_composition: bool = False
    original: Original | None = None
    cancelled_on: Day | None = None
    has_irn: bool = False

    @property
    def counts(self) -> bool:
        """Whether it stands in any section but table 13: a cancelled or a composition dealer's does not."""
        return self.cancelled_on is None and not self.is_composition

    @property
    def is_registered(self) -> bool:
        """Whether the buyer has a GSTIN: one decision for the section and for the half of table 12."""
        return self.buyer_class in (BuyerClass.REGISTERED, BuyerClass.SEZ)

    @property
    def amounts(self) -> Amounts:
        return total_of(line.amounts for line in self.lines)

    @property
    def signed_amounts(self) -> Amounts:
        """What the document adds to what was supplied: negative for a credit note."""
        return -self.amounts if self.kind is Kind.CREDIT_NOTE else self.amounts


@dataclass(frozen=True, slots=True)
class NumberRange:
    """Numbers issued without a hole, of one series and run, on the integer behind the text."""

    kind: Kind
    series: str
    run: int
    first: int
    last: int
    first_text: str
    last_text: str
    cancelled: int

    def __post_init__(self) -> None:
        assert 1 <= self.first <= self.last, self
        assert 0 <= self.cancelled <= self.count, self

    @property
    def count(self) -> int:
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True)
class IssuedNumber:
    """One number of a series, as `number_ranges` takes it."""

    kind: Kind
    series: str
    run: int
    number: int
    text: str
    is_cancelled: bool = False


def number_ranges(numbers: Iterable[IssuedNumber]) -> list[NumberRange]:
    """Ranges without a hole, on integer order: 9999 comes before 10000, which text would turn round."""
    ranges: list[NumberRange] = []
    for each in sorted(numbers, key=lambda n: (n.kind, n.series, n.run, n.number)):
        last = ranges[-1] if ranges else None
        follows = last is not None and (last.kind, last.series, last.run, last.last + 1) == (
            each.kind,
            each.series,
            each.run,
            each.number,
        )
        if last is not None and follows:
            cancelled = last.cancelled + each.is_cancelled
            ranges[-1] = NumberRange(
                last.kind,
                last.series,
                last.run,
                last.first,
                each.number,
                last.first_text,
                each.text,
                cancelled,
            )
        else:
            ranges.append(
                NumberRange(
                    each.kind,
                    each.series,
                    each.run,
                    each.number,
                    each.number,
                    each.text,
                    each.text,
                    int(each.is_cancelled),
                )
            )
    return ranges
