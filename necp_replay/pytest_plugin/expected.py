"""Rules in one test: which known differences it showed, and which one it should have shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from necp_replay.pytest_plugin.found import Found
from necp_replay.replay.node import escape
from necp_replay.rules.book import RuleBook
from necp_replay.rules.rule import Action, Rule


@dataclass(frozen=True, slots=True)
class Expectations:
    """Of a trace that passes: the known differences that it showed, and one that it did not.

    What did not show is told only of a rule that is about this trace alone; of every other rule
    the whole session tells.
    """

    known: tuple[Rule, ...]
    vanished: Rule | None


def expectations(book: RuleBook, found: Found) -> Expectations:
    """What the rules expected of a test."""
    rules = [
        rule for rule in book.for_replay(found.name, found.test) if rule.action is Action.KNOWN
    ]
    known = tuple(rule for rule in rules if rule.number in found.report.hidden)
    vanished = [rule for rule in rules if rule not in known and _is_about_only(rule, found)]
    return Expectations(known, vanished[0] if vanished else None)


def xfail_reason(rules: Sequence[Rule]) -> str:
    """Why a test is expected to fail, in one line."""
    return "; ".join(f"{escape(rule.reason)} (rule {rule.number})" for rule in rules)


def _is_about_only(rule: Rule, found: Found) -> bool:
    if rule.trace is None or rule.trace.texts != (found.name,):
        return False
    return found.is_own if rule.release is None else rule.release == found.test
