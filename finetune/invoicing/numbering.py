"""What a number series may be, and when it refuses to number. Pure; the counter itself is in the database."""

import re
from datetime import date

from finetune.core.refusals import FieldError, Refusal, conflict
from finetune.invoicing.records import LastNumber

NUMBER_LENGTH_MAX, PREFIX_MAX = 16, 12
PREFIX = re.compile(r"(?=[A-Za-z1-9])[A-Za-z0-9/-]*[A-Za-z/-]")


def date_before_last_number(*, series: str, last_date: str) -> Refusal:
    return conflict(
        "date_before_last_number",
        f"The series {series} already has a bill of {last_date}. A later number cannot have an earlier date: "
        "leave the date out, or give that date or a later one.",
        series=series,
        last_date=last_date,
    )


def series_held(*, series: str, held_since: str, last_number: int) -> Refusal:
    return conflict(
        "series_held",
        f"These books were restored from a backup of {held_since}. Numbers of {series} above {last_number} may "
        "have been given out since, and nobody but you can know. State the last one on the command line: "
        f"finetune restore --resume-after {series}=NUMBER, or --nothing-issued-since. Nothing was issued.",
        series=series,
        held_since=held_since,
        last_number=last_number,
    )


def series_problems(*, prefix: str, last_number: int) -> list[FieldError]:
    """Rule 46(b) and the portal: letters, digits, - and /, a letter or 1-9 first, 16 characters in all.

    A prefix may not end in a digit, or two series could write the same number.
    """
    if len(prefix) > PREFIX_MAX or not PREFIX.fullmatch(prefix):
        message = (
            f"Numbers cannot begin with {prefix!r}. A prefix has at most {PREFIX_MAX} letters, digits, "
            "hyphens and slashes; it begins with a letter or 1-9 and does not end in a digit."
        )
        return [FieldError("prefix", "invalid", message)]
    if len(number_text(prefix, last_number + 1)) > NUMBER_LENGTH_MAX:
        message = (
            f"The next number would have more than {NUMBER_LENGTH_MAX} characters. Choose a shorter prefix."
        )
        return [FieldError("prefix", "series_full", message)]
    return []


def number_text(prefix: str, number: int) -> str:
    """As it stands on the bill: at least four digits, growing past 9999."""
    return f"{prefix}{number:04d}"


def refuse_clear(last: LastNumber, *, year_start: date) -> None:
    """Dates only rise along a series, so its last one tells whether anything was issued this year."""
    if last.date is not None and last.date >= year_start:
        raise conflict(
            "number_would_repeat",
            "This series issued numbers in the present financial year; beginning again would repeat them "
            "(Rule 46).",
        )


def refuse_prefix_taken(taken: bool) -> None:
    if taken:
        message = "Another series writes its numbers with this prefix. Choose another."
        raise conflict("already_exists", message, errors=[FieldError("prefix", "already_exists", message)])
