"""Rupees and dates as they are written in India."""

from datetime import date
from decimal import Decimal

from django import template

from finetune.core.money import money_text

register = template.Library()


def grouped(digits: str) -> str:
    """The last three digits, then pairs: 48668982 is written 4,86,68,982."""
    head, tail = digits[:-3], digits[-3:]
    pairs: list[str] = []
    while head:
        pairs.insert(0, head[-2:])
        head = head[:-2]
    return ",".join([*pairs, tail])


@register.filter
def inr(value: Decimal) -> str:
    """Rupees with two decimals, in lakhs and crores: 4,86,68,982.00. The sign is a true minus."""
    text = money_text(abs(value))
    whole, paise = text.split(".")
    return f"{'−' if value < 0 else ''}{grouped(whole)}.{paise}"


@register.filter
def count(value: int) -> str:
    return f"{'−' if value < 0 else ''}{grouped(str(abs(value)))}"


@register.filter
def long_date(value: date) -> str:
    """Sunday, 22 November 2026."""
    return f"{value:%A}, {value.day} {value:%B %Y}"
