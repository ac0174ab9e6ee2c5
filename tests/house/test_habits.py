"""Habits that a review would ask for, asked for here."""

import ast
import re

import pytest

from tests.house.source import ROOT, calls, modules, name_of, text_of, tree_of

FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 60
CLOCKS = re.compile(
    r"(^|\.)(datetime\.now|datetime\.utcnow|datetime\.today|date\.today|timezone\.now|time\.time)$"
)
MAY_ASK_THE_CLOCK = {"finetune/core/dates.py"}
COUNTS_SECONDS = {"finetune/web/public_throttle.py"}


def test_no_file_is_too_long_to_read():
    lengths = {name_of(path): text_of(path).count("\n") for path in modules()}
    assert not {name: length for name, length in lengths.items() if length > FILE_LINES_MAX}


def test_no_function_is_too_long_to_hold_in_mind():
    long = [
        f"{name_of(path)}:{node.lineno} {node.name} ends in line {node.end_lineno}"
        for path in modules()
        for node in ast.walk(tree_of(path))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and (node.end_lineno or 0) - node.lineno + 1 > FUNCTION_LINES_MAX
    ]
    assert not long


def test_no_float_is_made():
    """Money and quantities are exact; only seconds may be a float."""
    made = [
        f"{name_of(path)}:{call.lineno}"
        for path in modules()
        for name, call in calls(path)
        if name == "float" and name_of(path) not in COUNTS_SECONDS
    ]
    assert not made


def test_only_one_door_for_time():
    """core/dates knows that a business date is an Indian date. Patience is measured elsewhere."""
    asked = [
        f"{name_of(path)}:{call.lineno} {name}"
        for path in modules()
        for name, call in calls(path)
        if CLOCKS.search(name) and name_of(path) not in MAY_ASK_THE_CLOCK
    ]
    assert not asked


@pytest.mark.parametrize("word", ["TODO", "FIXME", "XXX", "HACK"])
def test_nothing_is_left_for_later(word: str):
    pattern = re.compile(rf"\b{word}\b")
    sources = [
        *modules(migrations=True),
        *(ROOT / "finetune").rglob("*.html"),
        *(ROOT / "finetune").rglob("*.css"),
    ]
    found = [name_of(path) for path in sources if pattern.search(text_of(path))]
    assert not found


def test_pages_hold_no_inline_style_or_script():
    """The content security policy would block them without a word to the user."""
    inline = re.compile(
        r"\sstyle\s*=|<style\b|\son[a-z]+\s*=\s*[\"']|<script(?![^>]*(\ssrc=|application/json))"
    )
    pages = [
        path for path in (ROOT / "finetune").rglob("templates/**/*.html") if inline.search(text_of(path))
    ]
    assert not [name_of(path) for path in pages]


def test_nothing_is_left_on_a_connection():
    """A pooler gives it to somebody else next. What belongs to a session may be used by commands, which go round it."""
    left = re.compile(r"pg_(try_)?advisory_lock\(|CREATE TEMP|SET SESSION|set_config\([^)]*, false\)", re.I)
    found = [name_of(path) for path in modules(migrations=True) if left.search(text_of(path))]
    assert [name for name in found if not name.startswith("finetune/ops/")] == []
