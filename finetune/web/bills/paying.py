"""Take money on a bill: in one way or in several at once, all of it or none."""

import secrets
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from finetune.core.listing import Row
from finetune.core.money import ZERO, half_up
from finetune.documents.upi import reference_for, upi_link
from finetune.payments.actions import take_payment
from finetune.payments.rules import left_to_pay
from finetune.payments.schemas import PaymentIn
from finetune.web.bills.bill import read_bill
from finetune.web.bills.rows import FormRow, refuse_odd_text, rows_of_form, values_of, wants_other_rows
from finetune.web.shell.forms import Field, Form
from finetune.web.shell.pictures import qr_picture
from finetune.web.shell.visit import Visit, page
from finetune.web.words import MODE_WORDS

LOOK = "_look"
MODES = tuple((mode, MODE_WORDS[mode]) for mode in ("cash", "upi", "card", "emi", "credit"))
TENDER = (
    Field("mode", gettext_lazy("How"), "choice", MODES, required=True),
    Field("amount", gettext_lazy("Amount"), "money", required=True),
    Field(
        "reference", gettext_lazy("Reference"), hint=gettext_lazy("UTR, card slip or lender's"), maxlength=35
    ),
    Field("tendered", gettext_lazy("Cash handed over"), "money", hint=gettext_lazy("Where change is due")),
    Field("emi.provider", gettext_lazy("Lender"), maxlength=60),
    Field("emi.tenure_months", gettext_lazy("Months"), "id"),
    Field("emi.financed_amount", gettext_lazy("Financed"), "money"),
    Field("emi.subvention", gettext_lazy("Subvention"), "money"),
    Field("emi.down_payment", gettext_lazy("Down payment"), "money"),
)
MORE_THAN_OWED = (
    Field(
        "allow_credit",
        gettext_lazy("Keep what is too much as the customer's credit"),
        "flag",
        is_wide=True,
    ),
)


@page("payment.take", methods=("GET", "POST"))
def pay_bill(visit: Visit, invoice_id: str) -> HttpResponse:
    bill, around = read_bill(visit, invoice_id)
    form, data = Form(MORE_THAN_OWED), visit.request.POST
    if visit.request.method != "POST":
        rows = _rows(bill, None, {})
    elif wants_other_rows(data) or LOOK in data:
        form = form.fill(data)
        rows = _rows(bill, data, {})
        if visit.is_htmx and LOOK in data:
            return visit.render("web/bills/upi.html", bill=bill, **_upi(bill, around, rows))
    else:
        form = form.fill(data)
        rows = _rows(bill, data, {})
        with form.refusals():
            refuse_odd_text(data)
            body = PaymentIn.model_validate(_body(bill, rows, form))
            take_payment(
                actor=visit.actor,
                invoice_id=body.invoice,
                tenders=body.list_of_tenders(),
                allow_credit=body.allow_credit,
            )
            return visit.go(f"/invoices/{bill['id']}/", _("The money is taken."))
        rows = _rows(bill, data, form.errors)
    return visit.render(
        "web/bills/pay.html",
        status=form.status,
        form=form,
        rows=rows,
        bill=bill,
        around=around,
        **_upi(bill, around, rows),
    )


def _rows(bill: Row, data: Any, errors: dict[str, str]) -> list[FormRow]:
    start = {"mode": "cash", "amount": bill["balance_due"] or ""}
    rows = rows_of_form(TENDER, name="tenders", data=data, initial=(start,), errors=errors)
    if data is not None and rows and rows[-1].form.data is None:
        # A row that was just added is offered what is still to be covered.
        rest = left_to_pay(bill["balance_due"], _amounts(rows[:-1]))
        rows[-1].form.initial = {f"{rows[-1].prefix}amount": rest or ""}
    return rows


def _amounts(rows: Sequence[FormRow]) -> list[Decimal]:
    found = []
    for row in rows:
        try:
            amount = Decimal(values_of(row)["amount"] or "0")
        except InvalidOperation:
            continue
        found.append(amount if amount.is_finite() else ZERO)
    return found


def _body(bill: Row, rows: Sequence[FormRow], form: Form) -> dict[str, Any]:
    return {"invoice": bill["id"], "tenders": [_tender(row) for row in rows], **form.values}


def _tender(row: FormRow) -> dict[str, Any]:
    """What was typed for this way of paying. Fields that a way has no use for stay out where they are empty."""
    values = values_of(row)
    terms = {
        name.removeprefix("emi."): value
        for name, value in values.items()
        if name.startswith("emi.") and value not in (None, "")
    }
    tender = {name: value for name, value in values.items() if not name.startswith("emi.")}
    if values["mode"] != "cash":
        tender["tendered"] = None
    if values["mode"] in ("cash", "credit"):
        tender["reference"] = ""
    return tender | ({"emi": terms} if values["mode"] == "emi" else {})


def _upi(bill: Row, around: Row, rows: Sequence[FormRow]) -> dict[str, Any]:
    """A code for the part that is to come by UPI, or for all that is owed, with a reference of its own."""
    if not around["upi_vpa"] or bill["balance_due"] <= 0:
        return {}
    parts = _amounts([row for row in rows if row.form.data is not None and values_of(row)["mode"] == "upi"])
    amount = parts[0] if parts and ZERO < parts[0] <= bill["balance_due"] else bill["balance_due"]
    amount = half_up(amount)
    link = upi_link(
        vpa=around["upi_vpa"],
        payee=bill["seller"]["legal_name"] or bill["seller"]["name"],
        amount=amount,
        reference=reference_for(bill["invoice_number"] or "", secrets.token_hex(7)),
        note=f"Bill {bill['invoice_number']}",
    )
    return {"upi_qr": qr_picture(link), "upi_vpa": around["upi_vpa"], "upi_amount": amount}
