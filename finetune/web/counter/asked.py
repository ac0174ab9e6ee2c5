"""What the till sends: an order as the API takes one, and what was typed beside it."""

from dataclasses import dataclass
from typing import Annotated, Any

from django.utils.translation import gettext as _
from pydantic import Field, ValidationError

from finetune.core.field_errors import field_error
from finetune.core.fields import AmountOrZero, Body, RowId, text
from finetune.core.refusals import FieldError, Refusal, invalid
from finetune.core.strict_json import StrictParser
from finetune.invoicing.records import Order
from finetune.invoicing.schemas import BillIn
from finetune.payments.schemas import Mode, Reference
from finetune.web.shell.visit import KEY, Visit

TENDERS_MAX = 8
REASON_MAX = 160


class TypedTender(Body):
    """One way of paying as it stands in the panel. Nothing typed means: whatever is left."""

    mode: Mode
    given: AmountOrZero | None = None
    reference: Reference = ""
    provider: text(60) = ""  # type: ignore[valid-type]
    months: Annotated[int, Field(ge=1, le=120)] | None = None


class HeldIn(Body):
    id: RowId
    version: Annotated[int, Field(ge=1)]


class TillIn(Body):
    """`order` is checked by the API's own schema. `reasons` say by line why a price differs from the catalogue's;
    `seen` is the total that the seller looked at; `owing` that a rest may stay unpaid."""

    key: Annotated[str, Field(max_length=64)] = ""
    order: dict[str, Any]
    tenders: Annotated[list[dict[str, Any]], Field(max_length=TENDERS_MAX)] = []
    reasons: dict[str, Annotated[str, Field(max_length=REASON_MAX)]] = {}
    seen: str = ""
    owing: bool = False
    held: HeldIn | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What the till asked for; `order` is None where it is malformed, and then `errors` say how."""

    till: TillIn
    order: Order | None
    tenders: tuple[TypedTender, ...] = ()
    errors: tuple[FieldError, ...] = ()


def asked(visit: Visit) -> Asked:
    """Refuses 400 for what no till sends. What a seller may have mistyped comes back as errors."""
    data = StrictParser().parse_body(visit.request)
    if not isinstance(data, dict):
        raise Refusal(400, "invalid", _("The till sent something that is no sale. Reload the page."))
    try:
        till = TillIn.model_validate(data)
    except ValidationError as error:
        raise invalid(_faults(error)) from None
    tenders, errors = _tenders(till)
    try:
        return Asked(till, BillIn.model_validate(till.order).order(), tenders, errors)
    except ValidationError as error:
        return Asked(till, None, tenders, (*_faults(error), *errors))
    except Refusal as refusal:
        return Asked(till, None, tenders, (*refusal.errors, *errors))


def _tenders(till: TillIn) -> tuple[tuple[TypedTender, ...], tuple[FieldError, ...]]:
    """What was typed of the money. A mistyped amount counts as none, and says so."""
    tenders, errors = [], []
    for place, given in enumerate(till.tenders):
        try:
            tenders.append(TypedTender.model_validate(given))
        except ValidationError as error:
            faults = _faults(error)
            errors += [
                FieldError(f"tenders.{place}.{each.field}", each.code, each.message) for each in faults
            ]
            sound = {
                name: value for name, value in given.items() if name not in {each.field for each in faults}
            }
            if any(each.field == "mode" or each.code == "unknown_field" for each in faults):
                raise invalid(errors) from None
            tenders.append(TypedTender.model_validate(sound))
    return tuple(tenders), tuple(errors)


def _faults(error: ValidationError) -> list[FieldError]:
    return [field_error(each, place=each["loc"]) for each in error.errors(include_url=False)]


def till_key(till: TillIn) -> str:
    """The key that was made when the cart was opened. Without one a lost answer could bill twice."""
    if KEY.fullmatch(till.key):
        return f"till-{till.key}"
    raise Refusal(400, "idempotency_key_missing", _("This sale has no key of its own. Reload the page."))
