"""Reads of stores."""

from finetune.core.caller import Caller
from finetune.core.listing import Listing, Ordering, Page, Row, read_one, read_page
from finetune.core.refusals import not_found
from finetune.stores.models import Store
from finetune.stores.schemas import StoreQuery

STORES = Listing(
    what="store",
    select="""s.id, s.code, s.name, s.state_code, s.legal_name, s.gstin, s.address, s.city, s.pincode,
        s.phone, s.upi_vpa, s.is_composition,
        trim_scale(s.discount_ceiling_percent) AS discount_ceiling_percent, s.version""",
    source="stores_store s",
    row_id="s.id",
    scope="%(stores)s::bigint[] IS NULL OR s.id = ANY(%(stores)s)",
    filters={
        "gstin": "s.gstin = upper(%(gstin)s)",
        "state_code": "s.state_code = %(state_code)s",
        "q": "s.code ILIKE %(q)s OR s.name ILIKE %(q)s OR s.city ILIKE %(q)s",
    },
    orderings={"code": Ordering("s.code", str), "name": Ordering("s.name", str)},
)


def store(caller: Caller, store_id: int) -> Row:
    return read_one(STORES, caller, store_id)


def stores(caller: Caller, query: StoreQuery) -> Page:
    return read_page(STORES, caller, query)


def require_store(store_id: int, *, caller: Caller) -> None:
    """Refuses 404 on the field `store` for a store that is not there or that the caller may not see."""
    if not (caller.may_see_store(store_id) and Store.objects.filter(pk=store_id).exists()):
        raise not_found("store", field="store")
