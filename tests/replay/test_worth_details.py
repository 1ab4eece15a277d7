"""Which traces are replayed again for a page: those of examples first, up to a limit."""

from __future__ import annotations

from dataclasses import replace

import pytest

from necp_replay.errors import TraceError
from necp_replay.outcomes.timeline import Timeline
from necp_replay.outcomes.trace_report import TraceReport
from necp_replay.replay import worth_details
from necp_replay.replay.worth_details import add_details_of
from tests.report.runs import differing, erring, identical, trace


def long(path: str, records: int, expected: str = "a") -> TraceReport:
    return replace(trace(path, differing(1, "close", expected, "b")), records=records)


def chosen(*reports: TraceReport) -> list[int]:
    found: list[int] = []
    add_details_of(reports, lambda index, _: found.append(index))
    return found


def test_examples_of_every_group_come_first_and_short_traces_before_long_ones() -> None:
    alike = [long(f"{n}", 20 + n) for n in range(4)]
    other = long("other", 90, expected="c")
    assert chosen(erring(), other, *reversed(alike), identical()) == [5, 1, 4, 3, 2]


def test_more_records_are_not_replayed_but_the_first_trace_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(worth_details, "RECORDS_REPLAYED", 100)
    assert chosen(long("1", 30), long("2", 70), long("3", 71)) == [0, 1]
    assert chosen(long("1", 200), long("2", 300)) == [0]


def test_traces_with_the_same_steps_are_replayed_once_and_share_the_timeline() -> None:
    first = long("1", 5)
    second = replace(first, path="2", examples=list(first.examples))

    def add(index: int, report: TraceReport) -> None:
        assert index == 0
        report.timeline = Timeline(5)

    add_details_of([first, second], add)
    assert second.timeline is first.timeline is not None


def test_a_trace_that_cannot_be_replayed_again_stays_as_it_was() -> None:
    def fail(_: int, report: TraceReport) -> None:
        raise TraceError("it was removed")

    report = long("1", 5)
    add_details_of([report], fail)
    assert report.error is None and report.timeline is None
