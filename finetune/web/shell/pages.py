"""What the frame of every page asks for: another store, another language."""

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from finetune.web.shell.languages import LANGUAGE_COOKIE, LANGUAGES
from finetune.web.shell.paths import local_path
from finetune.web.shell.session import STORE_KEY
from finetune.web.shell.visit import Visit, page

A_YEAR = 365 * 24 * 60 * 60


@page(methods=("POST",))
def choose_store(visit: Visit) -> HttpResponse:
    """Look at one store, or at all that one may see. A store that one may not see counts as none."""
    chosen = visit.request.POST.get("store", "")
    known = {str(store["id"]): store["id"] for store in visit.stores}
    visit.request.session[STORE_KEY] = known.get(chosen)
    return visit.go(_without_store(local_path(visit.request.POST.get("next", "/"))))


def _without_store(path: str) -> str:
    """The same page for the store that was chosen just now: one that its address names would go on being shown."""
    parts = urlsplit(path)
    kept = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if name not in ("store", "cursor")
    ]
    return urlunsplit(("", "", parts.path, urlencode(kept), ""))


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    response = HttpResponseRedirect(local_path(request.POST.get("next", "/")), status=303)
    wanted = request.POST.get("language", "")
    if wanted in dict(LANGUAGES):
        response.set_cookie(
            LANGUAGE_COOKIE,
            wanted,
            max_age=A_YEAR,
            secure=settings.IS_HTTPS,
            httponly=True,
            samesite="Lax",
        )
    return response
