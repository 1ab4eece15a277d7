"""Traces that do not know every outcome: what is said of them, and what is compared."""

import json
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.cli.workplace import NEW, OLD, Printed, Workplace

DONE = {"errno": 0, "effects": []}
OPENED = {"errno": 0, "retval": 3, "effects": []}
STEPS: list[dict[str, Any]] = [
    {"op": "proc_add", "pid": 100},
    {"op": "necp_open", "pid": 100},
    {"op": "close", "pid": 100, "fd": 3},
]


def make(workplace: Workplace, *outcomes: dict[str, Any] | None, **header: str) -> None:
    """Write ``traces/t.necptrace``: the steps with these outcomes, None for a record without."""
    lines: list[dict[str, Any]] = [{"necptrace": 1, "release": NEW, "name": "t", **header}]
    for step, outcome in zip(STEPS, outcomes, strict=True):
        lines.append(step if outcome is None else {**step, "out": outcome})
    text = "".join(f"{json.dumps(line)}\n" for line in lines)
    workplace.write("t.jsonl", text)
    (workplace.root / "traces").mkdir(exist_ok=True)
    assert workplace.run("convert", "t.jsonl", "-o", "traces/t.necptrace").status == 0


def replayed(workplace: Workplace, *options: str) -> Printed:
    return workplace.run("replay", "traces", *options)


def test_a_trace_of_inputs_alone_can_be_accepted_and_replays_against_its_golden(
    workplace: Workplace,
) -> None:
    make(workplace, None, None, None)
    before = replayed(workplace)
    assert before.status == 2
    assert "3 not compared" in before.out
    accepted = workplace.run("accept", "traces")
    assert accepted.out.startswith("new golden/t.golden\n1 golden written")
    after = replayed(workplace)
    assert (after.status, after.out.splitlines()[-1]) == (
        0,
        "1 trace, 3 records: 3 identical, 0 different, 0 not modelled",
    )


@pytest.mark.parametrize("release", [OLD, NEW])
def test_the_golden_of_inputs_alone_holds_on_every_release(
    workplace: Workplace, release: str
) -> None:
    make(workplace, None, None, None)
    workplace.run("accept", "traces")
    assert replayed(workplace, "--release", release).status == 0


@pytest.mark.parametrize("known", [0, 1, 2])
def test_records_without_an_outcome_are_counted_in_every_report(
    workplace: Workplace, known: int
) -> None:
    outcomes: list[dict[str, Any] | None] = [None, None, None]
    outcomes[known] = OPENED if known == 1 else DONE
    make(workplace, *outcomes)
    printed = replayed(workplace, "--junit", "report.xml")
    assert printed.status == 0
    assert "identical where known" in printed.out
    assert printed.out.splitlines()[-1] == (
        "1 trace, 3 records: 1 identical, 0 different, 0 not modelled, 2 not compared"
    )
    report = replayed(workplace, "--format", "json").json()
    assert (report["not_compared"], report["per_trace"][0]["not_compared"]) == (2, 2)
    junit = ElementTree.parse(workplace.root / "report.xml")
    assert junit.findtext(".//system-out") == "3 records: 2 not compared"


def test_a_trace_that_knows_some_outcomes_takes_a_golden_for_the_others(
    workplace: Workplace,
) -> None:
    make(workplace, None, OPENED, None)
    assert workplace.run("accept", "traces").out.startswith("new golden/t.golden")
    last = replayed(workplace).out.splitlines()[-1]
    assert last.endswith("3 identical, 0 different, 0 not modelled")


def test_what_the_generator_made_is_not_called_measured(workplace: Workplace) -> None:
    (workplace.root / "traces").mkdir()
    generated = ("--seed", "5", "--records", "40", "-o", "traces/g.necptrace")
    assert workplace.run("generate", *generated).status == 0
    accepted = workplace.run("accept", "traces").out
    assert "0 measured on the real code need none" in accepted
    assert "1 with all outcomes in the trace need none" in accepted


@pytest.mark.parametrize(
    ("source", "measured"),
    [("UNKNOWN", False), ("IMPORT", False), ("VECTORS", True), ("SYSTEM", True)],
)
def test_only_what_says_so_is_called_measured(
    workplace: Workplace, source: str, measured: bool
) -> None:
    wrong = {"errno": 0, "retval": 9, "effects": []}
    make(workplace, DONE, wrong, DONE, source_kind=source)
    assert ("1 measured on the real code" in workplace.run("accept", "traces").out) is measured
    printed = replayed(workplace)
    assert printed.status == 1
    assert ("the outcome was measured on the real code" in printed.out) is measured
    assert ("make the trace again" in printed.out) is not measured
