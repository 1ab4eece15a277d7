"""The acceptance of one trace, planned here or by another process."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import field, replace
from pathlib import Path

from necp_replay.accept.pending import PendingChange
from necp_replay.accept.plan import FileChange, NeedsNoGolden, plan_acceptance, skipped_for
from necp_replay.dataclass import dataclass
from necp_replay.engines.engine import EngineFactory, open_machine
from necp_replay.errors import NecpReplayError, UsageError, error_of_trace
from necp_replay.golden.store import GoldenStore
from necp_replay.replay.progress import OnRecords
from necp_replay.replay.run import ReplayOptions, replay_trace
from necp_replay.rules.book import RuleBook
from necp_replay.trace.find import FoundTrace


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """How the acceptance of a trace is planned. It can be pickled if ``open_engine`` can.

    Without ``fingerprints`` all differences are accepted. ``releases`` are those of
    :func:`.plan_acceptance`. ``replays_skipped`` also replays traces that need no golden. ``jobs``
    is in how many processes a long trace is worked on.
    """

    goldens: GoldenStore
    rules: RuleBook = field(default_factory=RuleBook)
    open_engine: EngineFactory = open_machine
    releases: Sequence[str] | None = None
    fingerprints: frozenset[str] = frozenset()
    replays_skipped: bool = False
    jobs: int = 1


@dataclass(slots=True)
class TracePlan:
    """The changes that accept a trace.

    ``skipped`` is why it needs no golden, and ``cannot_run`` why such a trace cannot be replayed.
    ``used`` are the fingerprints that selected something.
    """

    changes: list[FileChange] = field(default_factory=list)
    skipped: NeedsNoGolden | None = None
    cannot_run: NecpReplayError | None = None
    used: frozenset[str] = frozenset()


def plan_trace(
    how: PlanOptions, trace: FoundTrace, on_records: OnRecords | None = None
) -> TracePlan:
    """Plan the acceptance of a trace. Raises what :func:`.plan_acceptance` raises."""
    why = skipped_for(trace)
    if why is not None:
        error = _error_of_replay(how, trace, on_records) if how.replays_skipped else None
        return TracePlan(skipped=why, cannot_run=error)
    used: set[str] = set()

    def decide(change: PendingChange) -> bool:
        taken = change.fingerprint in how.fingerprints
        if taken:
            used.add(change.fingerprint)
        return taken

    changes = plan_acceptance(
        trace,
        how.goldens,
        how.releases,
        decide if how.fingerprints else None,
        open_engine=how.open_engine,
        rules=how.rules,
        on_records=on_records,
        jobs=how.jobs,
    )
    return TracePlan(changes, used=frozenset(used))


def _error_of_replay(
    how: PlanOptions, trace: FoundTrace, on_records: OnRecords | None
) -> NecpReplayError | None:
    options = ReplayOptions(open_engine=how.open_engine, keep=0, on_records=on_records)
    report = replay_trace(trace.path, trace.name, options)
    if report.error is None:
        return None
    return UsageError(
        f"{report.error}; no golden is removed unless every trace can run", hint=report.hint
    )


@dataclass(frozen=True, slots=True)
class PlanWork:
    """Plans traces in a process with another current folder; ``folder`` is that of the client.

    It gives the plan or the error that a plan in ``folder`` would give.
    """

    how: PlanOptions
    folder: str

    def __call__(self, trace: FoundTrace) -> TracePlan | NecpReplayError:
        """Plan one trace. Raises nothing."""
        goldens = replace(self.how.goldens, root=Path(self.folder, self.how.goldens.root))
        found = FoundTrace(Path(self.folder, trace.path), trace.name)
        try:
            plan = plan_trace(replace(self.how, goldens=goldens), found)
        except Exception as error:  # An error in one trace must not stop the others.
            return self._typed_error(error_of_trace(error, str(found.path)))
        plan.changes = [replace(each, path=self._typed_path(each.path)) for each in plan.changes]
        if plan.cannot_run is not None:
            plan.cannot_run = self._typed_error(plan.cannot_run)
        return plan

    def _typed_path(self, path: Path) -> Path:
        """The path of a golden, relative if the folder of goldens is."""
        if self.how.goldens.root.is_absolute():
            return path
        return path.relative_to(self.folder)

    def _typed_error(self, error: NecpReplayError) -> NecpReplayError:
        """An error that names files as the client does."""
        from_here = f"{os.path.relpath(self.folder)}/"
        for name in ("file", "reason", "hint"):
            text: str | None = getattr(error, name)
            if text is not None:
                text = text.replace(f"{self.folder.rstrip('/')}/", "")
                setattr(error, name, text if from_here == "./" else text.replace(from_here, ""))
        return error
