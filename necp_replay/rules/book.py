"""All rules of a project, and the selection of those that apply to one trace on one day."""

from __future__ import annotations

from datetime import date

from necp_replay.dataclass import dataclass
from necp_replay.rules.rule import Rule, has_expired


@dataclass(frozen=True, slots=True)
class RuleBook:
    """The rules in the order of their file. Expired rules are kept but never selected.

    ``today`` is the day of the run. With None no rule expires.
    """

    rules: tuple[Rule, ...] = ()
    today: date | None = None

    def has_expired(self, rule: Rule) -> bool:
        """Whether the last day of a rule is before ``today``."""
        return self.today is not None and has_expired(rule, self.today)

    def for_replay(self, name: str, release: str) -> tuple[Rule, ...]:
        """The rules for a replay of one trace on one release.

        ``name`` is the path of the trace below the root of traces, without its suffix.
        """
        return tuple(
            rule
            for rule in self.rules
            if not rule.is_for_diff
            and rule.matches_trace(name)
            and rule.matches_release(release)
            and not self.has_expired(rule)
        )

    def for_diff(self, name: str, from_release: str, to_release: str) -> tuple[Rule, ...]:
        """The rules for the differences of one trace between two releases."""
        return tuple(
            rule
            for rule in self.rules
            if rule.is_for_diff
            and rule.matches_trace(name)
            and rule.matches_pair(from_release, to_release)
            and not self.has_expired(rule)
        )
