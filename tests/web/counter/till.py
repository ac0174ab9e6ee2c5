"""A till for tests: what the browser's script sends, and what it is answered."""

from typing import Any

import msgspec
from django.test import Client

from tests.cast import Person, Shop
from tests.web.visits import browser_of


def key_of(number: int) -> str:
    return f"{number:032x}"


class Till:
    """Somebody at the counter of Pune."""

    def __init__(self, person: Person, store: int) -> None:
        self.browser: Client = browser_of(person)
        self.store = store

    def scan(self, code: str, mode: str = "item") -> dict[str, Any]:
        answer = self.browser.get("/counter/scan/", {"code": code, "store": str(self.store), "as": mode})
        assert answer.status_code == 200, answer.content
        heard: dict[str, Any] = answer.json()
        return heard

    def cart(self, *lines: dict[str, Any], **more: Any) -> dict[str, Any]:
        order = {
            "store": self.store,
            "counter_sale": True,
            "prices_include_tax": True,
            "line_items": list(lines),
        }
        return {"key": key_of(1), "order": order | more.pop("order", {}), **more}

    def post(self, path: str, body: Any) -> Any:
        return self.browser.post(path, msgspec.json.encode(body), content_type="application/json")

    def quote(self, cart: dict[str, Any]) -> Any:
        return self.post("/counter/quote/", cart)

    def sell(self, cart: dict[str, Any]) -> Any:
        return self.post("/counter/sell/", cart)

    def hold(self, cart: dict[str, Any]) -> Any:
        return self.post("/counter/hold/", cart)


def till(shop: Shop, person: Person | None = None) -> Till:
    return Till(person or shop.bilal, shop.pune)


def cash(given: str | None = None) -> dict[str, Any]:
    return {"mode": "cash", "given": given}


def item(variant: int, quantity: str = "1", **fields: Any) -> dict[str, Any]:
    return {"variant": variant, "quantity": quantity, "serial_numbers": [], **fields}
