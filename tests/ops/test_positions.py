"""Whether a standby may answer, decided without one."""

import doctest

import pytest

from finetune.core import positions
from finetune.core.positions import Progress, latest_place, read_place, reason_against
from finetune.core.standby import PAUSE_SECONDS, Breaker


def test_the_examples_of_the_page_hold():
    assert doctest.testmod(positions) == (0, 1)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "0",
            "/",
            "0/",
            "/0",
            "0/0/0",
            " 0/1",
            "0/1 ",
            "0/1\n",
            "-1/1",
            "x/y",
            "0x1/2",
            "1/123456789",
            "٣/٤",
        ),
        *("null", "16/B374D848; DROP TABLE", "\x00", "0/" + "0" * 10_000),
    ],
)
def test_what_is_no_place_is_none(text):
    assert read_place(text) is None


def test_places_are_ordered_as_numbers():
    assert [read_place(text) for text in ("0/0", "0/FFFFFFFF", "1/0", "ffffffff/ffffffff")] == [
        0,
        2**32 - 1,
        2**32,
        2**64 - 1,
    ]


def test_the_latest_counts_and_one_that_cannot_be_read_makes_all_doubtful():
    assert latest_place(["0/1", "0/2"]) == 2
    assert latest_place(["0/1", "nonsense"]) is None
    assert latest_place([]) is None


@pytest.mark.parametrize(
    ("position", "progress", "reason"),
    [
        (None, Progress(7, 100, 0), "no_position"),
        (1, Progress(8, 100, 0), "other_database"),
        (101, Progress(7, 100, 0), "not_replayed"),
        (2**64 - 1, Progress(7, 100, 0), "not_replayed"),
        (100, Progress(7, 100, 61), "too_old"),
        (100, Progress(7, 100, None), "too_old"),
        (100, Progress(7, 100, 60), None),
        (99, Progress(7, 100, 0), None),
        (0, Progress(7, 0, 0), None),
    ],
)
def test_it_answers_whoever_it_has_the_writes_of_while_it_is_not_old(position, progress, reason):
    assert reason_against(position, progress, identity=7) == reason


def test_after_a_failure_nobody_tries_and_then_one():
    moment = [0.0]
    breaker = Breaker(lambda: moment[0])
    assert breaker.may_try()
    breaker.failed()
    moment[0] = PAUSE_SECONDS - 0.1
    assert not breaker.may_try()
    moment[0] = PAUSE_SECONDS
    assert [breaker.may_try() for _ in range(3)] == [True, False, False]
    breaker.worked()
    assert breaker.may_try()
