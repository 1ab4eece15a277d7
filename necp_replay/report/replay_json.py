"""The report of a replay as JSON. docs/using.md documents its schema."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from necp_replay.outcomes.record_difference import RecordDifference
from necp_replay.outcomes.trace_report import TraceReport
from necp_replay.replay.facts.likely_fact import LikelyFact
from necp_replay.replay.findings.groups import Group
from necp_replay.replay.findings.run_report import RunReport
from necp_replay.report.diff_json import difference_object, group_object, record_object
from necp_replay.report.json_text import json_text
from necp_replay.report.rules_json import rule_object
from necp_replay.report.totals import totals_of


def replay_json(run: RunReport) -> str:
    """Totals, rules and groups, then every trace with its kept differences."""
    totals = totals_of(run.traces)
    document = {
        "traces": totals.traces,
        "records": totals.records,
        "identical": totals.identical,
        "different": totals.different,
        "not_modelled": totals.not_modelled,
        "in_part": totals.in_part,
        "not_compared": totals.not_compared,
        "not_determined": totals.not_determined,
        "differing_states": totals.differing_states,
        "missing_records": totals.missing_records,
        "missing_goldens": totals.missing_goldens,
        "errors": totals.errors,
        "expected": totals.expected,
        "expected_apart": totals.expected_apart,
        "complete": run.complete,
        "not_run": run.not_run,
        "shard": None if run.shard is None else asdict(run.shard),
        "unused_goldens": [str(path) for path in run.unused_goldens],
        "rules": [rule_object(outcome) for outcome in run.rules],
        "groups": [_group(group, run.facts.get(group.key)) for group in run.groups],
        "per_trace": [_trace(report) for report in run.traces],
    }
    return json_text(document)


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
        "in_part": report.in_part,
        "not_compared": report.not_compared,
        "not_determined": report.not_determined,
        "differing_states": report.differing_states,
        "missing_records": report.missing_records,
        "seconds": round(report.seconds, 6),
        "golden": report.golden,
        "missing_golden": report.missing_golden,
        "error": report.error,
        "hint": report.hint,
        "first_not_modelled": report.first_not_modelled,
        "first_not_determined": report.first_not_determined,
        "expected": report.expected,
        "expected_apart": report.expected_apart,
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
