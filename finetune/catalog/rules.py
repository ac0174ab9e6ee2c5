"""What must hold within the catalogue's records."""

from datetime import date
from decimal import Decimal

from finetune.core.refusals import FieldError
from finetune.gst.hsn import is_service
from finetune.gst.rates import rate_in_force, rates_in_force

GOODS_UNIT = "NOS"
SERVICE_UNIT = "NA"


def unit_for(hsn_code: str) -> str:
    """The unit of a product for which none was given: numbers of goods; a service has none."""
    return SERVICE_UNIT if is_service(hsn_code) else GOODS_UNIT


def rate_problems(gst_rate: Decimal, *, on: date) -> list[FieldError]:
    if rate_in_force(gst_rate, on):
        return []
    known = ", ".join(f"{rate.normalize():f}" for rate in rates_in_force(on))
    message = f"{gst_rate.normalize():f} % is not a GST rate in force on {on.isoformat()}. Those are {known}."
    return [FieldError("gst_rate", "rate_not_in_force", message)]


def price_problems(*, price: Decimal, mrp: Decimal | None) -> list[FieldError]:
    """Nothing may be sold above its MRP: Legal Metrology (Packaged Commodities) Rules 2011, r.18(2)."""
    if mrp is None or price <= mrp:
        return []
    message = f"The price {price} is above the MRP {mrp}, which the law forbids."
    return [FieldError("price", "price_above_mrp", message)]
