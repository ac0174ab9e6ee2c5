"""The front page of who is logged in: the day's figures, each of which opens its list, and thirty days as charts."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.utils.translation import gettext as _

from finetune.core.dates import INDIA, date_in_india, now
from finetune.reports.nightly import trouble_with_books
from finetune.web.charts import bars_of, percents
from finetune.web.queries import DAYS_SHOWN, Dashboard, Figures, dashboard
from finetune.web.shell.visit import Visit
from finetune.web.words import MODE_WORDS

STORES_SHOWN = 20
NOTHING = Figures()


def show_today(visit: Visit) -> HttpResponse:
    moment = now()
    day = date_in_india(moment)
    wanted = visit.caller.stores_param if visit.store_id is None else [visit.store_id]
    shown = dashboard(visit.caller, wanted, today=day, now=moment)
    return visit.render(
        "web/today.html",
        sees_every_store=visit.caller.store_ids is None,
        today=day,
        greeting=_greeting(moment),
        may_sell=visit.may("sale.make"),
        may_repair=visit.may("booking.write"),
        may_receive=visit.may("stock.post.purchase"),
        may_approve=visit.may("stock.approve"),
        figures=shown.figures,
        received=shown.received_today,
        links=_links(visit.store_id),
        store_rows=_store_rows(visit, shown),
        books=trouble_with_books(moment) if visit.may("audit.read") else None,
        days_shown=DAYS_SHOWN,
        chart=_chart(shown),
        modes=_modes(shown),
    )


def _greeting(moment: datetime) -> str:
    hour = moment.astimezone(INDIA).hour
    return _("Good morning") if hour < 12 else _("Good afternoon") if hour < 17 else _("Good evening")


def _links(store_id: int | None) -> dict[str, str]:
    """Where each figure leads: its list, filtered as it was counted."""
    today = date_in_india(now()).isoformat()

    def to(path: str, **query: str) -> str:
        given = query | ({"store": str(store_id)} if store_id is not None else {})
        return f"{path}?{urlencode(given)}" if given else path

    return {
        "billed": to("/invoices/", date_from=today, date_to=today),
        "received": to("/payments/", date_from=today, date_to=today),
        "cash": to("/day/"),
        "owed": to("/invoices/", status="overdue"),
        "late": to("/repairs/list/", late="true"),
        "bench": to("/repairs/"),
        "low": to("/stock/", low_stock="true"),
        "waiting": to("/approvals/"),
    }


def _store_rows(visit: Visit, shown: Dashboard) -> list[dict[str, Any]]:
    """A line for each store, where several are looked at."""
    if visit.store is not None or len(visit.stores) < 2:
        return []
    return [
        {"store": each, "figures": shown.by_store.get(each["id"], NOTHING), "links": _links(each["id"])}
        for each in visit.stores[:STORES_SHOWN]
    ]


def _chart(shown: Dashboard) -> dict[str, Any]:
    totals = [each.total for each in shown.days]
    measured = bars_of(totals)
    best = max(shown.days, key=lambda each: each.total)
    return {
        "bars": [{"bar": bar, "day": day} for bar, day in zip(measured.bars, shown.days, strict=True)],
        "size": measured,
        "top": int(measured.top),
        "half": int(measured.top / 2),
        "total": sum(totals, totals[0] * 0),
        "best": best,
        "first": shown.days[0].on,
        "middle": shown.days[DAYS_SHOWN // 2].on,
        "last": shown.days[-1].on,
        "has_any": any(totals),
    }


def _modes(shown: Dashboard) -> list[dict[str, Any]]:
    lengths = percents([each.total for each in shown.modes])
    return [
        {"mode": each, "words": MODE_WORDS[each.mode], "length": length}
        for each, length in zip(shown.modes, lengths, strict=True)
    ]
