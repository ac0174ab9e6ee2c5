"""/metrics for Prometheus: the counters of every worker, and what the database says at this moment."""

import hmac
import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector

from finetune.core import environment
from finetune.core.listing import rows_of
from finetune.core.standby import present_progress

_NOW = """
SELECT 'deliveries_waiting' AS what, '' AS label, count(*)::float8 AS value
    FROM sending_delivery WHERE status = 'waiting'
UNION ALL SELECT 'deliveries_failed', '', count(*) FROM sending_delivery WHERE status = 'failed'
UNION ALL SELECT 'approvals_waiting', '', count(*) FROM inventory_stockentry WHERE status = 'pending_approval'
UNION ALL SELECT 'last_number', series, last_number FROM invoicing_invoicesequence
UNION ALL SELECT 'sessions_waiting_for_locks', '', count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'
UNION ALL (SELECT told.what, '', told.value
    FROM (SELECT * FROM reports_bookscheck WHERE finished_at IS NOT NULL ORDER BY finished_at DESC LIMIT 1) b
    CROSS JOIN LATERAL (VALUES
        ('books_checked_timestamp_seconds', extract(epoch FROM b.finished_at)::float8),
        ('books_disagreements', b.disagreements::float8), ('books_check_seconds', b.seconds::float8)
    ) told (what, value))
UNION ALL SELECT 'database_bytes', '', pg_database_size(current_database())
"""
_POSITION = "SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn AS position"


def metrics(request: HttpRequest) -> HttpResponse:
    """For this machine alone, or for who holds METRICS_TOKEN."""
    if not _may_read(request):
        return HttpResponse(status=404)
    registry: CollectorRegistry = REGISTRY
    if environment.is_set("PROMETHEUS_MULTIPROC_DIR"):
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    content = generate_latest(registry) + generate_latest(_present())
    return HttpResponse(content, content_type=CONTENT_TYPE_LATEST)


def _may_read(request: HttpRequest) -> bool:
    if settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(given.encode(), settings.METRICS_TOKEN.encode())
    try:
        is_here = ipaddress.ip_address(request.META.get("REMOTE_ADDR") or "").is_loopback
    except ValueError:
        return False
    # A proxy on this machine speaks for others.
    return is_here and "X-Forwarded-For" not in request.headers


class _Present:
    """What the database says now. No Gauge: where workers count in files, it would be kept there and told twice, and
    Prometheus takes nothing from a page that names a thing twice."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        try:
            rows = rows_of(_NOW, None)
        except DatabaseError:
            rows = []
        yield GaugeMetricFamily(
            "finetune_database_up", "Whether the database answers.", value=1 if rows else 0
        )
        families: dict[str, GaugeMetricFamily] = {}
        for row in rows:
            what, labels = row["what"], ["series"] if row["what"] == "last_number" else []
            if what not in families:
                words = what.replace("_", " ").capitalize() + "."
                families[what] = GaugeMetricFamily(f"finetune_{what}", words, labels=labels)
            families[what].add_metric([row["label"]] if labels else [], row["value"])
        yield from families.values()
        if settings.STANDBY_DATABASE is not None:
            yield from _standby(settings.STANDBY_DATABASE)


def _standby(told: Mapping[str, Any]) -> Iterator[GaugeMetricFamily]:
    """How far the standby is behind; nothing of that where it does not answer, or the primary does not."""
    said = present_progress(told)
    yield GaugeMetricFamily("finetune_standby_up", "Whether the standby answers.", value=1 if said else 0)
    if said is None:
        return
    if said.seconds_behind is not None:
        words = "Age of what the standby shows, in seconds."
        yield GaugeMetricFamily("finetune_standby_seconds_behind", words, value=said.seconds_behind)
    try:
        [[there]] = (row.values() for row in rows_of(_POSITION, None))
    except DatabaseError:
        return
    words = "How much of the primary's log the standby has not replayed."
    yield GaugeMetricFamily("finetune_standby_bytes_behind", words, value=max(int(there) - said.replayed, 0))


def _present() -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(_Present())
    return registry
