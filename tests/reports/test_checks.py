"""Every check of the books complains when its promise is broken, and no other does."""

import psycopg
import pytest

from finetune.reports.books import CHECKS, ROWS_MAX, Finding, findings
from tests.reports import sabotage
from tests.reports.sabotage.kit import Sabotage

GUARDS = "guards-stand"
GUARDED = {name for check in CHECKS for name in check.kept_by}


def complaints(cursor: psycopg.Cursor) -> dict[str, Finding]:
    return {finding.check.name: finding for finding in findings(cursor) if finding.count}


def test_the_demo_is_clean(demo_books):
    assert complaints(demo_books.cursor()) == {}


@pytest.mark.parametrize("wrong", sabotage.ALL, ids=lambda wrong: wrong.check)
def test_one_wrong_one_complaint(demo_books, wrong: Sabotage):
    with demo_books.transaction(force_rollback=True):
        cursor = demo_books.cursor()
        # No trigger fires for a replica, foreign keys included.
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table, name in wrong.drops:
            cursor.execute(
                f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}; DROP INDEX IF EXISTS {name}"
            )
        for statement in wrong.statements:
            cursor.execute(statement)
            assert cursor.rowcount > 0, f"nothing was put wrong: {statement}"
        found = complaints(cursor)
    missed = {GUARDS} if any(name in GUARDED for _, name in wrong.drops) else set()
    assert found.keys() == {wrong.check} | missed, "\n".join(map(str, found.values()))


def test_every_check_has_its_wrong():
    assert {wrong.check for wrong in sabotage.ALL} == {check.name for check in CHECKS} - {GUARDS}


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE invoicing_invoice DISABLE TRIGGER frozen_rows",
        "DROP TRIGGER only_decide ON inventory_stockentry",
        "ALTER TABLE invoicing_settlement DROP CONSTRAINT invoicing_never_overpaid",
        "DROP INDEX payments_upi_reference_once",
    ],
)
def test_a_guard_that_is_gone_is_missed(demo_books, statement):
    with demo_books.transaction(force_rollback=True):
        demo_books.execute(statement)
        found = complaints(demo_books.cursor())
    assert found.keys() == {GUARDS}
    assert found[GUARDS].count == 1


def test_the_first_rows_are_shown_and_all_are_counted(demo_books):
    with demo_books.transaction(force_rollback=True):
        demo_books.execute("SET LOCAL session_replication_role = replica")
        demo_books.execute("UPDATE invoicing_invoice SET state_tax_label = 'UTGST'")
        found = complaints(demo_books.cursor())["bill-state-tax-label"]
    assert found.count > ROWS_MAX == len(found.rows)
    assert found.rows[0].keys() == {"invoice", "invoice_number", "state_tax_label", "seller_state"}
    assert str(found).splitlines()[-1] == f"  ... and {found.count - ROWS_MAX} more"
