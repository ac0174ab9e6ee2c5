"""Credit what was billed."""

from collections.abc import Sequence

from finetune.core.caller import Actor
from finetune.core.dates import today
from finetune.core.transactions import Made, one_transaction
from finetune.crediting import posting, queries
from finetune.crediting.rules import WantedReturn, plan_note, refuse_uncreditable
from finetune.invoicing.queries import lock_settlement


@one_transaction
def issue_credit_note(*, actor: Actor, invoice_id: int, wanted: Sequence[WantedReturn], reason: str) -> Made:
    """Credit units of a bill's lines: the note, what is owed, stock and the customer's credit at once, or nothing."""
    settlement = lock_settlement(invoice_id, caller=actor.caller)
    refuse_uncreditable(settlement)
    bill, gstin, booking_id = queries.bill(invoice_id, settlement)
    on = today()
    note = plan_note(wanted, bill, today=on)
    note_id = posting.write_note(
        actor=actor,
        note=note,
        settlement=settlement,
        gstin=gstin,
        booking_id=booking_id,
        reason=reason,
        on=on,
    )
    return Made("credit_note", {"id": note_id})
