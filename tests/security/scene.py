"""One real object of every kind that has an address of its own, all of them Pune's or the whole chain's."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from finetune.core.dates import today
from finetune.gst.einvoice import irn
from tests import cast, published
from tests.api import nonsense
from tests.cast import PUNE_GSTIN, Person, Shop, new_key
from tests.reports.scene import bill, credit, deposit_on, registered

PURCHASE_PRICE, COST = "7717.770", "6616.66"  # figures that stand nowhere else in the scene
ROLES = ("admin", "asha", "bilal", "auditor")
Operation = tuple[str, str, dict[str, Any]]


def made(answer: cast.Answer) -> dict[str, Any]:
    assert answer.status in (200, 201, 202), answer.data
    found: dict[str, Any] = answer.data
    return found


def answered(shop: Shop, path: str, kind: str, number: str) -> None:
    """The portal's answer to an e-invoice is on record."""
    reference = irn(gstin=PUNE_GSTIN, document_type=kind, number=number, on=today())
    body = {"irn": reference, "ack_no": "112610012345678", "ack_date": f"{today()} 10:30:00"}
    made(shop.asha.post(f"{path}einvoice/answer/", body | {"signed_qr": "head.body.signature"}))


def invoice(shop: Shop) -> int:
    row = bill(shop.bilal, shop.pune, registered())
    answered(shop, f"/invoices/{row['id']}/", "INV", row["invoice_number"])
    return int(row["id"])


def credit_note(shop: Shop) -> int:
    row = credit(shop.asha, bill(shop.bilal, shop.pune, registered()))
    answered(shop, f"/credit-notes/{row['id']}/", "CRN", row["credit_note_number"])
    return int(row["id"])


def payment(shop: Shop) -> int:
    body = {"invoice": bill(shop.bilal, shop.pune, shop.buyer)["id"], "amount": "500.00", "mode": "cash"}
    return int(made(shop.bilal.post("/payments/", body, key=new_key()))["id"])


def refund(shop: Shop) -> int:
    body = {"amount": "1.00", "reason": "too much"}
    return int(made(shop.asha.post(f"/payments/{payment(shop)}/refund/", body, key=new_key()))["id"])


def deposit(shop: Shop) -> int:
    row = deposit_on(shop.bilal, shop.booking(), "500.00")
    body = {"reason": "no repair", "amount": "1.00"}
    made(shop.asha.post(f"/deposits/{row['id']}/refund/", body, key=new_key()))
    return int(row["id"])


def tracked_variant() -> int:
    category = cast.category()
    from finetune.inventory.actions import create_config

    create_config(actor=cast.SYSTEM, fields={"category_id": category, "track_serials": True})
    return cast.variant(category_id=category, cost=COST)


def cash_session(shop: Shop) -> int:
    """Opened by the first money that came to Pune."""
    payment(shop)
    return int(made(shop.bilal.get(f"/cash-sessions/?store={shop.pune}&open=true"))["results"][0]["id"])


def stock_entry(shop: Shop) -> int:
    """Two units with serial numbers, bought at a price that an advisor must not see."""
    body = {
        "entry_type": "purchase",
        "store": shop.pune,
        "product_variant": tracked_variant(),
        "quantity": 2,
        "unit_price": PURCHASE_PRICE,
        "serial_numbers": [new_key(), new_key()],
    }
    return int(made(shop.asha.post("/stock-entries/", body))["id"])


def stock_ledger(shop: Shop) -> int:
    entry = made(shop.asha.get(f"/stock-entries/{stock_entry(shop)}/"))
    rows = made(shop.asha.get(f"/stock-ledgers/?product_variant={entry['product_variant']}"))["results"]
    return int(rows[0]["id"])


def serial(shop: Shop) -> int:
    row = made(shop.asha.get(f"/stock-entries/{stock_entry(shop)}/"))
    found = made(shop.asha.get(f"/serials/?product_variant={row['product_variant']}"))
    return int(found["results"][0]["id"])


def product(shop: Shop) -> int:
    return int(made(shop.admin.get(f"/variants/{cast.variant()}/"))["product"])


def inventory_config(shop: Shop) -> int:
    return int(made(shop.admin.post("/inventory-config/", {"category": cast.category()}))["id"])


def webhook(shop: Shop) -> int:
    body = {"url": f"https://{new_key()}.example/", "events": ["invoice.issued"]}
    return int(made(shop.admin.post("/webhooks/", body))["id"])


def delivery(shop: Shop) -> int:
    row = bill(shop.bilal, shop.pune, shop.buyer)
    return int(made(shop.bilal.post(f"/invoices/{row['id']}/send/", {"to": "buyer@example.com"}))["id"])


def sequence(shop: Shop) -> int:
    return int(made(shop.admin.get("/invoice-sequences/"))["results"][0]["id"])


