"""Reads of customers."""

from finetune.core.refusals import not_found
from finetune.customers.models import Customer


def require_customer(customer_id: int) -> None:
    """Refuses 404 on the field `customer` where there is none of this id."""
    if not Customer.objects.filter(pk=customer_id).exists():
        raise not_found("customer", field="customer")
