"""What must agree within a store's record."""

from collections.abc import Mapping
from typing import Any

from finetune.core.refusals import FieldError
from finetune.gst.gstin import gstin_problem


def store_problems(record: Mapping[str, Any]) -> list[FieldError]:
    """Everything wrong with a whole record, whose fields were each checked before."""
    gstin = record.get("gstin", "")
    problem = gstin_problem(gstin, state_code=record["state_code"]) if gstin else None
    return [FieldError("gstin", "invalid_gstin", problem)] if problem else []
