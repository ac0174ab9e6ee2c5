"""POST /api/invoices/{id}/credit-notes/: works, replays, each refusal, ownership."""

from datetime import timedelta

import pytest

from finetune.core.dates import today
from tests import cast
from tests.cast import new_key
from tests.crediting.ledger import ask, credit, everything, faults, look, notes_of, pay, returned
from tests.invoicing import desk


@pytest.fixture
def bill(shop):
    """Four hours of labour, Rs 590 each: 2,360.00."""
    return desk.bill(shop, desk.labour(quantity="4", unit_price="500.00"))


def test_a_note_says_what_a_bill_says(shop, bill):
    line = bill["line_items"][0]
    note = credit(shop.asha, bill, returned(line, "1"))
    assert note["credit_note_number"] == "FT-CN-0001"
    assert (note["invoice"], note["invoice_number"]) == (bill["id"], bill["invoice_number"])
    assert (note["store"], note["customer"], note["created_by"]) == (shop.pune, shop.buyer, shop.asha.id)
    assert (note["note_date"], note["reason"], note["completes"]) == (str(today()), "returned", False)
    amounts = {
        "taxable_value": "500.00", "discount_total": "0.00", "cgst": "45.00", "sgst": "45.00", "igst": "0.00",
        "cess": "0.00", "total_tax": "90.00", "total_before_round_off": "590.00", "round_off_amount": "0.00",
        "total": "590.00",
    }  # fmt: skip
    assert {name: note[name] for name in amounts} == amounts
    [on_note] = note["line_items"]
    assert (on_note["line"], on_note["quantity"], on_note["total"]) == (line["id"], "1", "590.00")
    assert (on_note["hsn_code"], on_note["gst_rate"], on_note["restock"]) == ("998716", "18", True)
    assert faults() == []


def test_the_balance_is_lowered_first(shop, bill):
    pay(shop.bilal, bill, "1000.00")
    credit(shop.asha, bill, returned(bill["line_items"][0], "2"))
    after = look(shop.asha, bill)
    assert (after["status"], after["balance_due"]) == ("partially_paid", "180.00")
    assert (after["amount_paid"], after["amount_credited"]) == ("1000.00", "1180.00")
    assert [each["total"] for each in after["credit_notes"]] == ["1180.00"]
    assert "credit_notes" not in shop.asha.get("/invoices/").data["results"][0]


def test_the_rest_is_the_customers_credit(shop, bill):
    pay(shop.bilal, bill, "1500.00")
    first = credit(shop.asha, bill, returned(bill["line_items"][0], "1"))
    second = credit(shop.asha, bill, returned(bill["line_items"][0], "1"))
    third = credit(shop.asha, bill, returned(bill["line_items"][0], "2"))
    assert [each["amount_to_credit"] for each in (first, second, third)] == ["0.00", "320.00", "1180.00"]
    after = look(shop.asha, bill)
    assert (after["status"], after["balance_due"]) == ("credited", "0.00")
    [row] = shop.asha.get(f"/customer-credits/?customer={shop.buyer}").data["results"]
    assert (row["balance"], row["invoice"], row["customer_name"]) == ("1500.00", None, "A buyer")
    assert faults() == []


def test_a_paid_bill_stays_paid_until_all_is_credited(shop, bill):
    pay(shop.bilal, bill, "2360.00")
    credit(shop.asha, bill, returned(bill["line_items"][0], "1"))
    assert look(shop.asha, bill)["status"] == "paid"
    credit(shop.asha, bill, returned(bill["line_items"][0], "3"))
    assert look(shop.asha, bill)["status"] == "credited"


def test_the_key_is_optional_and_kept(shop, bill):
    body = {"reason": "returned", "line_items": [returned(bill["line_items"][0], "1")]}
    other = body | {"reason": "broken"}
    first = desk.replays(shop.asha, notes_of(bill), body, other, stranger=shop.admin)
    assert first.data["credit_note_number"] == "FT-CN-0001"
    assert shop.asha.post(notes_of(bill), body).data["credit_note_number"] == "FT-CN-0003"
    assert faults() == []


