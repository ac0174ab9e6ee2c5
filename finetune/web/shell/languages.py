"""The languages of the pages. A person chooses one; what their browser prefers is not asked, because a shop's
machines are set up in whatever language they were sold in."""

import functools
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.functional import lazy

from finetune.documents.parties import place_name
from finetune.documents.wording import Language

LANGUAGE_COOKIE = "finetune_language"
LANGUAGES = (("en-in", "English"), ("hi", "हिन्दी"))
_KNOWN = frozenset(code for code, _ in LANGUAGES)


def language_of(request: HttpRequest) -> str:
    chosen = request.COOKIES.get(LANGUAGE_COOKIE, "")
    return chosen if chosen in _KNOWN else "en-in"


def language_of_link(request: HttpRequest) -> str:
    """For a page that its address alone opens: `?lang=hi` or `?lang=en`, so that it may be sent to somebody in their
    language; without it, what the cookie says."""
    asked = {"hi": "hi", "en": "en-in"}.get(request.GET.get("lang", ""))
    return asked or language_of(request)


def paper_language() -> Language:
    """The language of a document that the page being made shows."""
    return "hi" if translation.get_language() == "hi" else "en"


def place_shown(code: str) -> str:
    """A State by its code, in the language of the page."""
    return place_name(code, paper_language())


# For lists of choices that are made once, when the program starts.
place_shown_lazy = lazy(place_shown, str)


def in_their_language(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For a page that needs no log-in; `page` does it for all others."""

    @functools.wraps(view)
    def spoken(request: HttpRequest, *args: Any, **given: Any) -> HttpResponse:
        with translation.override(language_of(request)):
            response = view(request, *args, **given)
        patch_vary_headers(response, ["Cookie"])
        return response

    return spoken
