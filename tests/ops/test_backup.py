"""A backup is whole or refused, a restore is all or nothing, and no number is given out twice afterwards."""

import os
import stat
import subprocess
import sys
import tarfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import psycopg
import pytest
from django.core.management import call_command
from django.db import connections
from django.db.migrations.loader import MigrationLoader

from finetune.ops import backup_file
from finetune.ops.backup import Backup, remove_older, write_backup
from finetune.ops.backup_file import BLOCK, Damaged
from finetune.ops.backup_restore import held_series, refuse_later, restore_backup, resume
from finetune.ops.console import CannotRun
from finetune.reports.books import check_books
from tests.cast import PASSWORD, Person, Shop, new_key, variant
from tests.conftest import CLONES, owner_url, use_database
from tests.ops.people import US, folder_for
from tests.races.threads import own_client

LABOUR = {"description": "Labour", "quantity": "1", "unit_price": "100.00", "gst_rate": "18"}
ROOT = Path(__file__).resolve().parents[2]


def known_migrations() -> dict[str, list[str]]:
    known: dict[str, list[str]] = {}
    for app, name in MigrationLoader(None).disk_migrations or ():
        known.setdefault(app, []).append(name)
    return known


def bill(person: Person, shop: Shop) -> Any:
    body = {"store": shop.pune, "customer": shop.buyer, "line_items": [LABOUR]}
    return person.post("/invoices/", body, key=new_key())


def trade(shop: Shop) -> Any:
    """A purchase, a sale of it with cash, a bill half paid, a draft, a cancellation."""
    goods = variant()
    bought = {"entry_type": "purchase", "store": shop.pune, "product_variant": goods, "quantity": 5}
    assert shop.asha.post("/stock-entries/", {**bought, "unit_price": "700.00"}, key=new_key()).status == 201
    sale = {"store": shop.pune, "counter_sale": True, "line_items": [{"variant": goods, "quantity": "2"}]}
    sold = shop.bilal.post(
        "/sales/", {**sale, "tenders": [{"mode": "cash", "amount": "2360.00"}]}, key=new_key()
    )
    assert sold.status == 201, sold.data
    made = bill(shop.bilal, shop).data
    paid = {"invoice": made["id"], "amount": "50.00", "mode": "cash"}
    assert shop.bilal.post("/payments/", paid, key=new_key()).status == 201
    cancelled = bill(shop.bilal, shop).data
    assert shop.asha.post(f"/invoices/{cancelled['id']}/cancel/", {"reason": "typed twice"}).status == 200
    draft = {"store": shop.pune, "customer": shop.buyer, "status": "draft", "line_items": [LABOUR]}
    assert shop.bilal.post("/invoices/", draft).status == 201
    return made


@pytest.fixture
def empty_database(own_database: str) -> Iterator[str]:
    """A database of nobody's, to restore into, beside the test's own."""
    name = f"restored_{next(CLONES)}"
    with psycopg.connect(owner_url("postgres"), autocommit=True) as owner:
        owner.execute(f'CREATE DATABASE "{name}" TEMPLATE template1')
    try:
        yield name
    finally:
        use_database(own_database)
        with psycopg.connect(owner_url("postgres"), autocommit=True) as owner:
            owner.execute(f'DROP DATABASE "{name}"')


@pytest.fixture
def backup(committed_shop: Shop, own_database: str, tmp_path: Path) -> Backup:
    trade(committed_shop)
    return write_backup(owner_url(own_database), tmp_path)


def restore(backup: Backup, database: str) -> dict[str, Any]:
    manifest = restore_backup(backup.path, owner_url(database), known_migrations=known_migrations())
    use_database(database)
    return manifest


def logged_in(person: Person) -> Person:
    from finetune.staff import tokens

    return Person(person.actor, tokens.start_family(person.id).access)


def books_agree() -> bool:
    found = [str(finding) for finding in check_books() if finding.count]
    assert not found, "\n".join(found)
    return True


