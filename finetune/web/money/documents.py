"""One payment, refund, credit note or deposit, and what may be done with it: give back, record what the bank said."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import msgspec
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from finetune.core.listing import Row
from finetune.core.money import ZERO
from finetune.crediting.queries import note
from finetune.deposits.queries import deposit
from finetune.payments.actions import refund_deposit
from finetune.payments.deposit_schemas import DepositRefundIn
from finetune.payments.queries import payment
from finetune.refunds.actions import decide_refund, refund_payment
from finetune.refunds.queries import refund
from finetune.refunds.rules import CREDIT, ONLY_AS_IT_CAME
from finetune.refunds.schemas import OutcomeIn, RefundIn
from finetune.web.money.queries import around_payment, name_of_user
from finetune.web.shell.forms import Field, Form
from finetune.web.shell.visit import Visit, id_of, page
from finetune.web.words import MODE_WORDS

REASON = Field("reason", gettext_lazy("Reason"), required=True, maxlength=500, is_wide=True)
REFERENCE = Field("reference", gettext_lazy("Reference"), maxlength=35)
AMOUNT = Field("amount", gettext_lazy("Amount"), "money", required=True)


def _how(modes: tuple[str, ...], own: str) -> Field:
    words = [("", _("As it came: %(mode)s") % {"mode": MODE_WORDS[own]})]
    return Field(
        "mode", gettext_lazy("How"), "choice", [*words, *((each, MODE_WORDS[each]) for each in modes)]
    )


@page("payment.read")
def show_payment(visit: Visit, payment_id: str) -> HttpResponse:
    row = payment(visit.caller, id_of(payment_id, "payment"))
    around = around_payment(row["id"])
    refunds = [{**each, "words": MODE_WORDS[each["mode"]]} for each in around["refunds"]]
    return visit.render(
        "web/money/payment.html",
        payment=row,
        around=around,
        mode=MODE_WORDS[row["mode"]],
        refunds=refunds,
        ceiling=ceiling_of(row, around),
        may_refund=visit.may("refund.give") and around["kept"] is not None and around["refundable"] > 0,
    )


def ceiling_of(row: Row, around: Row) -> Decimal:
    """What can go back the way it came; the books ask again under their locks."""
    if around["kept"] is None:
        return ZERO
    credit = ZERO if row["mode"] == CREDIT else around["credit"]
    bounds: list[Decimal] = [around["refundable"], around["kept"] + credit]
    if row["mode"] in ONLY_AS_IT_CAME:
        bounds.append(around["left_in_mode"])
    return max(ZERO, min(bounds))


@page("refund.give", methods=("GET", "POST"))
def give_back(visit: Visit, payment_id: str) -> HttpResponse:
    row = payment(visit.caller, id_of(payment_id, "payment"))
    around = around_payment(row["id"])
    ceiling = ceiling_of(row, around)
    others = tuple(mode for mode in ("cash", "upi", "card", "emi", "credit") if mode != row["mode"])
    hint = _("Up to ₹%(ceiling)s the way it came") % {"ceiling": f"{ceiling:f}"}
    fields = (replace(AMOUNT, hint=hint), _how(others, row["mode"]), REFERENCE, REASON)
    form = Form(fields, initial={"amount": ceiling or ""})
    if visit.request.method == "POST":
        form = form.fill(visit.request.POST)
        with form.refusals():
            body = form.body(RefundIn)
            made = refund_payment(
                actor=visit.actor,
                payment_id=row["id"],
                amount=body.amount,
                mode=body.mode,
                reason=body.reason,
                reference=body.reference,
            )
            return visit.go(f"/refunds/{made.id}/", _("The money goes back."))
    return visit.render(
        "web/form.html",
        status=form.status,
        form=form,
        title=_("Give money back"),
        lead=_("A refund is money, not tax: what no credit note took off the bill is owed on it again."),
        back=(f"/payments/{row['id']}/", _("Payment")),
        submit=_("Give it back"),
    )


@page("refund.read")
def show_refund(visit: Visit, refund_id: str) -> HttpResponse:
    row = refund(visit.caller, id_of(refund_id, "refund"))
    return visit.render(
        "web/money/refund.html",
        refund=row,
        mode=MODE_WORDS[row["mode"]],
        by=name_of_user(row["refunded_by"]),
        may_decide=row["status"] == "initiated" and visit.may("refund.give"),
    )


OUTCOME = (
    Field(
        "succeeded",
        gettext_lazy("What did the bank say?"),
        "choice",
        (("true", gettext_lazy("It arrived")), ("false", gettext_lazy("It failed"))),
    ),
    REFERENCE,
    replace(REASON, required=False, hint=gettext_lazy("Why it failed")),
)
SAID = {"true": True, "false": False}


@page("refund.give", methods=("GET", "POST"))
def decide(visit: Visit, refund_id: str) -> HttpResponse:
    """What the bank said, once. Money that did not arrive pays the bill again, or becomes the customer's credit."""
    row = refund(visit.caller, id_of(refund_id, "refund"))
    form = Form(OUTCOME)
    if visit.request.method == "POST":
        form = form.fill(visit.request.POST)
        with form.refusals():
            body = form.body(OutcomeIn, succeeded=SAID.get(form.values["succeeded"]))
            decide_refund(
                actor=visit.actor,
                refund_id=row["id"],
                succeeded=body.succeeded,
                reference=body.reference,
                reason=body.reason,
            )
            return visit.go(f"/refunds/{row['id']}/", _("The outcome is recorded."))
    return visit.render(
        "web/form.html",
        status=form.status,
        form=form,
        title=_("What came of the refund"),
        lead=_("It is recorded once."),
        back=(f"/refunds/{row['id']}/", _("Refund")),
    )


