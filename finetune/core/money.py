"""Exact decimals as the API writes them. No float is ever made or accepted."""

from decimal import ROUND_HALF_UP, Decimal

PAISA = Decimal("0.01")
ZERO = Decimal("0.00")


def half_up(value: Decimal) -> Decimal:
    """To the paisa, half away from zero."""
    return value.quantize(PAISA, rounding=ROUND_HALF_UP)


def money_text(value: Decimal) -> str:
    """Rupees with two decimals. The value must already be in whole paise."""
    text = f"{value:.2f}"
    assert Decimal(text) == value, f"{value} is not a whole number of paise"
    return text


def price_text(value: Decimal) -> str:
    """A price per unit: two decimals, a third only where it is not zero."""
    text = f"{value:.3f}"
    return text[:-1] if text.endswith("0") else text


def plain_text(value: Decimal) -> str:
    """A quantity or a rate without idle zeros: 1, 2.75, 18, 0.25."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