def writer_of(content: bytes) -> Callable[[IO[bytes]], None]:
    def write(file: IO[bytes]) -> None:
        file.write(content)

    return write


def tables_in(database: str) -> int:
    with psycopg.connect(owner_url(database)) as owner:
        row = owner.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
        assert row is not None
        return int(row[0])


def test_what_was_backed_up_is_restored_and_the_books_agree(committed_shop, backup, empty_database):
    before = {path: committed_shop.admin.get(path).data for path in ("/invoices/", "/payments/", "/serials/")}
    manifest = restore(backup, empty_database)
    assert books_agree()
    assert manifest["rows"]["invoicing_invoice"] == 4
    assert manifest["series"][2] == {"series": "FT-INV", "run": 1, "last_number": 3}
    # Whoever was logged in at the time of the backup may have been shut out since.
    assert committed_shop.admin.get("/invoices/").status == 401
    again = logged_in(committed_shop.admin)
    assert {path: again.get(path).data for path in before} == before
    with psycopg.connect(owner_url(empty_database)) as owner:
        told = owner.execute("SELECT name FROM core_milestone").fetchall()
    assert told == [(f"restored from {backup.taken_at.isoformat(timespec='seconds')}",)]
    # The application's user has its rights, and no more: the frozen rows are frozen again.
    with pytest.raises(psycopg.Error, match="frozen"), psycopg.connect(owner_url(empty_database)) as owner:
        owner.execute("UPDATE invoicing_invoice SET total = 1 WHERE issued_at IS NOT NULL")


def test_a_backup_is_a_tar_that_only_its_owner_reads(backup, tmp_path):
    assert stat.S_IMODE(backup.path.stat().st_mode) == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == [backup.path.name]
    with tarfile.open(backup.path) as tar:
        tar.extractall(tmp_path / "out", filter="data")
    sums = subprocess.run(
        ["sha256sum", "-c", "SHA256SUMS"], cwd=tmp_path / "out", capture_output=True, text=True, check=False
    )
    assert sums.stdout == "database.dump: OK\nmanifest.json: OK\n"


def test_a_restored_series_waits_until_the_last_number_is_stated(committed_shop, backup, empty_database):
    """Two more bills after the backup, and the disk is lost: their numbers must never be given out again."""
    shop = committed_shop
    assert [bill(shop.bilal, shop).data["invoice_number"] for _ in range(2)] == ["FT-INV-0004", "FT-INV-0005"]
    restore(backup, empty_database)
    bilal, admin = logged_in(shop.bilal), logged_in(shop.admin)
    refused = bill(bilal, shop)
    assert (refused.status, refused.code) == (409, "series_held")
    assert (refused.data["series"], refused.data["last_number"]) == ("FT-INV", 3)
    assert "finetune restore --resume-after FT-INV=NUMBER" in refused.data["detail"]
    # Beginning the series anew is no way round it, nor is losing its counter.
    row = next(
        each for each in admin.get("/invoice-sequences/").data["results"] if each["series"] == "FT-INV"
    )
    cleared = admin.post(f"/invoice-sequences/{row['id']}/clear/", {"reason": "impatience"})
    assert (cleared.status, cleared.code) == (409, "series_held")
    with pytest.raises(psycopg.Error, match="frozen"), psycopg.connect(owner_url(empty_database)) as owner:
        owner.execute("DELETE FROM invoicing_invoicesequence")

    url = owner_url(empty_database)
    assert set(held_series(url)) == {"FT-BOS", "FT-CN", "FT-INV", "FT-RF", "FT-RV"}
    assert resume(url, {"FT-INV": 5, "FT-BOS": None}, reason="lost in the fire") == {"FT-INV": 6, "FT-BOS": 1}
    assert set(held_series(url)) == {"FT-CN", "FT-RF", "FT-RV"}
    assert bill(bilal, shop).data["invoice_number"] == "FT-INV-0006"
    # The two lost numbers lie between two runs: the later one says why, and neither has a hole.
    proof = [
        each for each in admin.get("/reports/number-proof/").data["series"] if each["series"] == "FT-INV"
    ]
    assert [(each["run"], each["first"], each["last"], each["gaps"]) for each in proof] == [
        (1, "FT-INV-0001", "FT-INV-0003", []),
        (2, "FT-INV-0006", "FT-INV-0006", []),
    ]
    with psycopg.connect(url) as owner:
        runs = "SELECT opening_number, reason FROM invoicing_sequencerun WHERE run = 2"
        assert owner.execute(runs).fetchall() == [(5, "lost in the fire")]
    assert books_agree()


