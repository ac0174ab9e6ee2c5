"""The demo shop as a scene: it has a bit of everything, and every row of it came about by a real action."""

from collections.abc import Iterator

import psycopg
import pytest

from finetune.core.postgres.location import SUPERUSER, url_for
from finetune.ops.demo.load import load_demo
from tests.conftest import clone, owner_url, use_database
from tests.database_plugin import DATA

NAME = "demo_books"


@pytest.fixture(scope="module")
def demo_books(django_db_setup, django_db_blocker) -> Iterator[psycopg.Connection]:
    """A connection of the superuser to a database with the demo. Whoever writes to it rolls back."""
    with django_db_blocker.unblock():
        clone(NAME)
        use_database(NAME)
        load_demo(password="a-password-for-tests", say=lambda line: None)
        use_database("suite")
    with psycopg.connect(url_for(SUPERUSER, DATA, NAME), autocommit=True) as connection:
        yield connection
    with psycopg.connect(owner_url("postgres"), autocommit=True) as admin:
        admin.execute(f'DROP DATABASE "{NAME}" WITH (FORCE)')
