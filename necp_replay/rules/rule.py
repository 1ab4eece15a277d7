"""The class of a rule: which differences it matches, what it does with them, and why."""

from __future__ import annotations

import enum
from collections.abc import Set
from datetime import date

from necp_replay.dataclass import dataclass
from necp_replay.outcomes.field_difference import FieldDifference
from necp_replay.outcomes.layers import Layer, layer_in_rules
from necp_replay.rules.pattern import Patterns
from necp_replay.rules.tolerance import Tolerance


class RuleAction(enum.Enum):
    """What a rule does with the fields that it matches."""

    EXACT = "exact"
    """Keep the field: later rules must not hide it."""
    IGNORED = "ignored"
    """Remove the field from the difference."""
    TOLERATED = "tolerated"
    """Remove the field if its numbers are close enough to the expected ones."""
    KNOWN = "known"
    """Expect the whole difference, and its followers."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One ``[[expected]]`` table. ``number`` and ``line`` count from 1 and say where it stands.

    A matcher (``trace`` to ``facts``) that is None matches everything. All others have to match.
    A rule with ``from_release`` or ``to_release`` is for ``diff``; every other rule is for
    ``replay``. ``count`` is the number of records that it has to hide, None for any number.
    ``expires`` is the last day on which it applies.
    """

    number: int
    line: int | None
    action: RuleAction
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
        """Whether the rule is for a comparison of two releases, not for a replay."""
        return self.from_release is not None or self.to_release is not None

    def matches_trace(self, name: str) -> bool:
        """Whether the rule is for a trace with this path below the root of traces."""
        return self.trace is None or self.trace.match(name)

    def matches_release(self, release: str) -> bool:
        """Whether the rule is for a replay on this release."""
        return self.release is None or self.release == release

    def matches_pair(self, from_release: str, to_release: str) -> bool:
        """Whether the rule is for a comparison of these two releases."""
        return self.from_release in (None, from_release) and self.to_release in (None, to_release)

    def matches_record(self, kind: str, fingerprints: Set[str], fact: str | None) -> bool:
        """Whether the rule matches a record's difference, its fields aside.

        ``kind`` is the name of the input or action. One of ``fingerprints`` has to match.
        """
        if self.record is not None and not self.record.match(kind):
            return False
        if self.fingerprints is not None and not self.fingerprints & fingerprints:
            return False
        return self.facts is None or fact in self.facts

    def matches_field(self, kind: str, difference: FieldDifference) -> bool:
        """Whether the rule matches one field; with a tolerance both values have to be close.

        ``kind`` is that of the record. A layer matches the fields that it has, and those that it
        had when there were fewer layers.
        """
        if self.field is not None and not self.field.match(difference.path):
            return False
        if self.layers is not None and difference.layer not in self.layers:
            former = layer_in_rules(kind, difference.layer, difference.path)
            if former not in self.layers:
                return False
        if self.tolerance is None:
            return True
        return self.tolerance.accepts(difference.expected, difference.actual)


def has_expired(rule: Rule, today: date) -> bool:
    """Whether the last day of a rule is before ``today``."""
    return rule.expires is not None and rule.expires < today
