"""A replay's reports as JSON for machines; the schema is part of the interface (docs/cli.md)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from necp_replay.replay.compare import Difference
from necp_replay.replay.report_model import RecordDifference, TraceReport


def replay_json(reports: Sequence[TraceReport]) -> str:
    """Totals, then every trace with its first differing records."""
    document = {
        "traces": len(reports),
        "records": sum(report.records for report in reports),
        "identical": sum(report.identical for report in reports),
        "different": sum(report.different for report in reports),
        "not_modelled": sum(report.not_modelled for report in reports),
        "missing_goldens": sum(report.missing_golden for report in reports),
        "errors": sum(report.error is not None for report in reports),
        "per_trace": [_trace(report) for report in reports],
    }
    return json.dumps(document, indent=2)


def difference_object(difference: Difference) -> dict[str, Any]:
    """One field that differs; null where a side lacks it."""
    return {
        "layer": difference.layer.value,
        "field": difference.path,
        "expected": difference.expected,
        "actual": difference.actual,
    }


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
        "examples": [_example(example) for example in report.examples],
    }


def _example(example: RecordDifference) -> dict[str, Any]:
    return {
        "record": example.record,
        "title": example.title,
        "compared_with": example.truth.value,
        "context": example.context,
        "differences": [difference_object(difference) for difference in example.differences],
    }
