import pytest

from finetune.customers.countries import COUNTRIES
from finetune.customers.rules import completed, customer_problems, digits_sought
from tests.cast import BENGALURU_GSTIN, PUNE_GSTIN

REGISTERED = {"category": "registered", "gstin": PUNE_GSTIN, "state_code": "27", "country": "IN"}
PLAIN = {"category": "unregistered", "gstin": "", "state_code": "", "country": "IN"}
SEZ = REGISTERED | {"category": "sez"}
EXPORT = {"category": "export", "gstin": "", "state_code": "", "country": "US"}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, {"category": "unregistered", "country": "IN"}),
        ({"category": None}, {"category": "unregistered", "country": "IN"}),
        ({"gstin": PUNE_GSTIN}, {"category": "registered", "country": "IN", "state_code": "27"}),
        (
            {"gstin": PUNE_GSTIN, "state_code": ""},
            {"category": "registered", "country": "IN", "state_code": "27"},
        ),
        (
            {"gstin": PUNE_GSTIN, "state_code": "29"},
            {"category": "registered", "country": "IN", "state_code": "29"},
        ),
        ({"gstin": PUNE_GSTIN, "category": "sez"}, {"category": "sez", "country": "IN", "state_code": "27"}),
        ({"category": "export"}, {"category": "export", "country": ""}),
        ({"category": "export", "country": "US"}, {"category": "export", "country": "US"}),
        ({"country": "NP"}, {"category": "unregistered", "country": "NP"}),
    ],
)
def test_what_follows_on_creating(given, expected):
    assert completed(given) == given | expected


@pytest.mark.parametrize(
    ("stored", "changes", "expected"),
    [
        (PLAIN, {"gstin": PUNE_GSTIN}, {"category": "registered", "state_code": "27"}),
        (REGISTERED, {"gstin": ""}, {"category": "unregistered"}),
        (REGISTERED, {"gstin": BENGALURU_GSTIN}, {"category": "registered", "state_code": "29"}),
        (REGISTERED, {"state_code": ""}, {"category": "registered", "state_code": "27"}),
        (REGISTERED, {"category": None}, {"category": "registered"}),
        (REGISTERED, {"category": "sez"}, {}),
        (SEZ, {"gstin": BENGALURU_GSTIN}, {"state_code": "29"}),
        (SEZ, {"gstin": ""}, {}),
        (PLAIN, {"country": ""}, {"category": "unregistered", "country": "IN"}),
        (PLAIN, {"name": "x"}, {"category": "unregistered"}),
        (EXPORT, {"country": ""}, {}),
    ],
)
def test_what_follows_on_changing(stored, changes, expected):
    asked = {name: value for name, value in changes.items() if value is not None}
    assert completed(changes, stored) == asked | expected


@pytest.mark.parametrize(
    ("record", "problems"),
    [
        (PLAIN, {}),
        (REGISTERED, {}),
        (SEZ, {}),
        (EXPORT, {}),
        (EXPORT | {"country": ""}, {}),
        (REGISTERED | {"gstin": ""}, {"gstin": "required"}),
        (SEZ | {"gstin": ""}, {"gstin": "required"}),
        (REGISTERED | {"category": "unregistered"}, {"category": "invalid"}),
        (REGISTERED | {"category": "export", "country": "US"}, {"category": "invalid"}),
        (EXPORT | {"country": "IN"}, {"country": "invalid"}),
        (REGISTERED | {"state_code": "29"}, {"gstin": "invalid_gstin"}),
        (PLAIN | {"pincode": "411001"}, {}),
        (PLAIN | {"pincode": "011001"}, {"pincode": "invalid_pincode"}),
        (PLAIN | {"pincode": "SW1A 1AA"}, {"pincode": "invalid_pincode"}),
        (EXPORT | {"pincode": "94043"}, {}),
        (
            REGISTERED | {"category": "unregistered", "state_code": "29", "pincode": "1"},
            {"category": "invalid", "gstin": "invalid_gstin", "pincode": "invalid_pincode"},
        ),
    ],
)
def test_customer_problems(record, problems):
    assert {problem.field: problem.code for problem in customer_problems(record)} == problems


@pytest.mark.parametrize(
    ("sought", "digits"),
    [
        ("98765 43210", "9876543210"),
        ("9876543210", "9876543210"),
        ("+91 98765-43210", "919876543210"),
        ("+91 (98765) 43210", "919876543210"),
        ("0091.98765.43210", "919876543210"),
        ("098765 43210", "9876543210"),
        ("43210", "43210"),
        ("000", None),
        ("12", None),
        ("", None),
        ("Meera", None),
        ("Flat 12345", None),
        (PUNE_GSTIN, None),
    ],
)
def test_digits_sought(sought, digits):
    assert digits_sought(sought) == digits


def test_countries():
    assert len(COUNTRIES) == 249
    assert {"IN", "US", "GB", "AE", "NP"} <= COUNTRIES
    assert all(len(code) == 2 and code.isupper() for code in COUNTRIES)
