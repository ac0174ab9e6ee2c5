"""Reads of customers."""

from finetune.core.caller import Caller
from finetune.core.listing import Listing, Ordering, Page, Row, read_one, read_page
from finetune.core.refusals import not_found
from finetune.customers.models import Customer
from finetune.customers.rules import digits_sought
from finetune.customers.schemas import CustomerQuery

CUSTOMERS = Listing(
    what="customer",
    select="""c.id, c.name, c.phone, c.email, c.gstin, c.legal_name, c.state_code, c.address, c.city,
        c.pincode, c.country, c.category, c.is_walk_in, c.version""",
    source="customers_customer c",
    row_id="c.id",
    filters={
        "category": "c.category = %(category)s",
        "gstin": "c.gstin = upper(%(gstin)s)",
        "q": """c.name ILIKE %(q)s OR c.legal_name ILIKE %(q)s OR c.gstin ILIKE %(q)s
            OR c.phone LIKE %(digits)s""",
    },
    orderings={"name": Ordering("c.name", str)},
)


def customer(caller: Caller, customer_id: int) -> Row:
    return read_one(CUSTOMERS, caller, customer_id)


def customers(caller: Caller, query: CustomerQuery) -> Page:
    return read_page(CUSTOMERS, caller, query, digits=phone_pattern(query.q))


def phone_pattern(sought: str | None) -> str | None:
    """A LIKE pattern for stored phone numbers; None, which finds none, where `sought` is no number."""
    digits = digits_sought(sought or "")
    return None if digits is None else f"%{digits}%"


def require_customer(customer_id: int) -> None:
    """Refuses 404 on the field `customer` where there is none of this id."""
    if not Customer.objects.filter(pk=customer_id).exists():
        raise not_found("customer", field="customer")
