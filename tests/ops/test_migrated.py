"""The short way to ask whether a database is up to date agrees with Django's long one."""

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from finetune.core import migrated


def test_every_migration_that_django_finds_is_asked_for() -> None:
    assert migrated.migrations_here() == set(MigrationLoader(None).disk_migrations)


@pytest.mark.django_db
def test_a_database_without_one_of_them_is_not_up_to_date(monkeypatch: pytest.MonkeyPatch) -> None:
    words = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    given = {word: connection.settings_dict[name] for name, word in words.items()}
    url = " ".join(f"{word}='{value}'" for word, value in given.items() if value)
    assert migrated.is_up_to_date(url)
    here = migrated.migrations_here()
    monkeypatch.setattr(migrated, "migrations_here", lambda: here | {("core", "9999_of_tomorrow")})
    assert not migrated.is_up_to_date(url)


def test_a_database_that_is_not_there_is_not_up_to_date() -> None:
    assert not migrated.is_up_to_date("host=/nowhere dbname=finetune")
