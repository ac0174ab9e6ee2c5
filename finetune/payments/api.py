"""Endpoints: /api/payments/ and /api/sales/."""

from decimal import Decimal

from django.http import HttpResponse
from ninja import Query, Router

from finetune.core.http import Call, endpoint, path_id
from finetune.core.listing import PageOf, Row
from finetune.core.money import ZERO
from finetune.core.refusals import not_found
from finetune.core.transactions import Made
from finetune.invoicing.queries import invoice as read_whole_invoice
from finetune.payments import actions, queries
from finetune.payments.schemas import (
    PaymentIn,
    PaymentOut,
    PaymentQuery,
    SaleIn,
    SaleOut,
    TendersOut,
    checked,
)

payments = Router(tags=["payments"])
sales = Router(tags=["sales"])


def _taken(call: Call, made: Made) -> list[Row]:
    rows = queries.payments_by_id(call.caller, made.ref["ids"])
    if len(rows) != len(made.ref["ids"]):
        raise not_found("payment")
    return rows


@endpoint(payments, "GET", "/", verb="payment.read", answers={200: PageOf[PaymentOut]}, may_lag=True)
def list_payments(call: Call, query: Query[PaymentQuery]) -> HttpResponse:
    return call.page(queries.payments(call.caller, query))


@endpoint(payments, "POST", "/", verb="payment.take", answers={201: PaymentOut | TendersOut}, key="required")
def create_payment(call: Call, body: PaymentIn) -> HttpResponse:
    """Take money on a bill, in one tender or several."""
    made = actions.take_payment(
        actor=call.actor,
        invoice_id=body.invoice,
        tenders=body.list_of_tenders(),
        allow_credit=body.allow_credit,
    )
    rows = _taken(call, made)
    if body.tenders is None:
        return call.answer(201, rows[0], made=made)
    data = {
        "payments": rows,
        "invoice_status": rows[0]["invoice_status"],
        "invoice_balance_due": rows[0]["invoice_balance_due"],
    }
    return call.answer(201, data, made=made)


@endpoint(payments, "GET", "/{row_id}/", verb="payment.read", answers={200: PaymentOut})
def read_payment(call: Call, row_id: str) -> HttpResponse:
    return call.answer(200, queries.payment(call.caller, path_id(row_id, "payment")))


@endpoint(sales, "POST", "/", verb="sale.make", answers={201: SaleOut}, key="required")
def create_sale(call: Call, body: SaleIn) -> HttpResponse:
    """Bill and take the money at once: the counter's one call."""
    made = actions.sell(actor=call.actor, order=body.order(), tenders=checked(body.tenders))
    invoice = read_whole_invoice(call.caller, made.ref["invoice"])
    del invoice["version"]
    rows = _taken(call, made) if made.ref["ids"] else []
    change_due: Decimal = sum((row["change_due"] for row in rows), ZERO)
    return call.answer(201, {"invoice": invoice, "payments": rows, "change_due": change_due}, made=made)