# Those of one store: who does not work there must not learn that they exist.
OF_A_STORE: dict[str, Callable[[Shop], int]] = {
    "stores": lambda shop: shop.pune,
    "bookings": lambda shop: shop.booking(),
    "invoices": invoice,
    "credit-notes": credit_note,
    "payments": payment,
    "refunds": refund,
    "deposits": deposit,
    "cash-sessions": cash_session,
    "stock-entries": stock_entry,
    "stock-ledgers": stock_ledger,
    "serials": serial,
}
# Those that the whole chain knows, or that only an administrator reaches, who sees every store.
OF_THE_CHAIN: dict[str, Callable[[Shop], int]] = {
    "users": lambda shop: shop.bilal.id,
    "customers": lambda shop: shop.buyer,
    "categories": lambda shop: cast.category(),
    "products": product,
    "variants": lambda shop: cast.variant(cost=COST),
    "inventory-config": inventory_config,
    "invoice-sequences": sequence,
    "webhooks": webhook,
    "deliveries": delivery,
}
MAKERS = OF_A_STORE | OF_THE_CHAIN

# What the schema alone does not say of a right body.
LINE = {
    "description": "Repair",
    "hsn_code": "998716",
    "quantity": "1",
    "unit_price": "1500.00",
    "gst_rate": "18",
}
BODIES: dict[str, dict[str, Any]] = {
    "/api/auth/password/": {"old": cast.PASSWORD, "new": "another-horse-battery"},
    "/api/invoices/": {"line_items": [LINE]},
    "/api/invoices/{row_id}/send/": {"to": "buyer@example.com"},
    "/api/payments/": {"amount": "1.00", "mode": "cash"},
    "/api/sales/": {"line_items": [LINE], "tenders": [{"mode": "cash", "amount": "1770.00"}]},
    "/api/bookings/": {"device": "Phone", "issue": "Broken"},
    "/api/bookings/{row_id}/transition/": {"to": "diagnosing"},
    "/api/stores/": {"code": "NEW", "name": "New", "state_code": "27"},
    "/api/stock-entries/": {"entry_type": "return_in", "quantity": 1},
    "/api/webhooks/": {"url": "https://new.example/", "events": ["stock.low"]},
    "/api/webhooks/{row_id}/": {"url": "https://newer.example/"},
}
ANSWER = {"irn": "0" * 64, "ack_no": "1", "ack_date": "2026-11-22 10:30:00", "signed_qr": "a.b.c"}
QUERIES = {
    "/api/resolve/": "?code=FT-INV-0001",
    "/api/reports/gstr1/": f"?gstin={PUNE_GSTIN}&period={today():%m%Y}",
    "/api/reports/gstr1/problems/": f"?gstin={PUNE_GSTIN}&period={today():%m%Y}",
    "/api/reports/gstr3b/": f"?gstin={PUNE_GSTIN}&period={today():%m%Y}",
}


def collection_of(path: str) -> str:
    return path.split("/")[2]


@dataclass
class Scene:
    """The shop with its objects, made when they are first asked for."""

    shop: Shop
    ids: dict[str, int]

    def id_of(self, collection: str) -> int:
        if collection not in self.ids:
            self.ids[collection] = MAKERS[collection](self.shop)
        return self.ids[collection]

    def address(self, path: str) -> str:
        """A path of the description, with the ids of objects that are there."""
        if "{voucher_id}" in path:
            vouchers = made(self.shop.asha.get(f"/deposits/{self.id_of('deposits')}/"))["refund_vouchers"]
            path = path.replace("{voucher_id}", str(vouchers[0]["id"]))
        if "{row_id}" in path:
            path = path.replace("{row_id}", str(self.id_of(collection_of(path))))
        return path.removeprefix("/api") + QUERIES.get(path, "")

    def known(self) -> dict[str, Any]:
        """Values for fields of a body by their names."""
        return nonsense.KNOWN | {
            "category": self.id_of("categories"),
            "customer": self.shop.buyer,
            "invoice": self.id_of("invoices"),
            "product": self.id_of("products"),
            "product_variant": self.id_of("variants"),
            "store": self.shop.pune,
            "line": self.line_of(self.id_of("invoices")),
            "booking": self.id_of("bookings"),
        }

    def line_of(self, invoice_id: int) -> int:
        row = made(self.shop.admin.get(f"/invoices/{invoice_id}/"))
        return int(row["line_items"][0]["id"])

    def body(self, operation: Operation) -> Any:
        """One that the schema takes, about objects that are there."""
        _, path, told = operation
        if "requestBody" not in told:
            return None
        if path.endswith("/einvoice/answer/"):
            return ANSWER
        schema = told["requestBody"]["content"]["application/json"]["schema"]
        given = nonsense.sample(self.known(), schema)
        given |= BODIES.get(path, {})
        if path in ("/api/invoices/", "/api/sales/"):
            given |= {"store": self.shop.pune, "customer": self.shop.buyer}
        return given

    def call(self, person: Person, operation: Operation, body: Any = None) -> cast.Answer:
        method, path, told = operation
        given = self.body(operation) if body is None else body
        needs_key = any(each["name"] == "Idempotency-Key" for each in told["parameters"])
        return person.call(method, self.address(path), given, key=new_key() if needs_key else None)


def guarded() -> Iterator[Operation]:
    """Every operation that asks who is calling."""
    for method, path, told in published.operations():
        if told["security"]:
            yield method, path, told


def named(operation: Operation) -> str:
    return f"{operation[0]} {operation[1].removeprefix('/api')}"
