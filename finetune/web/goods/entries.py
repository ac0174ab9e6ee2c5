"""Movements of stock: the list, one of them with what it did and who decided, and deciding on it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from finetune.core.caller import Caller
from finetune.core.fields import Nothing, Reason
from finetune.core.listing import Page, Row
from finetune.core.transactions import Made
from finetune.inventory import actions
from finetune.inventory import queries as inventory
from finetune.inventory.schemas import EntryQuery
from finetune.web.goods import queries
from finetune.web.goods.names import Names, names_of
from finetune.web.goods.words import TYPE_WORDS, movement_words
from finetune.web.shell.forms import Field, Form
from finetune.web.shell.lists import Column, ListPage, Total, show_list
from finetune.web.shell.paths import local_path
from finetune.web.shell.visit import Visit, id_of, page
from finetune.web.words import STATUS_WORDS

REASON = Field("reason", gettext_lazy("Reason"), required=True, maxlength=500, is_wide=True)
FILTERS = (
    Field(
        "entry_type",
        gettext_lazy("What"),
        "choice",
        (("", gettext_lazy("All")), *((code, words) for code, words in TYPE_WORDS.items() if "transfer" not in code)),
    ),
    Field(
        "status",
        gettext_lazy("Status"),
        "choice",
        (
            ("", gettext_lazy("All")),
            *((code, STATUS_WORDS[code]) for code in ("posted", "pending_approval", "rejected")),
        ),
    ),
    Field("date_from", gettext_lazy("From"), "date"),
    Field("date_to", gettext_lazy("To"), "date"),
)  # fmt: skip


def named_entries(caller: Caller, query: EntryQuery) -> Page:
    """The API's movements, with names and documents."""
    rows = inventory.entries(caller, query)
    names = _names(caller, rows.rows)
    for row in rows.rows:
        _tell(row, names)
    return rows


def _names(caller: Caller, rows: list[Row]) -> Names:
    return names_of(
        caller,
        variants=[row["product_variant"] for row in rows],
        users=[row[name] for row in rows for name in ("entered_by", "approved_by")],
        stores=[row["store"] for row in rows],
        bookings=[row["booking"] for row in rows],
        entries=[row["id"] for row in rows],
    )


def _tell(row: Row, names: Names) -> None:
    row["words"] = movement_words(row["entry_type"], is_reversal=row["reversal_of"] is not None)
    row["item"] = names.of("variant", row["product_variant"])
    row["sku"] = names.code("variant", row["product_variant"])
    row["store_code"], row["store_name"] = names.code("store", row["store"]), names.of("store", row["store"])
    row["who"], row["decider"] = names.of("user", row["entered_by"]), names.of("user", row["approved_by"])
    row["document"] = names.document(row["id"], row["booking"])
    row["shown_status"] = "reversed" if row["reversed_by"] else row["status"]


def _totals(caller: Caller, query: EntryQuery) -> list[Total]:
    sums = queries.entry_totals(caller, query)
    return [
        Total(gettext_lazy("Movements"), sums["number"]),
        Total(gettext_lazy("In"), sums["units_in"], "signed"),
        Total(gettext_lazy("Out"), sums["units_out"], "signed"),
        Total(gettext_lazy("Waiting"), sums["waiting"]),
    ]


def _document_link(row: Row) -> str:
    return row["document"].path if row["document"] else ""


LIST = ListPage(
    title=gettext_lazy("Movements"),
    path="/stock/entries/",
    query=EntryQuery,
    read=named_entries,
    empty=gettext_lazy("The first movement is a purchase: scan a box in."),
    filters=FILTERS,
    new=(gettext_lazy("Receive or move"), "/stock/entries/new/", "stock.post"),
    totals=_totals,
    template="web/goods/list.html",
    columns=(
        Column(
            gettext_lazy("When"),
            "created_at",
            kind="instant",
            ordering="created_at",
            link=lambda row: f"/stock/entries/{row['id']}/",
        ),
        Column(gettext_lazy("What"), "words", note="reason"),
        Column(gettext_lazy("Item"), "item", note=lambda row: f"{row['sku']} · {row['store_code']}"),
        Column(
            gettext_lazy("For"),
            lambda row: row["document"].words if row["document"] else "",
            kind="code",
            link=_document_link,
        ),
        Column(gettext_lazy("By"), "who", is_quiet=True),
        Column(gettext_lazy("Moved"), "delta", kind="signed"),
        Column(gettext_lazy("Balance"), "balance_after", kind="count"),
        Column(gettext_lazy("Status"), "shown_status", kind="status"),
    ),
)  # fmt: skip


