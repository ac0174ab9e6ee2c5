"""Who asks, and on whose authority a change is made."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Caller:
    """A known user for the length of one request. `store_ids` None means every store."""

    user_id: int
    username: str
    name: str
    role: str
    store_ids: tuple[int, ...] | None
    sees_cost: bool
    family_id: int | None = None

    def may_see_store(self, store_id: int) -> bool:
        return self.store_ids is None or store_id in self.store_ids

    @property
    def stores_param(self) -> list[int] | None:
        """For SQL: NULL is every store."""
        return None if self.store_ids is None else list(self.store_ids)


@dataclass(frozen=True, slots=True)
class Actor:
    """A caller with what one change needs: the request's id, its idempotency key and its hash."""

    caller: Caller
    request_id: str
    key: str | None = None
    request_hash: bytes = b""

    @property
    def user_id(self) -> int:
        return self.caller.user_id

    def with_key(self, key: str, *, asked: bytes = b"") -> "Actor":
        """`asked` is the hash of what is asked for: with the same key something else is refused. Left out, the key
        alone says it, whatever comes with it."""
        return replace(self, key=key, request_hash=asked or key.encode())