@page("credit_note.read")
def show_note(visit: Visit, note_id: str) -> HttpResponse:
    row = note(visit.caller, id_of(note_id, "credit note"))
    lines: list[dict[str, Any]] = msgspec.json.decode(row["line_items"])
    return visit.render(
        "web/money/note.html",
        note=row,
        lines=lines,
        by=name_of_user(row["created_by"]),
        is_inter=bool(row["igst"]),
    )


@page("deposit.read")
def show_deposit(visit: Visit, deposit_id: str) -> HttpResponse:
    row = deposit(visit.caller, id_of(deposit_id, "deposit"))
    return visit.render(
        "web/money/deposit.html",
        deposit=row,
        mode=MODE_WORDS[row["mode"]],
        by=name_of_user(row["created_by"]),
        may_refund=row["amount_open"] > 0 and visit.may("deposit.refund"),
    )


@page("deposit.refund", methods=("GET", "POST"))
def give_deposit_back(visit: Visit, deposit_id: str) -> HttpResponse:
    row = deposit(visit.caller, id_of(deposit_id, "deposit"))
    fields = (
        replace(AMOUNT, required=False, hint=_("All that is open, unless you say less")),
        _how(tuple(mode for mode in ("cash", "upi", "card") if mode != row["mode"]), row["mode"]),
        REFERENCE,
        REASON,
    )
    form = Form(fields, initial={"amount": row["amount_open"]})
    if visit.request.method == "POST":
        form = form.fill(visit.request.POST)
        with form.refusals():
            body = form.body(DepositRefundIn)
            refund_deposit(
                actor=visit.actor,
                deposit_id=row["id"],
                amount=body.amount,
                mode=body.mode,
                reference=body.reference,
                reason=body.reason,
            )
            return visit.go(f"/deposits/{row['id']}/", _("The deposit goes back, with a refund voucher."))
    return visit.render(
        "web/form.html",
        status=form.status,
        form=form,
        title=_("Give the deposit back"),
        lead=_("Where no repair followed. It writes a refund voucher."),
        back=(f"/deposits/{row['id']}/", row["voucher_number"]),
        submit=_("Give it back"),
    )
