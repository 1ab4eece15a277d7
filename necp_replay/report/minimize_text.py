"""What `minimize` found, as text and JSON."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal, TypedDict

from necp_replay.minimize.options import MinimizeReport
from necp_replay.outcomes.safe_text import visible
from necp_replay.outcomes.shell_text import command_line
from necp_replay.report.diff_json import DifferenceObject, difference_object
from necp_replay.report.fields_text import field_lines
from necp_replay.report.json_schema import Count, Fingerprint, Ordinal
from necp_replay.report.json_text import json_text
from necp_replay.report.next_steps import is_about_clients, is_failure
from necp_replay.report.style import Style
from necp_replay.report.table import left, right, table
from necp_replay.report.words import counted


class PhaseObject(TypedDict):
    """One phase, and how many records it left."""

    phase: str
    left: Count


class MinimizeDocument(TypedDict):
    """The smallest trace that was found, and what it took to find it.

    ``record``, ``title`` and ``differences`` are of the whole trace, ``records`` its records up to
    the difference. ``simpler_inputs`` counts parts of inputs that were left out. ``whole_replays``
    is the cost in replays up to the difference. ``model`` is the release that stands for what is
    expected. ``stopped`` says why it ended early, and ``work_file`` keeps the work then. ``shown``
    of ``verified`` replays show it.
    """

    schema_version: Literal[1]
    output: str
    record: Ordinal
    title: str
    kind: str
    fingerprint: Fingerprint
    differences: list[DifferenceObject]
    records: Count
    left: Count
    phases: list[PhaseObject]
    simpler_inputs: Count
    replays: Count
    replayed_records: Count
    whole_replays: float
    model: str | None
    sliced_only: bool
    stopped: str | None
    work_file: str | None
    verified: Count
    shown: Count


def minimize_text(report: MinimizeReport, style: Style) -> str:
    """The difference, how many records each phase left, the cost, and what to look at next."""
    return "\n".join(_lines(report, style))


def minimize_json(report: MinimizeReport) -> str:
    """The same for machines."""
    difference = report.difference
    document: MinimizeDocument = {
        "schema_version": 1,
        "output": visible(str(report.output)),
        "record": difference.record,
        "title": difference.title,
        "kind": difference.kind,
        "fingerprint": difference.fingerprint,
        "differences": [difference_object(field) for field in difference.fields],
        "records": report.records,
        "left": report.left,
        "phases": [{"phase": phase, "left": size} for phase, size in report.sizes.items()],
        "simpler_inputs": report.simpler,
        "replays": report.replays,
        "replayed_records": report.replayed_records,
        "whole_replays": round(report.equivalents, 1),
        "model": report.model,
        "sliced_only": report.sliced_only,
        "stopped": report.stopped or None,
        "work_file": None if report.work_file is None else visible(str(report.work_file)),
        "verified": report.verified,
        "shown": report.shown,
    }
    return json_text(document)


def _lines(report: MinimizeReport, style: Style) -> Iterator[str]:
    difference = report.difference
    labels = ("expected", "actual")
    is_final_state = difference.record > report.records
    what = "final state" if is_final_state else f"record {difference.record:,} {difference.title}"
    yield f"{what}  fingerprint {difference.fingerprint}"
    yield from field_lines(difference.fields, labels, style, "  ")
    rows = [("up to the difference", report.records)]
    if is_final_state:
        rows.append(("with a snapshot of the final state", difference.record))
    rows.extend(report.sizes.items())
    yield table([*left("after"), *right("records")], rows)
    if report.simpler:
        yield f"{counted(report.simpler, 'part')} of inputs could be left out."
    yield (
        f"{counted(report.replays, 'replay')} with {counted(report.replayed_records, 'record')},"
        f" as many as {report.equivalents:.1f} replays of the trace up to the difference."
    )
    if report.model is not None:
        yield f"{report.model} gives the expected outcome, and is used as the expected side."
    if report.sliced_only:
        yield (
            "No modelled release gives the expected outcome. So only what the record does not"
            " depend on was left out."
        )
    if report.stopped:
        yield style.paint(f"Stopped early: {report.stopped}.", "yellow")
        if report.work_file is not None:
            kept = visible(str(report.work_file))
            yield f"The same command goes on from here. The work is kept in {kept}."
    if report.shown < report.verified:
        yield style.paint(
            f"The result shows the difference in {report.shown} of {report.verified} replays:"
            " an engine does not always give the same outcomes.",
            "yellow",
        )
    shown = visible(str(report.output))
    yield style.paint(f"{shown}: {counted(report.left, 'record')}", "bold")
    yield f"See it:     {_command('show', report.output)}"
    record = ("--record", str(report.left))
    statuses = [each for each in difference.fields if each.path == "status"]
    if any(is_failure(each.expected) for each in statuses):
        yield f"Explain it: {_command('explain', report.output, *record)}"
    elif any(is_failure(each.actual) for each in statuses):
        on = ("--release", report.release)
        yield f"Explain it: {_command('explain', report.output, *record, *on)}"
    elif is_about_clients(difference.kind, difference.title):
        yield f"Explain it: {_command('explain', report.output, *record)}"


def _command(command: str, path: Path, *words: str) -> str:
    return command_line("necp-replay", command, path, *words)
