"""The report of a replay as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated, Any, Final, Literal, TypedDict

from necp_replay.outcomes.record_difference import RecordDifference
from necp_replay.outcomes.trace_report import TraceReport, Verdict
from necp_replay.replay.facts.likely_fact import LikelyFact
from necp_replay.replay.findings.causes import Cause
from necp_replay.replay.findings.groups import Group
from necp_replay.replay.findings.run_report import RunReport, ShardOfRun
from necp_replay.report.diff_json import (
    DifferenceObject,
    GroupObject,
    RecordObject,
    difference_object,
    group_object,
    record_object,
)
from necp_replay.report.json_schema import Count
from necp_replay.report.json_text import json_text
from necp_replay.report.rules_json import RuleObject, rule_object
from necp_replay.report.totals import totals_of


class ReplayGroupObject(GroupObject):
    """A group of a replay, with the fact that is likely to explain it."""

    likely_fact: Annotated[dict[str, Any] | None, LikelyFact | None]


class CauseObject(TypedDict):
    """Groups with the same likely fact, by their keys. A group without one is a cause alone."""

    likely_fact: str | None
    begun: Count
    followed: Count
    traces: Count
    groups: list[str]


class ReplayRecordObject(RecordObject):
    """One record that differs, with what it was compared with.

    ``from_golden`` is set for a record that differs from its recorded outcome and has a golden: the
    fields in which it differs from that. ``context`` are earlier records about the same things.
    """

    compared_with: Annotated[str, Literal["recorded", "golden"]]
    from_golden: list[DifferenceObject] | None
    context: list[str]


class ReplayTraceObject(TypedDict):
    """One trace on one release. Counts are records; ``hidden`` counts by the number of a rule.

    ``without_golden`` is why a trace of a scenario was compared with recorded outcomes only.
    """

    path: str
    release: str
    verdict: Annotated[str, Verdict]
    records: Count
    identical: Count
    different: Count
    not_modelled: Count
    in_part: Count
    not_compared: Count
    not_determined: Count
    differing_states: Count
    missing_records: Count
    diverged_states: Count
    seconds: float
    from_cache: bool
    golden: str | None
    missing_golden: bool
    without_golden: str | None
    error: str | None
    hint: str | None
    first_not_modelled: str | None
    first_not_determined: str | None
    expected: Count
    expected_apart: Count
    hidden: dict[str, Count]
    examples: list[ReplayRecordObject]


class ReplayDocument(TypedDict):
    """A replay of traces: totals, rules, groups, and each trace on each release.

    The counts from ``records`` to ``not_determined`` are records, and ``records`` is the sum of
    ``identical``, ``different``, ``not_modelled``, ``not_compared`` and ``not_determined``.
    ``from_cache`` counts the traces that were identical in an earlier run and not replayed.
    ``not_run`` are traces that were left out because the run stopped, at a difference or for what
    ``stopped`` says. ``shard`` is
    null unless it was a part of a suite; then ``part`` is
    JSON in a text, which `report merge` reads.
    """

    schema_version: Literal[1]
    traces: Count
    records: Count
    identical: Count
    different: Count
    not_modelled: Count
    in_part: Count
    not_compared: Count
    not_determined: Count
    differing_states: Count
    missing_records: Count
    diverged_states: Count
    missing_goldens: Count
    errors: Count
    expected: Count
    expected_apart: Count
    complete: bool
    from_cache: Count
    not_run: list[str]
    stopped: str | None
    shard: Annotated[dict[str, Any] | None, ShardOfRun | None]
    unused_goldens: list[str]
    rules: list[RuleObject]
    causes: list[CauseObject]
    groups: list[ReplayGroupObject]
    per_trace: list[ReplayTraceObject]
    part: str | None


def replay_json(run: RunReport, part: str | None = None) -> str:
    """Totals, rules and groups, then every trace with its kept differences.

    ``part`` is what `necp-replay report merge` needs of a shard.
    """
    return "".join(replay_json_pieces(run, part))


def replay_json_pieces(run: RunReport, part: str | None = None) -> Iterator[str]:
    """The same in pieces, one for each trace: a run can have more than memory holds."""
    totals = totals_of(run.traces)
    document: ReplayDocument = {
        "schema_version": 1,
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
        "diverged_states": totals.diverged_states,
        "missing_goldens": totals.missing_goldens,
        "errors": totals.errors,
        "expected": totals.expected,
        "expected_apart": totals.expected_apart,
        "complete": run.complete,
        "from_cache": sum(report.from_cache for report in run.traces),
        "not_run": run.not_run,
        "stopped": run.stopped or None,
        "shard": None if run.shard is None else asdict(run.shard),
        "unused_goldens": [str(path) for path in run.unused_goldens],
        "rules": [rule_object(outcome) for outcome in run.rules],
        "causes": [_cause(run, cause) for cause in run.causes],
        "groups": [_group(group, run.facts.get(group.key)) for group in run.groups],
        "per_trace": [],
        "part": part,
    }
    text = json_text(document)
    if not run.traces:
        yield text
        return
    head, empty, tail = text.rpartition(_NO_TRACES)
    yield f"{head}{empty[:-1]}"
    between = "\n"
    for report in run.traces:
        yield between + _indented(json_text(_trace(report)))
        between = ",\n"
    yield f"\n  ]{tail}"


def _indented(text: str) -> str:
    """The text of an object in a list of the document."""
    return "\n".join(f"    {line}" for line in text.split("\n"))


_NO_TRACES: Final = '\n  "per_trace": []'
"""In a text of JSON a line break and quotes are escaped, so this is the field and nothing else."""


def _cause(run: RunReport, cause: Cause) -> CauseObject:
    return {
        "likely_fact": None if cause.fact is None else cause.fact.fact,
        "begun": cause.begun,
        "followed": cause.followed,
        "traces": cause.traces_among(run.traces),
        "groups": [group.key for group in cause.groups],
    }


def _group(group: Group, fact: LikelyFact | None) -> ReplayGroupObject:
    return {**group_object(group), "likely_fact": None if fact is None else asdict(fact)}


def _trace(report: TraceReport) -> ReplayTraceObject:
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
        "diverged_states": report.diverged_states,
        "seconds": round(report.seconds, 6),
        "from_cache": report.from_cache,
        "golden": report.golden,
        "missing_golden": report.missing_golden,
        "without_golden": report.without_golden,
        "error": report.error,
        "hint": report.hint,
        "first_not_modelled": report.first_not_modelled,
        "first_not_determined": report.first_not_determined,
        "expected": report.expected,
        "expected_apart": report.expected_apart,
        "hidden": {str(rule): count for rule, count in sorted(report.hidden.items())},
        "examples": [_example(example) for example in report.examples],
    }


def _example(example: RecordDifference) -> ReplayRecordObject:
    return {
        **record_object(example),
        "compared_with": example.truth.value,
        "from_golden": None
        if example.shown.from_golden is None
        else [difference_object(each) for each in example.shown.from_golden],
        "context": example.shown.context,
    }
