"""Accepts goldens of many traces: selects them, plans the changes, finds unused goldens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import field, replace
from pathlib import Path
from typing import Final, TypeAlias

from necp_replay.accept.pending import PendingChanges, find_pending
from necp_replay.accept.plan import (
    FileChange,
    NeedsNoGolden,
    goldens_by_release,
    skipped_for,
    text_of,
)
from necp_replay.accept.trace_plan import PlanOptions, TracePlan, plan_trace
from necp_replay.dataclass import dataclass
from necp_replay.engines.engine import EngineFactory
from necp_replay.errors import NecpReplayError, UsageError, error_of_trace
from necp_replay.files.walk import CANNOT_BE_READ
from necp_replay.golden.store import GoldenStore
from necp_replay.golden.unused import UnusedGoldens, unused_goldens
from necp_replay.project.gather import Gathered
from necp_replay.replay.progress import OnRecords
from necp_replay.rules.book import RuleBook
from necp_replay.rules.pattern import compile_pattern
from necp_replay.trace.find import FoundTrace

_NOTHING_REMOVED: Final = "no golden is removed while something is left out"
_REMOVED_BY_HAND: Final = "Correct this and run it again, or remove the goldens by hand."

Planner: TypeAlias = Callable[
    [Sequence[FoundTrace], PlanOptions], Iterable[tuple[int, TracePlan | NecpReplayError]]
]
"""Plans traces somewhere else. Gives the plan or the error of each by its index, in any order."""


class Selection:
    """Which differences of which traces are accepted.

    ``names`` are patterns of names of traces. Without ``fingerprints`` or ``names`` all are
    selected.
    """

    def __init__(self, fingerprints: Sequence[str] = (), names: Sequence[str] = ()) -> None:
        self._fingerprints = dict.fromkeys(fingerprints, False)
        self._names = {name: (compile_pattern(name), False) for name in names}

    @property
    def fingerprints(self) -> frozenset[str]:
        """The fingerprints of the selected differences; none if all are selected."""
        return frozenset(self._fingerprints)

    @property
    def names_traces(self) -> bool:
        """Whether some traces may be left out."""
        return bool(self._names)

    def takes_trace(self, trace: FoundTrace) -> bool:
        """Whether a trace is selected."""
        taken = not self._names
        for name, (pattern, _) in self._names.items():
            if pattern.match(trace.name):
                self._names[name] = (pattern, True)
                taken = True
        return taken

    def note_used(self, fingerprints: Iterable[str]) -> None:
        """Note that these selected something."""
        for each in fingerprints:
            self._fingerprints[each] = True

    def check_used(self) -> None:
        """Raise UsageError for a fingerprint or name that selected nothing."""
        for name, (_, used) in self._names.items():
            if not used:
                raise UsageError(
                    f"--only {name!r} matches no trace, so nothing was accepted",
                    hint="Names are paths below the folder of traces, without .necptrace;"
                    " * stands for any characters.",
                )
        for fingerprint, used in self._fingerprints.items():
            if not used:
                raise UsageError(
                    f"no pending difference has the fingerprint {fingerprint!r},"
                    " so nothing was accepted",
                    hint="`necp-replay review` and `necp-replay replay` show fingerprints.",
                )


@dataclass(slots=True)
class Acceptance:
    """Plans the acceptance of many traces, and counts those that need no change.

    ``unchanged`` counts traces whose goldens are up to date, ``skipped`` those that need none.
    ``failed`` are the errors of traces that cannot be accepted. ``removes_unused`` says that unused
    goldens are to be removed, for which every trace has to run. ``jobs`` is in how many processes
    :meth:`plan` works on a long trace.
    """

    goldens: GoldenStore
    selection: Selection
    rules: RuleBook
    open_engine: EngineFactory
    releases: Sequence[str] | None = None
    removes_unused: bool = False
    jobs: int = 1
    on_records: OnRecords | None = None
    unchanged: int = 0
    skipped: Counter[NeedsNoGolden] = field(default_factory=Counter)
    failed: list[NecpReplayError] = field(default_factory=list)
    _cannot_run: list[NecpReplayError] = field(default_factory=list)

    def plan(self, traces: Iterable[FoundTrace]) -> Iterator[list[FileChange]]:
        """The changes of files of each trace that has some. Errors of traces are added to
        ``failed``.
        """
        how = replace(self._how(), jobs=self.jobs)
        for trace in traces:
            if not self.selection.takes_trace(trace):
                continue
            try:
                plan = plan_trace(how, trace, self.on_records)
            except Exception as error:  # An error in one trace must not stop the others.
                self.failed.append(error_of_trace(error, str(trace.path)))
                continue
            self._count(plan)
            if plan.changes:
                yield plan.changes

    def plan_elsewhere(
        self, traces: Iterable[FoundTrace], planner: Planner
    ) -> tuple[list[list[FileChange]], list[FoundTrace]]:
        """The same as a list, planned by ``planner``, and the traces that it did not come to."""
        chosen = [trace for trace in traces if self.selection.takes_trace(trace)]
        left = dict.fromkeys(range(len(chosen)))
        found: dict[int, list[FileChange]] = {}
        failed: dict[int, NecpReplayError] = {}
        cannot_run: dict[int, NecpReplayError] = {}
        for index, plan in planner(chosen, self._how()):
            del left[index]
            if isinstance(plan, NecpReplayError):
                failed[index] = plan
                continue
            self._count(plan)
            if plan.changes:
                found[index] = plan.changes
            if plan.cannot_run is not None:
                cannot_run[index] = plan.cannot_run
        self.failed += (failed[index] for index in sorted(failed))
        self._cannot_run = [cannot_run[index] for index in sorted(cannot_run)]
        return [found[index] for index in sorted(found)], [chosen[index] for index in left]

    def _how(self) -> PlanOptions:
        return PlanOptions(
            self.goldens,
            self.rules,
            self.open_engine,
            self.releases,
            self.selection.fingerprints,
            self.removes_unused,
        )

    def _count(self, plan: TracePlan) -> None:
        self.selection.note_used(plan.used)
        if plan.cannot_run is not None:
            self._cannot_run.append(plan.cannot_run)
        if plan.skipped is not None:
            self.skipped[plan.skipped] += 1
        else:
            self.unchanged += not plan.changes

    def check_removable(self, gathered: Gathered) -> None:
        """Raise UsageError unless all traces take part, as only then unused goldens are known."""
        if gathered.skipped:
            skipped = gathered.skipped[0]
            raise UsageError(
                f"{skipped.path} {skipped.why}; {_NOTHING_REMOVED}", hint=_REMOVED_BY_HAND
            )
        if not gathered.complete or self.selection.names_traces:
            raise UsageError(
                "--remove-unused needs a run over all traces",
                hint="Name the whole folder of traces, without --only.",
            )

    def check_all_run(self) -> None:
        """Raise UsageError if a trace cannot be replayed, or failed."""
        for error in self.failed:
            raise UsageError(
                f"{error}; no golden is removed unless every trace can run", hint=error.hint
            )
        for error in self._cannot_run:
            raise error

    def check_searched(self, unused: UnusedGoldens) -> None:
        """Raise UsageError where a folder of goldens could not be looked through."""
        for folder in unused.unreadable:
            raise UsageError(
                f"{folder} {CANNOT_BE_READ}; {_NOTHING_REMOVED}", hint=_REMOVED_BY_HAND
            )

    def unused(self, gathered: Gathered) -> UnusedGoldens:
        """Goldens that no trace uses. None unless all traces are there."""
        if not gathered.complete:
            return UnusedGoldens()
        names = (trace.name for trace in gathered.traces)
        return unused_goldens(self.goldens, names, gathered.golden_names_in_doubt())


def removals(unused: Iterable[Path]) -> list[list[FileChange]]:
    """The changes that remove unused goldens. Each can be made without the others."""
    return [[FileChange(path, text_of(path), None)] for path in unused]


def pending_of(
    traces: Iterable[FoundTrace],
    goldens: GoldenStore,
    rules: RuleBook,
    open_engine: EngineFactory,
    releases: Sequence[str] | None = None,
    on_records: OnRecords | None = None,
    *,
    failed: list[NecpReplayError],
) -> list[PendingChanges]:
    """The pending changes of every trace that has some. Each trace is replayed twice per release.

    Errors are added to ``failed``.
    """
    found = []
    for trace in traces:
        try:
            if skipped_for(trace) is not None:
                continue
            now = goldens_by_release(trace, releases, open_engine, on_records)
            pending = find_pending(trace, goldens, now, rules, on_records)
        except Exception as error:  # An error in one trace must not stop the others.
            failed.append(error_of_trace(error, str(trace.path)))
            continue
        if pending.changes:
            found.append(pending)
    return found
