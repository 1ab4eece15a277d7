"""A comparison of two releases as JSON. docs/using.md documents its schema."""

from __future__ import annotations

from typing import Any

from necp_replay.outcomes.field_difference import FieldDifference
from necp_replay.outcomes.record_difference import RecordDifference
from necp_replay.outcomes.trace_report import TraceReport
from necp_replay.replay.findings.groups import Group
from necp_replay.replay.findings.run_report import RunReport
from necp_replay.report.diff_text import fact_values, ordered_groups
from necp_replay.report.json_text import json_text
from necp_replay.report.rules_json import rule_object
from necp_replay.report.totals import totals_of


def diff_json(report: RunReport) -> str:
    """Totals, rules and groups, then every trace with its kept differences."""
    labels = (report.expected_label, report.actual_label)
    totals = totals_of(report.traces)
    document = {
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
        "rules": [rule_object(outcome) for outcome in report.rules],
        "groups": [
            group_object(group) | {"values": group.fact and fact_values(group.fact, labels)}
            for group in ordered_groups(report)
        ],
        "per_trace": [_trace(trace) for trace in report.traces],
    }
    return json_text(document)


def group_object(group: Group) -> dict[str, Any]:
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


def record_object(difference: RecordDifference) -> dict[str, Any]:
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


def difference_object(difference: FieldDifference) -> dict[str, Any]:
    """One field that differs. A side that lacks it is null. Counters also have ``numbers``."""
    found: dict[str, Any] = {
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


def _trace(trace: TraceReport) -> dict[str, Any]:
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
