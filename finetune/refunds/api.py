"""Endpoints: /api/payments/{id}/refund/ and /api/refunds/."""

from django.http import HttpResponse
from ninja import Query, Router

from finetune.core.http import Call, endpoint, path_id
from finetune.core.listing import PageOf
from finetune.refunds import actions, queries
from finetune.refunds.schemas import OutcomeIn, RefundIn, RefundOut, RefundQuery

of_payments = Router(tags=["refunds"])
refunds = Router(tags=["refunds"])


@endpoint(
    of_payments, "POST", "/{row_id}/refund/", verb="refund.give", answers={201: RefundOut}, key="required"
)
def refund_payment(call: Call, row_id: str, body: RefundIn) -> HttpResponse:
    """Give money back on a payment. The customer's credit is drawn on first; the rest is owed on the bill again."""
    made = actions.refund_payment(
        actor=call.actor,
        payment_id=path_id(row_id, "payment"),
        amount=body.amount,
        mode=body.mode,
        reason=body.reason,
        reference=body.reference,
    )
    return call.answer(201, queries.refund(call.caller, made.id), made=made)


@endpoint(refunds, "GET", "/", verb="refund.read", answers={200: PageOf[RefundOut]}, may_lag=True)
def list_refunds(call: Call, query: Query[RefundQuery]) -> HttpResponse:
    return call.page(queries.refunds(call.caller, query))


@endpoint(refunds, "GET", "/{row_id}/", verb="refund.read", answers={200: RefundOut})
def read_refund(call: Call, row_id: str) -> HttpResponse:
    return call.answer(200, queries.refund(call.caller, path_id(row_id, "refund")))


@endpoint(refunds, "POST", "/{row_id}/outcome/", verb="refund.give", answers={200: RefundOut})
def decide_refund(call: Call, row_id: str, body: OutcomeIn) -> HttpResponse:
    """Record whether a refund by card, UPI or lender arrived. One that failed becomes the customer's credit."""
    made = actions.decide_refund(
        actor=call.actor,
        refund_id=path_id(row_id, "refund"),
        succeeded=body.succeeded,
        reference=body.reference,
        reason=body.reason,
    )
    return call.answer(200, queries.refund(call.caller, made.id), made=made)
