"""Parts that a repair takes from the shelf without billing them: under warranty, or within the price."""

from django.http import HttpResponse
from django.utils.translation import gettext as _

from finetune.core.refusals import Refusal, invalid_field
from finetune.inventory.actions import post_entry
from finetune.inventory.records import WantedEntry
from finetune.inventory.rules import wanted_serials
from finetune.inventory.schemas import EntryIn
from finetune.web.repairs import queries
from finetune.web.repairs.detail import PART, repair_of, repair_page
from finetune.web.shell.forms import Form
from finetune.web.shell.visit import Visit, page


@page("stock.post.consumption", methods=("POST",))
def use_part(visit: Visit, booking_id: str) -> HttpResponse:
    """A part by its SKU, its barcode or its own serial number."""
    row = repair_of(visit, booking_id)
    form = Form(PART).fill(visit.request.POST)
    with form.refusals():
        try:
            _use(visit, row["id"], row["store"], form)
        except Refusal as refusal:
            # What is wrong with a serial or with the stock is wrong with the code that was scanned.
            if refusal.errors and refusal.errors[0].field not in ("code", "quantity"):
                raise Refusal(refusal.status, refusal.code, refusal.detail) from refusal
            raise
        return visit.go(f"/repairs/{row['id']}/", _("The part is taken from the shelf."))
    return repair_page(visit, row, form)


def _use(visit: Visit, booking_id: int, store_id: int, form: Form) -> None:
    code = str(form.values["code"])
    if not code or len(code) > 64 or not code.isprintable():
        raise invalid_field("code", "required", _("Scan the part, or type its SKU."))
    found = queries.variant_of_code(code, store_id=store_id)
    if found is None:
        raise invalid_field("code", "not_found", _("Nothing here has this code. Type the SKU of the part."))
    variant_id, serial = found
    quantity = form.values["quantity"] or "1"
    body = EntryIn.model_validate(
        {
            "entry_type": "consumption",
            "store": store_id,
            "product_variant": variant_id,
            "quantity": int(quantity) if str(quantity).isdecimal() and len(str(quantity)) < 8 else quantity,
            "booking": booking_id,
            "serial_numbers": [serial] if serial else [],
        }
    )
    wanted = WantedEntry(
        entry_type=body.entry_type,
        variant_id=body.product_variant,
        quantity=body.quantity,
        serial_numbers=wanted_serials(body.serial_numbers),
        unit_price=None,
        booking_id=body.booking,
        reason=body.reason,
        reference=body.reference,
    )
    post_entry(actor=visit.actor, store_id=store_id, wanted=wanted)
