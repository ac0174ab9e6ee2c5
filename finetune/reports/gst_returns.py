"""The GST returns of a GSTIN and month, put together from the documents of one moment."""

from typing import Any

from django.conf import settings

from finetune.core.caller import Caller
from finetune.core.listing import Row, rows_of
from finetune.core.refusals import not_found
from finetune.gst.einvoice.limits import hsn_digits_min
from finetune.gst.gstr1 import Period, Problem, Return, gstr1, gstr1_problems
from finetune.gst.gstr1.problems import HSN_DIGITS_MIN
from finetune.gst.gstr3b import gstr3b
from finetune.reports import gst_documents
from finetune.reports.exports import one_snapshot


def refuse_foreign_gstin(caller: Caller, gstin: str) -> None:
    """Refuses 404 for a GSTIN that no store of the caller's bills under."""
    if not gst_documents.may_see_gstin(caller, gstin):
        raise not_found("GSTIN", field="gstin")


def gstins_of(caller: Caller) -> list[Row]:
    """The GSTINs that the caller's stores bill under, with the codes of those stores."""
    return rows_of(
        """SELECT s.gstin, string_agg(s.code, ', ' ORDER BY s.code) AS stores FROM stores_store s
        WHERE s.gstin <> '' AND (%(stores)s::bigint[] IS NULL OR s.id = ANY(%(stores)s))
        GROUP BY s.gstin ORDER BY s.gstin""",
        {"stores": caller.stores_param},
    )


def gstr1_of(gstin: str, period: Period) -> Return:
    with one_snapshot():
        return gstr1(
            gstin=gstin,
            period=period,
            documents=gst_documents.documents(gstin, period),
            ranges=gst_documents.ranges(gstin, period),
        )


def problems_of(gstin: str, period: Period) -> list[Problem]:
    """What should be put right before GSTR-1 is filed."""
    with one_snapshot():
        return gstr1_problems(
            gstin=gstin,
            period=period,
            documents=gst_documents.documents(gstin, period),
            ranges=gst_documents.ranges(gstin, period),
            hsn_digits_min=_hsn_digits(),
        )


def gstr3b_of(gstin: str, period: Period) -> dict[str, Any]:
    with one_snapshot():
        return gstr3b(gstin=gstin, period=period, documents=gst_documents.documents(gstin, period))


def _hsn_digits() -> int:
    turnover = settings.AGGREGATE_TURNOVER
    return HSN_DIGITS_MIN if turnover is None else hsn_digits_min(turnover)
