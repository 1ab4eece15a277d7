"""The result of anonymizing a trace, as text and JSON."""

from __future__ import annotations

from typing import Literal, TypedDict

from necp_replay.outcomes.safe_text import escape
from necp_replay.report.json_schema import Count, Ordinal
from necp_replay.report.json_text import json_text
from necp_replay.report.style import Style
from necp_replay.report.words import counted
from necp_replay.tools.anonymize import AnonymizeReport


class ChangedVerdictObject(TypedDict):
    """A record with another verdict; ``lost_outcome`` says whether its outcome was left out."""

    record: Ordinal
    title: str
    lost_outcome: bool


class AnonymizeDocument(TypedDict):
    """An anonymized trace. ``proved`` says that all verdicts and the final state are the same."""

    schema_version: Literal[1]
    output: str
    release: str
    renames_interfaces: bool
    records: Count
    outcomes: Count
    lost_outcomes: Count
    proved: bool
    changed: Count
    same_final_state: bool
    examples: list[ChangedVerdictObject]


def anonymize_text(report: AnonymizeReport, style: Style) -> str:
    """What was replaced, and whether every record still has the same verdict."""
    lines = [
        style.paint(escape(str(report.output)), "bold"),
        f"{report.records:,} records and {report.outcomes:,} recorded outcomes with pseudonyms;"
        f" interfaces {'have them too' if report.renames_interfaces else 'keep their names'}.",
    ]
    if report.is_proved:
        lines.append(
            f"Replayed on {report.release} next to the original: every verdict and the final state"
            " are the same."
        )
        return "\n".join(lines)
    if report.changed:
        lines.append(
            style.paint(f"{counted(report.changed, 'record')} with another verdict:", "red")
        )
        for changed in report.examples:
            lost = ", its outcome was left out" if changed.lost_outcome else ""
            lines.append(f"  record {changed.record} {changed.title}{lost}")
        if report.changed > len(report.examples):
            lines.append(f"  and {report.changed - len(report.examples):,} more")
    if not report.same_final_state:
        lines.append(style.paint("The final state is different.", "red"))
    return "\n".join(lines)


def anonymize_json(report: AnonymizeReport) -> str:
    """The result as JSON."""
    document: AnonymizeDocument = {
        "schema_version": 1,
        "output": str(report.output),
        "release": report.release,
        "renames_interfaces": report.renames_interfaces,
        "records": report.records,
        "outcomes": report.outcomes,
        "lost_outcomes": report.lost_outcomes,
        "proved": report.is_proved,
        "changed": report.changed,
        "same_final_state": report.same_final_state,
        "examples": [
            {
                "record": changed.record,
                "title": changed.title,
                "lost_outcome": changed.lost_outcome,
            }
            for changed in report.examples
        ],
    }
    return json_text(document)
