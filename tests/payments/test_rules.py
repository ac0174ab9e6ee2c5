"""May this money be taken? Tables, without a database but for the limit that it writes down again."""

from decimal import Decimal

import pytest

from finetune.core.refusals import Refusal
from finetune.gst.rates import CASH_LIMIT
from finetune.payments.rules import EmiTerms, Tender, person_of, refuse_known_references, tender_problems
from tests.inventory import shelf

TERMS = EmiTerms("Bajaj", 6, Decimal("95.00"), Decimal("5.00"), down_payment=Decimal("20.00"))
HUNDRED = Decimal("100.00")


@pytest.mark.parametrize(
    ("tender", "faults"),
    [
        (Tender("cash", HUNDRED), {}),
        (Tender("cash", HUNDRED, "drawer 2", tendered=HUNDRED), {}),
        (Tender("cash", HUNDRED, tendered=Decimal("99.99")), {"tendered": "invalid"}),
        (Tender("card", HUNDRED), {"reference": "required"}),
        (Tender("upi", HUNDRED, "U1", tendered=HUNDRED), {"tendered": "invalid"}),
        (Tender("upi", HUNDRED, "U1", emi=TERMS), {"emi": "invalid"}),
        (Tender("emi", HUNDRED, "L1"), {"emi": "required"}),
        (Tender("emi", HUNDRED, "L1", emi=TERMS), {}),
        (Tender("emi", Decimal("120.00"), "L1", emi=TERMS), {"amount": "emi_amount_mismatch"}),
        (Tender("card", HUNDRED, at="tenders.3."), {"tenders.3.reference": "required"}),
    ],
)
def test_a_tender(tender, faults):
    assert {problem.field: problem.code for problem in tender_problems(tender)} == faults


def test_change_is_what_was_handed_over_beyond_the_amount():
    assert Tender("cash", HUNDRED, tendered=Decimal("150.50")).change_due == Decimal("50.50")
    assert Tender("cash", HUNDRED).change_due == 0


@pytest.mark.parametrize(
    ("tenders", "taken", "known"),
    [
        ([("upi", "A"), ("upi", "B")], [], []),
        ([("upi", "A"), ("card", "A"), ("emi", "A"), ("emi", "A")], [], []),
        ([("upi", "a 1"), ("cash", ""), ("upi", "A1")], [], [2]),
        ([("upi", "A"), ("card", "B")], [1], [1]),
        ([("cash", "A"), ("emi", "B")], [0, 1], []),
        ([("card", "A"), ("card", "a")], [0], [0, 1]),
    ],
)
def test_known_references(tenders, taken, known):
    given = [Tender(mode, HUNDRED, name, at=f"{place}.") for place, (mode, name) in enumerate(tenders)]
    if not known:
        refuse_known_references(given, taken=taken)
        return
    with pytest.raises(Refusal) as refusal:
        refuse_known_references(given, taken=taken)
    assert [error.field for error in refusal.value.errors] == [f"{place}.reference" for place in known]


def test_a_walk_in_is_told_by_the_bill():
    assert person_of(customer_id=3, invoice_id=7, is_walk_in=True) == "invoice:7"
    assert person_of(customer_id=3, invoice_id=7, is_walk_in=False) == "customer:3"


def test_the_database_knows_the_limit_of_the_law(db):
    sql = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'payments_cash_below_limit'"
    assert f"{CASH_LIMIT.amount:.0f}" in shelf.fetch(sql)[0][0]
    taking = "SELECT prosrc FROM pg_proc WHERE prosrc LIKE '%%cash_limit%%'"
    assert all(f">= {CASH_LIMIT.amount:.0f}" in source for (source,) in shelf.fetch(taking))
