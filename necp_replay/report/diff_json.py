"""A comparison of two releases as JSON."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired, TypedDict

from necp_replay.outcomes.field_difference import FieldDifference
from necp_replay.outcomes.layers import Layer
from necp_replay.outcomes.record_difference import RecordDifference
from necp_replay.outcomes.trace_report import TraceReport
from necp_replay.replay.findings.groups import Group
from necp_replay.replay.findings.run_report import RunReport
from necp_replay.report.diff_text import fact_values, ordered_groups
from necp_replay.report.json_schema import Count, Fingerprint, Ordinal
from necp_replay.report.json_text import json_text
from necp_replay.report.rules_json import RuleObject, rule_object
from necp_replay.report.totals import totals_of


class NumbersObject(TypedDict):
    """Both values of a counter, and by how much the actual one is larger."""

    expected: int
    actual: int
    delta: int


class DifferenceObject(TypedDict):
    """One field that differs, by its layer and path. A side that lacks it is null.

    Counters have ``numbers``.
    """

    layer: Annotated[str, Layer]
    field: str
    expected: str | None
    actual: str | None
    numbers: NotRequired[NumbersObject]


class RecordObject(TypedDict):
    """One record that differs; ``record`` is null for a final state and for a missing record.

    ``follows`` is the record of the cause that this one follows from, ``followers`` counts those
    that follow from this one.
    """

    record: Ordinal | None
    title: str
    kind: str
    fingerprint: Fingerprint
    fact: str | None
    follows: Ordinal | None
    followers: Count
    differences: list[DifferenceObject]


class ExampleObject(TypedDict):
    """The place of an example of a group."""

    path: str
    release: str
    record: Ordinal | None
    title: str


class GroupObject(TypedDict):
    """Differences that are reported together; ``group`` is their fact, or else their fingerprint.

    ``begun`` counts the records that are causes, ``followed`` those that follow from them.
    """

    group: str
    fact: str | None
    kind: str | None
    begun: Count
    followed: Count
    traces: Count
    examples: list[ExampleObject]


class DiffGroupObject(GroupObject):
    """A group between two releases; ``values`` are those of the fact, such as ``1 -> 2``."""

    values: str | None


class ChainsObject(TypedDict):
    """The records of a group in one trace: causes, and those that follow from them."""

    begun: Count
    followed: Count


class DiffTraceObject(TypedDict):
    """One trace on both releases. Counts are records; ``hidden`` counts by the number of a rule."""

    path: str
    records: Count
    identical: Count
    different: Count
    not_modelled: Count
    in_part: Count
    not_determined: Count
    differing_states: Count
    missing_records: Count
    first_not_modelled: str | None
    expected: Count
    expected_apart: Count
    hidden: dict[str, Count]
    error: str | None
    hint: str | None
    groups: dict[str, ChainsObject]
    differing_records: list[RecordObject]


_Ends = TypedDict("_Ends", {"schema_version": Literal[1], "from": str, "to": str})


class DiffDocument(_Ends):
    """Traces on two releases, or on a release and a program: totals, rules, groups, each trace.

    The counts from ``records`` to ``not_determined`` are records. ``not_run`` are traces that were
    left out because the run stopped for what ``stopped`` says.
    """

    traces: Count
    records: Count
    identical: Count
    different: Count
    not_modelled: Count
    in_part: Count
    not_determined: Count
    differing_states: Count
    missing_records: Count
    errors: Count
    expected: Count
    expected_apart: Count
    complete: bool
    not_run: list[str]
    stopped: str | None
    rules: list[RuleObject]
    groups: list[DiffGroupObject]
    per_trace: list[DiffTraceObject]


def diff_json(report: RunReport) -> str:
    """Totals, rules and groups, then every trace with its kept differences."""
    labels = (report.expected_label, report.actual_label)
    totals = totals_of(report.traces)
    document: DiffDocument = {
        "schema_version": 1,
        "from": report.expected_label,
        "to": report.actual_label,
        "traces": totals.traces,
        "records": totals.records,
        "identical": totals.identical,
        "different": totals.different,
        "not_modelled": totals.not_modelled,
        "in_part": totals.in_part,
        "not_determined": totals.not_determined,
        "differing_states": totals.differing_states,
        "missing_records": totals.missing_records,
        "errors": totals.errors,
        "expected": totals.expected,
        "expected_apart": totals.expected_apart,
        "complete": report.complete,
        "not_run": report.not_run,
        "stopped": report.stopped or None,
        "rules": [rule_object(outcome) for outcome in report.rules],
        "groups": [
            {**group_object(group), "values": group.fact and fact_values(group.fact, labels)}
            for group in ordered_groups(report)
        ],
        "per_trace": [_trace(trace) for trace in report.traces],
    }
    return json_text(document)


def group_object(group: Group) -> GroupObject:
    """The totals of a group, and the places of its examples."""
    return {
        "group": group.key,
        "fact": group.fact,
        "kind": group.examples[0].difference.kind if group.examples else None,
        "begun": group.begun,
        "followed": group.followed,
        "traces": group.traces,
        "examples": [
            {
                "path": example.trace,
                "release": example.release,
                "record": example.difference.record,
                "title": example.difference.title,
            }
            for example in group.examples
        ],
    }


def record_object(difference: RecordDifference) -> RecordObject:
    """One record that differs, with its place in its chain."""
    return {
        "record": difference.record,
        "title": difference.title,
        "kind": difference.kind,
        "fingerprint": difference.fingerprint,
        "fact": difference.fact,
        "follows": difference.chain.follows,
        "followers": difference.chain.followers,
        "differences": [difference_object(each) for each in difference.fields],
    }


def difference_object(difference: FieldDifference) -> DifferenceObject:
    """One field that differs. A side that lacks it is null. Counters also have ``numbers``."""
    found: DifferenceObject = {
        "layer": difference.layer.value,
        "field": difference.path,
        "expected": difference.expected,
        "actual": difference.actual,
    }
    if difference.delta is not None and difference.expected is not None:
        number = int(difference.expected)
        found["numbers"] = {
            "expected": number,
            "actual": number + difference.delta,
            "delta": difference.delta,
        }
    return found


def _trace(trace: TraceReport) -> DiffTraceObject:
    return {
        "path": trace.path,
        "records": trace.records,
        "identical": trace.identical,
        "different": trace.different,
        "not_modelled": trace.not_modelled,
        "in_part": trace.in_part,
        "not_determined": trace.not_determined,
        "differing_states": trace.differing_states,
        "missing_records": trace.missing_records,
        "first_not_modelled": trace.first_not_modelled,
        "expected": trace.expected,
        "expected_apart": trace.expected_apart,
        "hidden": {str(rule): count for rule, count in sorted(trace.hidden.items())},
        "error": trace.error,
        "hint": trace.hint,
        "groups": {
            key: {"begun": count.begun, "followed": count.followed}
            for key, count in trace.kinds.items()
        },
        "differing_records": [record_object(each) for each in trace.examples],
    }
