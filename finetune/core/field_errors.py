"""What pydantic complains of, in the contract's words: one code and one sentence for each field at fault."""

from collections.abc import Iterable, Mapping
from typing import Any, get_args

from pydantic_core.core_schema import ErrorType

from finetune.core.refusals import FieldError

CODES = {"missing": "required", "extra_forbidden": "unknown_field"}
MESSAGES = {
    "missing": "This field is required.",
    "extra_forbidden": "There is no field of this name here.",
    "model_type": "A JSON object is expected here.",
    "model_attributes_type": "A JSON object is expected here.",
}
# What pydantic itself complains of is "invalid"; any other code was chosen by a schema of ours.
PYDANTICS_OWN = frozenset(get_args(ErrorType))


def field_error(error: Mapping[str, Any], *, place: Iterable[str | int]) -> FieldError:
    kind = error["type"]
    code = CODES.get(kind) or ("invalid" if kind in PYDANTICS_OWN else kind)
    return FieldError(".".join(map(str, place)), code, MESSAGES.get(kind) or error["msg"])
