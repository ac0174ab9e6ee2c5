"""A customer's name is somebody else's words: no file makes a spreadsheet run it."""

import io
import re
import zipfile
from urllib.parse import urlsplit

import pytest
from django.test import Client

from tests import cast, published
from tests.cast import Shop, new_key
from tests.reports.scene import bill, credit, deposit_on, period, read_csv, registered
from tests.security.scene import made

EVIL = ("=1+1", "+1+1", "-1+1", "@SUM(A1)", '=HYPERLINK("http://evil.example")', "＝1+1", "\t=1+1", "\r=1+1")
BEGINS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
FILES = sorted(
    path
    for method, path, told in published.operations()
    if any(each["name"] == "format" for each in told["parameters"])
)


def addresses(path: str) -> list[str]:
    told = published.document()["paths"][path]["get"]
    names = {each["name"]: each["schema"] for each in told["parameters"]}
    query = f"gstin={cast.PUNE_GSTIN}&period={period()}" if "period" in names else ""
    formats = [each for each in names["format"]["enum"] if each != "json"]
    sections = published.resolve(names["section"]).get("enum", []) if "section" in names else []
    return [
        f"{path.removeprefix('/api')}?{query}&format={kind}" + (f"&section={section}" if section else "")
        for kind in formats
        for section in (sections if kind == "csv" and sections else [""])
    ]


@pytest.fixture
def traded(shop: Shop) -> Shop:
    """Every text that somebody may choose begins as a formula does."""
    for number, name in enumerate(EVIL):
        buyer = registered(name, legal_name=name, address=name, city=name)
        invoice = bill(shop.bilal, shop.pune, buyer, {"description": name}, notes=name)
        body = {"invoice": invoice["id"], "amount": "10.00", "mode": "upi", "reference": f"{name}{number}"}
        made(shop.bilal.post("/payments/", body, key=new_key()))
        bill(shop.bilal, shop.pune, cast.customer(name), {"description": name})
        credit(shop.asha, bill(shop.bilal, shop.pune, buyer))
        deposit_on(shop.bilal, shop.booking(customer=buyer), "10.00")
        variant = cast.variant(variant_name=name, sku=f"{name}{number}", product={"name": name})
        entry = {"entry_type": "purchase", "store": shop.pune, "product_variant": variant, "quantity": 1}
        made(shop.asha.post("/stock-entries/", {**entry, "reference": name, "unit_price": "5.00"}))
    return shop


def test_there_are_files_to_look_at():
    assert {"/api/reports/gstr1/", "/api/reports/sales-register/", "/api/reports/stock-valuation/"} <= set(
        FILES
    )


def test_no_cell_is_a_formula(traded: Shop):
    for path in FILES:
        seen = b""
        for address in addresses(path):
            answer = traded.admin.get(address)
            assert answer.status == 200, (address, answer.data)
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Content-Disposition"].startswith("attachment")
            if "format=csv" in address:
                seen += answer.data
                assert not [cell for row in read_csv(answer.data) for cell in row if runs(cell)], address
            else:
                sheets = sheets_of(answer.data)
                assert not [each for each in sheets if b"<f" in each or b"<hyperlink" in each], address
        if "register" in path or "valuation" in path:
            assert b"'=1+1" in seen, "the names are there, and guarded"


def runs(cell: str) -> bool:
    return cell.startswith(BEGINS) and not NUMBER.fullmatch(cell)


def sheets_of(content: bytes) -> list[bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheets = [book.read(name) for name in book.namelist() if "worksheets/sheet" in name]
    assert sheets
    return sheets


def test_a_public_page_and_its_paper_name_no_more_than_the_bill(shop: Shop):
    """Who holds the link sees no phone, no street, no e-mail, no other bill, no id, and no name of the staff."""
    buyer = cast.customer(
        "Kavita Deshpande",
        phone="+919822034567",
        email="kavita@example.com",
        address="B-702, Rohan Mithila",
        city="Pune",
        state_code="27",
    )
    other = bill(shop.bilal, shop.pune, buyer)
    invoice = bill(shop.bilal, shop.pune, buyer, notes="Asked for a discount twice")
    path = urlsplit(invoice["public_url"]).path
    for tail in ("", "verify"):
        text = Client().get(path + tail).content.decode()
        for secret in (
            "9822034567",
            "kavita@example.com",
            "Rohan Mithila",
            other["invoice_number"],
            shop.bilal.actor.caller.username,
            shop.asha.actor.caller.username,
            "/api/",
        ):
            assert secret not in text, (tail, secret)
    verify = Client().get(f"{path}verify").json()
    assert verify.keys() == {"number", "date", "total", "status", "sha256"}


def test_a_name_that_is_markup_is_text_on_every_page(shop: Shop):
    name = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    buyer = cast.customer(name)
    invoice = bill(shop.bilal, shop.pune, buyer, {"description": name})
    page = Client().get(urlsplit(invoice["public_url"]).path).content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "&lt;script&gt;alert" in page
