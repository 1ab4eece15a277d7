"""Rules applied to the differences of one trace, one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from necp_replay.outcomes.field_difference import FieldDifference
from necp_replay.outcomes.record_difference import RecordDifference
from necp_replay.rules.rule import Action, Rule


@dataclass(frozen=True, slots=True)
class Applied:
    """What rules did with a difference.

    ``rules`` are the numbers of the rules that removed fields from it or expect all of it.
    ``expected_by`` is the one that expects all of it, if there is one. ``exact`` says that a rule
    protects at least one field from being hidden.
    """

    rules: tuple[int, ...] = ()
    expected_by: int | None = None
    exact: bool = False


def apply_rules(rules: Sequence[Rule], difference: RecordDifference) -> Applied:
    """Remove the fields from a difference that rules hide, and say which rule expects the rest.

    For each field the first rule that matches it decides. A rule by fingerprint matches the
    fingerprint that the difference was found with, and any that earlier rules left it with.
    """
    left = list(difference.fields)
    fingerprints = {difference.fingerprint}
    applied: list[int] = []
    exact = False
    for rule in rules:
        if not rule.is_about_record(difference.kind, fingerprints, difference.fact):
            continue
        matched = {id(field) for field in left if rule.is_about_field(field)}
        if rule.action is Action.KNOWN:
            if not exact and len(matched) == len(left):
                return Applied((*applied, rule.number), expected_by=rule.number)
            continue
        if not matched:
            continue
        left = _without(left, matched)
        if rule.action is Action.EXACT:
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
