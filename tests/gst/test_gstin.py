import pytest

from finetune.gst.gstin import check_character, gstin_problem, normalise, state_of

VALID = [
    "27AAPFU0939F1ZV",
    "29AAGCB7383J1Z4",
    "24AAUPV7468F1ZW",
    "24AANFA2641L1ZF",
    "29AAPFU0939F1ZR",
    "05AAACG2115R1ZN",
    "06AAACG2115R1ZL",
    "32AADCK5978M1Z0",
    "12GEOPS0823BBZH",
    "12AJIPA1572E1C7",
]


def with_check(first14):
    return first14 + check_character(first14)


@pytest.mark.parametrize("gstin", VALID)
def test_valid(gstin):
    assert gstin_problem(gstin) is None
    assert gstin_problem(gstin, state_code=gstin[:2]) is None
    assert check_character(gstin[:14]) == gstin[14]


@pytest.mark.parametrize("state", ["38", "97"])
def test_ladakh_and_other_territory_are_live(state):
    assert gstin_problem(with_check(f"{state}AAPFU0939F1Z")) is None


def test_a_deductors_kind_is_taken():
    assert gstin_problem(with_check("27AAPFU0939F1D")) is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("27AAPFU0939F1ZO", "should be V"),
        ("22AAAAA0000A1Z5", "should be C"),
        ("27AAAAA0000A1Z5", "should be 2"),
        ("27AAPFU0939F1AA", "not a GSTIN"),
        ("27AAPFU0939F1Z", "has 14"),
        ("27AAPFU0939F1ZVX", "has 16"),
        ("", "has 0"),
        ("27aapfu0939f1zv", "not a GSTIN"),
        ("27AAPFU0939F0ZV", "not a GSTIN"),
        ("27AAPF10939F1ZV", "not a GSTIN"),
        ("27AAPFU0939F1Z\n", "not a GSTIN"),
        ("२७AAPFU0939F1ZV", "not a GSTIN"),
        ("02AMBPG7773M002", "not a GSTIN"),
        ("37BZNPM9430M1KL", "not a GSTIN"),
        (with_check("25AAPFU0939F1Z"), "no longer used"),
        (with_check("28AAPFU0939F1Z"), "no longer used"),
        (with_check("96AAPFU0939F1Z"), "Other Country"),
        (with_check("00AAPFU0939F1Z"), "not a State code"),
        (with_check("39AAPFU0939F1Z"), "not a State code"),
        (with_check("99AAPFU0939F1Z"), "not a State code"),
    ],
)
def test_invalid(text, says):
    assert says in (gstin_problem(text) or "")


def test_nics_printed_samples_have_wrong_check_characters():
    assert check_character("02AMBPG7773M00") == "W"
    assert check_character("37BZNPM9430M1K") == "E"


def test_any_single_slip_is_caught():
    right = VALID[0]
    for place in range(15):
        for other in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ":
            if other != right[place]:
                assert gstin_problem(right[:place] + other + right[place + 1 :]), (place, other)


def test_the_state_must_agree():
    assert "27 Maharashtra" in (gstin_problem("27AAPFU0939F1ZV", state_code="29") or "")


def test_normalise():
    assert normalise(" 27 aapfu 0939f\t1zv\n") == "27AAPFU0939F1ZV"
    assert gstin_problem(normalise("27aapfu0939f 1zv")) is None


def test_state_of():
    assert state_of("27AAPFU0939F1ZV") == "27"
