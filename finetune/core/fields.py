"""Types of request fields. Each refuses with a code of its own, and pydantic collects all of them at once."""

import re
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, ClassVar, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    ValidationError,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

from finetune.core.refusals import FieldError, invalid

ID_MAX = 2**63 - 1
# What a browser's e-mail field takes (WHATWG HTML 4.10.5.1.5), with a dot in the domain.
EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}"
)
DIGITS_BEFORE_POINT_MAX = 10
FAULTS_MAX = 500  # beyond these nobody is told more


class Body(BaseModel):
    """A request body: unknown fields are refused, text is trimmed."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, frozen=True)


def complaint(code: str, message: str) -> PydanticCustomError:
    # Braces would be read as placeholders of the message template.
    return PydanticCustomError(code, message.replace("{", "(").replace("}", ")"))


def together(error: ValidationError, problems: Iterable[FieldError]) -> ValidationError:
    """What is malformed, and what our rules have against the rest, in one answer."""
    faults = error.errors(include_url=False)
    found = [(fault["loc"], fault["type"], fault["msg"], fault["input"]) for fault in faults]
    found += [(tuple(each.field.split(".")), each.code, each.message, None) for each in problems]
    details = [
        InitErrorDetails(type=complaint(code, message), loc=place, input=given)
        for place, code, message, given in found
    ]
    return ValidationError.from_exception_data(error.title, details)


def faults_at(error: ValidationError, *place: str | int) -> set[str]:
    """The names of the parts at fault directly under a place; an empty name is the place itself."""
    depth = len(place)
    places = [fault["loc"] for fault in error.errors(include_url=False) if fault["loc"][:depth] == place]
    return {str(each[depth]) if len(each) > depth else "" for each in places}


class Record(Body):
    """A body whose fields must also agree with one another. Refuses 400 with what is malformed and what
    contradicts itself, all at once."""

    # For a required field that is malformed, so that the others can still be looked at.
    STAND_INS: ClassVar[Mapping[str, Any]] = {}
    # A complaint about a field is only made where those that it follows from are well-formed.
    FOLLOWS_FROM: ClassVar[Mapping[str, Collection[str]]] = {}

    def contradictions(self) -> list[FieldError]:
        """What does not agree, every field being well-formed."""
        raise NotImplementedError

    @model_validator(mode="wrap")
    @classmethod
    def _all_at_once(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        try:
            body = handler(data)
        except ValidationError as error:
            if not isinstance(data, dict) or error.error_count() > FAULTS_MAX:
                raise
            raise together(error, cls._beside(data, faults_at(error), handler)) from None
        if problems := body.contradictions():
            raise invalid(problems)
        return body

    @classmethod
    def _beside(
        cls, data: dict[str, Any], faults: set[str], handler: ModelWrapValidatorHandler[Self]
    ) -> list[FieldError]:
        sound = {name: value for name, value in data.items() if name in cls.model_fields.keys() - faults}
        stand_ins = {name: value for name, value in cls.STAND_INS.items() if name in faults}
        try:
            problems = handler({**stand_ins, **sound}).contradictions()
        except ValidationError:
            return []
        return [
            each
            for each in problems
            if each.field not in faults and faults.isdisjoint(cls.FOLLOWS_FROM.get(each.field, ()))
        ]


class Nothing(Body):
    """An action without fields: an empty body or {}."""


class Reason(Body):
    reason: Annotated[str, Field(min_length=1, max_length=500)]


def _exact(value: Any) -> Any:
    """A string or a JSON number to a Decimal; never through a float."""
    if isinstance(value, bool) or not isinstance(value, (str, int, Decimal)):
        raise complaint("invalid", "This must be a number, written as a string such as '1180.00'.")
    text = str(value).strip()
    if not re.fullmatch(r"[+-]?[0-9]{1,30}(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,2})?", text):
        raise complaint("invalid", "This is not a plain decimal number.")
    try:
        return Decimal(text)
    except InvalidOperation:
        raise complaint("invalid", "This is not a plain decimal number.") from None


def _bounded(value: Decimal, *, places: int, what: str) -> Decimal:
    if value and value.adjusted() >= DIGITS_BEFORE_POINT_MAX:
        raise complaint("invalid", f"This {what} is too large.")
    plain = value.quantize(Decimal(1).scaleb(-places))
    if plain != value:
        raise complaint("invalid", f"A {what} has at most {places} decimals.")
    return plain if plain else abs(plain)  # no minus before a zero


def _number(*, places: int, what: str, low: Decimal | None, above: Decimal | None = None) -> Any:
    def check(value: Decimal) -> Decimal:
        plain = _bounded(value, places=places, what=what)
        if low is not None and plain < low:
            raise complaint("invalid", f"This {what} may not be below {low}.")
        if above is not None and plain <= above:
            raise complaint("invalid", f"This {what} must be above {above}.")
        return plain

    sign = "-?" if low is None and above is None else ""
    pattern = rf"^{sign}[0-9]{{1,10}}(\.[0-9]{{1,{places}}})?$"
    schema = {"anyOf": [{"type": "string", "pattern": pattern}, {"type": "number"}]}
    return Annotated[Decimal, BeforeValidator(_exact), AfterValidator(check), WithJsonSchema(schema)]


Amount = _number(places=2, what="amount", low=None, above=Decimal(0))
AnyAmount = _number(places=2, what="amount", low=None)
AmountOrZero = _number(places=2, what="amount", low=Decimal(0))
UnitPrice = _number(places=3, what="price", low=Decimal(0))
Quantity = _number(places=3, what="quantity", low=None, above=Decimal(0))
Percent = _number(places=3, what="percentage", low=Decimal(0))


def _row_id(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= ID_MAX:
        raise complaint("invalid", "This is not an id that was given out.")
    return value


RowId = Annotated[int, BeforeValidator(_row_id), WithJsonSchema({"type": "integer", "minimum": 1})]


def _query_id(value: Any) -> Any:
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,19}", value) and 0 < int(value) <= ID_MAX:
        return int(value)
    raise complaint("invalid", "This is not an id that was given out.")


QueryId = Annotated[int, BeforeValidator(_query_id), WithJsonSchema({"type": "integer", "minimum": 1})]


def _whole(value: Any) -> Any:
    number = _exact(value)
    if number != number.to_integral_value() or abs(number) > 1_000_000:
        raise complaint("invalid", "This must be a whole number, at most a million.")
    return int(number)


WholeNumber = Annotated[int, BeforeValidator(_whole), WithJsonSchema({"type": "integer"})]


def text(max_length: int, min_length: int = 0) -> Any:
    """Text in one or more lines; a required one also refuses white space alone, since it is trimmed first."""
    return Annotated[str, Field(min_length=min_length, max_length=max_length)]


def _email(value: str) -> str:
    if value and not EMAIL.fullmatch(value):
        raise complaint("invalid_email", "This is not an e-mail address.")
    return value


def _phone(value: str) -> str:
    """To E.164. Length and country are checked, not the operator's range: new series appear every year."""
    import phonenumbers

    if not value:
        return value
    try:
        number = phonenumbers.parse(value, "IN")
    except phonenumbers.NumberParseException:
        raise complaint("invalid_phone", "This is not a phone number.") from None
    if not phonenumbers.is_possible_number(number):
        raise complaint("invalid_phone", "This phone number is too short or too long.")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def pincode_problem(value: str) -> str | None:
    """A sentence when `value` is not an Indian PIN code; else None."""
    if re.fullmatch(r"[1-9][0-9]{5}", value):
        return None
    return "An Indian PIN code has six digits and does not begin with 0."


def _pincode(value: str) -> str:
    if value and (problem := pincode_problem(value)):
        raise complaint("invalid_pincode", problem)
    return value


Email = Annotated[str, Field(max_length=254), AfterValidator(_email)]
Phone = Annotated[str, Field(max_length=40), AfterValidator(_phone)]
Pincode = Annotated[str, Field(max_length=10), AfterValidator(_pincode)]

# For text that may be left out: null means none, which is kept and answered as "".
BlankForNull = BeforeValidator(lambda value: "" if value is None else value)
NoneForNull = BeforeValidator(lambda value: [] if value is None else value)


def _imei(value: str) -> str:
    from stdnum import luhn

    digits = re.sub(r"[\s-]", "", value)
    if digits and not (re.fullmatch(r"[0-9]{15}", digits) and int(digits) and luhn.is_valid(digits)):
        raise complaint(
            "invalid_imei", "An IMEI has 15 digits with a valid check digit. Dial *#06# to read it."
        )
    return digits


Imei = Annotated[str, Field(max_length=40), AfterValidator(_imei)]