def test_with_nothing_issued_since_the_series_goes_on_as_if_nothing_had_been(
    committed_shop, backup, empty_database
):
    restore(backup, empty_database)
    call_command("restore", nothing_issued_since=True)
    assert bill(logged_in(committed_shop.bilal), committed_shop).data["invoice_number"] == "FT-INV-0004"
    with psycopg.connect(owner_url(empty_database)) as owner:
        assert owner.execute("SELECT count(*) FROM invoicing_sequencerun WHERE run > 1").fetchone() == (0,)
    assert books_agree()


def test_series_are_resumed_all_or_none(backup, empty_database):
    restore(backup, empty_database)
    url = owner_url(empty_database)
    for wrong in ({"FT-INV": 2}, {"NONE": 5}):
        with pytest.raises(CannotRun, match="Nothing was resumed"):
            resume(url, {"FT-BOS": 1, **wrong}, reason="")
    assert len(held_series(url)) == 5
    resume(url, {"FT-INV": 3}, reason="")
    with pytest.raises(CannotRun, match="The series FT-INV is not held"):
        resume(url, {"FT-INV": 9}, reason="")


def test_a_database_recovered_by_other_means_is_held_on_demand(committed_shop, capsys):
    call_command("restore", hold=True)
    assert "FT-INV: 0 is the last one in these books" in capsys.readouterr().out
    assert bill(committed_shop.bilal, committed_shop).code == "series_held"
    call_command("restore", resume_after=["FT-INV=12"])
    assert bill(committed_shop.bilal, committed_shop).data["invoice_number"] == "FT-INV-0013"
    assert books_agree()


def test_it_is_of_one_moment_while_the_shop_trades(committed_shop, own_database, empty_database, tmp_path):
    shop, stop, statuses = committed_shop, threading.Event(), []

    def clerk() -> None:
        person = own_client(shop.bilal)
        while not stop.is_set():
            statuses.append(bill(person, shop).status)
        connections.close_all()

    clerks = [threading.Thread(target=clerk) for _ in range(3)]
    for each in clerks:
        each.start()
    try:
        while len(statuses) < 20:
            stop.wait(0.01)
        taken = write_backup(owner_url(own_database), tmp_path)
    finally:
        stop.set()
        for each in clerks:
            each.join()
    assert set(statuses) == {201}
    manifest = restore(taken, empty_database)
    assert books_agree()
    (last,) = [each["last_number"] for each in manifest["series"] if each["series"] == "FT-INV"]
    assert 20 <= manifest["rows"]["invoicing_invoice"] == last < len(statuses)


