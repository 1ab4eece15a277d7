"""Applies the rules of a trace to one difference."""

from __future__ import annotations

from collections.abc import Sequence

from necp_replay.dataclass import dataclass
from necp_replay.outcomes.field_difference import FieldDifference
from necp_replay.outcomes.record_difference import RecordDifference
from necp_replay.rules.rule import Rule, RuleAction


@dataclass(frozen=True, slots=True)
class Applied:
    """What rules did with a difference.

    ``rules`` are the numbers of the rules that removed fields or that expect the whole difference.
    ``expected_by`` is the rule that expects the whole difference, if there is one. ``exact`` says
    that an ``exact`` rule matched at least one field.
    """

    rules: tuple[int, ...] = ()
    expected_by: int | None = None
    exact: bool = False


def apply_rules(rules: Sequence[Rule], difference: RecordDifference) -> Applied:
    """Remove the fields from a difference that rules hide, and say which rule expects the rest.

    The rules are tried in order, and for each field the first rule that matches it decides.
    Removing fields changes the fingerprint of the difference. A rule with a fingerprint matches if
    it is the original one, or the one after any earlier rule.
    """
    left = list(difference.fields)
    fingerprints = {difference.fingerprint}
    applied: list[int] = []
    exact = False
    for rule in rules:
        if not rule.matches_record(difference.kind, fingerprints, difference.fact):
            continue
        matched = {id(field) for field in left if rule.matches_field(difference.kind, field)}
        if rule.action is RuleAction.KNOWN:
            if not exact and len(matched) == len(left):
                return Applied((*applied, rule.number), expected_by=rule.number)
            continue
        if not matched:
            continue
        left = _without(left, matched)
        if rule.action is RuleAction.EXACT:
            exact = True
            continue
        applied.append(rule.number)
        difference.keep_fields(_without(difference.fields, matched))
        if not difference.fields:
            break
        fingerprints.add(difference.fingerprint)
    return Applied(tuple(applied), exact=exact)


def _without(fields: list[FieldDifference], taken: set[int]) -> list[FieldDifference]:
    return [field for field in fields if id(field) not in taken]
