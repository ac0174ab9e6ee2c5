"""The work bench of the demo: bookings along their transitions, parts and labour on the bill."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from finetune.bookings.actions import open_booking, transition_booking
from finetune.bookings.rules import CANCELLED
from finetune.invoicing.actions import issue_invoice
from finetune.invoicing.records import Order, WantedLine
from finetune.ops.demo.people import PUNE, seller_of
from finetune.ops.demo.stage import Stage
from finetune.ops.demo.stock import Shelves, imei
from finetune.ops.demo.till import Till

ROAD: Final = ("diagnosing", "awaiting_approval", "in_progress", "ready", "delivered")


@dataclass(frozen=True, slots=True)
class Job:
    """A repair: the part it takes, and what its labour costs before tax."""

    device: str
    issue: str
    part: str
    work: str
    labour: str


JOBS: Final = (
    Job("Demo Phone One", "Cracked display", "SP-DIS-1", "Display fitted", "450.00"),
    Job("Demo Phone Pro", "Dark display after a fall", "SP-DIS-P", "Display fitted", "650.00"),
    Job("Demo Phone One", "Battery swollen", "SP-BAT-1", "Battery fitted", "200.00"),
    Job("Demo Phone Pro", "Does not last the day", "SP-BAT-P", "Battery fitted", "300.00"),
    Job("Demo Phone Lite", "Does not charge", "SP-PRT", "Charging port soldered", "350.00"),
    Job("Demo Phone Pro", "Back glass broken", "SP-BGL", "Back glass fitted", "399.50"),
    Job("Demo Phone One", "No network", "SP-ANT", "Antenna fitted", "250.00"),
)
LABOUR_ONLY: Final = Job("Demo Phone Lite", "Wet", "", "Cleaned after water damage", "899.00")
# Numbers of phones that customers own; those of the shop's own stock begin at 1.
CUSTOMERS_PHONES: Final = 90_000_000


def open_job(stage: Stage, *, number: int, code: str, customer: str, job: Job) -> int:
    fields = {
        "store_id": stage.stores[code],
        "customer_id": stage.customers[customer],
        "device": job.device,
        "issue": job.issue,
        "imei": imei(CUSTOMERS_PHONES + number),
        "estimate": Decimal(job.labour) + 500,
    }
    return stage.play(open_booking, seller_of(code, number), f"booking:{number}", fields=fields).id


def move_along(stage: Stage, booking_id: int, *, number: int, code: str, to: tuple[str, ...]) -> None:
    for status in to:
        stage.play(
            transition_booking,
            seller_of(code, number),
            f"booking:{number}:{status}",
            booking_id=booking_id,
            to=status,
            reason="The customer took it back unrepaired" if status == CANCELLED else "",
        )


def repair_and_bill(
    stage: Stage, till: Till, *, number: int, day: int, code: str, customer: str, job: Job,
    part: WantedLine | None, pays: str,
) -> None:  # fmt: skip
    """From door to door: received, repaired, billed with part and labour, paid or promised, delivered."""
    booking_id = open_job(stage, number=number, code=code, customer=customer, job=job)
    move_along(stage, booking_id, number=number, code=code, to=ROAD[:-1])
    labour = WantedLine(
        quantity=Decimal(1),
        description=job.work,
        hsn_code="998716",
        unit_price=Decimal(job.labour),
        gst_rate=Decimal(18),
    )
    later = pays in ("half", "all later")
    order = Order(
        lines=(part, labour) if part else (labour,),
        booking_id=booking_id,
        invoice_date=stage.day(day),
        due_date=stage.day(day + 3) if later else None,
    )
    who = seller_of(code, number)
    invoice_id = stage.play(issue_invoice, who, f"bill:{number}", order=order).id
    if pays == "half":
        till.pay(code, invoice_id, number, "cash", at=stage.instant(day, 17), share=2)
    elif not later:
        till.pay(code, invoice_id, number, pays, at=stage.instant(day, 17))
    move_along(stage, booking_id, number=number, code=code, to=ROAD[-1:])


def fill_the_bench(stage: Stage, shelves: Shelves) -> None:
    """A booking in every status, one of them a warranty case that takes a part without a bill."""
    first = 9000
    for place in range(len(ROAD)):
        job, number = JOBS[place], first + place
        booking_id = open_job(
            stage, number=number, code=PUNE, customer=f"Demo Customer {place + 1:02d}", job=job
        )
        move_along(stage, booking_id, number=number, code=PUNE, to=ROAD[:place])
        if ROAD[:place][-1:] == ("in_progress",):
            shelves.take_units(PUNE, "SP-PRT", 1)
            shelves.post(
                "warranty", PUNE, "consumption", "SP-PRT", 1, booking_id=booking_id, reason="Warranty"
            )
    number = first + len(ROAD)
    booking_id = open_job(stage, number=number, code=PUNE, customer="Demo Customer 91", job=LABOUR_ONLY)
    move_along(stage, booking_id, number=number, code=PUNE, to=("diagnosing", CANCELLED))
