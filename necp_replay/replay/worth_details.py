"""Which traces are replayed a second time for a page, so that it has both sides and timelines.

A second replay costs about as much as the first one, and most differences of many traces are like
another. So the traces of the examples of each group come first, then the others, short ones before
long ones, up to a number of records.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import zip_longest
from typing import Final

from necp_replay.errors import NecpReplayError
from necp_replay.outcomes.trace_report import TraceReport
from necp_replay.replay.findings.groups import group_differences

RECORDS_REPLAYED: Final = 12_000
"""How many records of traces are replayed again. The first trace is, however long it is."""


def add_details_of(reports: Sequence[TraceReport], add: Callable[[int, TraceReport], None]) -> None:
    """Call ``add`` with index and report of each trace that is worth a second replay.

    A trace that cannot be replayed this time stays as it was. Reports that share their differences,
    since their traces have the same steps, get the timeline of the first of them.
    """
    alike: dict[int, list[int]] = {}
    for index, report in enumerate(reports):
        if report.examples and report.error is None:
            alike.setdefault(id(report.examples[0]), []).append(index)
    room = RECORDS_REPLAYED
    is_first = True
    for key in _in_order(reports, alike):
        first, *others = alike[key]
        report = reports[first]
        if report.records > room and not is_first:
            continue
        room -= report.records
        is_first = False
        with suppress(NecpReplayError, OSError):
            add(first, report)
        for other in others:
            reports[other].timeline = report.timeline


def _in_order(reports: Sequence[TraceReport], alike: dict[int, list[int]]) -> Iterator[int]:
    """The keys of ``alike``, those of the examples of groups first, each once."""
    key_of = {id(each): key for key, found in alike.items() for each in reports[found[0]].examples}
    rows = zip_longest(*(group.examples for group in group_differences(reports)))
    examples = (each.difference for row in rows for each in row if each is not None)
    ordered = dict.fromkeys(key_of[id(each)] for each in examples if id(each) in key_of)
    rest = sorted(alike, key=lambda key: reports[alike[key][0]].records)
    yield from dict.fromkeys((*ordered, *rest))
