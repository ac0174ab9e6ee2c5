"""What a code means at the counter: a line to add, a customer, a bill to take back, or why not."""

import re
from collections.abc import Sequence
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from finetune.core.listing import Row
from finetune.customers.rules import digits_sought
from finetune.reports.codes import CODE_MAX, PHONE_DIGITS_MIN, resolve
from finetune.web.counter import queries
from finetune.web.shell.visit import Visit
from finetune.web.templatetags.shop import inr
from finetune.web.words import STATUS_WORDS

Heard = dict[str, Any]
MODES: Final = ("item", "customer", "return")
_PHONE = re.compile(r"[0-9 ()+.-]{10,20}")


def scanned(visit: Visit, code: str, *, store_id: int, mode: str) -> Heard:
    """What the till is told: `good` whether the scan was taken, `say` a sentence, and one of `add`, `customer`,
    `new_customer`, `booking`, `back` (a bill to take back), or `choices` of such."""
    text = code.strip()[:CODE_MAX]
    rows = resolve(visit.caller, text)
    if mode == "customer":
        return _as_customer(visit, rows, text)
    if mode == "return":
        return _as_return(rows, text)
    return _as_item(visit, rows, text, store_id)


def _refused(say: str, choices: Sequence[Heard] = ()) -> Heard:
    return {"good": False, "say": say, "choices": list(choices)}


def _unknown(text: str) -> Heard:
    return _refused(
        _("Nothing is known under “%(code)s”. Scan again, or type a part of the name.") % {"code": text}
    )


def _as_item(visit: Visit, rows: list[Row], text: str, store_id: int) -> Heard:
    exact = [row for row in rows if row["exact"]]
    if not exact:
        if _is_phone(text):
            return _new_customer(text)
        if not rows:
            return _unknown(text)
        say = _("No code is exactly “%(code)s”. Is it one of these?") % {"code": text}
        return _refused(say, [_choice(visit, row, store_id) for row in rows])
    first = exact[0]
    alike = [row for row in exact if row["kind"] == first["kind"]]
    if len(alike) > 1:
        say = _("More than one thing has this code. Choose one.")
        return _refused(say, [_choice(visit, row, store_id) for row in alike])
    return _heard(visit, first, store_id)


def _heard(visit: Visit, row: Row, store_id: int) -> Heard:
    kind = row["kind"]
    if kind == "serial":
        return _unit(visit, row, store_id)
    if kind == "variant":
        return _variant(row, store_id)
    if kind == "booking":
        return _booking(visit, row, store_id)
    if kind == "customer":
        return _customer(visit, row["id"])
    return _document(row)


def line_of(row: Row, *, serial: str = "") -> Heard:
    """A line of the cart. The price is shown until the server's engine has answered."""
    return {
        "variant": row["variant"],
        "code": row["code"] if row["kind"] == "variant" else "",
        "name": row["label"],
        "price": f"{row['price']:f}",
        "tracked": bool(row["tracks_serials"]),
        "serial": serial,
    }


def _unit(visit: Visit, row: Row, store_id: int) -> Heard:
    named = {"serial": row["code"], "name": row["label"], "store": row["store_name"]}
    if row["state"] == "available" and row["store"] == store_id:
        return {
            "good": True,
            "say": _("%(name)s, %(serial)s") % named,
            "add": line_of(row, serial=row["code"]),
        }
    if row["state"] == "available":
        return _refused(
            _("%(serial)s (%(name)s) stands in %(store)s. It is sold there, or moved here first.") % named
        )
    if row["state"] == "sold":
        say = _("%(serial)s (%(name)s) was sold in %(store)s. To take it back, press F4.") % named
        return _refused(say, [_back_choice(row["invoice"], named["serial"])] if row["invoice"] else [])
    words = STATUS_WORDS.get(row["state"], row["state"])
    return _refused(
        _("%(serial)s (%(name)s) cannot be sold: %(state)s, in %(store)s.") % {**named, "state": words}
    )


def _variant(row: Row, store_id: int) -> Heard:
    here = sum(place["available"] for place in row["places"] if place["store"] == store_id)
    if not row["tracks_serials"]:
        left = ngettext("%(n)s here", "%(n)s here", here) % {"n": here}
        return {"good": True, "say": f"{row['label']} · {left}", "add": line_of(row)}
    units = queries.units_here(variant_id=row["variant"], store_id=store_id)
    named = {"name": row["label"]}
    if not units:
        elsewhere = ", ".join(place["store_name"] for place in row["places"] if place["available"] > 0)
        if elsewhere:
            return _refused(
                _("%(name)s is not here. It stands in %(stores)s.") % {**named, "stores": elsewhere}
            )
        return _refused(_("%(name)s is out of stock.") % named)
    say = _("%(name)s is sold by its IMEI. Scan the one that is handed over, or choose it.") % named
    choices = [
        {
            "title": unit,
            "note": row["label"],
            "right": f"₹ {inr(row['price'])}",
            "add": line_of(row, serial=unit),
        }
        for unit in units
    ]
    return _refused(say, choices)