def test_a_refused_note_leaves_its_key_and_its_number(shop, bill):
    line, key = bill["line_items"][0], new_key()
    before = everything()
    desk.refused(ask(shop.asha, bill, returned(line, "5"), key=key), 409, "exceeds_remaining_quantity")
    assert everything() == before
    again = ask(shop.asha, bill, returned(line, "4"), key=key)
    assert (again.status, again.data["credit_note_number"]) == (201, "FT-CN-0001")


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"reason": ""}, "reason", "invalid"),
        ({"reason": "  "}, "reason", "invalid"),
        ({"reason": None}, "reason", "invalid"),
        ({"line_items": []}, "line_items", "invalid"),
        ({"line_items": None}, "line_items", "invalid"),
        ({"note_date": "2026-01-01"}, "note_date", "unknown_field"),
        ({"line": {"quantity": "0"}}, "line_items.0.quantity", "invalid"),
        ({"line": {"quantity": "-1"}}, "line_items.0.quantity", "invalid"),
        ({"line": {"quantity": "0.0001"}}, "line_items.0.quantity", "invalid"),
        ({"line": {"quantity": "one"}}, "line_items.0.quantity", "invalid"),
        ({"line": {"line": "x"}}, "line_items.0.line", "invalid"),
        ({"line": {"restock": "yes"}}, "line_items.0.restock", "invalid"),
        ({"line": {"amount": "5.00"}}, "line_items.0.amount", "unknown_field"),
        ({"line": {"serial_numbers": ["A"]}}, "line_items.0.serial_numbers", "serial_count_mismatch"),
    ],
)
def test_refused_fields(shop, bill, change, field, code):
    line = returned(bill["line_items"][0], "1") | change.get("line", {})
    body = {
        "reason": "x",
        "line_items": [line],
        **{name: given for name, given in change.items() if name != "line"},
    }
    before = everything()
    answer = shop.asha.post(notes_of(bill), body)
    assert (answer.status, answer.field_codes()) == (400, {field: code}), answer
    assert everything() == before


def test_a_line_stands_once(shop, bill):
    """Two halves of one line would otherwise each be within what is left."""
    line = bill["line_items"][0]
    answer = ask(shop.asha, bill, returned(line, "3"), returned(line, "3"))
    assert (answer.status, answer.field_codes()) == (400, {"line_items.1.line": "invalid"})


def test_lines_of_other_bills_are_not_there(shop, bill):
    other = desk.bill(shop)
    answer = ask(shop.asha, bill, returned(bill["line_items"][0], "1"), returned(other["line_items"][0]))
    desk.refused(answer, 404, "not_found", "line_items.1.line")


def test_what_is_left_is_told(shop, bill):
    line = bill["line_items"][0]
    credit(shop.asha, bill, returned(line, "2.5"))
    answer = ask(shop.asha, bill, returned(line, "1.501"))
    desk.refused(answer, 409, "exceeds_remaining_quantity", "line_items.0.quantity")
    assert answer.data["errors"][0]["remaining"] == "1.5"
    credit(shop.asha, bill, returned(line, "1.5"))
    again = ask(shop.asha, bill, returned(line, "0.001"))
    assert again.data["errors"][0]["remaining"] == "0"


def test_every_line_at_fault_is_named(shop):
    bill = desk.bill(shop, desk.labour(), desk.goods(), desk.labour(quantity="3"))
    lines = [
        returned(line, quantity) for line, quantity in zip(bill["line_items"], ("2", "1", "4"), strict=True)
    ]
    answer = ask(shop.asha, bill, *lines)
    assert answer.field_codes() == dict.fromkeys(
        ("line_items.0.quantity", "line_items.2.quantity"), "exceeds_remaining_quantity"
    )


def test_a_draft_and_a_cancelled_bill_have_nothing_to_credit(shop, bill):
    draft = desk.draft(shop)
    desk.refused(ask(shop.asha, draft), 409, "invoice_not_issued")
    assert shop.asha.post(f"/invoices/{bill['id']}/cancel/", {"reason": "wrong"}).status == 200
    desk.refused(ask(shop.asha, bill), 409, "invoice_cancelled")


