"""The calls of a scenario that failed: a mistake in it shows there first."""

from __future__ import annotations

from collections import Counter
from dataclasses import field
from typing import Final

from necp_replay.abi.errno import errno_name
from necp_replay.dataclass import dataclass
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.outcomes.names import StableNames
from necp_replay.outcomes.render_input import kind_of_input, title

MOST_LISTED: Final = 1_000
"""Calls that are listed one by one. All are counted."""
_SHOWN_KINDS: Final = 3


@dataclass(slots=True)
class RefusedCalls:
    """The calls that failed, counted by kind and errno, and the first of them as lines."""

    counts: Counter[str] = field(default_factory=Counter)
    lines: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        """How many calls failed."""
        return self.counts.total()

    @property
    def kinds(self) -> str:
        """``necp_session_open EACCES, ADD EINVAL (2)``: the most frequent kinds."""
        shown = self.counts.most_common(_SHOWN_KINDS)
        texts = [kind if count == 1 else f"{kind} ({count:,})" for kind, count in shown]
        if len(self.counts) > len(shown):
            texts.append(f"{len(self.counts) - len(shown):,} more kinds")
        return ", ".join(texts)


class RefusedNotes:
    """Notes the calls that fail as they are recorded."""

    def __init__(self) -> None:
        self.found = RefusedCalls()
        self._names = StableNames()
        self._record = 0

    def note(self, step: Step, outcome: Outcome) -> None:
        """Take the next step and its outcome."""
        self._record += 1
        self._names.learn(step)
        if not outcome.errno:
            return
        errno = errno_name(outcome.errno)
        self.found.counts[f"{kind_of_input(step.input)} {errno}"] += 1
        if len(self.found.lines) < MOST_LISTED:
            shown = title(step.input, self._names)
            self.found.lines.append(f"record {self._record} {shown}: {errno}")
