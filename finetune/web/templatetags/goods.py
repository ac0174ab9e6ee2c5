"""What templates of goods ask for."""

from decimal import Decimal

from django import template

from finetune.core.money import price_text
from finetune.web.shell.visit import Visit
from finetune.web.templatetags.shop import count, grouped

register = template.Library()


@register.filter
def signed(value: int) -> str:
    """A change: with a plus, or with a true minus."""
    return f"+{count(value)}" if value > 0 else count(value)


@register.filter
def may(visit: Visit, verb: str) -> bool:
    """Whether the person who reads this page may do it."""
    return visit.may(verb)


@register.filter
def rupees(value: Decimal | str) -> str:
    """A price of one unit, ₹51,500.00: two decimals, a third only where it is not zero."""
    whole, _, paise = price_text(Decimal(value)).partition(".")
    return f"₹{grouped(whole)}.{paise}"
