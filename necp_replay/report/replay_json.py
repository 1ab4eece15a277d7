"""A replay's reports as JSON for machines; the schema is part of the interface (docs/cli.md)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from necp_replay.outcomes.record_difference import RecordDifference
from necp_replay.outcomes.trace_report import TraceReport
from necp_replay.replay.facts.likely_fact import LikelyFact
from necp_replay.replay.findings.groups import Group
from necp_replay.replay.findings.run_report import RunReport
from necp_replay.report.diff_json import difference_object, group_object, record_object
from necp_replay.report.rules_json import rule_object


def replay_json(run: RunReport, facts: Mapping[str, LikelyFact]) -> str:
    """Totals, kinds of difference, rules, then every trace with its first differing records.

    ``facts`` are likely to explain groups, by their key.
    """
    reports = run.traces
    document = {
        "traces": len(reports),
        "records": sum(report.records for report in reports),
        "identical": sum(report.identical for report in reports),
        "different": sum(report.different for report in reports),
        "not_modelled": sum(report.not_modelled for report in reports),
        "missing_goldens": sum(report.missing_golden for report in reports),
        "errors": sum(report.error is not None for report in reports),
        "expected": sum(report.expected for report in reports),
        "complete": run.complete,
        "unused_goldens": [str(path) for path in run.unused_goldens],
        "rules": [rule_object(outcome) for outcome in run.rules],
        "groups": [_group(group, facts.get(group.key)) for group in run.groups],
        "per_trace": [_trace(report) for report in reports],
    }
    return json.dumps(document, indent=2)


def _group(group: Group, fact: LikelyFact | None) -> dict[str, Any]:
    return group_object(group) | {"likely_fact": None if fact is None else asdict(fact)}


def _trace(report: TraceReport) -> dict[str, Any]:
    return {
        "path": report.path,
        "release": report.release,
        "verdict": report.verdict.value,
        "records": report.records,
        "identical": report.identical,
        "different": report.different,
        "not_modelled": report.not_modelled,
        "seconds": round(report.seconds, 6),
        "golden": report.golden,
        "missing_golden": report.missing_golden,
        "error": report.error,
        "hint": report.hint,
        "first_not_modelled": report.first_not_modelled,
        "expected": report.expected,
        "hidden": {str(rule): count for rule, count in sorted(report.hidden.items())},
        "examples": [_example(example) for example in report.examples],
    }


def _example(example: RecordDifference) -> dict[str, Any]:
    return record_object(example) | {
        "compared_with": example.truth.value,
        "from_golden": None
        if example.shown.from_golden is None
        else [difference_object(each) for each in example.shown.from_golden],
        "context": example.shown.context,
    }
