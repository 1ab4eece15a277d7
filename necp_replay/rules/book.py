"""All rules of a project on one day, and those of them that may apply in one trace."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from necp_replay.rules.rule import Rule, has_expired


@dataclass(frozen=True, slots=True)
class RuleBook:
    """The rules in the order of their file. A rule that has expired on ``today`` applies no more.

    ``today`` is None where no rule ever expires.
    """

    rules: tuple[Rule, ...] = ()
    today: date | None = None

    def has_expired(self, rule: Rule) -> bool:
        """Whether a rule's last day is over."""
        return self.today is not None and has_expired(rule, self.today)

    def for_replay(self, name: str, release: str) -> tuple[Rule, ...]:
        """The rules for what a trace does on a release; ``name`` is that below the root."""
        return tuple(
            rule
            for rule in self.rules
            if not rule.is_for_diff
            and rule.is_about_trace(name)
            and rule.is_about_release(release)
            and not self.has_expired(rule)
        )

    def for_diff(self, name: str, from_release: str, to_release: str) -> tuple[Rule, ...]:
        """The rules for how a trace differs between two releases."""
        return tuple(
            rule
            for rule in self.rules
            if rule.is_for_diff
            and rule.is_about_trace(name)
            and rule.is_about_pair(from_release, to_release)
            and not self.has_expired(rule)
        )
