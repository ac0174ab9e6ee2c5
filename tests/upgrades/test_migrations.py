"""What a migration may ask of tables that a shop trades in, read from the SQL that it would send.

docs/upgrading.md says why. The release before this one has been given away with its migrations; what came after it
is held to the rules.
"""

import re
from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

PREVIOUS = set(Path(__file__).with_name("migrations_of_0_1_0.txt").read_text().split())
# A rule may be broken where somebody has thought of what it protects: "app.name": "why that is safe".
EXCUSED: dict[str, str] = {}

MAKES_TABLE = re.compile(r'CREATE TABLE (?:IF NOT EXISTS )?"?(\w+)"?', re.I)
RULES = {
    "locks out whoever writes while an index is built: make it CONCURRENTLY": re.compile(
        r'CREATE (?:UNIQUE )?INDEX (?!CONCURRENTLY)(?:IF NOT EXISTS )?\S+ ON (?:ONLY )?"?(\w+)"?', re.I
    ),
    "locks out everybody for a moment per index: drop it CONCURRENTLY": re.compile(
        r"DROP INDEX (?!CONCURRENTLY)(?:IF EXISTS )?(\S+)", re.I
    ),
    "takes away what the previous release reads": re.compile(
        r'ALTER TABLE (?:IF EXISTS )?(?:ONLY )?"?(\w+)"?[^;]*?\b(?:DROP COLUMN|RENAME)\b', re.I
    ),
    "takes away a table that the previous release reads": re.compile(
        r'DROP TABLE (?:IF EXISTS )?"?(\w+)"?', re.I
    ),
    "writes the table anew": re.compile(
        r'ALTER TABLE (?:ONLY )?"?(\w+)"?[^;]*?\b(?:ALTER COLUMN "?\w+"? (?:SET DATA )?TYPE\b|GENERATED ALWAYS AS\b'
        r"|SET (?:UN)?LOGGED\b)",
        re.I,
    ),
    "reads the whole table while everybody waits: add it NOT VALID, and validate it in a later migration": re.compile(
        r'ALTER TABLE (?:ONLY )?"?(\w+)"?(?![^;]*NOT VALID)[^;]*?\b(?:ADD CONSTRAINT "?\w+"?'
        r' (?:CHECK|FOREIGN KEY|UNIQUE *\(|EXCLUDE)|ALTER COLUMN "?\w+"? SET NOT NULL)',
        re.I,
    ),
    "refuses the rows of the previous release, which does not know the column: give it a default": re.compile(
        r'ALTER TABLE (?:ONLY )?"?(\w+)"? ADD COLUMN (?![^;]*\bDEFAULT\b)[^;]*\bNOT NULL\b', re.I
    ),
}


def broken_rules(sql: str, new_tables: set[str]) -> list[str]:
    """A sentence for each; what is done to a table that the migrations themselves make keeps nobody waiting."""
    plain = re.sub(r"--[^\n]*", "", sql)
    return [
        f"{found[1]}: {rule}"
        for rule, pattern in RULES.items()
        for found in pattern.finditer(plain)
        if found[1].strip('";') not in new_tables
    ]


def test_migrations_after_the_previous_release_keep_nobody_waiting(db):
    executor = MigrationExecutor(connection)
    executor.loader.applied_migrations = {}
    plan = [
        (migration, False)
        for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes(), clean_start=True)
    ]
    ours = [each for each, _ in plan if each.app_label in _our_apps()]
    later = [each for each in ours if f"{each.app_label}.{each.name}" not in PREVIOUS]
    assert {f"{each.app_label}.{each.name}" for each in ours} >= PREVIOUS, (
        "a migration that was given away is gone"
    )
    assert later, "0.2.0 has some"
    broken, new_tables = [], set[str]()
    for migration in later:
        name = f"{migration.app_label}.{migration.name}"
        sql = "\n".join(executor.loader.collect_sql([(migration, False)]))
        new_tables |= set(MAKES_TABLE.findall(sql))
        if name not in EXCUSED:
            broken += [f"{name}: {each}" for each in broken_rules(sql, new_tables)]
    assert not broken, "\n".join(broken)


def _our_apps() -> set[str]:
    from django.apps import apps

    return {config.label for config in apps.get_app_configs() if config.name.startswith("finetune.")}


@pytest.mark.parametrize(
    "sql",
    [
        'CREATE INDEX "a" ON "invoicing_invoice" ("total");',
        "CREATE UNIQUE INDEX a ON invoicing_invoice (total);",
        "DROP INDEX IF EXISTS invoicing_owed;",
        'ALTER TABLE "invoicing_invoice" DROP COLUMN "total" CASCADE;',
        'ALTER TABLE "invoicing_invoice" RENAME COLUMN "total" TO "sum";',
        'ALTER TABLE "invoicing_invoice" RENAME TO "bill";',
        'DROP TABLE "invoicing_invoice" CASCADE;',
        'ALTER TABLE "invoicing_invoice" ALTER COLUMN "total" TYPE numeric(14, 2) USING "total"::numeric(14, 2);',
        'ALTER TABLE "invoicing_invoice" ADD CONSTRAINT "c" CHECK (total > 0);',
        'ALTER TABLE "invoicing_invoice" ADD CONSTRAINT "c" FOREIGN KEY ("a") REFERENCES "b" ("id");',
        'ALTER TABLE "invoicing_invoice" ADD CONSTRAINT "c" UNIQUE ("a");',
        'ALTER TABLE "invoicing_invoice" ALTER COLUMN "total" SET NOT NULL;',
        'ALTER TABLE "invoicing_invoice" ADD COLUMN "note" text NOT NULL;',
    ],
)
def test_each_rule_is_noticed_where_it_is_broken(sql: str):
    assert broken_rules(sql, set())
    assert not broken_rules(sql, {"invoicing_invoice", "invoicing_owed"})


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE INDEX CONCURRENTLY a ON invoicing_invoice (total);",
        "DROP INDEX CONCURRENTLY IF EXISTS a;",
        'ALTER TABLE "invoicing_invoice" ADD COLUMN "note" text DEFAULT \'\' NOT NULL;',
        'ALTER TABLE "invoicing_invoice" ADD COLUMN "note" text NULL;',
        'ALTER TABLE "invoicing_invoice" ADD CONSTRAINT "c" CHECK (total > 0) NOT VALID;',
        'ALTER TABLE "invoicing_invoice" VALIDATE CONSTRAINT "c";',
        "-- DROP TABLE invoicing_invoice;\nSELECT 1;",
    ],
)
def test_what_keeps_nobody_waiting_may_be_done(sql: str):
    assert not broken_rules(sql, set())