@page("stock.read", may_lag=True)
def list_entries(visit: Visit) -> HttpResponse:
    """All movements, or those of one item or repair where the address says which."""
    narrowed = [
        Field(name, "", "hidden") for name in ("product_variant", "booking") if visit.request.GET.get(name)
    ]
    return show_list(visit, replace(LIST, filters=(*FILTERS, *narrowed)))


@page("stock.read")
def show_entry(visit: Visit, entry_id: str) -> HttpResponse:
    return _entry_page(visit, id_of(entry_id, "stock entry"))


def _entry_page(visit: Visit, entry_id: int, forms: dict[str, Form] | None = None) -> HttpResponse:
    """One movement. `forms` holds the one that was refused, by what it asked for."""
    row = inventory.entry(visit.caller, entry_id)
    names = _names(visit.caller, [row])
    _tell(row, names)
    refused = next(iter((forms or {}).values()), None)
    shown: dict[str, Any] = {
        "ledger": queries.cells_of(visit.caller, [row["product_variant"]]).get(
            (row["product_variant"], row["store"])
        ),
        "units": queries.units_named(visit.caller, row["serial_numbers"]) if row["serial_numbers"] else [],
        "reverse_form": (forms or {}).get("reverse", Form((REASON,), prefix="reverse-")),
        "reject_form": (forms or {}).get("reject", Form((REASON,), prefix="reject-")),
        **rights(visit, row),
    }
    is_shown = (shown["may_reverse"] and "reverse" in (forms or {})) or (
        shown["may_reject"] and "reject" in (forms or {})
    )
    # A refusal without its form on the page, since what it asked for is not open any more, stands at the top.
    shown["problem"] = refused.problem if refused and not is_shown else ""
    status = refused.status if refused else 200
    return visit.render("web/goods/entry.html", status=status, entry=row, **shown)


def rights(visit: Visit, row: Row) -> dict[str, bool]:
    """What this person may do to a movement now, for buttons; the actions decide."""
    waits, is_own = row["status"] == "pending_approval", row["entered_by"] == visit.caller.user_id
    may_decide = visit.may("stock.approve")
    is_free = row["status"] == "posted" and not row["reversal_of"] and not row["reversed_by"]
    from_paper = row["document"] is not None and row["document"].path.split("/")[1] != "repairs"
    return {
        "waits": waits,
        "may_approve": waits and may_decide and not is_own,
        "is_own_approval": waits and may_decide and is_own,
        "may_reject": waits and visit.may("stock.reject") and (may_decide or is_own),
        "may_reverse": is_free and not from_paper and visit.may("stock.reverse"),
        "is_from_paper": is_free and from_paper,
    }


@page("stock.approve", methods=("POST",))
def approve(visit: Visit, entry_id: str) -> HttpResponse:
    def act(form: Form, number: int) -> Made:
        form.body(Nothing)
        return actions.approve_entry(actor=visit.actor, entry_id=number)

    return _decide(visit, entry_id, "approve", Form(()), act, _("Approved. It is on the shelf now."))


@page("stock.reject", methods=("POST",))
def reject(visit: Visit, entry_id: str) -> HttpResponse:
    def act(form: Form, number: int) -> Made:
        return actions.reject_entry(actor=visit.actor, entry_id=number, reason=form.body(Reason).reason)

    form = Form((REASON,), prefix="reject-")
    return _decide(visit, entry_id, "reject", form, act, _("Rejected. Nothing was put on the shelf."))


@page("stock.reverse", methods=("POST",))
def reverse(visit: Visit, entry_id: str) -> HttpResponse:
    def act(form: Form, number: int) -> Made:
        return actions.reverse_entry(actor=visit.actor, entry_id=number, reason=form.body(Reason).reason)

    form = Form((REASON,), prefix="reverse-")
    return _decide(visit, entry_id, "reverse", form, act, _("Taken back. This is the opposite movement."))


def _decide(
    visit: Visit, entry_id: str, what: str, form: Form, act: Callable[[Form, int], Made], said: str
) -> HttpResponse:
    """Do it and go on, to where the press came from or to what was made; or show why not."""
    number = id_of(entry_id, "stock entry")
    form = form.fill(visit.request.POST)
    with form.refusals():
        made = act(form, number)
        onward = visit.request.POST.get("next")
        return visit.go(local_path(onward) if onward else f"/stock/entries/{made.id}/", said)
    if form.refusal is not None and form.refusal.status == 404:
        raise form.refusal
    return _entry_page(visit, number, {what: form})
