"""What an answer must carry, and what a signed QR says."""

import base64
import json

import pytest

from finetune.core.dates import INDIA
from finetune.core.refusals import Refusal
from finetune.einvoicing.rules import as_instant, irn_inside, refuse_foreign_answer

IRN = "2b" * 32


def signed(data):
    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    return f"{part({'alg': 'RS256'})}.{part({'iss': 'NIC', 'data': data})}.c2lnbmF0dXJl"


@pytest.mark.parametrize("qr", [signed(json.dumps({"Irn": IRN})), signed({"Irn": IRN})])
def test_the_irn_inside_a_signed_qr(qr):
    assert irn_inside(qr) == IRN


@pytest.mark.parametrize(
    "qr", ["", "abc", "a.b", "a.b.c", "a.!!.c", signed("no json"), signed({}), signed([1])]
)
def test_a_qr_that_cannot_be_read_says_nothing(qr):
    assert irn_inside(qr) == ""


def test_an_answer_must_be_about_this_document():
    refuse_foreign_answer(expected=IRN, given=IRN.upper(), signed_qr=signed({"Irn": IRN}))
    refuse_foreign_answer(expected=IRN, given=IRN, signed_qr="opaque")
    for given, qr, field in (
        (f"{'3c' * 32}", "opaque", "irn"),
        (IRN, signed({"Irn": "3c" * 32}), "signed_qr"),
    ):
        with pytest.raises(Refusal) as refused:
            refuse_foreign_answer(expected=IRN, given=given, signed_qr=qr)
        assert (refused.value.code, refused.value.errors[0].field) == ("irn_mismatch", field)


def test_times_as_the_portal_writes_them():
    found = as_instant("2026-11-22 10:30:00", INDIA)
    assert found is not None
    assert found.isoformat() == "2026-11-22T10:30:00+05:30"
    assert as_instant("2026-11-22T05:00:00+00:00", INDIA) == found
    assert as_instant("yesterday", INDIA) is None
