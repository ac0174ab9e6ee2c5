"""The settings: one table of them, and the one door through which every part of the program reads them.

Nothing here loads Django. `from finetune.core import environment`, then `environment.number("PORT")`.
"""

from finetune.core.environment.kinds import bracketed
from finetune.core.environment.reading import (
    SettingsTrouble,
    adopt,
    amount,
    clock,
    file_variable,
    flag,
    is_set,
    items,
    networks,
    number,
    problems,
    put,
    refuse_malformed,
    replaced,
    text,
    without,
)
from finetune.core.environment.table import BY_NAME, SETTINGS, Setting

__all__ = [
    "BY_NAME",
    "SETTINGS",
    "Setting",
    "SettingsTrouble",
    "adopt",
    "amount",
    "bracketed",
    "clock",
    "file_variable",
    "flag",
    "is_set",
    "items",
    "networks",
    "number",
    "problems",
    "put",
    "refuse_malformed",
    "replaced",
    "text",
    "without",
]
