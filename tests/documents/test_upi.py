"""UPI links."""

from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest

from finetune.documents.upi import reference_for, upi_link


def link(**given):
    fields = {
        "vpa": "shop@bank",
        "payee": "FineTune",
        "amount": Decimal("10.00"),
        "reference": "R1",
        "note": "Bill",
    }
    return upi_link(**{**fields, **given})


def test_every_value_is_percent_encoded():
    made = link(payee="Fine & Tune: 50% off?", note="Bill FT/1 #2")
    assert made == (
        "upi://pay?pa=shop%40bank&pn=Fine%20%26%20Tune%3A%2050%25%20off%3F&am=10.00&cu=INR&tr=R1"
        "&tn=Bill%20FT%2F1%20%232"
    )
    assert parse_qs(urlsplit(made).query)["pn"] == ["Fine & Tune: 50% off?"]


def test_the_amount_is_exact():
    assert "am=48668982.10&" in link(amount=Decimal("48668982.10"))


@pytest.mark.parametrize("amount", ["0.00", "-1.00"])
def test_nobody_is_asked_for_nothing(amount):
    with pytest.raises(AssertionError):
        link(amount=Decimal(amount))


def test_long_texts_are_cut():
    fields = parse_qs(urlsplit(link(note="n" * 200, payee="p" * 200)).query)
    assert (len(fields["tn"][0]), len(fields["pn"][0])) == (50, 99)


@pytest.mark.parametrize("number", ["FT-INV-0042", "A/B-9", "FT-INV-999999999"])
def test_a_reference_names_the_bill_and_is_short(number):
    reference = reference_for(number, "0123456789abcd")
    assert reference.isalnum()
    assert len(reference) <= 35
    assert reference.startswith(number.replace("-", "").replace("/", ""))
    assert reference.endswith("0123456789abcd")
