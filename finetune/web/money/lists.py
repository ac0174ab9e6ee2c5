"""The lists of money: payments, refunds, credit notes, customers' credit, deposits."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from finetune.core.caller import Caller
from finetune.core.listing import Row
from finetune.crediting.queries import credits, notes
from finetune.crediting.schemas import CreditNoteQuery, CreditQuery
from finetune.deposits.queries import deposits
from finetune.payments.deposit_schemas import DepositQuery
from finetune.payments.queries import payments
from finetune.payments.schemas import PaymentQuery
from finetune.refunds.queries import refunds
from finetune.refunds.schemas import RefundQuery
from finetune.web.money import queries
from finetune.web.shell.forms import Field
from finetune.web.shell.lists import Column, ListPage, Total, show_list, with_store
from finetune.web.shell.visit import Visit, page
from finetune.web.words import MODE_WORDS, STATUS_WORDS

TABS = (
    (_("Payments"), "/payments/"),
    (_("Deposits"), "/deposits/"),
    (_("Refunds"), "/refunds/"),
    (_("Credit notes"), "/credit-notes/"),
    (_("Customers' credit"), "/credits/"),
)
ALL = ("", _("All"))
DAYS = (Field("date_from", _("From"), "date"), Field("date_to", _("To"), "date"))
MODE = Field("mode", _("How"), "choice", (ALL, *((mode, MODE_WORDS[mode]) for mode in queries.MODES)))
OPEN = Field("open", _("Show"), "choice", (ALL, ("true", _("Still open")), ("false", _("Used up"))))
HIDDEN = tuple(
    Field(name, name, "hidden") for name in ("invoice", "customer", "deposit", "booking", "payment")
)


def _kept(*names: str) -> tuple[Field, ...]:
    """What a link from elsewhere asked for stays asked for."""
    return tuple(each for each in HIDDEN if each.name in names)


def _mode(row: Row) -> Any:
    return MODE_WORDS[row["mode"]]


def _bill(row: Row) -> str:
    return f"/invoices/{row['invoice']}/" if row["invoice"] else ""


def _customer(row: Row) -> str:
    return f"/customers/{row['customer']}/"


def _payment_totals(caller: Caller, query: Any) -> Sequence[Total]:
    sums = queries.payment_totals(caller, query)
    modes = [Total(MODE_WORDS[mode], sums[mode], "money") for mode in queries.MODES if sums[mode]]
    return [Total(_("Payments"), sums["count"]), *modes]


PAYMENT_LIST = ListPage(
    title=_("Payments"),
    path="/payments/",
    query=PaymentQuery,
    read=payments,
    search=_("Reference or bill"),
    empty=_("Money is taken on a bill, or as a deposit on a repair."),
    filters=(MODE, *DAYS, *_kept("invoice", "deposit")),
    columns=(
        Column(
            _("Taken"),
            "received_at",
            kind="instant",
            ordering="received_at",
            link=lambda row: f"/payments/{row['id']}/",
        ),
        Column(
            _("For"),
            lambda row: row["invoice_number"] or _("Deposit"),
            kind="code",
            link=lambda row: _bill(row) or f"/deposits/{row['deposit']}/",
        ),
        Column(_("How"), _mode),
        Column(_("Reference"), "reference", kind="code", is_quiet=True),
        Column(_("Bill is"), "invoice_status", kind="status"),
        Column(_("Amount"), "amount", kind="money", ordering="amount"),
    ),
    tabs=TABS,
    totals=_payment_totals,
)


def _refund_totals(caller: Caller, query: Any) -> Sequence[Total]:
    sums = queries.refund_totals(caller, query)
    return (Total(_("Refunds"), sums["count"]), Total(_("Given back"), sums["amount"], "money"))


REFUND_LIST = ListPage(
    title=_("Refunds"),
    path="/refunds/",
    query=RefundQuery,
    read=refunds,
    empty=_("Money goes back on a payment: open the payment and give it back there."),
    filters=(
        MODE,
        Field(
            "status",
            _("Status"),
            "choice",
            (ALL, *((each, STATUS_WORDS[each]) for each in ("initiated", "succeeded", "failed"))),
        ),
        *DAYS,
        *_kept("invoice", "payment"),
    ),
    columns=(
        Column(_("Given"), "created_at", kind="instant", link=lambda row: f"/refunds/{row['id']}/"),
        Column(_("On bill"), "invoice_number", kind="code", link=_bill),
        Column(_("How"), _mode),
        Column(_("Reason"), "reason"),
        Column(_("Status"), "status", kind="status"),
        Column(_("Amount"), "amount", kind="money"),
    ),
    tabs=TABS,
    totals=_refund_totals,
)


def _note_totals(caller: Caller, query: Any) -> Sequence[Total]:
    sums = queries.note_totals(caller, query)
    return (
        Total(_("Notes"), sums["count"]),
        Total(_("Taxable"), sums["taxable_value"], "money"),
        Total(_("Tax"), sums["total_tax"], "money"),
        Total(_("Total"), sums["total"], "money"),
    )


NOTE_LIST = ListPage(
    title=_("Credit notes"),
    path="/credit-notes/",
    query=CreditNoteQuery,
    read=notes,
    search=_("Number, bill or name"),
    empty=_("A credit note is made from its bill, when something comes back or was not due."),
    filters=(*DAYS, *_kept("invoice", "customer")),
    columns=(
        Column(
            _("Number"),
            "credit_note_number",
            kind="code",
            ordering="number",
            link=lambda row: f"/credit-notes/{row['id']}/",
        ),
        Column(_("Date"), "note_date", kind="date", ordering="note_date"),
        Column(_("On bill"), "invoice_number", kind="code", link=_bill),
        Column(_("Customer"), "customer_name", link=_customer),
        Column(_("Reason"), "reason", is_quiet=True),
        Column(_("Taxable"), "taxable_value", kind="money", is_quiet=True),
        Column(_("Total"), "total", kind="money", ordering="total"),
    ),
    tabs=TABS,
    totals=_note_totals,
)


def _credit_totals(caller: Caller, query: Any) -> Sequence[Total]:
    sums = queries.credit_totals(caller, query)
    return (Total(_("Customers"), sums["count"]), Total(_("The shop owes"), sums["balance"], "money"))


CREDIT_LIST = ListPage(
    title=_("Customers' credit"),
    path="/credits/",
    query=CreditQuery,
    read=credits,
    search=_("Name or phone"),
    lead=_("What the shop owes its customers: returns that were paid, and what was paid too much."),
    empty=_("Nobody has credit with the shop."),
    filters=(OPEN, *_kept("customer", "invoice")),
    columns=(
        Column(_("Customer"), "customer_name", link=_customer),
        Column(_("On bill"), lambda row: row["invoice"] and _("One bill"), link=_bill),
        Column(_("Changed"), "updated_at", kind="instant"),
        Column(_("Credit"), "balance", kind="money", ordering="balance"),
    ),
    tabs=TABS,
    totals=_credit_totals,
)


def _deposit_totals(caller: Caller, query: Any) -> Sequence[Total]:
    sums = queries.deposit_totals(caller, query)
    return (
        Total(_("Deposits"), sums["count"]),
        Total(_("Taken"), sums["amount"], "money"),
        Total(_("Still open"), sums["amount_open"], "money"),
    )


DEPOSIT_LIST = ListPage(
    title=_("Deposits"),
    path="/deposits/",
    query=DepositQuery,
    read=deposits,
    search=_("Voucher or name"),
    lead=_("Money taken before there is a bill, each with its receipt voucher."),
    empty=_("A deposit is taken on a repair, before it is billed."),
    filters=(OPEN, *DAYS, *_kept("booking", "customer")),
    columns=(
        Column(_("Voucher"), "voucher_number", kind="code", link=lambda row: f"/deposits/{row['id']}/"),
        Column(_("Date"), "voucher_date", kind="date", ordering="voucher_date"),
        Column(_("For"), "description", link=lambda row: f"/repairs/{row['booking']}/"),
        Column(_("How"), _mode),
        Column(_("Amount"), "amount", kind="money", ordering="amount"),
        Column(_("Set off"), "amount_applied", kind="money", is_quiet=True),
        Column(_("Given back"), "amount_refunded", kind="money", is_quiet=True),
        Column(_("Open"), "amount_open", kind="money"),
    ),
    tabs=TABS,
    totals=_deposit_totals,
)


@page("payment.read", may_lag=True)
def list_payments(visit: Visit) -> HttpResponse:
    return show_list(visit, with_store(visit, PAYMENT_LIST))


@page("refund.read", may_lag=True)
def list_refunds(visit: Visit) -> HttpResponse:
    return show_list(visit, with_store(visit, REFUND_LIST))


@page("credit_note.read", may_lag=True)
def list_notes(visit: Visit) -> HttpResponse:
    return show_list(visit, with_store(visit, NOTE_LIST))


@page("credit.read")
def list_credits(visit: Visit) -> HttpResponse:
    return show_list(visit, CREDIT_LIST)


@page("deposit.read", may_lag=True)
def list_deposits(visit: Visit) -> HttpResponse:
    return show_list(visit, with_store(visit, DEPOSIT_LIST))
