"""Two weeks at the counters of the demo, day by day, since numbers go up with dates."""

import random
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from finetune.catalog.actions import change_variant
from finetune.gst.tax import Discount
from finetune.invoicing.actions import cancel_invoice, draft_invoice, issue_invoice
from finetune.invoicing.records import Order, WantedLine
from finetune.ops.demo import repairs
from finetune.ops.demo.goods import BOOK, PRICES, SMALL_THINGS, TRACKED
from finetune.ops.demo.people import ABROAD, BENGALURU, CONSUMERS, NAGPUR, PUNE, STORES, seller_of
from finetune.ops.demo.stage import Stage
from finetune.ops.demo.stock import Shelves, buy_more
from finetune.ops.demo.till import Till
from finetune.payments.actions import sell

SMALL_SALES_A_DAY, PHONES_A_DAY, REPAIRS_A_DAY = 4, 2, 3
STATE_OF: Final = {code: state for code, _, state, _, _ in STORES}


class Trade:
    """The counters: what is sold to whom and how it is paid, drawn by chances that are always the same."""

    def __init__(self, stage: Stage, shelves: Shelves) -> None:
        self.stage, self.shelves, self.till = stage, shelves, Till(stage)
        self.prices = dict(PRICES)
        self.chance = random.Random()  # noqa: S311  # a story, not a secret
        self.number = 0

    def play_day(self, day: int) -> None:
        self.chance.seed(f"finetune demo {day}")
        sales: list[Callable[[int], None]] = [self.small_sale] * SMALL_SALES_A_DAY
        sales += [self.phone_sale] * PHONES_A_DAY + [self.repair] * REPAIRS_A_DAY
        self.chance.shuffle(sales)
        for sale in sales:
            self.number += 1
            sale(day)
        self.number += 1
        SPECIALS.get(day, Trade.firm_sale)(self, day)

    def somewhere(self) -> str:
        return self.chance.choice((PUNE, PUNE, NAGPUR, BENGALURU))

    def somebody(self, code: str) -> str:
        """A consumer of the store's own State."""
        own = [number for number, state in enumerate(CONSUMERS, start=1) if state == STATE_OF[code]]
        return f"Demo Customer {self.chance.choice(own):02d}"

    def line(self, code: str, sku: str, count: int = 1, **fields: Any) -> WantedLine:
        serials = self.shelves.take_units(code, sku, count)
        variant_id = self.stage.variants[sku]
        return WantedLine(quantity=Decimal(count), variant_id=variant_id, serial_numbers=serials, **fields)

    def counter_order(self, day: int, code: str, lines: list[WantedLine], **fields: Any) -> Order:
        return Order(
            lines=tuple(lines),
            store_id=self.stage.stores[code],
            counter_sale=True,
            invoice_date=self.stage.day(day),
            **fields,
        )

    def issue(self, code: str, order: Order) -> int:
        who, key = seller_of(code, self.number), f"bill:{self.number}"
        return self.stage.play(issue_invoice, who, key, order=order).id

    def small_sale(self, day: int) -> None:
        """One to three things, paid at once; a fifth of the buyers get a little off, half give a name."""
        code = self.somewhere()
        skus = self.chance.sample(self.shelves.has(code, SMALL_THINGS, 2), self.chance.randint(1, 3))
        counts = [self.chance.choice((1, 1, 2)) for _ in skus]
        total = sum((self.prices[sku] * count for sku, count in zip(skus, counts, strict=True)), Decimal(0))
        off = Decimal(self.chance.choice((0, 0, 0, 0, 10)))
        buyer = self.stage.customers[self.somebody(code)] if self.chance.random() < 0.5 else None
        lines = [self.line(code, sku, count) for sku, count in zip(skus, counts, strict=True)]
        order = self.counter_order(
            day, code, lines, customer_id=buyer, discount=Discount(amount=off) if off else None
        )
        self.sell(day, code, order, total - off, self.chance.choice(("cash", "cash", "upi", "upi", "card")))

    def sell(self, day: int, code: str, order: Order, total: Decimal, mode: str) -> int:
        """Bill and money in one call, as the counter does it."""
        at = self.stage.instant(day, self.chance.randint(10, 20), self.chance.randint(0, 59))
        tenders = self.till.tenders(mode, total, at)
        who, key = seller_of(code, self.number), f"sale:{self.number}"
        made = self.stage.play(sell, who, key, order=order, tenders=tenders)
        return int(made.ref["invoice"])

    def phone_sale(self, day: int) -> None:
        """A phone with its IMEI and a glass, paid in one of the ways that phones are paid in."""
        code = self.somewhere()
        sku = self.chance.choice(self.shelves.has(code, TRACKED))
        lines, total = [self.line(code, sku)], self.prices[sku]
        if self.shelves.has(code, ("TG-PRV",)) and self.chance.random() < 0.6:
            lines.append(self.line(code, "TG-PRV"))
            total += self.prices["TG-PRV"]
        order = self.counter_order(day, code, lines, customer_id=self.stage.customers[self.somebody(code)])
        modes = ("card", "upi", "cash and upi") if total < 10000 else ("card", "upi", "emi", "cash and card")
        self.sell(day, code, order, total, self.chance.choice(modes))

    def repair(self, day: int) -> None:
        code = self.somewhere()
        job = self.chance.choice(repairs.JOBS)
        if not self.shelves.has(code, (job.part,)):
            job = repairs.LABOUR_ONLY
        part = self.line(code, job.part) if job.part else None
        # Early bills that stay unpaid are overdue by now.
        pays = self.chance.choice(("cash", "upi", "card", "half", "all later"))
        repairs.repair_and_bill(
            self.stage, self.till, number=self.number, day=day, code=code, customer=self.somebody(code),
            job=job, part=part, pays=pays,
        )  # fmt: skip

    def firm_sale(self, day: int) -> None:
        """Things for a firm with a GSTIN, on a week's credit. Some have paid half by now."""
        code = self.chance.choice((PUNE, BENGALURU))
        firm = self.chance.choice(
            ("Demo Repairs Pvt Ltd", "Demo Taxi Co", "Demo School Trust", "Demo Traders")
        )
        skus = self.chance.sample(self.shelves.has(code, SMALL_THINGS, 4), 2)
        lines = [self.line(code, sku, 2, discount=Discount(percent=Decimal("7.5"))) for sku in skus]
        due = self.stage.day(day + 7)
        order = self.counter_order(day, code, lines, customer_id=self.stage.customers[firm], due_date=due)
        invoice_id = self.issue(code, order)
        if day % 2:
            self.till.pay(code, invoice_id, self.number, "upi", share=2, at=self.stage.instant(day, 19))

    def book_alone(self, day: int) -> None:
        """A printed book is exempt: a bill of supply."""
        order = self.counter_order(day, PUNE, [self.line(PUNE, BOOK, 2)])
        self.sell(day, PUNE, order, self.prices[BOOK] * 2, "cash")

    def book_with_cover(self, day: int) -> None:
        """Taxable and exempt on one paper, which only a consumer may get."""
        order = self.counter_order(day, NAGPUR, [self.line(NAGPUR, "SC-BLK"), self.line(NAGPUR, BOOK)])
        self.sell(day, NAGPUR, order, self.prices["SC-BLK"] + self.prices[BOOK], "upi")

    def sez_under_lut(self, day: int) -> None:
        self._to(day, PUNE, "Demo SEZ Unit", "CH-45", 3, with_payment_of_tax=False)

    def sez_with_tax(self, day: int) -> None:
        self._to(day, PUNE, "Demo SEZ Unit", "PB-10", 2, with_payment_of_tax=True)

    def export(self, day: int) -> None:
        self._to(day, BENGALURU, ABROAD, "EB-BLK", 2, with_payment_of_tax=False)

    def to_another_state(self, day: int) -> None:
        """A consumer whose recorded State is Goa: IGST, though she carries it away."""
        self._to(day, PUNE, f"Demo Customer {len(CONSUMERS):02d}", "SW-BLK", 1)

    def _to(self, day: int, code: str, customer: str, sku: str, count: int, **fields: Any) -> int:
        buyer = self.stage.customers[customer]
        order = self.counter_order(day, code, [self.line(code, sku, count)], customer_id=buyer, **fields)
        invoice_id = self.issue(code, order)
        self.till.pay(code, invoice_id, self.number, "card", at=self.stage.instant(day, 18))
        return invoice_id

    def cancelled(self, day: int) -> None:
        """Billed to the wrong customer, cancelled, and billed again."""
        code, sku = NAGPUR, self.chance.choice(self.shelves.has(NAGPUR, TRACKED))
        line = self.line(code, sku)
        wrong = self.counter_order(day, code, [line], customer_id=self.stage.customers[self.somebody(code)])
        invoice_id = self.issue(code, wrong)
        self.stage.play(
            cancel_invoice, "manager", f"cancel:{self.number}", invoice_id=invoice_id, reason="Wrong customer"
        )
        right = self.counter_order(day, code, [line], customer_id=self.stage.customers[self.somebody(code)])
        self.sell(day, code, right, self.prices[sku], "card")

    def delivery_and_new_prices(self, day: int) -> None:
        buy_more(self.shelves)
        for sku, price in (("DP1-128-BLK", "13999.00"), ("DP1-128-BLU", "13999.00"), ("PB-20", "1999.00")):
            variant_id = self.stage.variants[sku]
            changes = {"price": Decimal(price)}
            self.stage.play(
                change_variant,
                "manager",
                f"price:{sku}",
                variant_id=variant_id,
                version=None,
                changes=changes,
            )
            self.prices[sku] = Decimal(price)
        self.firm_sale(day)

    def much_off(self, day: int) -> None:
        """A fifth off the whole bill, within the store's ceiling."""
        code, sku = PUNE, "SW-BLK"
        off = Discount(percent=Decimal(20))
        order = self.counter_order(day, code, [self.line(code, sku)], discount=off)
        self.sell(day, code, order, (self.prices[sku] * Decimal("0.8")).quantize(Decimal(1)), "cash")


SPECIALS: Final[dict[int, Callable[[Trade, int], None]]] = {
    2: Trade.book_alone,
    3: Trade.sez_under_lut,
    4: Trade.cancelled,
    5: Trade.to_another_state,
    6: Trade.export,
    7: Trade.delivery_and_new_prices,
    8: Trade.much_off,
    9: Trade.book_with_cover,
    10: Trade.cancelled,
    11: Trade.sez_with_tax,
}


def drafts(stage: Stage) -> None:
    """Bills that somebody began and did not finish."""
    for number, name in enumerate(("Demo Customer 01", "Demo Repairs Pvt Ltd", "Demo Taxi Co"), start=1):
        line = WantedLine(
            quantity=Decimal(number),
            description="Service contract, a month",
            hsn_code="998716",
            unit_price=Decimal("1200.00"),
            gst_rate=Decimal(18),
        )
        order = Order(lines=(line,), store_id=stage.stores[PUNE], customer_id=stage.customers[name])
        stage.play(draft_invoice, "advisor", f"draft:{number}", order=order)
