"""A failing trace in one line."""

from __future__ import annotations

import pytest

from necp_replay.outcomes.field_difference import FieldDifference
from necp_replay.outcomes.layers import Layer
from necp_replay.outcomes.record_difference import FINAL_TITLE, RecordDifference, Truth
from necp_replay.outcomes.trace_report import TraceReport
from necp_replay.report.headline import headline
from tests.report.runs import run

STATUS = FieldDifference(Layer.RETURN, "status", "ENOENT", "ok retval=0")


def difference(
    record: int | None = 5, kind: str = "REMOVE", *fields: FieldDifference
) -> RecordDifference:
    """A record that differs from its golden."""
    title = kind if kind == FINAL_TITLE else f"{kind} pid=1"
    return RecordDifference(record, title, kind, Truth.GOLDEN, list(fields or (STATUS,)))


def report(**parts: object) -> TraceReport:
    """The report of one trace."""
    found = TraceReport("traces/a.necptrace", "r")
    for name, value in parts.items():
        setattr(found, name, value)
    return found


@pytest.mark.parametrize(
    ("found", "line"),
    [
        (report(), ""),
        (
            report(examples=[difference()], different=1),
            "record 5 REMOVE: status golden ENOENT, replayed ok retval=0",
        ),
        (
            report(examples=[difference()], different=3),
            "record 5 REMOVE: status golden ENOENT, replayed ok retval=0; 2 more records",
        ),
        (
            report(examples=[difference(None, FINAL_TITLE)], differing_states=1),
            "final state: status golden ENOENT, replayed ok retval=0",
        ),
        (
            report(examples=[difference(None, "fd_reap")], missing_records=1),
            "missing record fd_reap: status golden ENOENT, replayed ok retval=0",
        ),
        (
            report(
                examples=[
                    difference(5, "ADD", FieldDifference(Layer.EFFECTS, "log", None, "x" * 61))
                ],
                different=1,
            ),
            f"record 5 ADD: log golden -, replayed {'x' * 57}...",
        ),
        (
            report(error="traces/a.necptrace: at byte 7: cut short\nand more"),
            "at byte 7: cut short",
        ),
        (report(error=""), "could not run"),
        (report(different=2), "2 records different"),
        (
            report(first_not_modelled="record 2 socket: why", not_modelled=1),
            "not modelled: record 2 socket: why",
        ),
    ],
    ids=[
        *("same", "one record", "several", "final state", "missing record", "long value"),
        *("error", "empty error", "no example", "not modelled"),
    ],
)
def test_the_first_problem_takes_one_line(found: TraceReport, line: str) -> None:
    assert headline(run(found), found) == line
    assert "\n" not in line


def test_a_missing_golden_is_to_be_accepted() -> None:
    found = report(missing_golden=True)
    assert headline(run(found), found) == "no golden: review the outcomes and accept them"


@pytest.mark.parametrize(
    ("truth", "labels"),
    [
        (Truth.RECORDED, ("recorded", "replayed")),
        (Truth.RELEASE, ("old", "new")),
        (Truth.FILE, ("A", "B")),
    ],
)
def test_the_sides_are_named_after_what_was_compared(truth: Truth, labels: tuple[str, str]) -> None:
    found = report(examples=[difference()], different=1)
    compared = run(found, command="diff")
    found.examples[0].truth = truth
    line = headline(compared, found)
    assert line.endswith(f"status {labels[0]} ENOENT, {labels[1]} ok retval=0")
