"""Finds the releases since which a trace, or one record of it, behaves as it does, and why.

All releases replay the trace in step (:mod:`necp_replay.replay.many_releases`). For each release
that differs from the one before it, both are compared alone, which finds the facts that explain it
(:mod:`necp_replay.replay.two_releases`).

Cost: one replay for each release, then for each change what ``diff --from --to`` costs.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from necp_replay.dataclass import dataclass
from necp_replay.outcomes.trace_report import TraceReport
from necp_replay.releases.profile import Profile
from necp_replay.replay.findings.groups import Group, group_differences
from necp_replay.replay.many_releases import Behaviours, Change, behaviours
from necp_replay.replay.progress import OnRecords
from necp_replay.replay.two_releases import DiffOptions, diff_trace


@dataclass(frozen=True, slots=True)
class ExplainedChange:
    """A release that differs from the one before it, and the groups of what differs by fact."""

    change: Change
    report: TraceReport
    groups: Sequence[Group]


@dataclass(frozen=True, slots=True)
class SinceWhen:
    """How releases behave in a trace, and what explains each change from one to the next.

    ``record`` is the record that was compared, None for all and the final state.
    """

    path: Path
    record: int | None
    behaviours: Behaviours
    changes: Sequence[ExplainedChange]


def since_when(
    path: Path,
    profiles: Sequence[Profile],
    *,
    record: int | None = None,
    record_limit_s: float | None = None,
    on_records: OnRecords | None = None,
) -> SinceWhen:
    """Compare each release with the one before it. ``profiles`` are in the order of the lineage.

    ``record``, ``record_limit_s`` and ``on_records`` are those of :func:`behaviours`.

    Raises what :func:`behaviours` raises.
    """
    found = behaviours(
        path, profiles, record=record, record_limit_s=record_limit_s, on_records=on_records
    )
    by_tag = {profile.release: profile for profile in profiles}
    changes = []
    for change in found.changes:
        options = DiffOptions(
            by_tag[change.old],
            by_tag[change.new],
            change.new,
            record_limit_s=record_limit_s,
            on_records=on_records,
            record=record,
        )
        report = diff_trace(path, path.stem, options)
        report.check_ran()
        changes.append(ExplainedChange(change, report, group_differences([report])))
    return SinceWhen(path, record, found, changes)
