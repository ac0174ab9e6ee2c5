"""Pages for what went wrong outside of the API. They touch no database: it may be what went wrong."""

import sys

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from finetune.core.constraints import refusal_for
from finetune.web.shell.languages import language_of

SENTENCES = {
    400: (_("That request could not be read"), _("Check the address, or go back and try again.")),
    403: (_("This is not allowed"), _("Ask a system administrator if you need it for your work.")),
    404: (_("There is nothing here"), _("The address may be mistyped, or what it showed was moved.")),
    413: (_("That was too large"), _("Send less at a time.")),
    500: (_("This is our mistake"), _("It was written down and nothing was changed. Try again in a moment.")),
    503: (_("One moment"), _("The database cannot be reached just now. Nothing was changed.")),
}

TOO_OLD = _("This page is too old, or cookies are switched off. Reload it and try again.")
TOO_LARGE = _("A form takes at most {mib} MiB here. Go back and send fewer or smaller photos.")


def _page(request: HttpRequest, status: int, detail: str | Promise = "") -> HttpResponse:
    title, advice = SENTENCES[status]
    request_id = getattr(request, "request_id", "")
    shown = {"status": status, "title": title, "advice": detail or advice, "error_id": request_id}
    with translation.override(language_of(request)):
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
    return _page(request, 403, TOO_OLD)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 404)


def too_large(request: HttpRequest, most: int) -> HttpResponse:
    return _page(request, 413, format_lazy(TOO_LARGE, mib=most // 2**20))


def server_error(request: HttpRequest) -> HttpResponse:
    """A database that went away while a session was loaded or saved is no mistake of ours."""
    error = sys.exc_info()[1]
    refusal = refusal_for(error) if isinstance(error, DatabaseError) else None
    return _page(request, 503 if refusal is not None and refusal.status == 503 else 500)
