"""The shop that is measured: one store, eight people, two hundred things with stock, bookings and open bills."""

import json
from dataclasses import asdict, dataclass

from bench.clients import Client
from bench.shop import ADMIN, PASSWORD, Shop

PEOPLE, PRODUCTS, VARIANTS_EACH, CUSTOMERS, BOOKINGS, OPEN_BILLS = 8, 10, 20, 20, 64, 64
STOCK = 1_000_000
SALE_LINES = 3


@dataclass(frozen=True, slots=True)
class Scene:
    """Ids, and the tokens of the people. `sale_total` is what a sale of `SALE_LINES` things costs."""

    store: int
    tokens: list[str]
    people: list[int]
    variants: list[int]
    customers: list[int]
    bookings: list[int]
    bills: list[int]
    sale_total: str

    def as_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Scene":
        return cls(**json.loads(text))


def set_scene(shop: Shop) -> Scene:
    """All of it through the API, as a shop would enter it."""
    admin = Client(shop.port)
    admin.log_in(ADMIN, PASSWORD)
    store = admin.call("POST", "/stores/", {
        "code": "PUNE", "name": "Laxmi Road", "legal_name": "Bench Mobile Services Private Limited",
        "state_code": "27", "gstin": "27AAPFU0939F1ZV", "address": "Shop 4, Kohinoor Arcade", "city": "Pune",
        "pincode": "411030", "phone": "+919800012345",
    })["id"]  # fmt: skip
    people = []
    for number in range(PEOPLE):
        name = f"head{number}"
        person = {"username": name, "name": name.title(), "role": "branch_head", "stores": [store]}
        people.append(admin.call("POST", "/users/", {**person, "password": PASSWORD})["id"])
    variants = _things(admin, store)
    customers = [
        admin.call("POST", "/customers/", {"name": f"Customer {number}", "phone": f"98220{number:05d}"})["id"]
        for number in range(CUSTOMERS)
    ]
    bookings = [
        admin.call("POST", "/bookings/", {
            "store": store, "customer": customers[number % CUSTOMERS], "device": "Phone", "issue": "Display",
        })["id"]
        for number in range(BOOKINGS)
    ]  # fmt: skip
    labour = {"description": "Board repair", "hsn_code": "998716", "quantity": 1, "unit_price": "40000.00"}
    bills = [
        admin.call("POST", "/invoices/", {"booking": booking, "line_items": [labour | {"gst_rate": "18"}]})[
            "id"
        ]
        for booking in bookings[:OPEN_BILLS]
    ]
    sold = [{"variant": variant, "quantity": 1} for variant in variants[:SALE_LINES]]
    sale = {"store": store, "counter_sale": True, "line_items": sold, "tenders": []}
    total = admin.call("POST", "/sales/", sale, key="trial")["invoice"]["total"]
    admin.close()
    return Scene(store, log_in_all(shop), people, variants, customers, bookings, bills, total)


def log_in_all(shop: Shop) -> list[str]:
    """A token of each of the people."""
    tokens = []
    for number in range(PEOPLE):
        client = Client(shop.port)
        client.log_in(f"head{number}", PASSWORD)
        tokens.append(client.token)
        client.close()
    return tokens


def _things(admin: Client, store: int) -> list[int]:
    shelf = admin.call("POST", "/categories/", {"name": "Parts"})["id"]
    variants = []
    for number in range(PRODUCTS):
        thing = {"name": f"Part {number}", "category": shelf, "hsn_code": "85177990", "gst_rate": "18"}
        product = admin.call("POST", "/products/", thing)["id"]
        for place in range(VARIANTS_EACH):
            kind = {
                "product": product,
                "variant_name": f"Kind {place}",
                "sku": f"P{number}-{place}",
                "price": "590.00",
            }
            variants.append(admin.call("POST", "/variants/", kind)["id"])
    for variant in variants:
        entry = {"entry_type": "purchase", "store": store, "product_variant": variant, "quantity": STOCK}
        admin.call("POST", "/stock-entries/", {**entry, "unit_price": "400.00"})
    return variants
