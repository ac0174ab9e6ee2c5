"""What is left of an order when some of its fields are malformed, so that our rules can judge the rest. Pure.

A field at fault gives way to a value that no rule objects to. What then is still wrong was wrong before.
"""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from finetune.core.fields import faults_at

_LINE = {"description": "-", "quantity": "1", "unit_price": "0", "gst_rate": "0"}
_WHO = frozenset({"booking", "store", "customer", "counter_sale"})
_SOMEBODY = {"booking": 1}


def sound_order(data: Mapping[str, Any], error: ValidationError) -> dict[str, Any]:
    faults = faults_at(error)
    sound = {name: value for name, value in data.items() if name not in faults}
    if "line_items" not in faults:
        return sound if faults.isdisjoint(_WHO) else _to_somebody(sound)
    # A discount on the whole is measured by all the lines, and who may be billed follows from what is sold.
    sound.pop("discount", None)
    if "" in faults_at(error, "line_items"):
        return _to_somebody(sound) | {"line_items": [_LINE]}
    at_lines = [faults_at(error, "line_items", place) for place in range(len(data["line_items"]))]
    lines = [_sound_line(line, found) for line, found in zip(data["line_items"], at_lines, strict=True)]
    is_clear = faults.isdisjoint(_WHO) and not any(found & {"", "variant"} for found in at_lines)
    return (sound if is_clear else _to_somebody(sound)) | {"line_items": lines}


def _to_somebody(order: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in order.items() if name not in _WHO} | _SOMEBODY


def _sound_line(line: Any, faults: set[str]) -> Any:
    if not faults:
        return line
    if faults & {"", "variant", "treatment"}:
        return _LINE
    # A discount is measured by price and quantity.
    sound = {name: value for name, value in line.items() if name not in faults | {"discount"}}
    return sound | {name: _LINE[name] for name in faults & _LINE.keys()}
