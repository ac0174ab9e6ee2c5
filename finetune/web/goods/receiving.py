"""Moving stock by hand: scan what it is, scan the units of a box, say why. Posting decides; the check only looks."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from finetune.catalog import queries as catalog
from finetune.catalog.schemas import VariantQuery
from finetune.core.listing import Row
from finetune.core.refusals import forbidden, invalid_field, not_found
from finetune.core.strict_json import REFUSED_TEXT
from finetune.inventory.actions import post_entry
from finetune.inventory.queries import stock_facts
from finetune.inventory.records import StockFacts, VariantFacts, WantedEntry
from finetune.inventory.rules import (
    TYPES_FOR_A_BOOKING,
    SerialCheck,
    check_serials,
    movement_of,
    wanted_serials,
)
from finetune.inventory.schemas import EntryIn
from finetune.web.goods import queries
from finetune.web.goods.words import TYPE_WORDS
from finetune.web.shell.forms import Field, Form
from finetune.web.shell.visit import Visit, id_of, page

PATH = "/stock/entries/new/"
CANDIDATES_MAX = 12
CHECKED_MAX = 5_000
OFFERED = ("purchase", "consumption", "return_in", "adjustment", "damage", "return_out")
BETWEEN_SERIALS = re.compile(r"[\r\n,;\t]+")
LEADS: dict[str, Promise] = {
    "purchase": gettext_lazy("New stock from a supplier comes in."),
    "consumption": gettext_lazy("A part leaves the shelf for a repair, without a bill of its own."),
    "return_in": gettext_lazy("A customer brings back what has no bill here. With a bill, make a credit note instead."),
    "adjustment": gettext_lazy("The count says something else than the books."),
    "damage": gettext_lazy("It broke, so it cannot be sold."),
    "return_out": gettext_lazy("It goes back to the supplier."),
}  # fmt: skip
SUBMITS: dict[str, Promise] = {
    "purchase": gettext_lazy("Put on the shelf"),
    "consumption": gettext_lazy("Take for the repair"),
    "return_in": gettext_lazy("Put back on the shelf"),
    "adjustment": gettext_lazy("Correct the shelf"),
    "damage": gettext_lazy("Take off the shelf"),
    "return_out": gettext_lazy("Send back"),
}
DIRECTIONS = (
    ("out", gettext_lazy("There is less than the books say")),
    ("in", gettext_lazy("There is more than the books say")),
)


@dataclass(frozen=True)
class Move:
    """What is about to be moved, as far as the address says: its kind, its store, its item."""

    visit: Visit
    entry_type: str
    store: Row
    variant: Row | None

    @cached_property
    def facts(self) -> StockFacts:
        assert self.variant is not None
        serials = wanted_serials(self.texts[:CHECKED_MAX])
        return stock_facts(store_id=self.store["id"], variant_ids=[self.variant["id"]], serials=serials)

    @property
    def shelf(self) -> VariantFacts:
        assert self.variant is not None
        return self.facts.variants[self.variant["id"]]

    @cached_property
    def texts(self) -> list[str]:
        """The serials as they were scanned, one a line or parted by commas, repeated ones too."""
        given = self.visit.request.POST.get("serial_numbers", "")
        return [text.strip() for text in BETWEEN_SERIALS.split(given) if text.strip()]

    @property
    def direction(self) -> str:
        return "in" if self.visit.request.POST.get("direction") == "in" else "out"

    @property
    def is_in(self) -> bool:
        """Whether it comes onto the shelf."""
        sign = 1 if self.entry_type != "adjustment" or self.direction == "in" else -1
        return movement_of(self.entry_type, sign).sign > 0

    def signed(self, size: str | int) -> str | int:
        """A size as the API wants it: only an adjustment may be negative."""
        is_less = self.entry_type == "adjustment" and not self.is_in
        return f"-{size}" if is_less and str(size)[:1].isdigit() else size

    def check(self) -> SerialCheck | None:
        """What posting would say to the serials that were scanned so far."""
        if self.variant is None or not self.shelf.track_serials or not self.texts:
            return None
        return check_serials(
            self.texts[:CHECKED_MAX],
            entry_type=self.entry_type,
            quantity=1 if self.entry_type != "adjustment" or self.is_in else -1,
            variant_id=self.variant["id"],
            facts=self.facts,
        )

    def address(self, **changed: Any) -> str:
        given = {"type": self.entry_type, "store": self.store["id"]}
        given |= {"variant": self.variant["id"]} if self.variant else {}
        if self.visit.request.GET.get("booking"):
            given["booking"] = self.visit.request.GET["booking"]
        given |= changed
        return f"{PATH}?{urlencode({name: value for name, value in given.items() if value is not None})}"


def _move(visit: Visit) -> Move:
    """Refuses 403 for a kind that the role may not post and without any store, 404 for store and item."""
    kinds = kinds_of(visit)
    wanted = visit.request.GET.get("type", kinds[0])
    if wanted not in OFFERED:
        wanted = kinds[0]
    if wanted not in kinds:
        raise forbidden(_("Your role may not post this. Ask the head of the branch."))
    stores = {str(store["id"]): store for store in visit.stores}
    asked = visit.request.GET.get("store", "")
    if asked and asked not in stores:
        raise not_found("store")
    store = stores.get(asked) or visit.store_to_work_in
    if store is None:
        raise forbidden(_("You are in no store yet. Ask a system administrator to add you to one."))
    given = visit.request.GET.get("variant")
    variant = catalog.variant(visit.caller, id_of(given, "variant")) if given else None
    return Move(visit, wanted, store, variant)


def kinds_of(visit: Visit) -> list[str]:
    """The kinds of movement that this person may post."""
    return [each for each in OFFERED if visit.may(f"stock.post.{each}")]


@page("stock.post", methods=("GET", "POST"))
def new_entry(visit: Visit) -> HttpResponse:
    move = _move(visit)
    if move.variant is None:
        return _choose_item(visit, move)
    form = Form(_fields(move), initial={"booking": visit.request.GET.get("booking", "")})
    if visit.request.method == "POST":
        form = form.fill(visit.request.POST)
        if not visit.request.POST.get("check"):
            with form.refusals():
                made = post_entry(actor=visit.actor, store_id=move.store["id"], wanted=_wanted(move, form))
                return visit.go(f"/stock/entries/{made.id}/", _said(move, form))
    return _form_page(visit, move, form)


def _choose_item(visit: Visit, move: Move) -> HttpResponse:
    """Ask what it is. A code that fits one item goes straight on."""
    code = visit.request.GET.get("code", "").strip()[:100]
    found: Sequence[Row] = ()
    if code and not REFUSED_TEXT.search(code):
        exact = queries.variant_with_code(code)
        found = catalog.variants(visit.caller, VariantQuery(q=code, page_size=CANDIDATES_MAX)).rows
        if exact is None and len(found) == 1:
            exact = int(found[0]["id"])
        if exact is not None and not visit.is_htmx:
            return visit.go(move.address(variant=exact))
    shown: dict[str, Any] = {
        "move": move,
        "code": code,
        "found": [(each, move.address(variant=each["id"])) for each in found],
    }
    if visit.is_htmx:
        return visit.render("web/goods/parts/candidates.html", **shown)
    return visit.render("web/goods/receive_item.html", **shown, **_frame(visit, move))


def _frame(visit: Visit, move: Move) -> dict[str, Any]:
    """What both steps show: the kinds as tabs, the stores to choose from."""
    kinds = [(TYPE_WORDS[each], move.address(type=each), each == move.entry_type) for each in kinds_of(visit)]
    shelves = [
        (store, move.address(store=store["id"]), store["id"] == move.store["id"]) for store in visit.stores
    ]
    return {"kinds": kinds, "lead": LEADS[move.entry_type], "shelves": shelves if len(shelves) > 1 else []}


def _fields(move: Move) -> tuple[Field, ...]:
    kind = move.entry_type
    is_tracked = move.shelf.track_serials
    left_empty = gettext_lazy("Left empty, the scanned ones count")
    quantity = Field(
        "quantity",
        gettext_lazy("How many should it be") if is_tracked else gettext_lazy("Quantity"),
        "number",
        hint=left_empty if is_tracked else "",
        required=not is_tracked,
    )
    price = Field("unit_price", gettext_lazy("Price of one, without GST"), "money")
    booking = Field("booking", gettext_lazy("For repair number"), "id", required=True)
    reference = Field("reference", gettext_lazy("Supplier's bill"), maxlength=60)
    reason = Field(
        "reason", gettext_lazy("Reason"), required=kind == "adjustment", maxlength=500, is_wide=True
    )
    sees_price = kind in ("purchase", "return_out") and move.visit.caller.sees_cost
    offered = (
        (quantity, True),
        (price, sees_price),
        (booking, kind in TYPES_FOR_A_BOOKING),
        (reference, kind in ("purchase", "return_out")),
        (reason, kind != "purchase"),
    )
    return tuple(field for field, is_asked in offered if is_asked)


def _wanted(move: Move, form: Form) -> WantedEntry:
    """The form as the API's body, and that as a movement. Serials that were scanned twice count once."""
    assert move.variant is not None
    serials = list(wanted_serials(move.texts)) if move.shelf.track_serials else []
    if move.shelf.track_serials and not serials:
        raise invalid_field("serial_numbers", "serial_count_mismatch", _("Scan at least one unit."))
    size = form.values["quantity"] or (len(serials) if serials else "")
    body = form.body(
        EntryIn,
        entry_type=move.entry_type,
        store=move.store["id"],
        product_variant=move.variant["id"],
        quantity=move.signed(size),
        serial_numbers=serials,
    )
    return WantedEntry(
        entry_type=body.entry_type,
        variant_id=body.product_variant,
        quantity=body.quantity,
        serial_numbers=wanted_serials(body.serial_numbers),
        unit_price=body.unit_price,
        booking_id=body.booking,
        reason=body.reason,
        reference=body.reference,
    )


