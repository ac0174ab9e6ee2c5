"""The States of India as choices."""

from functools import cache

from finetune.documents.parties import place_name
from finetune.gst.supply import STATES


@cache
def state_choices() -> tuple[tuple[str, str], ...]:
    """By code, with an empty one first."""
    return (("", "—"), *((code, place_name(code, "en")) for code in sorted(STATES)))
