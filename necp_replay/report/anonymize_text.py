"""What anonymizing a trace did and proved, as text for people and JSON for machines."""

from __future__ import annotations

import json

from necp_replay.outcomes.node import escape
from necp_replay.report.style import Style
from necp_replay.report.words import counted
from necp_replay.tools.anonymize import AnonymizeReport


def anonymize_text(report: AnonymizeReport, style: Style) -> str:
    """How much was renamed, and whether the replay says the same."""
    lines = [
        style.paint(escape(str(report.output)), "bold"),
        f"{report.records:,} records and {report.outcomes:,} recorded outcomes under pseudonyms;"
        f" interfaces {'have others, too' if report.renames_interfaces else 'keep their names'}.",
    ]
    if report.is_proved:
        lines.append(
            f"Replayed on {report.release} beside the original: every verdict and the final state"
            " are the same."
        )
        return "\n".join(lines)
    if report.changed:
        lines.append(
            style.paint(f"{counted(report.changed, 'record')} with another verdict now:", "red")
        )
        for changed in report.examples:
            lost = ", goes on without its outcome" if changed.lost_outcome else ""
            lines.append(f"  record {changed.record} {changed.title}{lost}")
        if report.changed > len(report.examples):
            lines.append(f"  and {report.changed - len(report.examples):,} more")
    if not report.same_final_state:
        lines.append(style.paint("The final state is another one.", "red"))
    return "\n".join(lines)


def anonymize_json(report: AnonymizeReport) -> str:
    """The same for machines."""
    document = {
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
    return json.dumps(document, indent=2)
