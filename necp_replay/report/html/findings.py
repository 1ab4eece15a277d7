"""The findings of a page, in the order in which the terminal tells them."""

from __future__ import annotations

from typing import Any

from necp_replay.releases.lineage import RELEASES
from necp_replay.releases.profile import facts
from necp_replay.replay.findings.causes import Cause, causes_of
from necp_replay.replay.findings.run_report import RunReport
from necp_replay.report.diff_text import fact_values, ordered_groups
from necp_replay.report.difference_text import likely_fact_text


def findings_of(run: RunReport) -> list[Cause]:
    """The causes of all differences, each with the groups that it explains."""
    if run.command == "diff" and run.files is None:
        return causes_of(ordered_groups(run), run.facts)
    return run.causes


def fact_shown(run: RunReport, cause: Cause) -> dict[str, Any] | None:
    """The fact that explains a finding, or is likely to: its title, and what its values mean.

    None if no fact is known. If the fact is only likely, ``likely`` is a sentence that says so.
    """
    if cause.fact is not None:
        fact = facts()[cause.fact.fact]
        meanings = fact.meanings
        by_text = {str(value): text for value, text in meanings.items()}
        sides = ((run.expected_label, cause.fact.expected), ("replayed", cause.fact.replayed))
        return {
            "name": fact.name,
            "title": fact.title,
            "function": fact.function,
            "values": f"{cause.fact.expected} -> {cause.fact.replayed}",
            "meanings": [[label, by_text.get(value, value)] for label, value in sides],
            "likely": likely_fact_text(cause.fact),
        }
    name = cause.groups[0].fact
    if name is None:
        return None
    fact = facts()[name]
    labels = (run.expected_label, run.actual_label)
    known = all(label in RELEASES for label in labels)
    told: dict[str, Any] = {
        "name": fact.name,
        "title": fact.title,
        "function": fact.function,
        "values": "",
        "meanings": [],
        "likely": None,
    }
    if known:
        old, new = (getattr(RELEASES[label], name) for label in labels)
        told["values"] = fact_values(name, labels)
        told["meanings"] = [
            [label, text] for label, text in zip(labels, fact.meanings_of(old, new), strict=True)
        ]
    return told
