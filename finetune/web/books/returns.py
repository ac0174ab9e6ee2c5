"""The GST returns of a GSTIN and month: what to put right first, what each section comes to, and the files."""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from finetune.core.dates import today
from finetune.core.listing import Row
from finetune.core.refusals import not_found
from finetune.gst.gstin import gstin_problem, normalise
from finetune.gst.gstr1 import Period, Problem, Section, read_period, section_amounts
from finetune.reports.gst_returns import gstins_of, gstr1_of, gstr3b_of, problems_of, refuse_foreign_gstin
from finetune.reports.gst_tables import section_table
from finetune.web.shell.visit import Visit, page
from finetune.web.templatetags.shop import MONTHS

MONTHS_OFFERED = 24
PROBLEMS_SHOWN_MAX = 500
SECTIONS: Mapping[Section, Promise] = {
    Section.B2B: gettext_lazy("To registered buyers (4)"),
    Section.B2CL: gettext_lazy("Large, to consumers of other States (5)"),
    Section.B2CS: gettext_lazy("To consumers (7)"),
    Section.CDNR: gettext_lazy("Notes to registered buyers (9B)"),
    Section.CDNUR: gettext_lazy("Notes on large and export bills (9B)"),
    Section.EXP: gettext_lazy("Exports (6A)"),
    Section.NIL: gettext_lazy("Nil-rated, exempt, outside GST (8)"),
    Section.AT: gettext_lazy("Advances received (11A)"),
    Section.TXPD: gettext_lazy("Advances adjusted (11B)"),
    Section.HSN: gettext_lazy("By HSN (12)"),
    Section.DOC_ISSUE: gettext_lazy("Documents issued (13)"),
}
ROWS_3B: Mapping[str, Promise] = {
    "osup_det": gettext_lazy("(a) Outward taxable supplies"),
    "osup_zero": gettext_lazy("(b) Outward supplies, zero rated"),
    "osup_nil_exmp": gettext_lazy("(c) Other outward supplies, nil rated and exempted"),
    "isup_rev": gettext_lazy("(d) Inward supplies, reverse charge"),
    "osup_nongst": gettext_lazy("(e) Non-GST outward supplies"),
}
ROOMS = {"invoice": "invoices", "credit_note": "credit-notes", "receipt_voucher": "deposits"}


@dataclass(frozen=True, slots=True)
class Asked:
    """The return that is looked at, and what may be chosen instead."""

    gstin: str
    period: Period
    gstins: Sequence[Row]
    months: Sequence[tuple[str, str]]

    @property
    def month_words(self) -> str:
        return f"{MONTHS[self.period.month - 1]} {self.period.year}"

    @property
    def address(self) -> str:
        return urlencode({"gstin": self.gstin, "period": self.period.text})

    @property
    def first_day(self) -> str:
        return date(self.period.year, self.period.month, 1).isoformat()

    @property
    def last_day(self) -> str:
        last = monthrange(self.period.year, self.period.month)[1]
        return date(self.period.year, self.period.month, last).isoformat()


def _asked(visit: Visit) -> Asked | None:
    """What the address names, or the return that is due next: last month's. None where no store has a GSTIN."""
    gstins = gstins_of(visit.caller)
    given = normalise(visit.request.GET.get("gstin", "")[:40])
    gstin = given or (gstins[0]["gstin"] if gstins else "")
    if not gstin:
        return None
    if all(gstin != row["gstin"] for row in gstins):
        if gstin_problem(gstin):
            raise not_found("GSTIN")
        refuse_foreign_gstin(visit.caller, gstin)
    last_month = today().replace(day=1) - timedelta(days=1)
    period = read_period(visit.request.GET.get("period", "")) or Period(last_month.year, last_month.month)
    return Asked(gstin, period, gstins, _months())


def _months() -> list[tuple[str, str]]:
    first, months = today().replace(day=1), []
    for _place in range(MONTHS_OFFERED):
        months.append((f"{first:%m%Y}", f"{MONTHS[first.month - 1]} {first.year}"))
        first = (first - timedelta(days=1)).replace(day=1)
    return months


def _page(visit: Visit, template: str, asked: Asked | None, **shown: Any) -> HttpResponse:
    return visit.render(template, asked=asked, **shown)


@page("gst_return.read", may_lag=True)
def show_gstr1(visit: Visit) -> HttpResponse:
    """The page is there at once; its figures and its problems are read apart, since a month may hold much."""
    asked = _asked(visit)
    part = visit.request.GET.get("part")
    if asked is None or part not in ("figures", "problems"):
        return _page(visit, "web/books/gstr1.html", asked)
    if part == "problems":
        problems = problems_of(asked.gstin, asked.period)
        return _page(visit, "web/books/gstr1_problems_part.html", asked, **counted(problems))
    return _page(visit, "web/books/gstr1_figures.html", asked, sections=_sections(asked))


def _sections(asked: Asked) -> list[dict[str, Any]]:
    made = gstr1_of(asked.gstin, asked.period)
    shown = []
    for section, words in SECTIONS.items():
        data = made.sections.get(section)
        if not data:
            continue
        amounts = section_amounts(section, data)
        rows = sum(1 for _row in section_table(section, data).rows)
        has_money = section is not Section.DOC_ISSUE
        shown.append(
            {"name": section.value, "words": words, "rows": rows, "amounts": amounts, "has_money": has_money}
        )
    return shown


def counted(problems: Sequence[Problem]) -> dict[str, int]:
    errors = sum(1 for each in problems if each.severity == "error")
    return {"errors": errors, "warnings": len(problems) - errors}


@page("gst_return.read", may_lag=True)
def show_problems(visit: Visit) -> HttpResponse:
    asked = _asked(visit)
    problems = problems_of(asked.gstin, asked.period) if asked else []
    shown = [
        {
            "problem": each,
            "where": SECTIONS[each.section] if each.section else each.number,
            "path": _path(each),
            "is_error": each.severity == "error",
        }
        for each in problems[:PROBLEMS_SHOWN_MAX]
    ]
    return _page(
        visit,
        "web/books/gstr1_problems.html",
        asked,
        problems=shown,
        is_cut=len(problems) > PROBLEMS_SHOWN_MAX,
        **counted(problems),
    )


def _path(problem: Problem) -> str:
    room = ROOMS.get(problem.kind.value) if problem.kind else None
    return f"/{room}/{problem.document_id}/" if room and problem.document_id else ""


@page("gst_return.read", may_lag=True)
def show_gstr3b(visit: Visit) -> HttpResponse:
    asked = _asked(visit)
    if asked is None or visit.request.GET.get("part") != "figures":
        return _page(visit, "web/books/gstr3b.html", asked)
    details = gstr3b_of(asked.gstin, asked.period)["sup_details"]
    rows: list[tuple[Promise, list[Decimal]]] = [
        (words, list(details[name].values())) for name, words in ROWS_3B.items()
    ]
    titles = (_("Taxable value"), "IGST", "CGST", "SGST", _("Cess"))
    return _page(visit, "web/books/gstr3b_figures.html", asked, rows=rows, titles=titles)
