"""Who may do what: the one table. `docs/permissions.md` is made from it.

A verb is asked for by an endpoint or a page, never written out as a comparison of roles elsewhere.
"""

from collections.abc import Mapping

SYSTEM_ADMIN = "system_admin"
BRANCH_HEAD = "branch_head"
ADVISOR = "advisor"
AUDITOR = "auditor"
ROLES = (SYSTEM_ADMIN, BRANCH_HEAD, ADVISOR, AUDITOR)
EVERY_STORE = frozenset({SYSTEM_ADMIN, AUDITOR})

_EVERYONE = frozenset(ROLES)
_COUNTER = frozenset({SYSTEM_ADMIN, BRANCH_HEAD, ADVISOR})
_HEADS = frozenset({SYSTEM_ADMIN, BRANCH_HEAD})
_ADMIN = frozenset({SYSTEM_ADMIN})
_OWNERS_VIEW = frozenset({SYSTEM_ADMIN, BRANCH_HEAD, AUDITOR})

PERMISSIONS: Mapping[str, frozenset[str]] = {
    "self.read": _EVERYONE,
    "self.log_out": _EVERYONE,
    "self.change_password": _EVERYONE,
    "self.second_factor": _EVERYONE,
    "user.read": _ADMIN,
    "user.write": _ADMIN,
    "store.read": _EVERYONE,
    "store.write": _ADMIN,
    "customer.read": _EVERYONE,
    "customer.write": _COUNTER,
    "category.read": _EVERYONE,
    "category.write": _ADMIN,
    "product.read": _EVERYONE,
    "product.write": _HEADS,
    "variant.read": _EVERYONE,
    "variant.write": _HEADS,
    "booking.read": _EVERYONE,
    "booking.write": _COUNTER,
    "booking.transition": _COUNTER,
    "invoice.read": _EVERYONE,
    "invoice.draft": _COUNTER,
    "invoice.issue": _COUNTER,
    "invoice.cancel": _HEADS,
    "invoice.share": _COUNTER,
    "invoice.discount_above_ceiling": _HEADS,
    "sequence.read": _ADMIN,
    "sequence.write": _ADMIN,
    "credit_note.read": _EVERYONE,
    "credit_note.issue": _HEADS,
    "credit.read": _EVERYONE,
    "deposit.read": _EVERYONE,
    "deposit.take": _COUNTER,
    "deposit.refund": _HEADS,
    "refund.read": _EVERYONE,
    "refund.give": _HEADS,
    "webhook.read": _ADMIN,
    "webhook.write": _ADMIN,
    "payment.read": _EVERYONE,
    "payment.take": _COUNTER,
    "sale.make": _COUNTER,
    "cash_session.read": _EVERYONE,
    "cash_session.open": _COUNTER,
    "cash_session.move": _COUNTER,
    "cash_session.close": _COUNTER,
    "stock.read": _EVERYONE,
    "stock.post": _COUNTER,
    "stock.post.sale": _COUNTER,
    "stock.post.return_in": _COUNTER,
    "stock.post.consumption": _COUNTER,
    "stock.post.purchase": _HEADS,
    "stock.post.return_out": _HEADS,
    "stock.post.adjustment": _HEADS,
    "stock.post.damage": _HEADS,
    "stock.approve": _HEADS,
    "stock.reject": _COUNTER,
    "stock.reverse": _HEADS,
    "inventory_config.read": _EVERYONE,
    "inventory_config.write": _ADMIN,
    "price_log.read": _EVERYONE,
    "cost.see": _OWNERS_VIEW,
    "code.resolve": _EVERYONE,
    "report.read": _EVERYONE,
    "audit.read": frozenset({SYSTEM_ADMIN, AUDITOR}),
    "gst_return.read": _OWNERS_VIEW,
    "einvoice.submit": _COUNTER,
    "einvoice.answer": _HEADS,
}


def permits(role: str, verb: str) -> bool:
    """Whether the role may do it. A verb that is not in the table is our mistake."""
    return role in PERMISSIONS[verb]


def sees_cost(role: str) -> bool:
    return permits(role, "cost.see")


PAGE = """# Who may do what

Made by `python -m finetune manage permissions --write` from `finetune/staff/permissions.py`, the one table
that every endpoint and page asks. Do not edit it here.

- `system_admin`: everything, in every store.
- `branch_head`: the stores they belong to.
- `advisor`: the stores they belong to; discounts up to the store's ceiling; no purchase prices.
- `auditor`: reads every store, writes nothing but their own password.

What belongs to a store that somebody does not work in is answered with 404, as if it were not there.
Customers and the catalogue belong to the whole chain. Whoever lacks `cost.see` gets answers without purchase
prices, costs and valuations. Nobody approves stock that they entered themselves, and no administrator takes
their own access away.

{table}
"""


def permission_page() -> str:
    """`docs/permissions.md`."""
    return PAGE.replace("{table}", permission_table())


def permission_table() -> str:
    """The table as Markdown, verbs down and roles across."""
    head = "| verb | " + " | ".join(f"`{role}`" for role in ROLES) + " |"
    rows = [
        f"| `{verb}` | " + " | ".join("yes" if role in roles else "" for role in ROLES) + " |"
        for verb, roles in PERMISSIONS.items()
    ]
    return "\n".join([head, "|---" * (len(ROLES) + 1) + "|", *rows])
