"""Whether what keeps the other promises still stands in the database."""

from finetune.reports.checks.check import Check


def with_guards(checks: tuple[Check, ...]) -> tuple[Check, ...]:
    """The checks, and one more: that every constraint, index and trigger they rest on stands."""
    return (*checks, _guards(checks))


def _guards(checks: tuple[Check, ...]) -> Check:
    names = sorted({name for check in checks for name in check.kept_by if ":" not in name})
    wanted = ", ".join(f"('{name}')" for name in names)
    return Check(
        "guards-stand",
        "Every constraint, unique index and trigger that keeps one of these promises is there and at work.",
        (),
        f"""SELECT name AS missing FROM (VALUES {wanted}) AS wanted (name)
        WHERE NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conname = name AND c.convalidated)
          AND NOT EXISTS (SELECT FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid
            WHERE c.relname = name AND x.indisunique AND x.indisvalid)
          AND NOT EXISTS (SELECT FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
            WHERE c.relname || '.' || t.tgname = name AND t.tgenabled IN ('O', 'A'))""",
    )
