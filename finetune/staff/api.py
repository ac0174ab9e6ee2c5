"""Endpoints: /api/auth/ and /api/users/."""

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from finetune.core.fields import Nothing
from finetune.core.http import Call, endpoint, json_response, path_id
from finetune.core.listing import PageOf, Row
from finetune.core.transactions import Made
from finetune.staff import actions, queries, tokens
from finetune.staff.authentication import renew_session
from finetune.staff.schemas import (
    LoginIn,
    MeOut,
    PasswordIn,
    RefreshIn,
    TokenOut,
    UserIn,
    UserOut,
    UserPatch,
    UserQuery,
)
from finetune.staff.throttle import address_of

auth = Router(tags=["auth"])
users = Router(tags=["users"])


def _pair(pair: tokens.TokenPair) -> HttpResponse:
    return json_response(200, {"access": pair.access, "refresh": pair.refresh, "expires_in": pair.expires_in})


@endpoint(auth, "POST", "/token/", verb=None, answers={200: TokenOut}, key="none")
def create_token(request: HttpRequest, body: LoginIn) -> HttpResponse:
    """Log in. Whoever has a second factor sends its `code` too; without it the answer is 401 `mfa_required`."""
    pair = actions.log_in(
        username=body.username, password=body.password, address=address_of(request), code=body.code
    )
    return _pair(pair)


@endpoint(auth, "POST", "/token/refresh/", verb=None, answers={200: TokenOut}, key="none")
def refresh_token(request: HttpRequest, body: RefreshIn) -> HttpResponse:
    """Exchange a refresh token for a new pair. Each may be used once."""
    return _pair(tokens.rotate(body.refresh))


@endpoint(auth, "POST", "/logout/", verb="self.log_out", answers={204: None}, key="none")
def log_out(call: Call, body: Nothing) -> HttpResponse:
    """End this log-in and all its tokens."""
    actions.log_out(family_id=call.caller.family_id)
    if call.caller.family_id is None:
        call.request.session.flush()
    return HttpResponse(status=204)


@endpoint(auth, "POST", "/password/", verb="self.change_password", answers={204: None}, key="none")
def change_password(call: Call, body: PasswordIn) -> HttpResponse:
    """Change your own password; every other log-in of yours ends."""
    user = actions.change_password(
        user_id=call.caller.user_id,
        old=body.old,
        new=body.new,
        family_id=call.caller.family_id,
        address=address_of(call.request),
    )
    if call.caller.family_id is None:
        renew_session(call.request, user)
    return HttpResponse(status=204)


@endpoint(auth, "GET", "/me/", verb="self.read", answers={200: MeOut})
def read_me(call: Call) -> HttpResponse:
    """Who you are and where you work."""
    caller = call.caller
    stores = queries.stores_of(caller)
    return call.answer(
        200,
        {
            "id": caller.user_id,
            "username": caller.username,
            "name": caller.name,
            "role": caller.role,
            "stores": stores,
        },
    )


def _shown(call: Call, status: int, row: Row, made: Made | None = None) -> HttpResponse:
    return call.answer(status, row, made=made, version=row.pop("version"))


@endpoint(users, "GET", "/", verb="user.read", answers={200: PageOf[UserOut]})
def list_users(call: Call, query: Query[UserQuery]) -> HttpResponse:
    """Everybody. `q` finds by user name and name. Ordered by `username` or `id`."""
    page = queries.users(call.caller, query)
    for row in page.rows:
        del row["version"]
    return call.page(page)


@endpoint(users, "POST", "/", verb="user.write", answers={201: UserOut})
def create_user(call: Call, body: UserIn) -> HttpResponse:
    """Let somebody in. Without a password they cannot log in until one is set."""
    fields = body.model_dump(include={"username", "name", "role", "is_active"})
    made = actions.create_user(actor=call.actor, fields=fields, stores=body.stores, password=body.password)
    return _shown(call, 201, queries.user(call.caller, made.id), made)


@endpoint(users, "GET", "/{row_id}/", verb="user.read", answers={200: UserOut})
def read_user(call: Call, row_id: str) -> HttpResponse:
    """One user."""
    return _shown(call, 200, queries.user(call.caller, path_id(row_id, "user")))


@endpoint(users, "PATCH", "/{row_id}/", verb="user.write", answers={200: UserOut})
def change_user(call: Call, row_id: str, body: UserPatch) -> HttpResponse:
    """Change some fields of a user. Deactivating, or a new password, ends all their sessions and tokens."""
    given = body.model_dump(exclude_unset=True)
    stores, password = given.pop("stores", None), given.pop("password", None)
    made = actions.change_user(
        actor=call.actor,
        user_id=path_id(row_id, "user"),
        version=call.if_match,
        changes=given,
        stores=stores,
        password=password,
    )
    return _shown(call, 200, queries.user(call.caller, made.id))
