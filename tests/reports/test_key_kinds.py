"""The check of idempotency keys knows every kind of thing that an action can make."""

import re
from pathlib import Path

from django.apps import apps

from finetune.reports.checks.trail import TABLES, WITH_PAYMENTS

MADE = re.compile(r'Made\(\s*"([a-z_]+)"')


def test_every_kind_that_is_made_is_looked_for():
    files = [
        Path(app.path) / "actions.py" for app in apps.get_app_configs() if app.name.startswith("finetune.")
    ]
    made = {kind for file in files if file.exists() for kind in MADE.findall(file.read_text())}
    assert len(made) > 10
    assert made <= {*TABLES, *WITH_PAYMENTS}, "tell finetune/reports/checks/trail.py about it"


def test_the_tables_are_there():
    tables = {model._meta.db_table for model in apps.get_models()}
    assert set(TABLES.values()) <= tables
