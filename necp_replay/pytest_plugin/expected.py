"""The rules with action ``known`` in one test: which applied, and which should have."""

from __future__ import annotations

from collections.abc import Sequence

from necp_replay.dataclass import dataclass
from necp_replay.outcomes.safe_text import escape
from necp_replay.pytest_plugin.result import TraceResult
from necp_replay.rules.book import RuleBook
from necp_replay.rules.rule import Rule, RuleAction


@dataclass(frozen=True, slots=True)
class Expectations:
    """The ``known`` rules of a trace that passes.

    ``known`` are the rules that hid a difference. ``vanished`` is a rule for this trace alone that
    hid none. A rule for several traces is judged at the end of the session instead.
    """

    known: tuple[Rule, ...]
    vanished: Rule | None


def expectations(book: RuleBook, result: TraceResult) -> Expectations:
    """Sort the rules for a test into those that hid something and those that did not."""
    rules = [
        rule
        for rule in book.for_replay(result.name, result.test)
        if rule.action is RuleAction.KNOWN
    ]
    known = tuple(rule for rule in rules if rule.number in result.report.hidden)
    vanished = [rule for rule in rules if rule not in known and _is_about_only(rule, result)]
    return Expectations(known, vanished[0] if vanished else None)


def xfail_reason(rules: Sequence[Rule]) -> str:
    """The reasons of the rules in one line, as pytest shows them for an expected failure."""
    return "; ".join(f"{escape(rule.reason)} (rule {rule.number})" for rule in rules)


def _is_about_only(rule: Rule, result: TraceResult) -> bool:
    if rule.trace is None or rule.trace.texts != (result.name,):
        return False
    return result.is_own if rule.release is None else rule.release == result.test
