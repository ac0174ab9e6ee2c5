from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from finetune.reports.queries import LISTED_MAX

Numbers = Annotated[list[str], Field(max_length=LISTED_MAX)]


class SeriesProof(BaseModel):
    """One run of a number series. `first` and `last` are null where nothing was issued yet.

    `gaps` are numbers that were passed over, lowest first; `duplicates` those that stand twice in a financial
    year of one GSTIN; `cancelled` bills keep their number, newest first. Each list holds at most 1000.
    """

    series: str
    run: int
    first: str | None
    last: str | None
    count: int
    gaps: Numbers
    duplicates: Numbers
    cancelled: Numbers


class NumberProof(BaseModel):
    """True of all that was committed before `checked_at`."""

    checked_at: datetime
    series: list[SeriesProof]
