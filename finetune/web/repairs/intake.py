"""Taking a device in: customer, device, photos and a deposit in one go, all of it or none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from finetune.bookings.actions import add_photos, open_booking
from finetune.bookings.pictures import PHOTOS_MAX, Picture, read_picture
from finetune.core.caller import Actor
from finetune.core.refusals import invalid_field
from finetune.core.transactions import Made, one_transaction
from finetune.customers.actions import create_customer
from finetune.payments.actions import take_deposit
from finetune.payments.deposit_schemas import DepositIn


@dataclass(frozen=True, slots=True)
class Intake:
    """Either a customer that is known, or what to write down of a new one."""

    booking: Mapping[str, Any]
    customer_id: int | None
    new_customer: Mapping[str, Any]
    pictures: Sequence[Picture]
    deposit: DepositIn | None


@one_transaction
def take_in(*, actor: Actor, intake: Intake) -> Made:
    """Refuses what each of its parts refuses, and then keeps nothing of the others."""
    # The key is of the whole: its parts are not to be replayed one by one.
    part = replace(actor, key=None)
    customer_id = intake.customer_id
    if customer_id is None:
        customer_id = create_customer(actor=part, fields=intake.new_customer).id
    made = open_booking(actor=part, fields={**intake.booking, "customer_id": customer_id})
    if intake.pictures:
        add_photos(actor=part, booking_id=made.id, pictures=intake.pictures)
    if intake.deposit is not None:
        take_deposit(
            actor=part,
            booking_id=made.id,
            tender=intake.deposit.tender(),
            supply=intake.deposit.supply,
            gst_rate=intake.deposit.gst_rate,
            description=intake.deposit.description,
        )
    return Made("booking", {"id": made.id})


def pictures_of(files: Sequence[Any]) -> list[Picture]:
    """The photos of a form, made anew. A field that was left empty sends nothing."""
    if len(files) > PHOTOS_MAX:
        raise invalid_field(
            "photos",
            "invalid_photo",
            f"Send at most {PHOTOS_MAX} photos at a time. More can be added afterwards.",
        )
    return [read_picture(each) for each in files if each.size]
