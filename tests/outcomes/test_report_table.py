"""Reports of many traces: plain ones in a file, in the order of the traces."""

from __future__ import annotations

import errno
import os
from dataclasses import replace

import pytest

from necp_replay.outcomes import report_table
from necp_replay.outcomes.report_table import ReportsInOrder, ReportTable, is_plain, notable_of
from necp_replay.outcomes.trace_report import KindCount, TraceReport

PLAIN = TraceReport("traces/\udcff.necptrace", "xnu-1", records=3, identical=3, seconds=0.25)
OTHERS = (
    replace(PLAIN, error="damaged"),
    replace(PLAIN, identical=2, different=1, kinds={"x": KindCount(1)}),
    replace(PLAIN, missing_golden=True),
    replace(PLAIN, expected=1, hidden={1: 1}),
    replace(PLAIN, first_not_determined="record 2"),
)


def reports() -> list[TraceReport]:
    """Plain reports, among them one that is longer than what is read at once, and others."""
    plain = [replace(PLAIN, records=number, golden="g" * number) for number in range(0, 4000, 400)]
    return [*plain, *OTHERS]


@pytest.mark.parametrize("in_memory", [1, report_table._IN_MEMORY_BYTES])
def test_reports_come_back_in_order(monkeypatch: pytest.MonkeyPatch, in_memory: int) -> None:
    monkeypatch.setattr(report_table, "_IN_MEMORY_BYTES", in_memory)
    every = reports()
    table = ReportTable(len(every) + 2)
    for number in reversed(range(len(every))):
        table[number + 1] = every[number]
    found = ReportsInOrder(table)
    assert list(found) == every
    assert [found[0], found[-1]] == [every[0], every[-1]]
    assert found[1:3] == every[1:3]
    assert list(notable_of(found)) == list(OTHERS)
    assert list(table.missing()) == [0, len(every) + 1]
    with pytest.raises(KeyError):
        table[0]


def test_only_what_says_no_more_than_counts_is_plain() -> None:
    assert is_plain(PLAIN)
    assert not any(map(is_plain, OTHERS))


def test_a_report_replaces_an_earlier_one() -> None:
    table = ReportTable(1)
    for report in (OTHERS[0], PLAIN, OTHERS[1]):
        table[0] = report
        assert (table[0], len(table)) == (report, 1)


def test_reports_stay_in_memory_where_no_file_can_be_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(report_table, "_IN_MEMORY_BYTES", 1)
    monkeypatch.setattr(os, "pwrite", full)
    every = reports()
    table = ReportTable(len(every))
    for number, report in enumerate(every):
        table[number] = report
    assert list(ReportsInOrder(table)) == every
