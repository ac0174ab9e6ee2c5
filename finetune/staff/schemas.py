from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from finetune.core.fields import Body, QueryId, RowId, text
from finetune.core.listing import Flag, SearchQuery

Role = Literal["system_admin", "branch_head", "advisor", "auditor"]
# A password is taken as it was typed: no trimming, and long enough for any pass phrase.
Password = Annotated[str, Field(min_length=1, max_length=256)]


class LoginIn(Body):
    model_config = {"str_strip_whitespace": False}

    username: text(150, 1)  # type: ignore[valid-type]
    password: Password
    code: Annotated[str | None, Field(max_length=20)] = None


class TokenOut(BaseModel):
    access: str
    refresh: str
    expires_in: int


class RefreshIn(Body):
    refresh: text(200, 1)  # type: ignore[valid-type]


class PasswordIn(Body):
    model_config = {"str_strip_whitespace": False}

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


class UserIn(Body):
    username: Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[A-Za-z0-9@.+_-]+$")]
    name: text(120) = ""  # type: ignore[valid-type]
    role: Role
    stores: Annotated[list[RowId], Field(max_length=500)] = []
    is_active: Annotated[bool, Field(strict=True)] = True
    password: Password | None = None


class UserPatch(Body):
    username: Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[A-Za-z0-9@.+_-]+$")] = ""
    name: text(120) = ""  # type: ignore[valid-type]
    role: Role = "advisor"
    stores: Annotated[list[RowId], Field(max_length=500)] = []
    is_active: Annotated[bool, Field(strict=True)] = True
    password: Password | None = None


class UserOut(BaseModel):
    id: int
    username: str
    name: str
    role: Role
    stores: list[StoreRef]
    is_active: bool
    created_at: datetime


class UserQuery(SearchQuery):
    role: Role | None = None
    is_active: Flag | None = None
    store: QueryId | None = None
