"""The audit of a day of long ago is found by its time, however long the audit has become."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from finetune.reports.audit_log import ChangeQuery, changes
from tests.cast import SYSTEM

FIVE_YEARS = """
INSERT INTO core_auditrecord (at, user_id, request_id, verb, kind, object_id)
SELECT timestamptz '2021-01-01 12:00+05:30' + n * interval '2 hours', 1, 'r', 'invoice.issue', 'invoice', n
FROM generate_series(1, 20000) n
"""


def test_a_day_of_long_ago_is_read_from_the_index(db):
    with connection.cursor() as cursor:
        cursor.execute(FIVE_YEARS)
        cursor.execute("ANALYZE core_auditrecord")
    day = "2021-03-04"
    with CaptureQueriesContext(connection) as asked:
        page = changes(SYSTEM.caller, ChangeQuery.model_validate({"date_from": day, "date_to": day}))
    assert len(page.rows) == 12
    [listed] = [query["sql"] for query in asked.captured_queries if "core_auditrecord" in query["sql"]][:1]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {listed}")
        assert "core_audit_at" in "\n".join(row[0] for row in cursor.fetchall())
