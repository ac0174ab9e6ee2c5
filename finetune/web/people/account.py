"""One's own account: password, second factor, recovery codes, and where one is logged in."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters

from finetune.core.dates import now
from finetune.core.refusals import Refusal, invalid_field
from finetune.staff import second_factor, tokens
from finetune.staff.actions import (
    change_password,
    identify,
    renew_recovery_codes,
    switch_off_second_factor,
    switch_on_second_factor,
)
from finetune.staff.authentication import WEB_SESSION_KEY, renew_session
from finetune.staff.models import User
from finetune.staff.schemas import PasswordIn
from finetune.staff.throttle import address_of
from finetune.staff.web_sessions import end_other_sessions, end_session, open_sessions
from finetune.web.shell.forms import Field, Form
from finetune.web.shell.pictures import qr_picture
from finetune.web.shell.visit import Visit, id_of, page

PASSWORD_FIELDS = (
    Field(
        "old", gettext_lazy("Present password"), "password", required=True, autocomplete="current-password"
    ),
    Field(
        "new",
        gettext_lazy("New password"),
        "password",
        required=True,
        hint=gettext_lazy("At least 8 characters, and not a common one"),
        autocomplete="new-password",
    ),
)
CODE_FIELDS = (
    Field(
        "code",
        gettext_lazy("Code"),
        required=True,
        hint=gettext_lazy("The six digits that your authenticator shows now"),
        autocomplete="one-time-code",
        maxlength=40,
    ),
)
CONFIRM_FIELDS = (
    Field("password", gettext_lazy("Password"), "password", required=True, autocomplete="current-password"),
)


@page("self.read")
def overview(visit: Visit) -> HttpResponse:
    mine = visit.request.session.get(WEB_SESSION_KEY)
    user_id = visit.caller.user_id
    is_on = second_factor.is_on(user_id)
    return visit.render(
        "web/people/account.html",
        sessions=[{**row, "is_this": row["id"] == mine} for row in open_sessions(user_id)],
        second_factor_on=is_on,
        codes_left=second_factor.codes_left(user_id) if is_on else 0,
    )


@sensitive_post_parameters("old", "new")
@page("self.change_password", methods=("GET", "POST"))
def password(visit: Visit) -> HttpResponse:
    """A new password ends every other log-in of this person."""
    form = Form(PASSWORD_FIELDS)
    if visit.request.method == "POST":
        form = form.fill(visit.request.POST)
        with form.refusals():
            body = form.body(PasswordIn)
            user = change_password(
                user_id=visit.caller.user_id,
                old=body.old,
                new=body.new,
                family_id=None,
                address=address_of(visit.request),
            )
            renew_session(visit.request, user)
            _end_others(visit)
            return visit.go("/account/", _("The password is changed. Every other log-in of yours has ended."))
    return _form(visit, form, _("Change your password"))


@page("self.second_factor", methods=("GET", "POST"))
def turn_on(visit: Visit) -> HttpResponse:
    """Show the secret as a QR code, and switch it on with the first code that it makes."""
    user = User.objects.get(pk=visit.caller.user_id)
    if second_factor.is_on(user.pk):
        return visit.go("/account/")
    form = Form((*CODE_FIELDS, *CONFIRM_FIELDS))
    if visit.request.method == "POST":
        form = form.fill(visit.request.POST)
        with form.refusals():
            # Or somebody at an unwatched screen could put their own authenticator before its owner's account.
            _refuse_wrong_password(visit, str(form.values["password"] or "")[:256])
            codes = switch_on_second_factor(actor=visit.actor, code=str(form.values["code"]))
            if codes is None:
                raise invalid_field("code", "invalid", _("This is not the code of this moment. Look again."))
            return visit.render("web/people/recovery_codes.html", codes=codes)
    secret = second_factor.propose(user, anew=visit.request.method != "POST")
    address = second_factor.address_for(user, secret)
    shown: dict[str, Any] = {"qr": qr_picture(address), "secret": secret}
    return visit.render("web/people/second_factor.html", status=form.status, form=form, **shown)


@page("self.second_factor", methods=("GET", "POST"))
def turn_off(visit: Visit) -> HttpResponse:
    return _with_password(visit, _("Switch the second factor off"), _switch_off)


@page("self.second_factor", methods=("GET", "POST"))
def new_codes(visit: Visit) -> HttpResponse:
    return _with_password(visit, _("New recovery codes"), _renew_codes)


def _switch_off(visit: Visit) -> HttpResponse:
    switch_off_second_factor(actor=visit.actor)
    return visit.go("/account/", _("The second factor is off."))


def _renew_codes(visit: Visit) -> HttpResponse:
    if not second_factor.is_on(visit.caller.user_id):
        return visit.go("/account/")
    codes = renew_recovery_codes(actor=visit.actor)
    return visit.render("web/people/recovery_codes.html", codes=codes)


def _with_password(visit: Visit, title: str, act: Any) -> HttpResponse:
    """What somebody at an unwatched screen must not do is asked for with the password again."""
    form = Form(CONFIRM_FIELDS)
    if visit.request.method == "POST":
        form = form.fill(visit.request.POST)
        with form.refusals():
            given = str(form.values["password"] or "")[:256]
            _refuse_wrong_password(visit, given)
            answer: HttpResponse = act(visit)
            return answer
    return _form(visit, form, title)


def _refuse_wrong_password(visit: Visit, given: str) -> None:
    try:
        identify(username=visit.caller.username, password=given, address=address_of(visit.request))
    except Refusal as refusal:
        if refusal.status != 401:
            raise
        message = _("This is not your present password.")
        raise invalid_field("password", "invalid_credentials", message) from None


@page("self.log_out", methods=("POST",))
def end_one(visit: Visit, row_id: str) -> HttpResponse:
    end_session(user_id=visit.caller.user_id, session_id=id_of(row_id, "session"), at=now())
    return visit.go("/account/", _("That log-in has ended."))


@page("self.log_out", methods=("POST",))
def end_all_others(visit: Visit) -> HttpResponse:
    _end_others(visit)
    tokens.revoke_all(user_id=visit.caller.user_id, because="ended by its user")
    return visit.go("/account/", _("Every other log-in of yours has ended."))


def _end_others(visit: Visit) -> None:
    mine = visit.request.session.get(WEB_SESSION_KEY)
    end_other_sessions(user_id=visit.caller.user_id, but=mine, at=now())


def _form(visit: Visit, form: Form, title: str) -> HttpResponse:
    back = ("/account/", _("Your account"))
    return visit.render("web/form.html", status=form.status, form=form, title=title, back=back)
