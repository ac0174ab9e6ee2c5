"""From a request to a page: who visits, what they may do, which store they look at.

`page` is to HTML what `core.http.endpoint` is to JSON. A view gets a Visit, makes one call and renders; a Refusal
that nobody shows in a form becomes a page with the sentence and its status.
"""

import functools
import hashlib
import json
import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from finetune.core.caller import Actor, Caller
from finetune.core.listing import Row
from finetune.core.models import IdempotencyKey
from finetune.core.problems import request_id_of
from finetune.core.refusals import Refusal, forbidden, not_found
from finetune.core.standby import read_where_caught_up
from finetune.staff.permissions import permits
from finetune.staff.queries import stores_of
from finetune.web.shell.languages import language_of
from finetune.web.shell.menu import menu_for
from finetune.web.shell.refusals import told
from finetune.web.shell.session import STORE_KEY, caller_of

KEY = re.compile(r"[A-Za-z0-9-]{16,64}")
KEY_FIELD = "_key"
View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Visit:
    """One request of a person who is logged in."""

    request: HttpRequest
    caller: Caller

    @property
    def actor(self) -> Actor:
        """For a write. The key that was put into the form when it was made lets a double press count once. Something
        else that comes with it, from a page gone back to, is refused: it was not done."""
        actor = Actor(self.caller, request_id_of(self.request))
        key = self.request.POST.get(KEY_FIELD, "")
        return actor.with_key(f"form-{key}", asked=_hash_of(self.request)) if KEY.fullmatch(key) else actor

    @property
    def was_done(self) -> bool:
        """Whether this very form did its work already: what a second press then meets is its own doing."""
        key = self.actor.key
        return (
            key is not None and IdempotencyKey.objects.filter(user_id=self.caller.user_id, key=key).exists()
        )

    def may(self, verb: str) -> bool:
        return permits(self.caller.role, verb)

    def require(self, verb: str) -> None:
        """For a page that shows more than it lets everybody do."""
        if not self.may(verb):
            raise forbidden(_("Your role may not do this. Ask a system administrator."))

    def require_safe_method(self) -> None:
        """For a page that some may only look at."""
        if self.request.method not in ("GET", "HEAD"):
            raise forbidden(_("Your role may only look at this. Ask a system administrator."))

    @property
    def is_htmx(self) -> bool:
        """Whether htmx asks for a part of a page rather than for a page."""
        return self.request.headers.get("HX-Request") == "true" and (
            self.request.headers.get("HX-Boosted") != "true"
        )

    @cached_property
    def stores(self) -> list[Row]:
        """The stores that this person may see, by name."""
        return stores_of(self.caller)

    @cached_property
    def store(self) -> Row | None:
        """The store that they look at now: the one chosen last, or their only one; None means all of them."""
        chosen = self.request.session.get(STORE_KEY)
        for store in self.stores:
            if store["id"] == chosen:
                return store
        return self.stores[0] if len(self.stores) == 1 else None

    @property
    def store_id(self) -> int | None:
        return None if self.store is None else int(self.store["id"])

    @property
    def store_to_work_in(self) -> Row | None:
        """Where a new document goes unless the form says otherwise: the store looked at, else the first."""
        return self.store or (self.stores[0] if self.stores else None)

    def render(self, template: str, *, status: int = 200, **shown: Any) -> HttpResponse:
        frame = {"visit": self, "caller": self.caller, "menu": menu_for(self), "form_key": new_form_key()}
        return render(self.request, template, {**frame, **shown}, status=status)

    def say(self, sentence: str) -> None:
        """A sentence for the next page that this person sees."""
        messages.success(self.request, sentence)

    def warn(self, sentence: str) -> None:
        messages.warning(self.request, sentence)

    def go(self, path: str, said: str = "", **query: Any) -> HttpResponse:
        """Answer a form with another page, so that reloading does not send it again."""
        if said:
            self.say(said)
        given = {name: value for name, value in query.items() if value not in (None, "")}
        target = f"{path}?{urlencode(given)}" if given else path
        if self.is_htmx:
            response = HttpResponse(status=204)
            response["HX-Redirect"] = target
            return response
        return HttpResponseRedirect(target, status=303)


