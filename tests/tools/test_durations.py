"""Times as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from necp_replay.tools.durations import MAX_NS, duration_text, parse_duration


@given(st.integers(0, MAX_NS))
def test_a_time_reads_back_as_it_was_written(ns: int) -> None:
    assert parse_duration(duration_text(ns)) == ns


@pytest.mark.parametrize(
    ("text", "ns"),
    [
        ("0s", 0),
        ("1.5s", 1_500_000_000),
        ("250ms", 250_000_000),
        ("7us", 7_000),
        ("3ns", 3),
        ("2m", 120_000_000_000),
        ("0.5h", 1_800_000_000_000),
        ("0.000000001s", 1),
    ],
)
def test_every_unit_is_exact(text: str, ns: int) -> None:
    assert parse_duration(text) == ns


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1.5", "unit"),
        ("s", "unit"),
        ("1.s", "unit"),
        ("-1s", "unit"),
        ("1 s", "unit"),
        ("\u0661s", "unit"),
        ("0.1ns", "whole nanoseconds"),
        ("18446744073709551616ns", "64 bits"),
        ("99999999999999999999h", "64 bits"),
    ],
)
def test_what_is_no_time_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse_duration(text)
