import pytest

from tests import cast
from tests.cast import PUNE_GSTIN


def names(person, query):
    answer = person.get(f"/customers/?{query}")
    assert answer.status == 200
    return {row["name"] for row in answer.data["results"]}


@pytest.fixture
def people(shop):
    cast.customer("Meera Joshi", phone="+919876543210")
    cast.customer("Acme", legal_name="Zenith Traders", gstin=PUNE_GSTIN)
    cast.customer("100% Repairs", phone="+919822000000")
    cast.customer("मीरा", phone="+442071838750")
    return shop


@pytest.mark.parametrize(
    "sought",
    [
        "9876543210",
        "98765 43210",
        "098765-43210",
        "%2B91 98765 43210",
        "+91 98765 43210",
        "(98765) 43210",
        "43210",
    ],
)
def test_by_phone_in_any_spelling(people, sought):
    assert names(people.bilal, f"q={sought}") == {"Meera Joshi"}


@pytest.mark.parametrize(
    ("sought", "found"),
    [
        ("meera", {"Meera Joshi"}),
        ("JOSHI", {"Meera Joshi"}),
        ("zenith", {"Acme"}),
        (PUNE_GSTIN[2:9].lower(), {"Acme"}),
        ("%25", {"100% Repairs"}),
        ("100%25 rep", {"100% Repairs"}),
        ("_", set()),
        ("मीरा", {"मीरा"}),
        ("2071838750", {"मीरा"}),
        ("nobody", set()),
        ("'; DROP TABLE", set()),
    ],
)
def test_by_name_and_gstin(people, sought, found):
    assert names(people.bilal, f"q={sought}") == found


def test_filters(people):
    assert names(people.bilal, "category=registered") == {"Acme"}
    assert names(people.bilal, f"gstin={PUNE_GSTIN}") == {"Acme"}
    assert people.bilal.get("/customers/?category=wholesale").field_codes() == {"category": "invalid"}


def test_every_store_sees_every_customer(people):
    assert names(people.chitra, "q=meera") == names(people.auditor, "q=meera") == {"Meera Joshi"}
