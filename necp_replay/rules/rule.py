"""A rule: which differences are expected, what becomes of them, and why."""

from __future__ import annotations

import enum
from collections.abc import Set
from dataclasses import dataclass
from datetime import date

from necp_replay.replay.compare import Difference
from necp_replay.replay.node import Layer
from necp_replay.rules.pattern import Patterns
from necp_replay.rules.tolerance import Tolerance


class Action(enum.Enum):
    """What a rule does with what it matches."""

    EXACT = "exact"
    """Nothing, and no later rule may either."""
    IGNORED = "ignored"
    """Leaves the fields out of their difference."""
    TOLERATED = "tolerated"
    """Leaves out the fields whose numbers are close enough."""
    KNOWN = "known"
    """Expects the whole difference, and what follows from it."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One ``[[expected]]`` table, compiled. ``number`` counts them from 1, ``line`` is its place.

    A matcher that is None takes everything; all that are given have to match. A rule with
    ``from_release`` or ``to_release`` is for ``diff``, every other one for ``replay``. ``count``
    is how many records it has to hide, ``expires`` the last day on which it holds.
    """

    number: int
    line: int | None
    action: Action
    reason: str
    release: str | None = None
    from_release: str | None = None
    to_release: str | None = None
    trace: Patterns | None = None
    record: Patterns | None = None
    field: Patterns | None = None
    layers: frozenset[Layer] | None = None
    fingerprints: frozenset[str] | None = None
    facts: frozenset[str] | None = None
    tolerance: Tolerance | None = None
    count: int | None = None
    expires: date | None = None

    @property
    def is_for_diff(self) -> bool:
        """Whether it is about two releases, not about what a replay compares with."""
        return self.from_release is not None or self.to_release is not None

    def is_about_trace(self, name: str) -> bool:
        """Whether it may apply in a trace, by the name below the root of traces."""
        return self.trace is None or self.trace.match(name)

    def is_about_release(self, release: str) -> bool:
        """Whether it may apply in a replay on a release."""
        return self.release is None or self.release == release

    def is_about_pair(self, from_release: str, to_release: str) -> bool:
        """Whether it may apply between two releases."""
        return self.from_release in (None, from_release) and self.to_release in (None, to_release)

    def is_about_record(self, kind: str, fingerprints: Set[str], fact: str | None) -> bool:
        """Whether it may apply to a difference of this kind, with one of these fingerprints."""
        if self.record is not None and not self.record.match(kind):
            return False
        if self.fingerprints is not None and not self.fingerprints & fingerprints:
            return False
        return self.facts is None or fact in self.facts

    def is_about_field(self, difference: Difference) -> bool:
        """Whether it may apply to one field; a tolerated one is close enough."""
        if self.field is not None and not self.field.match(difference.path):
            return False
        if self.layers is not None and difference.layer not in self.layers:
            return False
        if self.tolerance is None:
            return True
        return self.tolerance.accepts(difference.expected, difference.actual)


def has_expired(rule: Rule, today: date) -> bool:
    """Whether a rule's last day is over."""
    return rule.expires is not None and rule.expires < today
