"""The worked examples in docstrings are run."""

import doctest
import importlib

import pytest


@pytest.mark.parametrize(("name", "examples"), [("tax", 1), ("years", 1)])
def test_docstrings(name, examples):
    results = doctest.testmod(importlib.import_module(f"finetune.gst.{name}"))
    assert results.attempted >= examples
    assert results.failed == 0