@pytest.mark.parametrize(
    "damage",
    [
        lambda raw: raw[: len(raw) // 2],
        lambda raw: raw[: BLOCK + 9000] + bytes([raw[BLOCK + 9000] ^ 1]) + raw[BLOCK + 9001 :],
        lambda raw: raw.replace(b'"finetune": "', b'"finetune": "9', 1),
        lambda raw: raw[:-8000],
        lambda raw: b"",
        lambda raw: b"PK" + raw,
    ],
    ids=["cut short", "one bit", "manifest", "end lost", "empty", "no tar"],
)
def test_a_damaged_backup_is_refused_before_anything_is_done(backup, empty_database, tmp_path, damage):
    damaged = tmp_path / "damaged"
    damaged.write_bytes(damage(backup.path.read_bytes()))
    with pytest.raises(Damaged, match="is not a whole backup"):
        restore_backup(damaged, owner_url(empty_database), known_migrations=known_migrations())
    assert tables_in(empty_database) == 0


def test_a_restore_that_fails_leaves_nothing(backup, empty_database, tmp_path):
    """A row too few, and a dump that breaks in the middle under the right checksum."""
    manifest = backup_file.verify(backup.path)
    manifest["rows"]["invoicing_invoice"] += 1
    with backup_file.opened_dump(backup.path) as dump:
        content = dump.read()
    for name, written in (("missing", content), ("broken", content[: len(content) * 9 // 10])):
        backup_file.write(tmp_path / name, dump=writer_of(written), manifest=manifest.copy)
        with pytest.raises(CannotRun, match=r"invoicing_invoice: 4 of 5|The dump could not be read"):
            restore_backup(tmp_path / name, owner_url(empty_database), known_migrations=known_migrations())
        assert tables_in(empty_database) == 0


def test_a_database_in_use_is_never_written_over(backup, own_database):
    with pytest.raises(CannotRun, match="This database is in use"):
        restore_backup(backup.path, owner_url(own_database), known_migrations=known_migrations())


def test_a_backup_of_a_later_version_is_refused():
    later = {"finetune": "9.0", "migrations": {"core": ["0001_initial", "0099_later"]}}
    with pytest.raises(CannotRun, match=r"FineTune 9.0, .* core 0099_later"):
        refuse_later(later, known_migrations())


def test_the_command_keeps_as_many_as_asked_for(own_database, tmp_path, capsys):
    use_database(own_database, "finetune_owner")
    for _ in range(3):
        call_command("backup", str(tmp_path), keep=2)
    said = capsys.readouterr().out
    assert said.count("read back, checksums agree") == 3
    assert len(list(tmp_path.glob("finetune-*.backup"))) == 2
    assert remove_older(tmp_path, 5) == []


def test_a_full_disk_leaves_no_half_backup(own_database, tmp_path, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("finetune.ops.backup_file.verify", full)
    with pytest.raises(OSError, match="No space left"):
        write_backup(owner_url(own_database), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_from_folder_to_folder_on_the_command_line():
    with folder_for(US) as folder:
        kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "HOME") if name in os.environ}

        def finetune(data: str, *arguments: str) -> str:
            done = subprocess.run(
                [sys.executable, "-m", "finetune", *arguments],
                env={**kept, "FINETUNE_DATA_DIR": str(folder / data), "FINETUNE_ADMIN_PASSWORD": PASSWORD},
                cwd=ROOT,
                capture_output=True,
                text=True,
                timeout=120,
                check=False,
            )
            return f"{done.stdout}{done.stderr}{done.returncode}"

        finetune("shop", "migrate", "--verbosity=0")
        assert "may log in" in finetune("shop", "manage", "create_admin", "asha")
        assert finetune("shop", "backup").endswith("Copy it to another one.\n0")
        (file,) = (folder / "shop" / "backups").iterdir()
        assert "This database is in use: it has " in finetune("shop", "restore", str(file))

        restored = finetune("new", "restore", str(file), "--resume-after", "FT-INV=70")
        assert "The books agree" in restored
        assert "FT-INV goes on with 71." in restored
        assert restored.endswith("none was given out since\n0")
        assert finetune("new", "restore", "--nothing-issued-since").endswith("No number series is held.\n0")
        assert finetune("new", "books").startswith("The books agree")
        assert "already a user" in finetune("new", "manage", "create_admin", "asha")
        assert finetune("new", "restore", "no-such-file").endswith("There is no file no-such-file.\n2")
