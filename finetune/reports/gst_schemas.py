"""What the GST returns look like on their way in and out."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, Field, WithJsonSchema

from finetune.core.fields import complaint
from finetune.core.listing import PAGE_SIZE, PAGE_SIZE_MAX
from finetune.gst.gstin import normalise
from finetune.gst.gstr1 import Period, read_period
from finetune.reports.exports import Format


def _month(text: str) -> Period:
    period = read_period(text)
    if period is None:
        raise complaint("invalid", "This must be a month such as 112026 for November 2026.")
    return period


Month = Annotated[
    str,
    AfterValidator(_month),
    WithJsonSchema({"type": "string", "pattern": "^(0[1-9]|1[0-2])20[0-9]{2}$", "examples": ["112026"]}),
]
AnyGstin = Annotated[str, Field(max_length=40), AfterValidator(normalise)]
SectionName = Literal[
    "b2b", "b2cl", "b2cs", "cdnr", "cdnur", "exp", "nil", "at", "txpd", "hsn", "doc_issue"
]  # fmt: skip


class ReturnQuery(BaseModel):
    """`gstin` is one that a store of yours bills under; `period` is a month, MMYYYY."""

    gstin: AnyGstin
    period: Month
    format: Format = "json"

    @property
    def month(self) -> Period:
        assert isinstance(self.period, Period)
        return self.period


class Gstr1Query(ReturnQuery):
    """`section` is one sheet; without it a CSV file has all of them, each under its name."""

    section: SectionName | None = None


class ProblemsQuery(ReturnQuery):
    severity: Literal["error", "warning"] | None = None
    cursor: Annotated[str | None, Field(pattern=r"^[0-9]{1,9}$")] = None
    page_size: Annotated[int, Field(ge=1, le=PAGE_SIZE_MAX)] = PAGE_SIZE


class Gstr1Out(BaseModel):
    """The portal's own JSON: see docs/filing-gstr1.md. Sections without rows are left out."""

    gstin: str
    fp: str
    version: str
    hash: str
    gt: int | None = None
    cur_gt: int | None = None
    b2b: list[dict[str, Any]] = []
    b2cl: list[dict[str, Any]] = []
    b2cs: list[dict[str, Any]] = []
    cdnr: list[dict[str, Any]] = []
    cdnur: list[dict[str, Any]] = []
    exp: list[dict[str, Any]] = []
    nil: dict[str, Any] = {}
    at: list[dict[str, Any]] = []
    txpd: list[dict[str, Any]] = []
    hsn: dict[str, Any] = {}
    doc_issue: dict[str, Any] = {}


class ProblemOut(BaseModel):
    """Something to look at before filing. `line` counts from 1; a whole `section` has no document."""

    severity: Literal["error", "warning"]
    code: str
    message: str
    number: str
    kind: str | None
    document: int | None
    line: int | None
    section: str | None


Figure = Annotated[Decimal, WithJsonSchema({"type": "number"})]


class Gstr3bRow(BaseModel):
    txval: Figure
    iamt: Figure
    camt: Figure
    samt: Figure
    csamt: Figure


class Gstr3bDetails(BaseModel):
    """Table 3.1 (a) to (e)."""

    osup_det: Gstr3bRow
    osup_zero: Gstr3bRow
    osup_nil_exmp: Gstr3bRow
    isup_rev: Gstr3bRow
    osup_nongst: Gstr3bRow


class Gstr3bOut(BaseModel):
    gstin: str
    ret_period: str
    sup_details: Gstr3bDetails
