"""From a promise that the database kept to the sentence that a person reads.

Rooms register the names of their constraints, and the conditions that their SQL functions raise, beside the
models.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from django.db import DatabaseError, Error, InterfaceError, OperationalError

from finetune.core.refusals import Refusal, conflict, try_again

# SQLSTATE of every RAISE in our SQL functions; the message is a name, the detail JSON facts.
RAISED_BY_US = "FT001"
# Serialization, deadlock, lock and statement time-out.
TRANSIENT = frozenset({"40001", "40P01", "55P03", "57014"})
# Full, shut down, or a session that the server ended because nobody spoke in it: a machine that slept, say.
UNAVAILABLE = frozenset(
    {"53100", "53200", "53300", "57P01", "57P02", "57P03", "57P05", "25P03", "25P04", "58030", "25006"}
)

Sentence = Callable[[Mapping[str, Any]], Refusal]
_sentences: dict[str, Sentence] = {}


def register_refusals(sentences: Mapping[str, Sentence]) -> None:
    clash = _sentences.keys() & sentences.keys()
    assert not clash, f"two sentences for {sorted(clash)}"
    _sentences.update(sentences)


def sqlstate(error: BaseException) -> str:
    return getattr(error.__cause__, "sqlstate", None) or ""


def is_transient(error: DatabaseError) -> bool:
    """Whether the same work may simply be tried again."""
    return sqlstate(error) in TRANSIENT


def is_unavailable(error: Error) -> bool:
    """The server is away, full or read-only; not our transaction's fault."""
    state = sqlstate(error)
    lost = not state and isinstance(error, (OperationalError, InterfaceError))
    return lost or state in UNAVAILABLE or state.startswith("08")


def refusal_for(error: DatabaseError) -> Refusal | None:
    """The refusal behind a database error, or None where it is our own mistake."""
    diagnosis = getattr(error.__cause__, "diag", None)
    if diagnosis is not None:
        if sqlstate(error) == RAISED_BY_US:
            # One without a sentence is our mistake.
            sentence = _sentences.get(diagnosis.message_primary)
            return sentence(json.loads(diagnosis.message_detail or "{}")) if sentence is not None else None
        if diagnosis.constraint_name in _sentences:
            return _sentences[diagnosis.constraint_name]({})
        if sqlstate(error) == "23503":
            return conflict("in_use", "Another record refers to this one, or it was removed meanwhile.")
    if is_transient(error):
        return try_again(
            "Others are changing the same things. Nothing was changed: send the same request again."
        )
    if is_unavailable(error):
        # Where it was lost while it committed, only a replay tells.
        return try_again(
            "The database cannot be reached just now. Send the same request again, with its key if it has one.",
            retry_after=3,
        )
    return None
