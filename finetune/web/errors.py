"""Pages for what went wrong outside of the API. They touch no database: it may be what went wrong."""

import sys

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from finetune.core.constraints import refusal_for

SENTENCES = {
    400: ("That request could not be read", "Check the address, or go back and try again."),
    403: ("This is not allowed", "Ask a system administrator if you need it for your work."),
    404: ("There is nothing here", "The address may be mistyped, or what it showed was moved."),
    413: ("That was too large", "Send less at a time."),
    500: ("This is our mistake", "It was written down and nothing was changed. Try again in a moment."),
    503: ("One moment", "The database cannot be reached just now. Nothing was changed."),
}


def _page(request: HttpRequest, status: int, detail: str = "") -> HttpResponse:
    title, advice = SENTENCES[status]
    request_id = getattr(request, "request_id", "")
    shown = {"status": status, "title": title, "advice": detail or advice, "error_id": request_id}
    page = render(request, "web/error.html", shown, status=status)
    page["Cache-Control"] = "no-store"
    if status == 503:
        page["Retry-After"] = "3"
    return page


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 403)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _page(request, 403, "This page is too old, or cookies are switched off. Reload it and try again.")


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 404)


def too_large(request: HttpRequest, most: int) -> HttpResponse:
    detail = f"A form takes at most {most // 2**20} MiB here. Go back and send fewer or smaller photos."
    return _page(request, 413, detail)


def server_error(request: HttpRequest) -> HttpResponse:
    """A database that went away while a session was loaded or saved is no mistake of ours."""
    error = sys.exc_info()[1]
    refusal = refusal_for(error) if isinstance(error, DatabaseError) else None
    return _page(request, 503 if refusal is not None and refusal.status == 503 else 500)
