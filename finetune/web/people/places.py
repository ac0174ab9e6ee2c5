"""The States of India as choices."""

from functools import cache

from finetune.gst.supply import STATES
from finetune.web.shell.languages import place_shown_lazy


@cache
def state_choices() -> tuple[tuple[str, str], ...]:
    """By code, with an empty one first."""
    return (("", "—"), *((code, place_shown_lazy(code)) for code in sorted(STATES)))
