"""Traces that do not know every outcome: what pytest says of them."""

from xml.etree import ElementTree

import pytest

from necp_replay.events.outcome import Outcome
from necp_replay.events.unmeasured import with_unmeasured
from necp_replay.trace.header import Header, OutcomeDetail, SourceKind
from necp_replay.trace.reader import TraceReader
from necp_replay.trace.writer import TraceWriter
from tests.pytest_plugin.project import NEW, REMOVE, Project

pytest_plugins = ["pytester"]

PARTIAL = "traces/field/partial.necptrace"
HEADER = Header(NEW, source_kind=SourceKind.IMPORT, outcome_detail=OutcomeDetail.VECTORS)


def write_partial(project: Project, known: int) -> int:
    """A trace with the first outcomes known in part, and the others not. Returns its length."""
    path = project.root / PARTIAL
    path.parent.mkdir()
    with TraceReader(project.root / REMOVE) as reader, TraceWriter.create(path, HEADER) as writer:
        for number, step, outcome in reader:
            assert outcome is not None
            writer.write(step, _errno_alone(outcome) if number <= known else None)
        return writer.records


def _errno_alone(outcome: Outcome) -> Outcome:
    return with_unmeasured(outcome, ["answer", "effects", "retval"])


def test_what_was_compared_in_part_or_not_at_all_is_said_at_the_end(project: Project) -> None:
    records = write_partial(project, 3)
    result = project.run(PARTIAL, "--junitxml=report.xml")
    result.assert_outcomes(passed=1)
    counts = f"3 compared in part, {records - 3} not compared"
    result.stdout.fnmatch_lines([f"*{records} records: {counts}"])
    junit = ElementTree.parse(project.root / "report.xml")
    found = {each.get("name"): each.get("value") for each in junit.iter("property")}
    assert (found["in_part"], found["not_compared"]) == ("3", str(records - 3))


def test_a_trace_of_which_nothing_was_compared_fails(project: Project) -> None:
    write_partial(project, 0)
    result = project.run(PARTIAL)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*nothing to compare with*"])


def test_a_partial_trace_is_accepted_and_passes_with_its_golden(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CI", raising=False)
    write_partial(project, 1)
    result = project.run(PARTIAL, "--necp-accept")
    result.stdout.fnmatch_lines(["new golden/field/partial.golden*"])
    result = project.run(PARTIAL)
    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("*not compared*")
