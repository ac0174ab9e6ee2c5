"""Every reason to say no is written down in docs/errors.md, and some test sees it."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import finetune.mount
from finetune.core import constraints, middleware
from tests.house.source import PACKAGE, ROOT, calls, modules, name_of, text_of, tree_of

# Which argument of these calls is the code.
PLACE = {"Refusal": 1, "conflict": 0, "FieldError": 1, "complaint": 0, "invalid_field": 1, "forbidden": None}
FIXED = {"not_found": "not_found", "already_exists": "already_exists", "try_again": "try_again"}
# Our own mistake: nobody outside should be able to cause it.
NEVER_MEANT = {"internal_error"}
CODE = re.compile(r"[a-z][a-z0-9_]+")


def strings_in(node: ast.expr) -> set[str]:
    """The codes that an expression may give: a text, or either branch of a choice."""
    if isinstance(node, ast.IfExp):
        return strings_in(node.body) | strings_in(node.orelse)
    return {node.value} if isinstance(node, ast.Constant) and isinstance(node.value, str) else set()


def codes_of(name: str, call: ast.Call) -> set[str]:
    if name in FIXED:
        return {FIXED[name]}
    if name not in PLACE:
        return set()
    named = [keyword.value for keyword in call.keywords if keyword.arg == "code"]
    place = PLACE[name]
    given = named or (call.args[place : place + 1] if place is not None else [])
    found = {code for node in given for code in strings_in(node)}
    return found if found or name != "forbidden" else {"forbidden"}


def codes_yielded(path: Path) -> Iterator[tuple[str, int]]:
    """The arithmetic knows nothing of refusals: it yields field, code and sentence."""
    if path != PACKAGE / "gst" / "tax.py":
        return
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Yield) and isinstance(node.value, ast.Tuple) and len(node.value.elts) == 3:
            for code in strings_in(node.value.elts[1]):
                if CODE.fullmatch(code):
                    yield code, node.lineno


@cache
def codes_used() -> dict[str, str]:
    """Each code with one place where it is used."""
    used = {code: "finetune/core/middleware.py" for code, _ in middleware.SENTENCES.values()}
    used |= dict.fromkeys(finetune.mount.CODES.values(), "finetune/mount.py")
    for path in modules():
        for name, call in calls(path):
            for given in codes_of(name.rpartition(".")[2], call):
                code = finetune.mount.CODES.get(given, given)
                if CODE.fullmatch(code):
                    used[code] = f"{name_of(path)}:{call.lineno}"
        used |= {code: f"{name_of(path)}:{line}" for code, line in codes_yielded(path)}
    return used


def documented() -> set[str]:
    rows = [line for line in text_of(ROOT / "docs" / "errors.md").splitlines() if line.startswith("| ")]
    return {code for row in rows for code in re.findall(r"`([a-z0-9_]+)`", row.split("|")[2])}


def test_every_refusal_is_written_down():
    missing = {code: place for code, place in codes_used().items() if code not in documented()}
    assert not missing, "write these into docs/errors.md"


def test_no_refusal_is_written_down_that_is_not_made():
    assert not documented() - codes_used().keys()


def test_every_refusal_is_seen_by_a_test():
    tests = [
        path
        for path in (ROOT / "tests").rglob("*.*")
        if path.suffix in (".py", ".md") and "house" not in path.parts
    ]
    seen = "\n".join(text_of(path) for path in tests)
    unseen = {
        code: place
        for code, place in codes_used().items()
        if code not in NEVER_MEANT and not re.search(rf"[\"'`]{code}[\"'`]", seen)
    }
    assert not unseen


def test_what_the_database_raises_has_a_sentence():
    sources = [*PACKAGE.rglob("migrations/*.py"), *PACKAGE.rglob("*.sql")]
    raised = {name for path in sources for name in re.findall(r"RAISE EXCEPTION '([a-z_]+)'", text_of(path))}
    assert raised <= constraints._sentences.keys()
