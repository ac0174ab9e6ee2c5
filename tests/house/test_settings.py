"""One table of settings and one door: what the code reads is in the table, and what is in the table is read."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from finetune.core import environment
from finetune.ops.settings_page import markdown
from tests.house.source import PACKAGE, ROOT, called, modules, name_of, text_of, tree_of

DOOR = PACKAGE / "core" / "environment"
READERS = {"text", "number", "flag", "amount", "items", "networks", "clock", "is_set"}
# It shows them all, by whatever name they have.
SHOWING_ALL = PACKAGE / "ops" / "settings_page.py"
# There `environ` is what WSGI calls a request.
REQUESTS = {"finetune/core/gateway.py", "finetune/core/seats.py"}
# No setting of ours: what is passed on to PostgreSQL's programs and set for Django and for children.
PASSED_ON = {
    ("finetune/core/postgres/programs.py", "name"),
    ("finetune/ops/backup_programs.py", "items"),
    ("finetune/ops/cli.py", "'DJANGO_SETTINGS_MODULE'"),
    ("finetune/ops/deploy_check/of_django.py", "'DJANGO_SETTINGS_MODULE'"),
    ("finetune/wsgi.py", "'DJANGO_SETTINGS_MODULE'"),
    ("finetune/ops/static_folder.py", "VARIABLE"),
}


def outside() -> list[Path]:
    return [path for path in modules() if DOOR not in path.parents and path != SHOWING_ALL]


def read_through_the_door() -> Iterator[tuple[str, str]]:
    """Module and first argument, as it is written."""
    for path in outside():
        for node in ast.walk(tree_of(path)):
            name = called(node).removeprefix("environment.")
            if isinstance(node, ast.Call) and name in READERS and called(node) != name:
                yield name_of(path), ast.unparse(node.args[0])


def is_environ(node: ast.AST) -> bool:
    return ast.unparse(node) in ("os.environ", "environ", "os.environb")


def taken_past_the_door(path: Path) -> Iterator[str]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Subscript) and is_environ(node.value) and isinstance(node.ctx, ast.Load):
            yield ast.unparse(node.slice)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if is_environ(node.func.value):
                yield ast.unparse(node.args[0]) if node.args else node.func.attr
            elif called(node) == "os.getenv":
                yield ast.unparse(node.args[0])
        elif isinstance(node, ast.Compare) and any(is_environ(each) for each in node.comparators):
            yield ast.unparse(node.left)


def test_every_setting_that_is_read_is_in_the_table_and_every_row_is_read():
    read = {argument for _module, argument in read_through_the_door()}
    assert read == {repr(name) for name in environment.BY_NAME}


def test_nothing_is_read_past_the_door():
    taken = {(name_of(path), key) for path in outside() for key in taken_past_the_door(path)}
    assert {each for each in taken if each[0] not in REQUESTS} == PASSED_ON
    assert not [name for name in REQUESTS if "import os" in text_of(ROOT / name)]


@pytest.mark.parametrize("words", ["import environs", "from environs", "from os import environ", "getenv"])
def test_there_is_no_other_door(words: str):
    assert not [name_of(path) for path in modules(migrations=True) if words in text_of(path)]


def test_names_are_given_once_and_no_secret_has_a_default():
    names = [setting.name for setting in environment.SETTINGS]
    assert len(names) == len(set(names))
    assert not [setting.name for setting in environment.SETTINGS if setting.is_secret and setting.default]
    files = {environment.file_variable(setting.name) for setting in environment.SETTINGS}
    assert not files & set(names)


def test_the_page_is_what_the_table_says():
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    written = "\n".join(markdown())
    assert page.rstrip() == written.rstrip(), "finetune settings --markdown > docs/settings.md"
