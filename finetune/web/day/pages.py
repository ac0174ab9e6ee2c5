"""The open drawer, its count, and the Z report."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from finetune.core.listing import Row
from finetune.core.refusals import not_found
from finetune.drawers import actions
from finetune.drawers.queries import cash_session, cash_sessions, last_counted
from finetune.drawers.rules import ledger_of
from finetune.drawers.schemas import CashSessionQuery, MovementIn, OpenIn
from finetune.web.day import forms
from finetune.web.day.queries import open_sessions, with_names
from finetune.web.shell.forms import Form
from finetune.web.shell.visit import Visit, id_of, page
from finetune.web.words import MODE_WORDS

EARLIER_SHOWN = 7
MODES = ("cash", "upi", "card", "emi")


@page("cash_session.read")
def show_day(visit: Visit) -> HttpResponse:
    """One store's drawer; of somebody who looks at all stores, every drawer at a glance."""
    asked = visit.request.GET.get("store")
    store = _store(visit, asked) if asked else visit.store
    if store is None:
        return _all_drawers(visit)
    return _drawer(visit, store)


def _store(visit: Visit, text: str) -> Row:
    wanted = id_of(text, "store")
    for store in visit.stores:
        if store["id"] == wanted:
            return store
    raise not_found("store")


def _all_drawers(visit: Visit) -> HttpResponse:
    sessions = {each["store"]: each for each in with_names(open_sessions(visit.caller).values())}
    drawers = [{"store": store, "session": sessions.get(store["id"])} for store in visit.stores]
    return visit.render("web/day/all.html", drawers=drawers, **_earlier(visit, None))


def _drawer(
    visit: Visit,
    store: Row,
    *,
    count: Form | None = None,
    movement: Form | None = None,
    opening: Form | None = None,
) -> HttpResponse:
    """The page of a drawer. A form that was refused is shown with what is wrong, under its status."""
    found = open_sessions(visit.caller).get(store["id"])
    shown: dict[str, Any] = {"store": store, "may_write": visit.may("cash_session.close")}
    status = max((each.status for each in (count, movement, opening) if each is not None), default=200)
    if found is None:
        form = opening or forms.opening_form(last_counted(store["id"]))
        template = "web/day/closed.html"
        return visit.render(template, status=status, form=form, **shown, **_earlier(visit, store["id"]))
    [session] = with_names([cash_session(visit.caller, found["id"])])
    count = count or forms.count_form(initial={})
    shown |= {
        "session": session,
        "modes": _modes(session),
        "ledger": ledger_of(session),
        "count": count,
        "notes": forms.rows_to_count(count),
        "movement": movement or forms.movement_form(),
        "is_refused": status != 200,
    }
    return visit.render("web/day/open.html", status=status, **shown, **_earlier(visit, store["id"]))


def _drawer_unless_closed(visit: Visit, store: Row, form: Form, **forms_shown: Form) -> HttpResponse:
    """A form that was refused, on its page; one of a session that somebody closed meanwhile has none any more."""
    if form.refusal is not None and form.refusal.code == "cash_session_closed":
        raise form.refusal
    return _drawer(visit, store, **forms_shown)


def _modes(session: Row) -> list[Row]:
    """What came in by each way of paying, those without any included."""
    found = {each["mode"]: each for each in session["by_mode"]}
    nothing = {"received": 0, "payments": 0, "refunded": 0, "refunds": 0, "net": 0}
    return [{**nothing, **found.get(mode, {}), "words": MODE_WORDS[mode]} for mode in MODES]


def _earlier(visit: Visit, store_id: int | None) -> dict[str, Any]:
    query = CashSessionQuery(page_size=EARLIER_SHOWN)
    query = query.model_copy(update={"open": False, "store": store_id})
    names = {each["id"]: each["name"] for each in visit.stores}
    rows = cash_sessions(visit.caller, query).rows
    return {"earlier": [{**row, "store_name": names.get(row["store"], "")} for row in rows]}


def _session_of(visit: Visit, session_id: str) -> tuple[Row, Row]:
    """A session and its store. 404 outside the person's stores."""
    session = cash_session(visit.caller, id_of(session_id, "cash session"))
    store = next((each for each in visit.stores if each["id"] == session["store"]), None)
    if store is None:
        raise not_found("cash session")
    return session, store


@page("cash_session.open", methods=("POST",))
def open_drawer(visit: Visit) -> HttpResponse:
    store = _store(visit, visit.request.POST.get("store", ""))
    form = forms.opening_form(None, visit.request.POST)
    with form.refusals():
        body = form.body(OpenIn, store=store["id"])
        actions.open_session(actor=visit.actor, store_id=body.store, opening_float=body.opening_float)
        return visit.go("/day/", _("The drawer is open."), store=store["id"])
    return _drawer(visit, store, opening=form)


@page("cash_session.move", methods=("POST",))
def move(visit: Visit, session_id: str) -> HttpResponse:
    session, store = _session_of(visit, session_id)
    form = forms.movement_form(visit.request.POST)
    with form.refusals():
        body = form.body(MovementIn)
        actions.move_cash(
            actor=visit.actor,
            session_id=session["id"],
            kind=body.kind,
            amount=body.amount,
            reason=body.reason,
        )
        return visit.go("/day/", _("Written down."), store=store["id"])
    return _drawer_unless_closed(visit, store, form, movement=form)


@page("cash_session.close", methods=("POST",))
def close_day(visit: Visit, session_id: str) -> HttpResponse:
    session, store = _session_of(visit, session_id)
    form = forms.count_form(visit.request.POST)
    with form.refusals():
        body = forms.closing_of(form)
        actions.close_session(
            actor=visit.actor,
            session_id=session["id"],
            count=body.count(),
            card_total=body.card_total,
            upi_total=body.upi_total,
            note=body.note,
        )
        return visit.go(f"/day/{session['id']}/", _("The day is closed."))
    return _drawer_unless_closed(visit, store, form, count=form)


@page("cash_session.read")
def show_report(visit: Visit, session_id: str) -> HttpResponse:
    """The Z report of a closed session; an open one is the drawer itself."""
    session, store = _session_of(visit, session_id)
    if session["closed_at"] is None:
        return visit.go("/day/", store=store["id"])
    [session] = with_names([session])
    counted = session["counted"]
    shown: dict[str, Any] = {
        "session": session,
        "store": store,
        "modes": _modes(session),
        "ledger": ledger_of(session),
        "counted": [
            {"words": f"₹{value} × {number}", "amount": value * number}
            for value, number in sorted(((int(k), n) for k, n in counted["notes"].items()), reverse=True)
            if number
        ],
    }
    return visit.render("web/day/report.html", **shown)
