"""GSTR-1: the monthly return of outward supplies, from issued documents to the portal's JSON.

Sources, checked 2026-11: the JSON of the GSTN offline tool (GSTR-1, version 3.2), CGST Rule 59, Notification
12/2024-Central Tax (the limit of table 5), GSTN advisory on tables 12 and 13 (from the period 05/2025).
"""

from finetune.gst.gstr1.envelope import Return, as_json, gstr1
from finetune.gst.gstr1.problems import Problem, gstr1_problems
from finetune.gst.gstr1.records import (
    Amounts,
    IssuedNumber,
    Kind,
    NumberRange,
    Original,
    Period,
    TaxDocument,
    TaxLine,
    number_ranges,
    read_period,
)
from finetune.gst.gstr1.sections import Section, section_of
from finetune.gst.gstr1.sums import section_amounts

__all__ = [
    "Amounts",
    "IssuedNumber",
    "Kind",
    "NumberRange",
    "Original",
    "Period",
    "Problem",
    "Return",
    "Section",
    "TaxDocument",
    "TaxLine",
    "as_json",
    "gstr1",
    "gstr1_problems",
    "number_ranges",
    "read_period",
    "section_amounts",
    "section_of",
]
