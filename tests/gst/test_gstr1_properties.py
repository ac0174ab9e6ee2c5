"""Whatever a month holds: sections add up to the stored paise, tables agree, numbers are counted once."""

from decimal import Decimal

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from finetune.gst.gstr1 import (
    Amounts,
    IssuedNumber,
    Kind,
    Section,
    as_json,
    gstr1,
    gstr1_problems,
    number_ranges,
    section_amounts,
    section_of,
)
from finetune.gst.gstr1.records import ADVANCES, total_of
from finetune.gst.gstr3b import gstr3b
from tests.gst.gstr1_documents import NOVEMBER, PUNE, random_documents

some = settings(max_examples=60, derandomize=True, deadline=None, database=None)
DOCUMENT_TABLES = (
    Section.B2B, Section.B2CL, Section.B2CS, Section.CDNR, Section.CDNUR, Section.EXP, Section.NIL,
)  # fmt: skip


def made(documents, ranges=()):
    return gstr1(gstin=PUNE, period=NOVEMBER, documents=documents, ranges=ranges)


def amounts(result, section):
    return section_amounts(section, result.sections[section]) if section in result.sections else Amounts()


def stored(documents, keep):
    """The paise as they were stored, notes counting negative, straight from the lines."""
    return total_of(
        -line.amounts if each.kind is Kind.CREDIT_NOTE else line.amounts
        for each in documents
        if each.cancelled_on is None
        for line in each.lines
        if keep(each, line)
    )


@some
@given(random_documents())
def test_every_section_is_the_sum_of_the_stored_paise(documents):
    result = made(documents)
    for section in (Section.B2B, Section.B2CL, Section.B2CS, Section.CDNR, Section.CDNUR, Section.EXP):
        expected = stored(
            documents,
            lambda each, line, s=section: (
                each.kind not in ADVANCES and line.is_taxable and section_of(each) is s
            ),
        )
        assert amounts(result, section) == expected, section
    untaxed = stored(documents, lambda each, line: each.kind not in ADVANCES and not line.is_taxable)
    assert amounts(result, Section.NIL) == untaxed


@some
@given(random_documents())
def test_table_12_is_the_document_tables(documents):
    result = made(documents)
    assert amounts(result, Section.HSN) == total_of(amounts(result, each) for each in DOCUMENT_TABLES)
    registered = stored(documents, lambda each, line: each.kind not in ADVANCES and each.is_registered)
    half = result.sections.get(Section.HSN, {}).get("hsn_b2b", [])
    assert section_amounts(Section.HSN, {"hsn_b2b": half}) == registered


@some
@given(random_documents())
def test_advances_are_what_came_in_less_what_was_used(documents):
    result = made(documents)
    came_in = stored(documents, lambda each, line: each.kind is Kind.RECEIPT_VOUCHER)
    used = stored(documents, lambda each, line: each.kind in (Kind.ADJUSTMENT, Kind.REFUND_VOUCHER))
    assert amounts(result, Section.AT) - amounts(result, Section.TXPD) == came_in - used


@some
@given(random_documents())
def test_3b_agrees_with_the_sections(documents):
    """4 + 5 + 6 + 7 + 9 + 11 = 3.1(a) + (b), but for what the buyer pays tax on himself."""
    rows = gstr3b(gstin=PUNE, period=NOVEMBER, documents=documents)["sup_details"]
    result = made(documents)
    sections = total_of(amounts(result, each) for each in DOCUMENT_TABLES if each is not Section.NIL)
    sections += amounts(result, Section.AT) - amounts(result, Section.TXPD)
    reverse = stored(
        documents, lambda each, line: line.is_taxable and each.kind not in ADVANCES and each.reverse_charge
    )
    taxed = total_of(Amounts(*rows[name].values()) for name in ("osup_det", "osup_zero"))
    assert taxed == sections - reverse
    untaxed = total_of(Amounts(*rows[name].values()) for name in ("osup_nil_exmp", "osup_nongst"))
    assert untaxed == amounts(result, Section.NIL)
    assert not any(rows["isup_rev"].values())


@some
@given(random_documents())
def test_what_is_written_reads_back_to_the_paisa(documents):
    result = made(documents)
    read = msgspec.json.decode(as_json(result.envelope()), type=dict, strict=True)
    assert list(read)[:4] == ["gstin", "fp", "version", "hash"]
    assert set(read) - {"gstin", "fp", "version", "hash"} == {each.value for each in result.sections}
    exact = msgspec.json.Decoder(float_hook=Decimal).decode(as_json(result.envelope()))
    for section in result.sections:
        assert section_amounts(section, exact[section.value]) == amounts(result, section)


@some
@given(random_documents())
def test_problems_are_always_found_without_a_fault(documents):
    for problem in gstr1_problems(gstin=PUNE, period=NOVEMBER, documents=documents, ranges=()):
        assert problem.severity in ("error", "warning")
        assert problem.number or problem.section


@some
@given(
    st.sets(
        st.tuples(st.sampled_from(["FT-INV", "P1"]), st.integers(1, 2), st.integers(9_990, 10_020)),
        max_size=60,
    ),
    st.data(),
)
def test_every_number_is_counted_once(issued, data):
    numbers = [
        IssuedNumber(Kind.INVOICE, series, run, n, f"{series}-{n:04d}", data.draw(st.booleans()))
        for series, run, n in issued
    ]
    ranges = number_ranges(data.draw(st.permutations(numbers)))
    assert sum(each.count for each in ranges) == len(numbers)
    assert sum(each.cancelled for each in ranges) == sum(each.is_cancelled for each in numbers)
    covered = [(r.series, r.run, n) for r in ranges for n in range(r.first, r.last + 1)]
    assert sorted(covered) == sorted(issued)
    docs = made([], ranges).sections.get(Section.DOC_ISSUE, {"doc_det": [{"docs": []}]})["doc_det"][0]["docs"]
    assert sum(row["totnum"] for row in docs) == len(numbers)
    assert all(row["net_issue"] == row["totnum"] - row["cancel"] for row in docs)
    assert [row["num"] for row in docs] == list(range(1, len(docs) + 1))
