from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field

from finetune.core.fields import BlankForNull, Body, Email, Phone, Record, complaint
from finetune.core.listing import SearchQuery
from finetune.core.refusals import FieldError
from finetune.customers.countries import COUNTRIES
from finetune.customers.rules import completed, customer_problems
from finetune.gst.fields import Gstin, StateCode


def _country(value: str) -> str:
    code = value.upper()
    if code and code not in COUNTRIES:
        raise complaint("invalid", f"{value!r} is not a country's code of two letters, such as IN.")
    return code


Category = Literal["unregistered", "registered", "sez", "export"]
Name = Annotated[str, Field(min_length=1, max_length=120)]
LegalName = Annotated[str, Field(max_length=120), BlankForNull]
Address = Annotated[str, Field(max_length=300), BlankForNull]
City = Annotated[str, Field(max_length=80), BlankForNull]
Country = Annotated[str, Field(max_length=2), AfterValidator(_country), BlankForNull]


class CustomerPatch(Body):
    name: Name = ""
    phone: Annotated[Phone, BlankForNull] = ""
    email: Annotated[Email, BlankForNull] = ""
    gstin: Annotated[Gstin, BlankForNull] = ""
    legal_name: LegalName = ""
    state_code: Annotated[StateCode, BlankForNull] = ""
    address: Address = ""
    city: City = ""
    # Six digits in India, whatever the post office there uses elsewhere: the rules know the country.
    pincode: Annotated[str, Field(max_length=10), BlankForNull] = ""
    country: Country = ""
    category: Category | None = None


class CustomerIn(CustomerPatch, Record):
    STAND_INS = {"name": "-"}
    FOLLOWS_FROM = {"pincode": {"country", "category"}}

    name: Name

    def contradictions(self) -> list[FieldError]:
        return customer_problems(completed(self.model_dump()))


class CustomerOut(BaseModel):
    id: int
    name: str
    phone: str
    email: str
    gstin: str
    legal_name: str
    state_code: str
    address: str
    city: str
    pincode: str
    country: str
    category: Category
    is_walk_in: bool


class CustomerQuery(SearchQuery):
    category: Category | None = None
    gstin: Annotated[str | None, Field(max_length=15)] = None