def _booking(visit: Visit, row: Row, store_id: int) -> Heard:
    if row["store"] != store_id:
        return _refused(
            _("Repair %(id)s is at %(store)s. Choose that store above, then scan again.")
            % {"id": row["id"], "store": row["store_name"]}
        )
    booking = booking_of(visit, row["id"])
    return {"good": True, "say": _("Repair %(id)s is billed here.") % {"id": row["id"]}, **booking}


def booking_of(visit: Visit, booking_id: int) -> Heard:
    """A repair as the till takes it: its customer, and its estimate as a first line that may be changed."""
    row = queries.booking_to_bill(visit.caller, booking_id)
    label = _("Repair %(id)s") % {"id": row["id"]}
    heard: Heard = {
        "booking": {
            "id": row["id"],
            "label": f"{label} · {row['device']}".rstrip(" ·"),
            "store": row["store"],
        },
        "customer": {"id": row["customer"], "name": row["customer_name"], "phone": row["customer_phone"]},
    }
    if row["estimate"]:
        heard["service"] = {
            "description": f"{_('Repair')}: {row['device']}"[:300],
            "price": f"{row['estimate']:f}",
        }
    return heard


def _customer(visit: Visit, customer_id: int) -> Heard:
    row = queries.customer_at_counter(visit.caller, customer_id)
    return {"good": True, "say": row["name"], "customer": queries.shown_customer(row)}


def _document(row: Row) -> Heard:
    if row["kind"] == "credit_note":
        return _refused(
            _("%(number)s is a credit note of %(name)s.") % {"number": row["code"], "name": row["label"]},
            [{"title": row["code"], "note": row["label"], "right": "", "go": f"/credit-notes/{row['id']}/"}],
        )
    say = _("%(number)s is a bill of %(name)s: %(state)s. Take it back, or look at it.") % {
        "number": row["code"],
        "name": row["label"],
        "state": STATUS_WORDS.get(row["state"], row["state"]),
    }
    look = {
        "title": _("Look at the bill"),
        "note": row["code"],
        "right": f"₹ {inr(row['price'])}",
        "go": f"/invoices/{row['id']}/",
    }
    return _refused(say, [_back_choice(row["id"], row["code"]), look])


def _back_choice(invoice_id: int, note: str) -> Heard:
    return {"title": _("Take back"), "note": note, "right": "F4", "back": invoice_id}


def _choice(visit: Visit, row: Row, store_id: int) -> Heard:
    """A row of the list under the scan field. Choosing it is as if its own code had been scanned."""
    notes = [row["code"]]
    if row["kind"] == "variant":
        here = sum(place["available"] for place in row["places"] if place["store"] == store_id)
        notes.append(_("%(n)s here") % {"n": here})
    elif row["store_name"]:
        notes.append(row["store_name"])
    right = f"₹ {inr(row['price'])}" if row["price"] is not None else ""
    shown: Heard = {"title": row["label"], "note": " · ".join(filter(None, notes)), "right": right}
    if row["kind"] == "customer":
        return {**shown, "customer": {"id": row["id"], "name": row["label"], "phone": row["code"]}}
    if row["kind"] == "variant" and not row["tracks_serials"]:
        return {**shown, "add": line_of(row)}
    return {**shown, "code": row["code"]}


def _as_customer(visit: Visit, rows: list[Row], text: str) -> Heard:
    found = [row for row in rows if row["kind"] == "customer"]
    if len(found) == 1 and found[0]["exact"]:
        return _customer(visit, found[0]["id"])
    if found:
        return _refused(_("Which of them is it?"), [_choice(visit, row, 0) for row in found])
    return _new_customer(text)


def _new_customer(text: str) -> Heard:
    """Nobody has this phone or name yet: the till opens the form with it in place."""
    is_phone = _is_phone(text)
    say = _("Nobody is written down under “%(text)s” yet.") % {"text": text}
    return {
        "good": False,
        "say": say,
        "new_customer": {"phone": text if is_phone else "", "name": "" if is_phone else text},
    }


def _is_phone(text: str) -> bool:
    digits = digits_sought(text) or ""
    return bool(_PHONE.fullmatch(text)) and PHONE_DIGITS_MIN <= len(digits) <= PHONE_DIGITS_MIN + 2


def _as_return(rows: list[Row], text: str) -> Heard:
    for row in rows:
        if row["exact"] and row["invoice"] and row["kind"] in ("serial", "invoice", "credit_note"):
            return {"good": True, "say": row["label"], "back": row["invoice"], "code": row["code"]}
    return _refused(
        _("No bill is known under “%(code)s”. Scan the bill, or the IMEI that was sold.") % {"code": text}
    )
