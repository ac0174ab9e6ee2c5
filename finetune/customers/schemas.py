from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, Field, model_validator

from finetune.core.fields import BlankForNull, Body, Email, Phone, complaint
from finetune.core.listing import SearchQuery
from finetune.core.refusals import invalid
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


class CustomerIn(CustomerPatch):
    name: Name

    @model_validator(mode="after")
    def agrees(self) -> Self:
        if problems := customer_problems(completed(self.model_dump())):
            raise invalid(problems)
        return self


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