def test_a_credited_bill_is_not_cancelled(shop, bill):
    credit(shop.asha, bill, returned(bill["line_items"][0], "1"))
    before = everything()
    answer = shop.asha.post(f"/invoices/{bill['id']}/cancel/", {"reason": "wrong"})
    desk.refused(answer, 409, "invoice_has_credit_notes")
    assert everything() == before


def test_a_bill_credited_with_nothing_is_not_cancelled_either(shop):
    """What was free came back by a note of Rs 0.00; cancelling would bring it back twice."""
    variant = desk.stocked(shop, 3)
    bill = desk.bill(shop, desk.part(variant, unit_price="0.00"))
    assert bill["total"] == "0.00"
    note = credit(shop.asha, bill)
    assert (note["total"], note["completes"]) == ("0.00", True)
    answer = shop.asha.post(f"/invoices/{bill['id']}/cancel/", {"reason": "wrong"})
    desk.refused(answer, 409, "invoice_has_credit_notes")
    assert faults() == []


def test_the_first_and_the_last_day(shop, bill, monkeypatch):
    """CGST s.34(2): until 30 November after the bill's financial year."""
    from finetune.crediting import actions
    from finetune.crediting.rules import last_day_for_note

    last = last_day_for_note(today())
    assert (last.month, last.day) == (11, 30)
    monkeypatch.setattr(actions, "today", lambda: last + timedelta(days=1))
    desk.refused(ask(shop.asha, bill), 409, "credit_note_too_late")


def test_who_may(shop, bill):
    desk.refused(ask(shop.bilal, bill), 403, "forbidden")
    desk.refused(ask(shop.auditor, bill), 403, "forbidden")
    desk.refused(ask(shop.chitra, bill), 404, "not_found")
    assert ask(shop.admin, bill).status == 201
    desk.refused(
        shop.asha.post("/invoices/999999/credit-notes/", {"reason": "x", "line_items": []}), 400, "invalid"
    )
    nobody = {"reason": "x", "line_items": [{"line": 1, "quantity": "1"}]}
    desk.refused(shop.asha.post("/invoices/999999/credit-notes/", nobody), 404, "not_found")


def test_a_replay_asks_for_the_store_again(shop, bill):
    """Whoever leaves the store does not see its notes by an old key."""
    key = new_key()
    assert ask(shop.asha, bill, key=key).status == 201
    assert shop.admin.patch(f"/users/{shop.asha.id}/", {"stores": [shop.nagpur]}).status == 200
    assert ask(shop.asha, bill, key=key).status == 404


def test_a_series_of_the_sellers_own_gstin(shop):
    fields = {
        "series": "PN-CN",
        "kind": "credit_note",
        "gstin": cast.PUNE_GSTIN,
        "prefix": "PN-CN-",
        "last_number": 41,
    }
    assert shop.admin.post("/invoice-sequences/", fields).status == 201
    assert credit(shop.asha, desk.bill(shop))["credit_note_number"] == "PN-CN-0042"


@pytest.mark.parametrize("what", ["credit_note", "deposit", "refund_voucher"])
def test_a_lost_counter_goes_on_after_the_highest(shop, what):
    from tests.crediting.ledger import deposit, give_back

    def one_more() -> str:
        if what == "credit_note":
            return str(credit(shop.asha, desk.bill(shop))["credit_note_number"])
        voucher = deposit(shop.asha, shop.booking(), "100.00")
        if what == "deposit":
            return str(voucher["voucher_number"])
        return str(desk.made(give_back(shop.asha, voucher))["voucher_number"])

    prefix = {"credit_note": "FT-CN", "deposit": "FT-RV", "refund_voucher": "FT-RF"}[what]
    assert [one_more(), one_more()] == [f"{prefix}-0001", f"{prefix}-0002"]
    desk.execute("DELETE FROM invoicing_invoicesequence WHERE series = %s", prefix)
    assert one_more() == f"{prefix}-0003"
