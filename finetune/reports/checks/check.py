from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """One promise, and the statement that finds every row at odds with it.

    `kept_by` names what keeps the promise while the shop trades: constraints and unique indexes by name,
    triggers as `table.trigger`, and `room.module:function` where only our own code does. The columns of `sql`
    name what is wrong, ids first.
    """

    name: str
    promise: str
    kept_by: tuple[str, ...]
    sql: str
