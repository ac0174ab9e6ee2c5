"""Endpoints: deposits on a booking, and their return."""

from django.http import HttpResponse
from ninja import Query, Router

from finetune.core.http import Call, endpoint, path_id
from finetune.core.listing import PageOf
from finetune.deposits import queries
from finetune.payments import actions
from finetune.payments.deposit_schemas import (
    DepositIn,
    DepositOut,
    DepositQuery,
    DepositRefundIn,
    DepositRefundOut,
)

of_bookings = Router(tags=["deposits"])
deposits = Router(tags=["deposits"])


@endpoint(
    of_bookings, "POST", "/{row_id}/deposits/", verb="deposit.take", answers={201: DepositOut}, key="required"
)
def create_deposit(call: Call, row_id: str, body: DepositIn) -> HttpResponse:
    """Take money on a booking before it is billed: a receipt voucher, set off in the booking's next bills."""
    made = actions.take_deposit(
        actor=call.actor,
        booking_id=path_id(row_id, "booking"),
        tender=body.tender(),
        supply=body.supply,
        gst_rate=body.gst_rate,
        description=body.description,
    )
    return call.answer(201, queries.deposit(call.caller, made.id), made=made)


@endpoint(deposits, "GET", "/", verb="deposit.read", answers={200: PageOf[DepositOut]}, may_lag=True)
def list_deposits(call: Call, query: Query[DepositQuery]) -> HttpResponse:
    return call.page(queries.deposits(call.caller, query))


@endpoint(deposits, "GET", "/{row_id}/", verb="deposit.read", answers={200: DepositOut})
def read_deposit(call: Call, row_id: str) -> HttpResponse:
    return call.answer(200, queries.deposit(call.caller, path_id(row_id, "deposit")))


@endpoint(
    deposits,
    "POST",
    "/{row_id}/refund/",
    verb="deposit.refund",
    answers={201: DepositRefundOut},
    key="required",
)
def refund_deposit(call: Call, row_id: str, body: DepositRefundIn) -> HttpResponse:
    """Give a deposit back where no supply followed: a refund voucher."""
    made = actions.refund_deposit(
        actor=call.actor,
        deposit_id=path_id(row_id, "deposit"),
        amount=body.amount,
        mode=body.mode,
        reference=body.reference,
        reason=body.reason,
    )
    return call.answer(201, queries.refund(call.caller, made.id), made=made)
