"""A machine that slept in the middle of a request."""

import time

import pytest
from django.db import DatabaseError, connection, transaction

from finetune.core.constraints import refusal_for, sqlstate

pytestmark = pytest.mark.race


def sleep_in_a_transaction() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = '20ms'")
        time.sleep(0.2)
        cursor.execute("SELECT 1")


def test_a_session_that_the_server_ended_is_no_mistake_of_ours(own_database):
    with pytest.raises(DatabaseError) as ended:
        sleep_in_a_transaction()
    connection.close()
    assert sqlstate(ended.value) == "25P03"
    refusal = refusal_for(ended.value)
    assert refusal is not None
    assert (refusal.status, refusal.code) == (503, "try_again")
