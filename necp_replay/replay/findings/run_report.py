"""The result of a run over many traces, from which every report is made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from necp_replay.dataclass import dataclass
from necp_replay.outcomes.report_table import notable_of
from necp_replay.outcomes.trace_report import (
    EXIT_STATUS,
    UNFORESEEN_STATUS,
    TraceReport,
    Verdict,
    exit_status,
)
from necp_replay.replay.findings.causes import Cause, causes_of
from necp_replay.replay.findings.groups import Group, group_differences
from necp_replay.rules.status import RuleResult

if TYPE_CHECKING:
    # It imports the engine, and a run without differences has no facts.
    from necp_replay.replay.facts.likely_fact import LikelyFact


@dataclass(frozen=True, slots=True)
class ShardOfRun:
    """Shard ``index`` of ``count`` of a run over ``traces`` traces.

    ``plan`` is the same for all shards that divided the same traces in the same way.
    """

    index: int
    count: int
    traces: int
    plan: str


@dataclass
class RunReport:
    """What a run found. ``command`` is ``replay`` or ``diff``.

    ``expected_label`` and ``actual_label`` are the names of both sides of every difference, such as
    ``recorded`` and ``replayed``, or two releases. ``complete`` says that the run covered every
    trace below the root of traces; only such a run can prove that a golden or a rule is unused, so
    ``unused_goldens`` is filled in only then. ``rules`` has a result for each rule of the project.
    ``facts`` are the likely facts of groups of a replay, by the key of the group. ``files`` are the
    names of two files that were compared; labels and fields call them A and B. ``not_run`` are the
    paths of traces that a run left out because it stopped at a difference. ``shard`` is None for a
    run that is no shard of a larger one. ``stopped`` is why it ended before all traces had run,
    other than for a difference. ``options`` are the words that a command repeats to compare with
    the same things, such as ``--engine CMD``.
    """

    command: str
    expected_label: str
    actual_label: str
    traces: Sequence[TraceReport]
    complete: bool = False
    unused_goldens: list[Path] = field(default_factory=list)
    rules: list[RuleResult] = field(default_factory=list)
    facts: dict[str, LikelyFact] = field(default_factory=dict)
    files: tuple[str, str] | None = None
    not_run: list[str] = field(default_factory=list)
    shard: ShardOfRun | None = None
    stopped: str = ""
    options: tuple[str, ...] = ()

    @cached_property
    def groups(self) -> list[Group]:
        """The groups of all differences, most frequent first."""
        return group_differences(self.traces)

    @cached_property
    def causes(self) -> list[Cause]:
        """The causes of the groups; ``facts`` must be complete when this is first asked for."""
        return causes_of(self.groups, self.facts)

    @property
    def exit_status(self) -> int:
        """The exit status of the run. An unused rule or golden makes it at least 1."""
        if any(trace.unforeseen for trace in notable_of(self.traces)):
            return UNFORESEEN_STATUS
        if self.stopped:
            return EXIT_STATUS[Verdict.ERROR]
        # Plain reports are identical.
        status = exit_status(notable_of(self.traces), are_some=bool(self.traces))
        left_over = bool(self.unused_goldens) or any(each.status.fails for each in self.rules)
        different = EXIT_STATUS[Verdict.DIFFERENT]
        return different if left_over and status != EXIT_STATUS[Verdict.ERROR] else status
