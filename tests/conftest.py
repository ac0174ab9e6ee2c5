"""The database of the suite, as the shop has it: migrated by the owner, used by the application's own role."""

import os
from collections.abc import Iterator
from itertools import count

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from pytest_django.plugin import DjangoDbBlocker

from finetune.core.postgres import embedded_database
from tests import cast
from tests.database_plugin import DATA

CLONES = count(1)


@pytest.fixture(autouse=True)
def environment_as_it_was() -> Iterator[None]:
    """What a test puts into the environment goes with it: the next may start a shop of its own."""
    before = dict(os.environ)
    yield
    for name in os.environ.keys() - before.keys():
        del os.environ[name]
    os.environ.update(before)


def owner_url(database: str) -> str:
    from finetune.core.postgres.location import url_for

    return url_for("finetune_owner", DATA).replace("/finetune?", f"/{database}?")


def use_database(name: str, user: str = "finetune_app") -> None:
    connections.close_all()
    for place in (connection.settings_dict, settings.DATABASES["default"]):
        place["NAME"], place["USER"] = name, user


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A template database, and the suite's own clone of it. Each test rolls back what it did."""
    with embedded_database(DATA, durable=False, purpose="the test suite"), django_db_blocker.unblock():
        use_database("finetune", "finetune_owner")
        call_command("migrate", verbosity=0)
        use_database("finetune")
        connections.close_all()
        clone("suite")
        use_database("suite")
        yield
        connections.close_all()


def clone(name: str) -> None:
    with psycopg.connect(owner_url("postgres"), autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}" TEMPLATE finetune STRATEGY FILE_COPY')


@pytest.fixture
def own_database(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """A database for one test, in which transactions really commit: for races and crashes."""
    name = f"own_{next(CLONES)}"
    with django_db_blocker.unblock():
        clone(name)
        use_database(name)
        try:
            yield name
        finally:
            use_database("suite")
            with psycopg.connect(owner_url("postgres"), autocommit=True) as admin:
                # Without FORCE it waits five seconds for connections that are just closing; the owner may not
                # end those of the application's role.
                admin.execute(f'DROP DATABASE "{name}"')


@pytest.fixture(autouse=True)
def _quick_passwords(settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def shop(db: None) -> "cast.Shop":
    """Asha runs Pune, Bilal bills at Pune, Chitra in Nagpur must see none of it."""
    return cast.open_shop()


@pytest.fixture
def committed_shop(own_database: str) -> "cast.Shop":
    """The same people in a database of their own, where everything commits."""
    return cast.open_shop()