def _said(move: Move, form: Form) -> str:
    if move.is_in and move.shelf.require_stock_in_approval:
        return _("Written down. It waits until somebody else approves it.")
    units = len(wanted_serials(move.texts)) if move.shelf.track_serials else 0
    if units:
        return ngettext("%(units)s unit was moved.", "%(units)s units were moved.", units) % {"units": units}
    return _("The stock was moved.")


def _form_page(visit: Visit, move: Move, form: Form) -> HttpResponse:
    errors = form.refusal.errors if form.refusal else ()
    return visit.render(
        "web/goods/receive.html",
        status=form.status,
        form=form,
        move=move,
        serials_text=visit.request.POST.get("serial_numbers", ""),
        serial_faults=[each.message for each in errors if each.field.startswith("serial_numbers")],
        directions=[(value, words, value == move.direction) for value, words in DIRECTIONS]
        if move.entry_type == "adjustment"
        else [],
        repairs=queries.open_repairs(move.store["id"]) if move.entry_type in TYPES_FOR_A_BOOKING else [],
        check=move.check(),
        submit=SUBMITS[move.entry_type],
        check_url=move.address().replace(PATH, "/stock/entries/check/"),
        **_frame(visit, move),
    )


@page("stock.post", methods=("POST",))
def check(visit: Visit) -> HttpResponse:
    """How many of the scanned serials may move, and what is wrong with the others. Nothing is written or locked."""
    move = _move(visit)
    if REFUSED_TEXT.search(visit.request.POST.get("serial_numbers", "")):
        raise invalid_field("serial_numbers", "invalid", _("This holds a character that cannot be kept."))
    return visit.render("web/goods/parts/check.html", move=move, check=move.check())
