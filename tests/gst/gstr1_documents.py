"""Documents for the tests of returns: made short, and made at random."""

from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from finetune.gst.gstr1 import Amounts, Kind, Original, Period, TaxDocument, TaxLine
from finetune.gst.supply import BuyerClass
from finetune.gst.tax import ZERO, Nature, Treatment, half_up

PUNE, OTHER = "27AAPFU0939F1ZV", "29AAGCB7383J1Z4"
NOVEMBER = Period(2026, 11)
DAY = date(2026, 11, 22)


def line(
    value="100.00", *, rate="18", inter=False, treatment="taxable", hsn="998716", unit="NA", quantity="1"
):
    """A line with the tax that goes with it, each half rounded by itself."""
    taxable, percent = Decimal(value), Decimal(rate) if treatment == "taxable" else Decimal(0)
    half, whole = half_up(taxable * percent / 200), half_up(taxable * percent / 100)
    amounts = Amounts(taxable, whole, ZERO, ZERO) if inter else Amounts(taxable, ZERO, half, half)
    return TaxLine(hsn, "Display", unit, Decimal(quantity), percent, Treatment(treatment), amounts)


def document(*lines, kind="invoice", number="FT-INV-0001", buyer="unregistered", place="27", **given):
    """An issued document of the shop in Pune."""
    buyer_class = BuyerClass(buyer)
    inter = place != "27" or buyer in ("sez", "export")
    given.setdefault("buyer_gstin", OTHER if buyer in ("registered", "sez") else "")
    given.setdefault("date", DAY)
    lines = lines or (line(inter=inter),)
    total = sum((each.amounts.taxable_value + each.amounts.tax for each in lines), ZERO)
    return TaxDocument(
        **{
            "id": 1, "kind": Kind(kind), "number": number, "gstin": PUNE, "state_code": "27",
            "buyer_class": buyer_class, "place_of_supply": place, "total": total, "lines": lines,
            "nature": Nature.INTER if inter else Nature.INTRA, **given,
        }
    )  # fmt: skip


def original(number="FT-INV-0001", on=DAY, total="118.00"):
    return Original(number, on, Decimal(total))


PAISE = st.integers(0, 15_000_000).map(lambda n: str(Decimal(n).scaleb(-2)))
RATES = st.sampled_from(["0", "0.25", "5", "12", "18", "28", "40"])
TREATMENTS = st.sampled_from(["taxable"] * 5 + ["nil", "exempt", "non_gst"])
HSNS = st.sampled_from([("998716", "NA"), ("85171300", "NOS"), ("8517", "PCS"), ("", "NOS")])


@st.composite
def random_lines(draw, inter):
    made = []
    for _ in range(draw(st.integers(1, 4))):
        hsn, unit = draw(HSNS)
        quantity = str(Decimal(draw(st.integers(1, 9_000))).scaleb(-3))
        value, rate, treatment = draw(PAISE), draw(RATES), draw(TREATMENTS)
        made.append(
            line(value, rate=rate, inter=inter, treatment=treatment, hsn=hsn, unit=unit, quantity=quantity)
        )
    return tuple(made)


@st.composite
def random_documents(draw):
    """A month of a shop: every buyer, every kind of document, some cancelled."""
    made = []
    for n in range(draw(st.integers(0, 12))):
        kind = draw(st.sampled_from(list(Kind)))
        advance = kind in (Kind.RECEIPT_VOUCHER, Kind.REFUND_VOUCHER, Kind.ADJUSTMENT)
        buyer = "unregistered" if advance else draw(st.sampled_from([each.value for each in BuyerClass]))
        place = "96" if buyer == "export" else draw(st.sampled_from(["27", "29", "04"]))
        inter = place != "27" or buyer in ("sez", "export")
        lines = draw(random_lines(inter))
        if advance:
            lines = tuple(each for each in lines if each.is_taxable) or (line(inter=inter),)
        behind = None
        if kind not in (Kind.INVOICE, Kind.RECEIPT_VOUCHER):
            on = draw(st.sampled_from([DAY, date(2026, 9, 30), date(2024, 7, 31)]))
            behind = original("FT-X-1", on, draw(PAISE))
        made.append(
            document(
                *lines, kind=kind.value, number=f"FT-{n}", buyer=buyer, place=place, original=behind,
                reverse_charge=buyer == "registered" and draw(st.booleans()), id=n + 1,
                with_payment=draw(st.booleans()),
                cancelled_on=DAY if draw(st.integers(0, 5)) == 0 else None,
            )
        )  # fmt: skip
    return made
