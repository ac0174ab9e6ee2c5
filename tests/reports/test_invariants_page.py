"""docs/invariants.md says what the checks say, and what it names exists."""

import importlib
from pathlib import Path

import pytest

from finetune.reports.books import CHECKS, promises_table

PAGE = Path(__file__).parents[2] / "docs" / "invariants.md"
OUR_CODE = sorted({name for check in CHECKS for name in check.kept_by if ":" in name})


def test_the_page_lists_every_check_as_it_is():
    assert promises_table() in PAGE.read_text()


def test_names_are_plain_and_given_once():
    names = [check.name for check in CHECKS]
    assert len(names) == len(set(names))
    assert all(name.replace("-", "").isalpha() for name in names)


@pytest.mark.parametrize("name", OUR_CODE)
def test_code_that_keeps_a_promise_is_there(name):
    module, function = name.split(":")
    assert callable(getattr(importlib.import_module(f"finetune.{module}"), function))
