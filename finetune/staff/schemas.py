from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from finetune.core.fields import BlankForNull, Body, QueryId, RowId
from finetune.core.listing import Flag, SearchQuery

Role = Literal["system_admin", "branch_head", "advisor", "auditor"]
Username = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[A-Za-z0-9@.+_-]+$")]
Name = Annotated[str, Field(max_length=120), BlankForNull]
# A password is taken as it was typed: no trimming, and long enough for any pass phrase.
Password = Annotated[str, StringConstraints(strip_whitespace=False, min_length=1, max_length=256)]


class LoginIn(Body):
    username: Annotated[str, Field(min_length=1, max_length=150)]
    password: Password
    code: Annotated[str | None, Field(max_length=20)] = None


class TokenOut(BaseModel):
    access: str
    refresh: str
    expires_in: int


class RefreshIn(Body):
    refresh: Annotated[str, Field(min_length=1, max_length=200)]


class PasswordIn(Body):
    old: Password
    new: Password


class StoreRef(BaseModel):
    id: int
    code: str
    name: str


class MeOut(BaseModel):
    id: int
    username: str
    name: str
    role: Role
    stores: list[StoreRef]


class UserPatch(Body):
    username: Username = ""
    name: Name = ""
    role: Role = "advisor"
    stores: Annotated[list[RowId], Field(max_length=500)] = []
    is_active: Annotated[bool, Field(strict=True)] = True
    password: Password | None = None


class UserIn(UserPatch):
    username: Username
    role: Role


class UserOut(BaseModel):
    id: int
    username: str
    name: str
    role: Role
    stores: list[int]
    is_active: bool


class UserQuery(SearchQuery):
    role: Role | None = None
    is_active: Flag | None = None
    store: QueryId | None = None