def _hash_of(request: HttpRequest) -> bytes:
    """What makes two presses the same: the address, the fields and the files. Passwords stay out of it."""
    left_out = {KEY_FIELD, "csrfmiddlewaretoken", "password"}
    fields = sorted((name, values) for name, values in request.POST.lists() if name not in left_out)
    files = [(name, each.name, each.size) for name, given in sorted(request.FILES.lists()) for each in given]
    text = json.dumps([request.path, fields, files])
    return hashlib.sha256(text.encode()).digest()


def new_form_key() -> str:
    return uuid.uuid4().hex


def page(
    *verbs: str, methods: Sequence[str] = ("GET",), strangers: View | None = None, may_lag: bool = False
) -> Callable[[View], View]:
    """Declare a page. Whoever may do any of the `verbs` of the permission table gets in; none asks for log-in only.

    `strangers` answers who is not logged in; without it they are asked to log in and come back. A list or report that
    writes nothing and decides nothing `may_lag`: it may be read from a standby that has this session's own writes.
    """
    assert not may_lag or tuple(methods) == ("GET",), "only what reads may be read from a standby"
    allowed = {*methods, *(["HEAD"] if "GET" in methods else [])}

    def declare(view: View) -> View:
        @functools.wraps(view)
        def shown(request: HttpRequest, **given: Any) -> HttpResponse:
            if request.method not in allowed:
                return HttpResponseNotAllowed(sorted(allowed))
            caller = caller_of(request)
            if caller is None:
                return (strangers or _to_log_in)(request)
            visit = Visit(request, caller)
            with translation.override(language_of(request)):
                if may_lag:
                    response = read_where_caught_up(request, lambda: _answer(view, visit, verbs, given))
                else:
                    response = _answer(view, visit, verbs, given)
            response.setdefault("Cache-Control", "private, no-store")
            patch_vary_headers(response, ["Cookie", "HX-Request"])
            return response

        shown.verbs = verbs  # type: ignore[attr-defined]
        shown.methods = tuple(methods)  # type: ignore[attr-defined]
        shown.may_lag = may_lag  # type: ignore[attr-defined]
        return shown

    return declare


def _answer(view: View, visit: Visit, verbs: Sequence[str], given: Mapping[str, Any]) -> HttpResponse:
    try:
        if verbs and not any(visit.may(verb) for verb in verbs):
            raise Refusal(403, "forbidden", _("Your role may not see this page. Ask a system administrator."))
        return view(visit, **given)
    except Refusal as refusal:
        return refused(visit, refusal)


def refused(visit: Visit, refusal: Refusal) -> HttpResponse:
    """A refusal as a page, or as a note where htmx waits for a part of one."""
    template = "web/parts/refused.html" if visit.is_htmx else "web/refused.html"
    response = visit.render(template, status=refusal.status, refusal=refusal, detail=told(refusal))
    if refusal.retry_after is not None:
        response["Retry-After"] = str(refusal.retry_after)
    return response


def _to_log_in(request: HttpRequest) -> HttpResponse:
    onward = request.get_full_path() if request.method in ("GET", "HEAD") else "/"
    target = f"/login/?{urlencode({'next': onward})}"
    if request.headers.get("HX-Request") == "true":
        response = HttpResponse(status=204)
        response["HX-Redirect"] = target
        return response
    return HttpResponseRedirect(target)


def id_of(text: str | int, what: str) -> int:
    """An id from a path or a form. What cannot be one is not there."""
    digits = str(text)
    if re.fullmatch(r"[0-9]{1,18}", digits) and int(digits) > 0:
        return int(digits)
    raise not_found(what)
