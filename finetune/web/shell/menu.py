"""The menu: where each thing is, and who sees it there. One table, asked by the frame of every page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from finetune.web.shell.visit import Visit


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the menu, for whoever may do any of its verbs. `icon` is a symbol of `web/icons.svg`."""

    label: Promise
    path: str
    icon: str
    verbs: tuple[str, ...]
    in_thumb_bar: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    label: Promise
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class ShownItem:
    label: str
    path: str
    icon: str
    is_here: bool
    in_thumb_bar: bool


MENU = (
    Group(
        _("Sell"),
        (
            Item(_("Today"), "/", "today", (), True),
            Item(_("Counter"), "/counter/", "counter", ("sale.make",), True),
            Item(_("Repairs"), "/repairs/", "repair", ("booking.read",), True),
        ),
    ),
    Group(
        _("Money"),
        (
            Item(_("Invoices"), "/invoices/", "invoice", ("invoice.read",), True),
            Item(_("Payments"), "/payments/", "payment", ("payment.read",)),
            Item(_("Credit notes"), "/credit-notes/", "return", ("credit_note.read",)),
            Item(_("Day end"), "/day/", "drawer", ("payment.read",)),
        ),
    ),
    Group(
        _("Goods"),
        (
            Item(_("Stock"), "/stock/", "stock", ("stock.read",), True),
            Item(_("Movements"), "/stock/entries/", "moves", ("stock.read",)),
            Item(_("Serials"), "/serials/", "serial", ("stock.read",)),
            Item(_("Approvals"), "/approvals/", "approve", ("stock.approve",)),
            Item(_("Catalogue"), "/catalogue/", "catalogue", ("variant.read",)),
        ),
    ),
    Group(
        _("Office"),
        (
            Item(_("Customers"), "/customers/", "people", ("customer.read",)),
            Item(_("Reports"), "/reports/", "report", ("report.read",)),
            Item(_("Settings"), "/settings/", "settings", ("user.read", "store.read", "audit.read")),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class ShownGroup:
    label: str
    items: Sequence[ShownItem]


def menu_for(visit: "Visit") -> list[ShownGroup]:
    """The groups that this person has anything in. The item with the longest path above the page is marked."""
    path = visit.request.path
    seen = [
        (group, [item for item in group.items if not item.verbs or any(map(visit.may, item.verbs))])
        for group in MENU
    ]
    paths = [item.path for _, items in seen for item in items if path.startswith(item.path)]
    here = max(paths, key=len, default="") if path != "/" else "/"
    if here == "/" and path != "/":
        here = ""
    return [
        ShownGroup(
            str(group.label),
            [
                ShownItem(str(item.label), item.path, item.icon, item.path == here, item.in_thumb_bar)
                for item in items
            ],
        )
        for group, items in seen
        if items
    ]
