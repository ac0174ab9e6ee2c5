"""People: who works where and as what, their password, and a lost authenticator."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from finetune.core.caller import Actor
from finetune.core.listing import Row
from finetune.core.transactions import Made
from finetune.staff import second_factor
from finetune.staff.actions import change_user, create_user, reset_second_factor
from finetune.staff.queries import user, users
from finetune.staff.schemas import UserIn, UserPatch, UserQuery
from finetune.web.people.masters import Master
from finetune.web.shell.forms import Field
from finetune.web.shell.lists import Column, ListPage, choices_of_stores, show_list
from finetune.web.shell.visit import Visit, id_of, page
from finetune.web.words import ROLE_NAMES

ROLES = tuple((role, words) for role, words in ROLE_NAMES.items())
APART = ("stores", "password")  # what the actions take beside the record's own fields


def _fields(visit: Visit, row: Row | None) -> tuple[Field, ...]:
    hint = (
        gettext_lazy("Leave empty to keep the present one") if row else gettext_lazy("At least 8 characters")
    )
    return (
        Field("username", gettext_lazy("User name"), required=True, maxlength=60),
        Field("name", gettext_lazy("Name"), maxlength=120),
        Field("role", gettext_lazy("Role"), "choice", ROLES, required=True),
        Field("password", gettext_lazy("Password"), "password", hint=hint, autocomplete="new-password"),
        Field("is_active", gettext_lazy("May log in"), "flag"),
        Field("stores", gettext_lazy("Works in"), "ids", choices_of_stores(visit)),
    )


def _create(actor: Actor, body: UserIn) -> Made:
    fields = body.model_dump(exclude=set(APART))
    return create_user(actor=actor, fields=fields, stores=body.stores, password=body.password)


def _change(actor: Actor, user_id: int, version: str | None, body: UserPatch) -> Made:
    return change_user(
        actor=actor,
        user_id=user_id,
        version=version,
        changes=body.model_dump(exclude_unset=True, exclude=set(APART)),
        stores=body.stores,
        password=body.password,
    )


USER = Master(
    what="user",
    list_path="/settings/people/",
    list_title=gettext_lazy("People"),
    new_title=gettext_lazy("New user"),
    fields=_fields,
    schema_in=UserIn,
    schema_patch=UserPatch,
    read=user,
    create=_create,
    change=_change,
    title=lambda row: row["name"] or row["username"],
    template="web/people/user.html",
)
USERS = ListPage(
    title=gettext_lazy("People"),
    path="/settings/people/",
    query=UserQuery,
    read=users,
    search=gettext_lazy("Name or user name"),
    filters=(
        Field("role", gettext_lazy("Role"), "choice", (("", gettext_lazy("All")), *ROLES)),
        Field(
            "is_active",
            gettext_lazy("May log in"),
            "choice",
            (("", gettext_lazy("All")), ("true", gettext_lazy("Yes")), ("false", gettext_lazy("No"))),
        ),
    ),
    columns=(
        Column(
            gettext_lazy("Name"),
            lambda row: row["name"] or row["username"],
            link=lambda row: f"/settings/people/{row['id']}/",
            note="username",
            ordering="username",
        ),
        Column(gettext_lazy("Role"), lambda row: ROLE_NAMES[row["role"]]),
        Column(gettext_lazy("Stores"), lambda row: len(row["stores"]), kind="count"),
        Column(
            gettext_lazy("Status"), lambda row: "active" if row["is_active"] else "inactive", kind="status"
        ),
    ),
    new=(gettext_lazy("New user"), "/settings/people/new/", "user.write"),
)


@page("user.read")
def list_users(visit: Visit) -> HttpResponse:
    return show_list(visit, USERS)


@page("user.write", methods=("GET", "POST"))
def new_user(visit: Visit) -> HttpResponse:
    return USER.new_page(visit, is_active=True, role="advisor")


@page("user.write", methods=("GET", "POST"))
def edit_user(visit: Visit, row_id: str) -> HttpResponse:
    has_factor = visit.request.method == "GET" and second_factor.is_on(id_of(row_id, "user"))
    return USER.change_page(visit, row_id, has_second_factor=has_factor)


@page("user.write", methods=("POST",))
def end_second_factor(visit: Visit, row_id: str) -> HttpResponse:
    """For somebody who lost their authenticator and their recovery codes. Their log-ins end, too."""
    user_id = id_of(row_id, "user")
    reset_second_factor(actor=visit.actor, user_id=user_id)
    return visit.go(
        f"/settings/people/{user_id}/", _("The second factor is off, and all their log-ins ended.")
    )
