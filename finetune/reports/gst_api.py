"""Endpoints: /api/reports/gstr1/, its problems, and /api/reports/gstr3b/."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from django.http import HttpResponse
from ninja import Query, Router

from finetune.core.http import Call, endpoint
from finetune.core.listing import Page, PageOf
from finetune.gst.gstr1 import Problem, Section, as_json
from finetune.reports.exports import Table, file_answer, publish_files
from finetune.reports.gst_returns import gstr1_of, gstr3b_of, problems_of, refuse_foreign_gstin
from finetune.reports.gst_schemas import (
    Gstr1Out,
    Gstr1Query,
    Gstr3bOut,
    ProblemOut,
    ProblemsQuery,
    ReturnQuery,
)
from finetune.reports.gst_tables import section_table

gst_reports = Router(tags=["reports"])

_PROBLEM_TITLES = ("Severity", "Code", "Message", "Number", "Kind", "Document", "Line", "Section")
_3B_ROWS = {
    "osup_det": "(a) Outward taxable supplies",
    "osup_zero": "(b) Outward supplies, zero rated",
    "osup_nil_exmp": "(c) Other outward supplies, nil rated and exempted",
    "isup_rev": "(d) Inward supplies, reverse charge",
    "osup_nongst": "(e) Non-GST outward supplies",
}
_3B_TITLES = ("Nature of supplies", "Taxable value", "Integrated tax", "Central tax", "State/UT tax", "Cess")


@endpoint(gst_reports, "GET", "/gstr1/", verb="gst_return.read", answers={200: Gstr1Out}, may_lag=True)
def read_gstr1(call: Call, query: Query[Gstr1Query]) -> HttpResponse:
    """GSTR-1 of a GSTIN and month, as the portal takes it; sections as CSV or XLSX."""
    refuse_foreign_gstin(call.caller, query.gstin)
    made = gstr1_of(query.gstin, query.month)
    if query.format == "json":
        data = made.envelope()
        if query.section is not None:
            data = {name: data[name] for name in data if name == query.section or name not in set(Section)}
        return HttpResponse(as_json(data), content_type="application/json")
    wanted = [Section(query.section)] if query.section else list(Section)
    tables = [section_table(section, made.sections.get(section)) for section in wanted]
    return file_answer(tables, wanted=query.format, name=f"gstr1-{query.gstin}-{made.period.text}")


@endpoint(
    gst_reports,
    "GET",
    "/gstr1/problems/",
    verb="gst_return.read",
    answers={200: PageOf[ProblemOut]},
    may_lag=True,
)
def list_gstr1_problems(call: Call, query: Query[ProblemsQuery]) -> HttpResponse:
    """What should be put right before GSTR-1 is filed, each with its document."""
    refuse_foreign_gstin(call.caller, query.gstin)
    found = problems_of(query.gstin, query.month)
    kept = [each for each in found if query.severity in (None, each.severity)]
    if query.format == "json":
        return call.page(_page(kept, query))
    rows = (tuple(_shown(each).values()) for each in kept)
    name = f"gstr1-problems-{query.gstin}-{query.month.text}"
    return file_answer([Table("problems", _PROBLEM_TITLES, rows)], wanted=query.format, name=name)


@endpoint(gst_reports, "GET", "/gstr3b/", verb="gst_return.read", answers={200: Gstr3bOut}, may_lag=True)
def read_gstr3b(call: Call, query: Query[ReturnQuery]) -> HttpResponse:
    """Table 3.1 of GSTR-3B: outward supplies of a GSTIN and month."""
    refuse_foreign_gstin(call.caller, query.gstin)
    data = gstr3b_of(query.gstin, query.month)
    if query.format == "json":
        return HttpResponse(as_json(data), content_type="application/json")
    rows = ((_3B_ROWS[name], *row.values()) for name, row in data["sup_details"].items())
    name = f"gstr3b-{query.gstin}-{query.month.text}"
    return file_answer([Table("3.1", _3B_TITLES, rows)], wanted=query.format, name=name)


def _shown(problem: Problem) -> dict[str, Any]:
    data = asdict(problem)
    data["document"] = data.pop("document_id")
    order = ("severity", "code", "message", "number", "kind", "document", "line", "section")
    return {name: data[name] for name in order}


def _page(found: Sequence[Problem], query: ProblemsQuery) -> Page:
    """Problems are found anew for each page, always in the same order, so a place in it is cursor enough."""
    start = int(query.cursor or 0)
    end = start + query.page_size
    rows: Iterator[dict[str, Any]] = (_shown(each) for each in found[start:end])
    return Page(
        list(rows),
        next=str(end) if end < len(found) else None,
        previous=str(max(0, start - query.page_size)) if start else None,
    )


publish_files(gst_reports)
