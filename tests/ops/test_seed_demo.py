"""The demo shop: complete, repeatable, taken up where it was cut off."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, NoReturn

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from stdnum import luhn

from finetune.core.caller import Actor, Caller
from finetune.core.dates import now, today
from finetune.core.models import Milestone
from finetune.core.transactions import Made, one_transaction
from finetune.gst.gstin import gstin_problem
from finetune.ops.demo import load
from finetune.ops.demo.load import BEGUN, LOADED
from finetune.ops.demo.stage import Stage
from finetune.reports.books import check_books
from finetune.staff.hashing import Argon2
from finetune.staff.models import User
from finetune.stores.actions import create_store
from tests.conftest import clone, owner_url, use_database

LOG_INS = {"admin": "system_admin", "manager": "branch_head", "advisor": "advisor", "auditor": "auditor"}
TABLES = """SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relkind = 'r' ORDER BY 1"""

# What the story says, without the ids and the hours that every telling has of its own.
STORY = {
    "bills": """SELECT i.invoice_number, i.invoice_date, i.due_date, i.total, i.buyer->>'name', s.code,
            u.username, st.amount_paid, st.is_cancelled
        FROM invoicing_invoice i JOIN stores_store s ON s.id = i.store_id
        JOIN staff_user u ON u.id = i.created_by_id
        LEFT JOIN invoicing_settlement st ON st.invoice_id = i.id ORDER BY i.series, i.number, i.total""",
    "lines": """SELECT i.invoice_number, l.position, l.description, l.quantity, l.total, l.serial_numbers
        FROM invoicing_invoicelineitem l JOIN invoicing_invoice i ON i.id = l.invoice_id
        ORDER BY i.series, i.number, i.total, l.position""",
    "payments": """SELECT i.invoice_number, p.mode, p.amount, p.reference, p.tendered, p.business_date
        FROM payments_paymentrecord p JOIN invoicing_invoice i ON i.id = p.invoice_id ORDER BY p.id""",
    "shelves": """SELECT s.code, v.sku, l.quantity FROM inventory_stockledger l
        JOIN stores_store s ON s.id = l.store_id JOIN catalog_variant v ON v.id = l.product_variant_id
        ORDER BY 1, 2""",
    "serials": "SELECT serial_no, status FROM inventory_serialnumber ORDER BY 1",
    "entries": "SELECT entry_type, status, delta, balance_after FROM inventory_stockentry ORDER BY id",
    "bookings": "SELECT kind, status, device, issue, imei FROM bookings_booking ORDER BY id",
    "prices": "SELECT kind, old_price, new_price FROM inventory_pricelog ORDER BY id",
    "drawers": """SELECT s.code, d.z_number, d.business_date, d.opening_float, d.counted, d.cash_difference,
            d.upi_difference, d.note FROM payments_cashsession d JOIN stores_store s ON s.id = d.store_id
        ORDER BY d.id""",
    "keys": """SELECT u.username, k.key FROM core_idempotencykey k LEFT JOIN staff_user u ON u.id = k.user_id
        ORDER BY 1, 2""",
}


def rows(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def value(sql: str) -> Any:
    return rows(sql)[0][0]


def story() -> dict[str, list[tuple[Any, ...]]]:
    return {name: rows(sql) for name, sql in STORY.items()}


def everything() -> dict[str, list[str]]:
    return {table: sorted(map(repr, rows(f'SELECT * FROM "{table}"'))) for (table,) in rows(TABLES)}


def seed() -> None:
    call_command("seed_demo")


@pytest.fixture(scope="module")
def demo_database(django_db_setup, django_db_blocker) -> Iterator[str]:
    """The demo, told once; those who look at it do not change it."""
    name = "demo_told"
    with django_db_blocker.unblock():
        clone(name)
        use_database(name)
        seed()
        use_database("suite")
    yield name
    with psycopg.connect(owner_url("postgres"), autocommit=True) as admin:
        admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def demo(demo_database, django_db_blocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        use_database(demo_database)
        yield
        use_database("suite")


@pytest.fixture
def few_days(monkeypatch) -> None:
    """The same story, but shorter."""
    monkeypatch.setattr(load, "DAYS_OF_TRADE", 4)


class PowerCut(BaseException):
    """Nobody catches it, as nobody catches a kill."""


def power_cut(*args: Any, **given: Any) -> NoReturn:
    raise PowerCut


def test_books_are_clean(demo):
    assert not any(finding.count for finding in check_books())


def test_people(demo):
    users = {user.username: user for user in User.objects.all()}
    assert {name: users[name].role for name in LOG_INS} == LOG_INS
    # Told outside of a test, so not with the quick hasher that tests have.
    assert all(Argon2().verify("finetune-demo", users[name].password) for name in LOG_INS)
    others = users.keys() - LOG_INS.keys()
    assert others
    assert not any(users[name].has_usable_password() for name in others)
    works_in = "SELECT array_agg(store_id ORDER BY store_id) FROM staff_membership WHERE user_id = {}"
    first, second, third = (store for (store,) in rows("SELECT id FROM stores_store ORDER BY id"))
    assert value(works_in.format(users["manager"].pk)) == [first, second]
    assert value(works_in.format(users["advisor"].pk)) == [first]
    assert third


def test_stores_and_customers_are_plainly_made_up(demo):
    stores = rows("SELECT gstin, state_code, discount_ceiling_percent FROM stores_store ORDER BY id")
    assert [(state, ceiling) for _, state, ceiling in stores] == [("27", 25), ("27", 25), ("29", 25)]
    assert stores[0][0] == stores[1][0] != stores[2][0]
    known = rows("SELECT gstin, state_code FROM customers_customer WHERE gstin <> ''")
    assert {state for _, state in known} == {"24", "27", "29"}
    for gstin, state_code in [*known, *((gstin, state) for gstin, state, _ in stores)]:
        assert gstin_problem(gstin, state_code=state_code) is None
        assert gstin[7:11] == "0000", "no PAN was ever given out with these digits"
    assert value("SELECT count(*) FROM customers_customer WHERE name LIKE '%Demo%'") >= 24
    assert rows("SELECT DISTINCT name FROM customers_customer WHERE name NOT LIKE '%Demo%'") == [
        ("Walk-in customer",)
    ]
    assert {category for (category,) in rows("SELECT category FROM customers_customer")} == {
        "unregistered", "registered", "sez", "export",
    }  # fmt: skip


def test_catalogue_and_stock(demo):
    assert 24 <= value("SELECT count(*) FROM catalog_product") <= 30
    assert 33 <= value("SELECT count(*) FROM catalog_variant") <= 40
    serials = [serial for (serial,) in rows("SELECT serial_no FROM inventory_serialnumber")]
    assert len(serials) > 120
    assert all(len(serial) == 15 and luhn.is_valid(serial) for serial in serials)
    assert value("SELECT count(DISTINCT store_id) FROM inventory_stockledger WHERE quantity > 0") == 3
    entries = set(rows("SELECT entry_type, status FROM inventory_stockentry"))
    assert entries >= {
        ("purchase", "pending_approval"), ("purchase", "rejected"), ("damage", "posted"),
        ("adjustment", "posted"), ("consumption", "posted"), ("sale", "posted"),
    }  # fmt: skip
    assert value("SELECT count(*) FROM inventory_stockentry WHERE status = 'pending_approval'") == 1
    assert value("SELECT count(*) FROM inventory_pricelog WHERE changed_by_id IS NOT NULL") == 3


def test_two_weeks_of_bills(demo):
    issued = "FROM invoicing_invoice WHERE number IS NOT NULL"
    dates = [date for (date,) in rows(f"SELECT invoice_date {issued} ORDER BY id")]
    assert 145 <= len(dates) <= 175
    assert (min(dates), max(dates)) == (today() - timedelta(days=14), today())
    assert len(set(dates)) == 15
    kinds = Counter(rows(f"SELECT document_type, supply_nature {issued}"))
    assert kinds["tax_invoice", "intra"] > 100
    assert kinds["tax_invoice", "inter"] >= 3
    assert kinds["bill_of_supply", "intra"] == kinds["invoice_cum_bill", "intra"] == 1
    assert value("SELECT count(*) FROM invoicing_invoicecancellation") == 2
    assert value("SELECT count(*) FROM invoicing_invoice WHERE issued_at IS NULL") == 3
    assert len(rows("SELECT DISTINCT status FROM bookings_booking")) == 7


def test_two_weeks_of_money(demo):
    assert set(rows("SELECT DISTINCT mode FROM payments_paymentrecord")) == {
        ("cash",), ("card",), ("upi",), ("emi",), ("credit",),
    }  # fmt: skip
    bills = "payments_paymentrecord p JOIN invoicing_invoice i ON i.id = p.invoice_id"
    assert value("SELECT count(*) FROM payments_paymentrecord WHERE received_at > now()") == 0
    assert value(f"SELECT count(*) FROM {bills} WHERE p.business_date <> i.invoice_date") == 0
    assert len(rows("SELECT 1 FROM payments_paymentrecord GROUP BY invoice_id HAVING count(*) > 1")) >= 5
    owed = "invoicing_invoice i JOIN invoicing_settlement st ON st.invoice_id = i.id AND NOT st.is_cancelled"
    today_here = "(now() AT TIME ZONE 'Asia/Kolkata')::date"
    overdue = f"SELECT count(*) FROM {owed} WHERE i.due_date < {today_here} AND st.amount_paid < i.total"
    assert value(overdue) >= 5
    assert value(f"SELECT count(*) FROM {owed} WHERE st.amount_paid > 0 AND st.amount_paid < i.total") >= 5


def test_notes_credit_refunds_and_deposits(demo):
    assert rows("SELECT kind FROM crediting_customercreditentry GROUP BY kind ORDER BY kind") == [
        ("credit_note",), ("overpayment",), ("refund",), ("spent",),
    ]  # fmt: skip
    assert value("SELECT count(*) FROM crediting_creditnote WHERE completes") == 1
    assert (
        value("SELECT count(*) FROM crediting_creditnote WHERE NOT completes AND amount_to_credit = 0") == 1
    )
    assert value("SELECT count(*) FROM refunds_refund") == 4
    assert rows("SELECT succeeded FROM refunds_refundoutcome ORDER BY 1") == [(False,), (True,)]
    assert rows("SELECT amount, amount_applied, amount_refunded FROM deposits_depositbalance ORDER BY 1") == [
        (300, 0, 0), (500, 0, 500), (1000, 1000, 0),
    ]  # fmt: skip


def test_a_second_run_changes_nothing(demo, capsys):
    before = everything()
    seed()
    assert everything() == before
    assert "loaded already" in capsys.readouterr().out


def test_a_whole_replay_changes_nothing(own_database, few_days):
    """Where only the last milestone was lost, every action is replayed, and none acts again."""
    seed()
    before = everything()
    Milestone.objects.filter(name=LOADED).delete()
    seed()
    after = everything()
    assert after.pop("core_milestone") != before.pop("core_milestone")
    assert after == before


def test_ready_only_when_loaded(own_database, few_days, client, monkeypatch):
    with monkeypatch.context() as cut:
        cut.setattr(load, "_trade", power_cut)
        with pytest.raises(PowerCut):
            seed()
    assert client.get("/readyz").json() == {"status": "waiting", "for": "demo"}
    seed()
    assert client.get("/readyz").status_code == 200


_told: list[dict[str, list[tuple[Any, ...]]]] = []


@pytest.mark.parametrize("actions", [0, 1, 60, 200, 330])
def test_cut_off_in_the_middle_and_taken_up_again(own_database, few_days, monkeypatch, actions):
    """Killed within an action, after it wrote and before it committed: the next run ends the same."""
    whole, played = Stage.play, []

    def play(self: Stage, action: Any, who: str, key: str, **given: Any) -> Made:
        played.append(key)
        return whole(self, action if len(played) <= actions else _cut_within(action), who, key, **given)

    with monkeypatch.context() as cut:
        cut.setattr(Stage, "play", play)
        with pytest.raises(PowerCut):
            seed()
    assert len(played) == actions + 1
    assert not Milestone.objects.filter(name=LOADED).exists()
    connection.close()
    seed()
    assert not any(finding.count for finding in check_books())
    if not _told:
        _told.append(story())
    assert story() == _told[0]


def _cut_within(action: Any) -> Any:
    def half(*, actor: Actor, **given: Any) -> Made:
        action.__wrapped__(actor=actor, **given)
        raise PowerCut

    return one_transaction(half)


def test_a_run_that_goes_on_another_day_tells_of_the_same_days(own_database, few_days, monkeypatch):
    with monkeypatch.context() as cut:
        cut.setattr(load, "_trade", power_cut)
        with pytest.raises(PowerCut):
            seed()
    Milestone.objects.filter(name=BEGUN).update(at=now() - timedelta(days=2))
    seed()
    dates = rows(
        "SELECT min(invoice_date), max(invoice_date) FROM invoicing_invoice WHERE number IS NOT NULL"
    )
    assert dates == [(today() - timedelta(days=6), today() - timedelta(days=2))]
    assert not any(finding.count for finding in check_books())


def test_not_into_somebodys_shop(own_database):
    actor = Actor(Caller(0, "x", "X", "system_admin", None, True), "request")
    create_store(actor=actor, fields={"code": "MINE", "name": "Mine", "state_code": "27"})
    before = everything()
    with pytest.raises(CommandError, match="holds a shop already"):
        seed()
    assert everything() == before


def test_two_at_once(own_database):
    """The second waits for the first, and says so when that takes too long."""
    with psycopg.connect(owner_url(own_database), autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(hashtextextended('seed_demo', 23))")
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '100ms'")
        with pytest.raises(CommandError, match="Another process"):
            seed()


def test_a_password_of_ones_own(own_database, monkeypatch):
    monkeypatch.setenv("FINETUNE_DEMO_PASSWORD", "quite-another-one")
    monkeypatch.setattr(load, "_trade", lambda *given: None)
    seed()
    assert User.objects.get(username="manager").check_password("quite-another-one")


def test_a_password_that_is_too_weak(own_database, monkeypatch):
    monkeypatch.setenv("FINETUNE_DEMO_PASSWORD", "12345")
    with pytest.raises(CommandError, match="FINETUNE_DEMO_PASSWORD"):
        seed()


def test_books_that_do_not_agree_are_no_demo(own_database, monkeypatch):
    monkeypatch.setattr(load, "_trade", lambda *given: None)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE invoicing_invoicesequence SET last_number = 3")
    with pytest.raises(CommandError, match="counter-at-highest"):
        seed()
    assert not Milestone.objects.filter(name=LOADED).exists()
