"""People at their browsers: logged in, reading words."""

import re
from typing import Any

from django.test import Client

from tests.cast import PASSWORD, Person


def log_in(person: Person, client: Client | None = None, **given: str) -> tuple[Client, Any]:
    client = client or Client()
    form = {"username": person.actor.caller.username, "password": PASSWORD, **given}
    return client, client.post("/login/", form)


def browser_of(person: Person) -> Client:
    return log_in(person)[0]


def words_of(page: Any) -> str:
    text = re.sub(r"<[^>]+>", " ", page.content.decode())
    return re.sub(r"\s+", " ", text)
