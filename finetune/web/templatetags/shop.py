"""Rupees and dates as they are written in India."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from finetune.core.dates import INDIA
from finetune.core.money import money_text, plain_text
from finetune.web.words import ROLE_NAMES, STATUS_TONES, STATUS_WORDS

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


WEEKDAYS = (
    _("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"),
)  # fmt: skip
LONG_MONTHS = (
    _("January"), _("February"), _("March"), _("April"), _("May"), _("June"),
    _("July"), _("August"), _("September"), _("October"), _("November"), _("December"),
)  # fmt: skip


@register.filter
def long_date(value: date) -> str:
    """Sunday, 22 November 2026."""
    return f"{WEEKDAYS[value.weekday()]}, {value.day} {LONG_MONTHS[value.month - 1]} {value.year}"


MONTHS = (
    _("Jan"), _("Feb"), _("Mar"), _("Apr"), _("May"), _("Jun"),
    _("Jul"), _("Aug"), _("Sep"), _("Oct"), _("Nov"), _("Dec"),
)  # fmt: skip


@register.filter
def short_date(value: date | str | None) -> str:
    """22 Nov 2026, from a date or from the API's own text of one."""
    if not value:
        return ""
    day = date.fromisoformat(value) if isinstance(value, str) else value
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


@register.filter
def instant(value: datetime | str | None) -> str:
    """22 Nov 2026, 10:30: when it was in India."""
    if not value:
        return ""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    local = moment.astimezone(INDIA)
    return f"{short_date(local.date())}, {local:%H:%M}"


@register.filter
def status_tag(value: str) -> SafeString:
    """A status as a word in its colour. The word says it; the colour only helps to find it."""
    words = STATUS_WORDS.get(value) or value.replace("_", " ").capitalize()
    return format_html('<span class="tag tag-{}">{}</span>', STATUS_TONES.get(value, "plain"), words)


@register.filter
def role_name(role: str) -> str:
    return str(ROLE_NAMES[role])


@register.filter
def shown(value: Any, kind: str) -> Any:
    """A cell of a list, written as its column's kind asks. What is not there is left empty."""
    if value is None or value == "":
        return ""
    if kind == "money":
        return inr(Decimal(str(value)))
    if kind == "count":
        return count(value) if isinstance(value, int) else plain_text(Decimal(str(value)))
    if kind == "signed":
        return f"+{count(value)}" if value > 0 else count(value)
    if kind == "date":
        return short_date(value)
    if kind == "instant":
        return instant(value)
    if kind == "status":
        return status_tag(str(value))
    return value


@register.simple_tag
def icon(name: str) -> SafeString:
    """A picture beside words; it says nothing of its own."""
    address = f"{static('web/icons.svg')}#{name}"
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}"></use></svg>', address
    )
