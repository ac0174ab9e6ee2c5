"""Is the process alive, and can it serve?"""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

_migrated: list[bool] = []


def alive(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"status": "alive"})


def ready(request: HttpRequest) -> HttpResponse:
    """200 once the database answers, is migrated, and a demo that was begun is loaded."""
    try:
        waiting = _waiting_for()
    except DatabaseError:
        waiting = "database"
    if waiting:
        response = JsonResponse({"status": "waiting", "for": waiting}, status=503)
        response["Retry-After"] = "1"
        return response
    return JsonResponse({"status": "ready"})


def _waiting_for() -> str | None:
    if not _migrated:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return "migrations"
        _migrated.append(True)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM core_milestone WHERE name = 'demo begun')"
            " AND NOT EXISTS (SELECT FROM core_milestone WHERE name = 'demo loaded')"
        )
        return "demo" if cursor.fetchone()[0] else None
