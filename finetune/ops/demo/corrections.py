"""What comes after a bill in the demo: returns, credit that is spent, refunds, deposits."""

from dataclasses import replace
from decimal import Decimal
from typing import Final

from finetune.bookings.rules import CANCELLED
from finetune.crediting.actions import issue_credit_note
from finetune.crediting.rules import WantedReturn
from finetune.invoicing.actions import issue_invoice
from finetune.invoicing.models import InvoiceLineItem, Settlement
from finetune.invoicing.records import Order, WantedLine
from finetune.ops.demo import repairs
from finetune.ops.demo.people import PUNE
from finetune.ops.demo.trade import Trade
from finetune.payments.actions import refund_deposit, sell, take_deposit, take_payment
from finetune.payments.rules import Tender
from finetune.refunds.actions import decide_refund, refund_payment

ROOM: Final = "corrections"


class Corrections:
    """Each scene bills on the last day of trade, in Pune, and then something about it changes."""

    def __init__(self, trade: Trade) -> None:
        self.trade, self.stage, self.till = trade, trade.stage, trade.till
        self.at = self.stage.instant(self.stage.days, 20)

    def sale(
        self, key: str, customer: str, sku: str, count: int, tenders: list[Tender]
    ) -> tuple[int, list[int]]:
        """A counter sale, paid or not; the bill's id and those of its payments."""
        order = self.trade.counter_order(
            self.stage.days,
            PUNE,
            [self.trade.line(PUNE, sku, count)],
            customer_id=self.stage.customers[customer],
        )
        made = self.stage.play(sell, "manager", f"{ROOM}:{key}", order=order, tenders=tenders)
        return int(made.ref["invoice"]), list(made.ref["ids"])

    def credit(self, key: str, invoice_id: int, count: int, reason: str, *, restock: bool = True) -> None:
        """A credit note for units of the bill's first line."""
        line = InvoiceLineItem.objects.get(invoice_id=invoice_id, position=1)
        serials = tuple(line.serial_numbers[:count])
        wanted = [WantedReturn(line.pk, Decimal(count), serials, restock)]
        self.stage.play(
            issue_credit_note, "manager", f"{ROOM}:{key}", invoice_id=invoice_id, wanted=wanted, reason=reason
        )

    def price(self, sku: str, count: int = 1) -> Decimal:
        return self.trade.prices[sku] * count

    def one_too_many(self) -> None:
        """One of two chargers comes back. The money becomes credit, and pays for a glass."""
        paid = self.till.tenders("upi", self.price("CH-20", 2), self.at)
        invoice_id, _ = self.sale("chargers", "Demo Customer 02", "CH-20", 2, paid)
        self.credit("charger back", invoice_id, 1, "One too many")
        self.trade.shelves.put_back(PUNE, "CH-20", 1)
        spent = [Tender(mode="credit", amount=self.price("TG-PRV"), received_at=self.at)]
        self.sale("glass on credit", "Demo Customer 02", "TG-PRV", 1, spent)

    def dead_on_arrival(self) -> None:
        """A phone that never worked: not to be sold again, and the cash goes back."""
        price = self.price("DPL-064-GRN")
        paid = self.till.tenders("cash", price, self.at)
        invoice_id, [payment_id] = self.sale("dead phone", "Demo Customer 03", "DPL-064-GRN", 1, paid)
        self.credit("dead phone back", invoice_id, 1, "Dead on arrival", restock=False)
        self.refund("dead phone refund", payment_id, price)

    def refund(self, key: str, payment_id: int, amount: Decimal) -> int:
        return self.stage.play(
            refund_payment,
            "manager",
            f"{ROOM}:{key}",
            payment_id=payment_id,
            amount=amount,
            mode=None,
            reason="Given back",
            reference="",
        ).id

    def less_than_billed(self) -> None:
        """A firm owes for two earbuds and sends one back before it pays: it owes less."""
        invoice_id, _ = self.sale("earbuds", "Demo Taxi Co", "EB-BLK", 2, [])
        self.credit("earbuds back", invoice_id, 1, "One was not ordered")
        self.trade.shelves.put_back(PUNE, "EB-BLK", 1)

    def paid_too_much(self) -> None:
        """A firm pays Rs 100 more than it owes and keeps that as credit."""
        invoice_id, _ = self.sale("too much", "Demo Repairs Pvt Ltd", "CB-1M", 3, [])
        tenders = self.till.tenders("upi", self.price("CB-1M", 3) + 100, self.at)
        key = f"{ROOM}:too much paid"
        self.stage.play(
            take_payment, "manager", key, invoice_id=invoice_id, tenders=tenders, allow_credit=True
        )

    def goodwill(self) -> None:
        """A part goes back to the card. The bank carried one out, turned one down, and is silent on the last."""
        answers = {"Demo Customer 04": True, "Demo Customer 09": False, "Demo Customer 05": None}
        for number, (customer, answer) in enumerate(answers.items(), start=1):
            paid = self.till.tenders("card", self.price("EP-WIR"), self.at)
            _, [payment_id] = self.sale(f"goodwill {customer}", customer, "EP-WIR", 1, paid)
            refund_id = self.refund(f"goodwill refund {customer}", payment_id, Decimal(50))
            if answer is not None:
                self.stage.play(
                    decide_refund,
                    "manager",
                    f"{ROOM}:goodwill answer {customer}",
                    refund_id=refund_id,
                    succeeded=answer,
                    reference=f"DEMO-BANK-{number:04d}",
                    reason="" if answer else "The card is closed",
                )

    def deposit(self, number: int, customer: str, mode: str, amount: int) -> tuple[int, int]:
        """A phone is left for repair with an advance; the booking's and the deposit's ids."""
        booking_id = repairs.open_job(
            self.stage, number=number, code=PUNE, customer=customer, job=repairs.JOBS[0]
        )
        [tender] = self.till.tenders(mode, Decimal(amount), self.at)
        made = self.stage.play(
            take_deposit,
            "advisor",
            f"{ROOM}:deposit:{number}",
            booking_id=booking_id,
            tender=replace(tender, tendered=None),
            supply="service",
            gst_rate=Decimal(18),
            description="",
        )
        return booking_id, made.id

    def advance_that_paid(self) -> None:
        booking_id, _ = self.deposit(9100, "Demo Customer 06", "cash", 1000)
        repairs.move_along(self.stage, booking_id, number=9100, code=PUNE, to=repairs.ROAD[:-1])
        part = self.trade.line(PUNE, repairs.JOBS[0].part)
        labour = WantedLine(
            quantity=Decimal(1),
            description="Display fitted",
            hsn_code="998716",
            unit_price=Decimal("450.00"),
            gst_rate=Decimal(18),
        )
        order = Order(
            lines=(part, labour), booking_id=booking_id, invoice_date=self.stage.day(self.stage.days)
        )
        invoice_id = self.stage.play(issue_invoice, "advisor", f"{ROOM}:advance bill", order=order).id
        settlement = Settlement.objects.get(pk=invoice_id)
        rest = self.till.tenders("upi", settlement.total - settlement.amount_deposited, self.at)
        self.stage.play(take_payment, "advisor", f"{ROOM}:advance rest", invoice_id=invoice_id, tenders=rest)
        repairs.move_along(self.stage, booking_id, number=9100, code=PUNE, to=repairs.ROAD[-1:])

    def advance_that_went_back(self) -> None:
        booking_id, deposit_id = self.deposit(9101, "Demo Customer 07", "upi", 500)
        repairs.move_along(self.stage, booking_id, number=9101, code=PUNE, to=("diagnosing", CANCELLED))
        self.stage.play(
            refund_deposit,
            "manager",
            f"{ROOM}:advance back",
            deposit_id=deposit_id,
            amount=None,
            mode=None,
            reference="DEMO-BANK-0009",
            reason="Taken back unrepaired",
        )


def second_thoughts(trade: Trade) -> None:
    scenes = Corrections(trade)
    scenes.one_too_many()
    scenes.dead_on_arrival()
    scenes.less_than_billed()
    scenes.paid_too_much()
    scenes.advance_that_paid()
    scenes.advance_that_went_back()
    # One advance is still open: its phone is on the bench.
    scenes.deposit(9102, "Demo Customer 08", "cash", 300)
    scenes.goodwill()
