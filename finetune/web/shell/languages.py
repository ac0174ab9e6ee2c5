"""The languages of the pages. A person chooses one; what their browser prefers is not asked, because a shop's
machines are set up in whatever language they were sold in."""

from django.http import HttpRequest

LANGUAGE_COOKIE = "finetune_language"
LANGUAGES = (("en-in", "English"), ("hi", "हिन्दी"))
_KNOWN = frozenset(code for code, _ in LANGUAGES)


def language_of(request: HttpRequest) -> str:
    chosen = request.COOKIES.get(LANGUAGE_COOKIE, "")
    return chosen if chosen in _KNOWN else "en-in"
