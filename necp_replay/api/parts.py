"""Parts of a run: the reports of some of its traces. Merging them is associative."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from typing import TYPE_CHECKING

from necp_replay.api.basis import Basis
from necp_replay.dataclass import dataclass
from necp_replay.errors import UsageError
from necp_replay.outcomes.trace_report import TraceReport

if TYPE_CHECKING:
    from necp_replay.replay.facts.likely_fact import LikelyFact


@dataclass(slots=True)
class NamedReport:
    """The report of a trace, and its name: its path below the folder of traces."""

    name: str
    report: TraceReport


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
    reports: dict[int, NamedReport] = field(default_factory=dict)
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


def merge(parts: Iterable[RunPart]) -> RunPart:
    """Merge parts of one run, in any order. Raises UsageError for parts that are not of one run.

    A trace may be in one part only.
    """
    merged: RunPart | None = None
    for part in parts:
        if merged is None:
            merged = RunPart(part.basis)
        elif part.basis != merged.basis:
            raise UsageError(
                f"parts of different runs: {_difference(merged.basis, part.basis)}",
                hint="Let all parts run on the same traces, goldens, rules and day, with the same"
                " options.",
            )
        twice = (part.reports.keys() | part.not_run.keys()) & (
            merged.reports.keys() | merged.not_run.keys()
        )
        if twice:
            raise UsageError(
                f"trace number {min(twice):,} is in several parts",
                hint="Name the report of each part once, of one division of the traces.",
            )
        merged.reports |= part.reports
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
