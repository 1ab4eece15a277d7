"""The answers to why something was dropped or failed, as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal, TypedDict

from necp_replay.explain.explanation import RecordExplanation
from necp_replay.importers.errno_names import errno_text
from necp_replay.importers.log_facts import FactKind, LogFact
from necp_replay.outcomes.safe_text import escape
from necp_replay.report.explain_json import explanation_object
from necp_replay.report.json_schema import Count, Ordinal
from necp_replay.report.json_text import json_text
from necp_replay.report.why_text import fact_text
from necp_replay.why.answer import LogAnswer, LogAnswers


class SaidObject(TypedDict):
    """What a log says, decoded. What it does not say is empty or null.

    ``line`` is that of its first entry, ``last_line`` that of the last of ``count`` entries that
    say the same.
    """

    file: str
    line: Ordinal
    last_line: Count
    count: Count
    time: str
    kind: Annotated[str, FactKind]
    text: str
    process: str
    pid: int | None
    call: str
    errno: str | None
    client: str
    protocol: str
    direction: str
    local: str
    remote: str
    interface: str
    reason: str
    denied: str
    parameters: dict[str, str]


class AnswerObject(TypedDict):
    """One answer: what was said, and what can be its cause.

    ``scenario`` is the name of the scenario that reproduces it, with what it ``assumed``.
    ``explanation`` is there where policies were given.
    """

    title: str
    said: SaidObject
    causes: Sequence[str]
    scenario: str | None
    assumed: list[str]
    explanation: Annotated[dict[str, Any] | None, RecordExplanation | None]


class WhyDocument(TypedDict):
    """What logs say about NECP, and why. ``dropped`` counts entries that say further things.

    ``policies_lost`` counts calls or policies of ``--policies`` that could not be taken.
    ``written`` is the file of scenarios. ``errors`` are logs that could not be read.
    """

    schema_version: Literal[1]
    release: str
    entries: Count
    dropped: Count
    policies_lost: Count
    answers: list[AnswerObject]
    written: str | None
    errors: list[str]


def why_json(found: LogAnswers, written: str | None) -> str:
    """All answers, in the order of the logs."""
    document: WhyDocument = {
        "schema_version": 1,
        "release": found.release,
        "entries": found.entries,
        "dropped": found.dropped,
        "policies_lost": 0 if found.policies is None else found.policies.lost,
        "answers": [_answer(each) for each in found.answers],
        "written": written,
        "errors": [escape(str(error)) for error in found.errors],
    }
    return json_text(document)


def _answer(answer: LogAnswer) -> AnswerObject:
    scenario, explanation = answer.scenario, answer.explanation
    return {
        "title": fact_text(answer.finding.fact),
        "said": _said(answer),
        "causes": answer.causes,
        "scenario": None if scenario is None else scenario.name,
        "assumed": [] if scenario is None else scenario.assumed,
        "explanation": None if explanation is None else explanation_object(explanation),
    }


def _said(answer: LogAnswer) -> SaidObject:
    finding = answer.finding
    fact: LogFact = finding.fact
    return {
        "file": escape(finding.file),
        "line": fact.line,
        "last_line": finding.last_line,
        "count": finding.count,
        "time": escape(fact.time),
        "kind": fact.kind.value,
        "text": escape(fact.text),
        "process": escape(fact.process),
        "pid": fact.pid,
        "call": escape(fact.call),
        "errno": errno_text(fact.errno) if fact.errno else None,
        "client": escape(fact.client_id),
        "protocol": escape(fact.protocol),
        "direction": fact.direction,
        "local": escape(fact.local),
        "remote": escape(fact.remote),
        "interface": escape(fact.interface),
        "reason": escape(fact.reason),
        "denied": escape(fact.denied),
        "parameters": {escape(name): escape(value) for name, value in fact.parameters.items()},
    }
