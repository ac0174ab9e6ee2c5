"""The index of the reports, and the proof that no number is missing."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from finetune.core.listing import Row
from finetune.reports.queries import number_proof
from finetune.web.shell.visit import Visit, page
from finetune.web.templatetags.shop import count


@dataclass(frozen=True, slots=True)
class Report:
    label: Promise
    says: Promise
    path: str
    verb: str


GROUPS = (
    (
        gettext_lazy("Every day"),
        (
            Report(
                gettext_lazy("Day book"),
                gettext_lazy("All that was billed, taken and given back on one day."),
                "/reports/day-book/",
                "report.read",
            ),
            Report(
                gettext_lazy("Sales register"),
                gettext_lazy("Every document with its tax columns, to the paisa."),
                "/reports/sales/",
                "report.read",
            ),
            Report(
                gettext_lazy("What is owed"),
                gettext_lazy("Bills not paid in full, by how long they are late."),
                "/reports/dues/",
                "report.read",
            ),
            Report(
                gettext_lazy("Value of the stock"),
                gettext_lazy("What lies on the shelves, at what it cost."),
                "/reports/stock-value/",
                "cost.see",
            ),
        ),
    ),
    (
        gettext_lazy("GST and the auditor"),
        (
            Report(
                gettext_lazy("GSTR-1"),
                gettext_lazy("What to put right first, the sections and the files to upload."),
                "/reports/gstr-1/",
                "gst_return.read",
            ),
            Report(
                gettext_lazy("GSTR-3B"),
                gettext_lazy("The figures of table 3.1."),
                "/reports/gstr-3b/",
                "gst_return.read",
            ),
            Report(
                gettext_lazy("Proof of numbers"),
                gettext_lazy("That no number is missing and none stands twice, to print."),
                "/reports/numbers/",
                "report.read",
            ),
        ),
    ),
)


@page("report.read")
def show_reports(visit: Visit) -> HttpResponse:
    groups = [(words, [each for each in reports if visit.may(each.verb)]) for words, reports in GROUPS]
    return visit.render("web/books/index.html", groups=[group for group in groups if group[1]])


@page("report.read")
def show_numbers(visit: Visit) -> HttpResponse:
    proof = number_proof()
    series = [{**each, "sentence": _sentence(each), "is_sound": _is_sound(each)} for each in proof["series"]]
    used = [each for each in series if each["count"] or not each["is_sound"]]
    return visit.render(
        "web/books/numbers.html",
        checked_at=proof["checked_at"],
        series=used,
        unused=[each["series"] for each in series if each not in used],
        is_sound=all(each["is_sound"] for each in series),
    )


def _is_sound(series: Row) -> bool:
    return not series["gaps"] and not series["duplicates"]


def _sentence(series: Row) -> str:
    """FT-INV-0001 to FT-INV-0482: 482 numbers, none missing, none twice."""
    if not series["count"]:
        return _("Nothing was issued yet.")
    words = {
        "first": series["first"],
        "last": series["last"],
        "numbers": ngettext("%(count)s number", "%(count)s numbers", series["count"])
        % {"count": count(series["count"])},
    }
    if _is_sound(series):
        return _("%(first)s to %(last)s: %(numbers)s, none missing, none twice.") % words
    words |= {"gaps": count(len(series["gaps"])), "twice": count(len(series["duplicates"]))}
    return _("%(first)s to %(last)s: %(numbers)s, %(gaps)s missing, %(twice)s standing twice.") % words
