"""A whole run over many traces, as every report is made from: text, JSON, JUnit, HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from necp_replay.diff.groups import Group, group_differences
from necp_replay.replay.report_model import TraceReport


@dataclass
class RunReport:
    """What a run found. ``command`` is ``replay`` or ``diff``.

    ``expected_label`` and ``actual_label`` name both sides of every difference, such as
    ``recorded`` and ``replayed``, or two releases. ``complete`` says that the run covered every
    trace below the root of traces, so that what it did not use nothing uses; ``unused_goldens``
    is filled in only then.
    """

    command: str
    expected_label: str
    actual_label: str
    traces: Sequence[TraceReport]
    complete: bool = False
    unused_goldens: list[Path] = field(default_factory=list)

    @cached_property
    def groups(self) -> list[Group]:
        """Differences of all traces by cause, most frequent first."""
        return group_differences(self.traces)
