from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field

from finetune.core.fields import BlankForNull, Body, Percent, Phone, Pincode, Record, complaint
from finetune.core.listing import SearchQuery
from finetune.core.refusals import FieldError
from finetune.gst.fields import Gstin, StateCode
from finetune.stores.rules import store_problems


def _ceiling(value: Decimal) -> Decimal:
    if value > 100:
        raise complaint("invalid", "A discount ceiling is a percentage from 0 to 100.")
    return value


StoreCode = Annotated[str, Field(pattern=r"^[A-Z0-9-]{1,12}$")]
Name = Annotated[str, Field(min_length=1, max_length=120)]
LegalName = Annotated[str, Field(max_length=120), BlankForNull]
Address = Annotated[str, Field(max_length=300), BlankForNull]
City = Annotated[str, Field(max_length=80), BlankForNull]
# A virtual payment address as NPCI has them: a name, @, the bank's handle.
UpiAddress = Annotated[
    str, Field(max_length=255, pattern=r"^([A-Za-z0-9._-]{1,200}@[A-Za-z][A-Za-z0-9]{1,49})?$"), BlankForNull
]
Ceiling = Annotated[Percent, AfterValidator(_ceiling)]


class StorePatch(Body):
    code: StoreCode = ""
    name: Name = ""
    state_code: Annotated[StateCode, Field(min_length=1)] = ""
    legal_name: LegalName = ""
    gstin: Annotated[Gstin, BlankForNull] = ""
    address: Address = ""
    city: City = ""
    pincode: Annotated[Pincode, BlankForNull] = ""
    phone: Annotated[Phone, BlankForNull] = ""
    upi_vpa: UpiAddress = ""
    is_composition: Annotated[bool, Field(strict=True)] = False
    discount_ceiling_percent: Ceiling = Decimal(100)


class StoreIn(StorePatch, Record):
    STAND_INS = {"code": "-", "name": "-", "state_code": "27"}
    FOLLOWS_FROM = {"gstin": {"state_code"}}

    code: StoreCode
    name: Name
    state_code: Annotated[StateCode, Field(min_length=1)]

    def contradictions(self) -> list[FieldError]:
        return store_problems(self.model_dump())


class StoreOut(BaseModel):
    id: int
    code: str
    name: str
    state_code: str
    legal_name: str
    gstin: str
    address: str
    city: str
    pincode: str
    phone: str
    upi_vpa: str
    is_composition: bool
    discount_ceiling_percent: str


class StoreQuery(SearchQuery):
    gstin: Annotated[str | None, Field(max_length=15)] = None
    state_code: Annotated[str | None, Field(max_length=2)] = None
