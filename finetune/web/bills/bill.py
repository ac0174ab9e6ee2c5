"""One bill: the document on screen, what happened to it, and what may be done with it now."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from finetune.core.dates import today
from finetune.core.listing import Row
from finetune.crediting.rules import last_day_for_note
from finetune.invoicing.queries import invoice
from finetune.web.bills.history import told
from finetune.web.bills.paper import left_of, opened, paper_of
from finetune.web.bills.queries import around as read_around
from finetune.web.bills.sharing import shared
from finetune.web.shell.visit import Visit, id_of, page
from finetune.web.words import MODE_WORDS


@page("invoice.read")
def show_bill(visit: Visit, invoice_id: str) -> HttpResponse:
    bill, around = read_bill(visit, invoice_id)
    return visit.render("web/bills/bill.html", **shown_bill(visit, bill, around))


def read_bill(visit: Visit, invoice_id: str) -> tuple[Row, Row]:
    """A bill, opened, and what is around it. Refuses 404 outside the visitor's stores."""
    bill = opened(invoice(visit.caller, id_of(invoice_id, "invoice")))
    return bill, read_around(bill["id"])


def shown_bill(visit: Visit, bill: Row, around: Row) -> dict[str, Any]:
    is_draft = bill["issued_at"] is None
    may = what_may_be_done(visit, bill, around)
    return {
        "bill": bill,
        "around": around,
        "number": bill["invoice_number"] or _("Draft"),
        "paper": paper_of(bill, around),
        "may": may,
        "is_draft": is_draft,
        "payments": [{**each, "words": MODE_WORDS[each["mode"]]} for each in around["payments"]],
        "refunds": [{**each, "words": MODE_WORDS[each["mode"]]} for each in around["refunds"]],
        "history": told(around["history"]),
        "share": shared(bill) if may["share"] else None,
        "last_day_for_note": None if is_draft else last_day_for_note(bill["invoice_date"]),
    }


def what_may_be_done(visit: Visit, bill: Row, around: Row) -> dict[str, bool]:
    """What this person may do with the bill as it is. A button that is shown may still be refused by the books."""
    is_draft, is_cancelled = bill["issued_at"] is None, bill["status"] == "cancelled"
    stands = not is_draft and not is_cancelled
    has_money = bill["amount_paid"] > 0 and around["amount_refunded"] < bill["amount_paid"]
    is_in_time = not is_draft and today() <= last_day_for_note(bill["invoice_date"])
    has_units = any(left_of(bill, around).values())
    return {
        "edit": is_draft and visit.may("invoice.draft"),
        "issue": is_draft and visit.may("invoice.issue"),
        "pay": stands and bill["balance_due"] > 0 and visit.may("payment.take"),
        "credit": stands and is_in_time and has_units and visit.may("credit_note.issue"),
        "cancel": stands and not has_money and bill["amount_credited"] == 0 and visit.may("invoice.cancel"),
        "share": not is_draft and visit.may("invoice.share"),
        "correct": not is_draft,
        "submit_einvoice": stands
        and around["einvoice"] is None
        and bill["buyer"].get("category") != "unregistered"
        and visit.may("einvoice.submit"),
        "record_answer": stands
        and around["einvoice"] is None
        and around["submitted_at"] is not None
        and visit.may("einvoice.answer"),
    }
