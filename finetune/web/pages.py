"""The pages: the front page, and log-in and log-out with a session cookie."""

from datetime import timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import login
from django.contrib.staticfiles import finders
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from finetune.core.dates import now
from finetune.core.refusals import Refusal
from finetune.core.strict_json import REFUSED_TEXT
from finetune.staff import second_factor
from finetune.staff.actions import check_code, identify
from finetune.staff.authentication import WEB_SESSION_KEY
from finetune.staff.models import User
from finetune.staff.throttle import address_of, remember_attempt
from finetune.staff.web_sessions import end_session, note_log_in
from finetune.web.shell.languages import in_their_language
from finetune.web.shell.paths import local_path
from finetune.web.shell.session import caller_of
from finetune.web.shell.visit import Visit, page
from finetune.web.today import show_today

USERNAME_LENGTH_MAX = 150
PASSWORD_LENGTH_MAX = 256
CODE_LENGTH_MAX = 40
HALFWAY = "halfway"
HALFWAY_SECONDS = 300


@never_cache
@in_their_language
def welcome(request: HttpRequest) -> HttpResponse:
    return render(request, "web/welcome.html")


@page(strangers=welcome, may_lag=True)
def front(visit: Visit) -> HttpResponse:
    """Who is not logged in is told what this is; who is sees the day of the store they look at, or of all theirs."""
    return show_today(visit)


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password")
@never_cache
@in_their_language
def log_in(request: HttpRequest) -> HttpResponse:
    onward = local_path(request.POST.get("next") or request.GET.get("next") or "/")
    if request.method != "POST":
        if caller_of(request) is not None:
            return HttpResponseRedirect(onward)
        return render(request, "web/login.html", {"next": onward})
    username = request.POST.get("username", "").strip()
    try:
        user = _user_of_form(request, username)
    except Refusal as refusal:
        return _refused_log_in(request, refusal, next=onward, username=username[:USERNAME_LENGTH_MAX])
    if second_factor.is_on(user.pk):
        request.session.cycle_key()
        request.session[HALFWAY] = {"user": user.pk, "epoch": user.epoch, "at": now().timestamp()}
        return HttpResponseRedirect(f"/login/code/?{urlencode({'next': onward})}", status=303)
    remember_attempt(user.username, address_of(request), succeeded=True)
    return _let_in(request, user, onward)


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("code")
@never_cache
@in_their_language
def log_in_code(request: HttpRequest) -> HttpResponse:
    """The second step of who has a second factor, within some minutes of the first."""
    onward = local_path(request.POST.get("next") or request.GET.get("next") or "/")
    user = _halfway(request)
    if user is None:
        return HttpResponseRedirect(f"/login/?{urlencode({'next': onward})}")
    if request.method != "POST":
        return render(request, "web/login.html", {"next": onward, "asks_code": True})
    code = request.POST.get("code", "")[:CODE_LENGTH_MAX]
    try:
        if REFUSED_TEXT.search(code):
            raise Refusal(401, "invalid_credentials", _("This is no code."))
        check_code(user, code=code, address=address_of(request))
    except Refusal as refusal:
        return _refused_log_in(request, refusal, next=onward, asks_code=True)
    return _let_in(request, user, onward)


def _halfway(request: HttpRequest) -> User | None:
    """Who gave the right password a moment ago, while that password is still theirs."""
    begun = request.session.get(HALFWAY)
    if begun is None or now().timestamp() - begun["at"] > HALFWAY_SECONDS:
        return None
    return User.objects.filter(pk=begun["user"], epoch=begun["epoch"], is_active=True).first()


def _let_in(request: HttpRequest, user: User, onward: str) -> HttpResponse:
    # Gives the session a new key, so that one planted before log-in is worth nothing; Django keeps that of a user
    # who was logged in already.
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    request.session.cycle_key()
    # From now, not from the last time that something was kept in it, or a busy session would never end.
    request.session.set_expiry(now() + timedelta(seconds=settings.SESSION_COOKIE_AGE))
    request.session.pop(HALFWAY, None)
    note_log_in(request, user)
    return HttpResponseRedirect(onward, status=303)


def _refused_log_in(request: HttpRequest, refusal: Refusal, **shown: object) -> HttpResponse:
    page = render(request, "web/login.html", {**shown, "refusal": refusal}, status=refusal.status)
    if refusal.retry_after is not None:
        page["Retry-After"] = str(refusal.retry_after)
    return page


def _user_of_form(request: HttpRequest, username: str) -> User:
    password = request.POST.get("password", "")
    if not username or not password:
        raise Refusal(400, "required", _("Enter your user name and your password."))
    too_long = len(username) > USERNAME_LENGTH_MAX or len(password) > PASSWORD_LENGTH_MAX
    if too_long or REFUSED_TEXT.search(username + password):
        raise Refusal(401, "invalid_credentials", _("The user name or the password is not right."))
    return identify(username=username, password=password, address=address_of(request))


@require_POST
@never_cache
def log_out(request: HttpRequest) -> HttpResponse:
    caller, mine = caller_of(request), request.session.get(WEB_SESSION_KEY)
    if caller is not None and mine is not None:
        end_session(user_id=caller.user_id, session_id=mine, at=now())
    request.session.flush()
    return HttpResponseRedirect("/", status=303)


@require_safe
@cache_control(public=True, max_age=86400)
def favicon(request: HttpRequest, name: str, media_type: str) -> FileResponse:
    return FileResponse(open(str(finders.find(f"web/{name}")), "rb"), content_type=media_type)
