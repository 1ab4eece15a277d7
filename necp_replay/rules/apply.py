"""Rules applied to the differences of one trace, one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from necp_replay.outcomes.difference import Difference
from necp_replay.outcomes.fingerprint import fingerprint_of
from necp_replay.outcomes.record_difference import RecordDifference
from necp_replay.rules.rule import Action, Rule


@dataclass(frozen=True, slots=True)
class Applied:
    """What rules did with a difference.

    ``rules`` are the numbers of those that took fields out of it, or expect it whole. ``exact``
    says that a rule keeps at least one field from being hidden.
    """

    rules: tuple[int, ...] = ()
    exact: bool = False


def apply_rules(rules: Sequence[Rule], difference: RecordDifference) -> Applied:
    """Take fields out of a difference as rules say, and set the rule that expects what is left.

    For each field the first rule that matches it decides. A rule by fingerprint matches the
    fingerprint that the difference was found with, and any that earlier rules left it with.
    """
    left = list(difference.differences)
    fingerprints = {difference.fingerprint}
    applied: list[int] = []
    exact = False
    for rule in rules:
        if not rule.is_about_record(difference.kind, fingerprints, difference.fact):
            continue
        matched = {id(field) for field in left if rule.is_about_field(field)}
        if rule.action is Action.KNOWN:
            if not exact and len(matched) == len(left):
                difference.rule = rule.number
                return Applied((*applied, rule.number))
            continue
        if not matched:
            continue
        left = _without(left, matched)
        if rule.action is Action.EXACT:
            exact = True
            continue
        applied.append(rule.number)
        difference.differences = _without(difference.differences, matched)
        if not difference.differences:
            break
        difference.fingerprint = fingerprint_of(difference.kind, difference.differences)
        fingerprints.add(difference.fingerprint)
    return Applied(tuple(applied), exact)


def _without(fields: list[Difference], taken: set[int]) -> list[Difference]:
    return [field for field in fields if id(field) not in taken]
