"""End the public link of a bill, or give it a new one."""

from finetune.core import audit
from finetune.core.caller import Actor
from finetune.core.refusals import conflict
from finetune.core.transactions import Made, one_transaction
from finetune.documents import posting

KIND = "public_link"


@one_transaction
def revoke_link(*, actor: Actor, invoice_id: int, reason: str) -> Made:
    """From now on the link leads nowhere. Refuses 409 where it was revoked before."""
    posting.lock_links(actor.caller, invoice_id)
    if not posting.end_link(invoice_id):
        raise conflict("already_revoked", "This bill has no public link any more. Renew it to make one.")
    audit.record(actor=actor, verb="invoice.share", kind=KIND, object_id=invoice_id, reason=reason)
    return Made(KIND, {"id": invoice_id})


@one_transaction
def renew_link(*, actor: Actor, invoice_id: int, reason: str) -> Made:
    """A new link, which is also in the code of whatever is printed from now on; the old one leads nowhere."""
    posting.lock_links(actor.caller, invoice_id)
    posting.end_link(invoice_id)
    posting.make_link(invoice_id)
    audit.record(actor=actor, verb="invoice.share", kind=KIND, object_id=invoice_id, reason=reason)
    return Made(KIND, {"id": invoice_id})
