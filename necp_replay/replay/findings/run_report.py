"""A whole run over many traces, as every report is made from: text, JSON, JUnit, HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from necp_replay.outcomes.trace_report import EXIT_STATUS, TraceReport, Verdict, exit_status
from necp_replay.replay.facts.likely_fact import LikelyFact
from necp_replay.replay.findings.groups import Group, group_differences
from necp_replay.rules.status import RuleResult


@dataclass
class RunReport:
    """What a run found. ``command`` is ``replay`` or ``diff``.

    ``expected_label`` and ``actual_label`` name both sides of every difference, such as
    ``recorded`` and ``replayed``, or two releases. ``complete`` says that the run covered every
    trace below the root of traces, so that what it did not use nothing uses; ``unused_goldens``
    is filled in only then. ``rules`` tells what became of each rule of the project. ``facts`` are
    likely to explain groups of a replay, by the group's key. ``files`` are the names of two files
    that were compared as they are, which the labels and fields call A and B.
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

    @cached_property
    def groups(self) -> list[Group]:
        """Differences of all traces by cause, most frequent first."""
        return group_differences(self.traces)

    @property
    def exit_status(self) -> int:
        """That of the traces, or 1 where a rule or a golden has no use any more."""
        status = exit_status(list(self.traces))
        left_over = bool(self.unused_goldens) or any(each.status.fails for each in self.rules)
        different = EXIT_STATUS[Verdict.DIFFERENT]
        return different if left_over and status != EXIT_STATUS[Verdict.ERROR] else status
