"""How money comes in at the counters of the demo."""

from collections.abc import Sequence
from datetime import datetime
from decimal import ROUND_CEILING, ROUND_DOWN, Decimal
from typing import Final

from finetune.invoicing.models import Settlement
from finetune.ops.demo.people import seller_of
from finetune.ops.demo.stage import Stage
from finetune.payments.actions import take_payment
from finetune.payments.rules import EmiTerms, Tender

NOTE: Final = Decimal(500)
DOWN_PAYMENT_PART: Final = Decimal("0.2")
SUBVENTION: Final = Decimal(500)


class Till:
    """References count up, so that none is used twice."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.references = 0

    def tenders(self, mode: str, total: Decimal, at: datetime) -> list[Tender]:
        """The whole amount in one mode, or in two ("cash and upi"). A lender's part comes with cash."""
        if not total:
            return []
        if mode == "emi":
            return self._emi(total, at)
        first, _, second = mode.partition(" and ")
        if not second:
            return [self._tender(first, total, at)]
        part = (total / 3).quantize(Decimal(1), ROUND_DOWN)
        return [self._tender(first, part, at), self._tender(second, total - part, at)]

    def _tender(self, mode: str, amount: Decimal, at: datetime) -> Tender:
        if mode == "cash":
            notes = (amount / NOTE).to_integral_value(ROUND_CEILING) * NOTE
            return Tender(mode=mode, amount=amount, tendered=notes, received_at=at)
        return Tender(mode=mode, amount=amount, reference=self._reference(mode), received_at=at)

    def _emi(self, total: Decimal, at: datetime) -> list[Tender]:
        down = (total * DOWN_PAYMENT_PART).quantize(Decimal(1), ROUND_DOWN)
        financed = total - down - SUBVENTION
        terms = EmiTerms("Demo Finance", 9, financed, subvention=SUBVENTION, down_payment=down)
        lender = Tender(
            mode="emi", amount=total - down, reference=self._reference("emi"), emi=terms, received_at=at
        )
        return [self._tender("cash", down, at), lender]

    def _reference(self, mode: str) -> str:
        self.references += 1
        return f"DEMO-{mode.upper()}-{self.references:06d}"

    def pay(
        self, code: str, invoice_id: int, number: int, mode: str, *, at: datetime, share: int = 1
    ) -> None:
        """Pay a bill, or half (`share` 2) of it. Its total never changes, so a rerun pays the same."""
        total = Settlement.objects.values_list("total", flat=True).get(pk=invoice_id)
        amount = (total / share).quantize(Decimal(1), ROUND_DOWN)
        tenders: Sequence[Tender] = self.tenders(mode, amount, at)
        if tenders:
            self.stage.play(
                take_payment, seller_of(code, number), f"pay:{number}", invoice_id=invoice_id, tenders=tenders
            )
