"""Endpoints: /api/customers/."""

from django.http import HttpResponse
from ninja import Query, Router

from finetune.core.http import Call, endpoint, path_id
from finetune.core.listing import PageOf, Row
from finetune.core.transactions import Made
from finetune.customers import actions, queries
from finetune.customers.schemas import CustomerIn, CustomerOut, CustomerPatch, CustomerQuery

customers = Router(tags=["customers"])


def _shown(call: Call, status: int, row: Row, made: Made | None = None) -> HttpResponse:
    return call.answer(status, row, made=made, version=row.pop("version"))


@endpoint(customers, "GET", "/", verb="customer.read", answers={200: PageOf[CustomerOut]}, may_lag=True)
def list_customers(call: Call, query: Query[CustomerQuery]) -> HttpResponse:
    """Customers of the whole chain. `q` finds by name, GSTIN, or phone in any spelling.

    Ordered by `name` or `id`.
    """
    page = queries.customers(call.caller, query)
    for row in page.rows:
        del row["version"]
    return call.page(page)


@endpoint(customers, "POST", "/", verb="customer.write", answers={201: CustomerOut})
def create_customer(call: Call, body: CustomerIn) -> HttpResponse:
    """Write down a customer. Category and State follow from the GSTIN where you do not give them."""
    made = actions.create_customer(actor=call.actor, fields=body.model_dump())
    return _shown(call, 201, queries.customer(call.caller, made.id), made)


@endpoint(customers, "GET", "/{row_id}/", verb="customer.read", answers={200: CustomerOut})
def read_customer(call: Call, row_id: str) -> HttpResponse:
    """One customer."""
    return _shown(call, 200, queries.customer(call.caller, path_id(row_id, "customer")))


@endpoint(customers, "PATCH", "/{row_id}/", verb="customer.write", answers={200: CustomerOut})
def change_customer(call: Call, row_id: str, body: CustomerPatch) -> HttpResponse:
    """Change some fields of a customer. Documents that were issued keep what they say."""
    made = actions.change_customer(
        actor=call.actor,
        customer_id=path_id(row_id, "customer"),
        version=call.if_match,
        changes=body.model_dump(exclude_unset=True),
    )
    return _shown(call, 200, queries.customer(call.caller, made.id))
