"""Parts of a run: the reports of some of its traces. Merging them is associative."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from typing import TYPE_CHECKING

from necp_replay.api.basis import Basis
from necp_replay.dataclass import dataclass
from necp_replay.errors import UsageError
from necp_replay.outcomes.report_table import ReportsInOrder, ReportTable
from necp_replay.outcomes.trace_report import TraceReport

if TYPE_CHECKING:
    from necp_replay.replay.facts.likely_fact import LikelyFact


@dataclass(slots=True)
class NamedReport:
    """The report of a trace, and its name: its path below the folder of traces."""

    name: str
    report: TraceReport


class NamedReports(Mapping[int, NamedReport]):
    """The reports of a table, of which most may be in a file, with the names of their traces.

    It is for one process and cannot be pickled; ``replay_part`` gives plain dictionaries.
    """

    def __init__(self, table: ReportTable, names: Sequence[str]) -> None:
        """``names`` are those of all traces of the run, by number."""
        self.table = table
        self.names = names

    def __getitem__(self, number: int) -> NamedReport:
        """The report of a trace, made anew if it is in the file. Raises KeyError."""
        return NamedReport(self.names[number], self.table[number])

    def __iter__(self) -> Iterator[int]:
        """The numbers of the traces, in order."""
        return self.table.numbers()

    def __len__(self) -> int:
        """How many reports there are."""
        return len(self.table)

    def __contains__(self, number: object) -> bool:
        """Whether there is a report of a trace."""
        return isinstance(number, int) and number in self.table


@dataclass(slots=True)
class RunPart:
    """The reports of some traces of a run, by their numbers in the order of the run, from 0.

    ``not_run`` are the paths of traces that were left out because a run stopped at a difference, by
    the same numbers. ``facts`` are the likely facts of groups of differences, each with the trace
    and record for which it was found. In a merged run a fact is only used if the first difference
    of its group is that one. ``stopped`` is why the
    work ended before it was done; such a run could not run.
    """

    basis: Basis
    reports: Mapping[int, NamedReport] = field(default_factory=dict)
    not_run: dict[int, str] = field(default_factory=dict)
    facts: list[FoundFact] = field(default_factory=list)
    stopped: str = ""


@dataclass(frozen=True, slots=True)
class FoundFact:
    """The likely fact of a ``group``, found for a record of a trace on a release.

    ``fact`` is None where no fact explains it.
    """

    group: str
    trace: str
    release: str
    record: int | None
    fact: LikelyFact | None


def in_order(part: RunPart) -> Sequence[TraceReport]:
    """The reports of a part in the order of their traces."""
    if isinstance(part.reports, NamedReports):
        return ReportsInOrder(part.reports.table)
    return [part.reports[number].report for number in sorted(part.reports)]


def names_in_order(part: RunPart) -> Sequence[str]:
    """The names of the traces that have a report, in their order."""
    reports = part.reports
    if isinstance(reports, NamedReports) and len(reports) == len(reports.names):
        return reports.names
    return [reports[number].name for number in sorted(reports)]


def merge(parts: Iterable[RunPart]) -> RunPart:
    """Merge parts of one run, in any order. Raises UsageError for parts that are not of one run.

    A trace may be in one part only.
    """
    merged: RunPart | None = None
    reports: dict[int, NamedReport] = {}
    for part in parts:
        if merged is None:
            merged = RunPart(part.basis, reports)
        elif part.basis != merged.basis:
            raise UsageError(
                f"parts of different runs: {_difference(merged.basis, part.basis)}",
                hint="Let all parts run on the same traces, goldens, rules and day, with the same"
                " options.",
            )
        twice = (part.reports.keys() | part.not_run.keys()) & (
            reports.keys() | merged.not_run.keys()
        )
        if twice:
            raise UsageError(
                f"trace number {min(twice):,} is in several parts",
                hint="Name the report of each part once, of one division of the traces.",
            )
        reports |= part.reports
        merged.not_run |= part.not_run
        merged.facts += part.facts
        merged.stopped = merged.stopped or part.stopped
    if merged is None:
        raise UsageError("there is no part to merge", hint="Name at least one.")
    return merged


def _difference(one: Basis, other: Basis) -> str:
    """In words, how two bases differ."""
    words = {
        "names": "they have different traces",
        "own_release": "they ran on different releases",
        "complete": "one has all traces of the project, and the other has not",
        "unused_goldens": "they have different goldens",
        "rules": "they have different rules",
        "today": "their dates for the expiry of rules differ",
    }
    return next(text for name, text in words.items() if getattr(one, name) != getattr(other, name))
