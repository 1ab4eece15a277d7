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
def test_only_a_trace_whose_header_says_so_is_called_measured(
    workplace: Workplace, source: str, measured: bool
) -> None:
    wrong = {"errno": 0, "retval": 9, "effects": []}
    make(workplace, DONE, wrong, DONE, source_kind=source)
    assert ("1 measured on the real code" in workplace.run("accept", "traces").out) is measured
    printed = replayed(workplace)
    assert printed.status == 1
    assert ("the outcome was measured on the real code" in printed.out) is measured
    assert ("make the trace again" in printed.out) is not measured


ADD = {
    "op": "necp_client_action",
    "pid": 100,
    "fd": 3,
    "action": 1,
    "client_id": {"hex": "", "bytes": 16},
    "client_id_len": 16,
    "buffer": {"hex": "0b0200000006", "bytes": 7},
    "buffer_size": 7,
    "uuids": ["e6c3c96084234d58a1c9a9feb75d6d52"],
}
BUFFERS = {"client_id": "e6c3c96084234d58a1c9a9feb75d6d52", "buffer": "0b0200000006"}
WHOLE = {"errno": 0, "retval": 0, **BUFFERS, "effects": []}


def import_add(workplace: Workplace, outcome: dict[str, Any]) -> None:
    """Import a vector in which a client is added, with this outcome."""
    lines: list[dict[str, Any]] = [
        {"vectors": 1, "release": NEW, "name": "v"},
        {**STEPS[0], "out": DONE},
        {**STEPS[1], "out": OPENED},
        {**ADD, "out": outcome},
    ]
    workplace.write("v.jsonl", "".join(f"{json.dumps(line)}\n" for line in lines))
    assert workplace.run("import", "vectors", "v.jsonl", "-o", "traces").status == 0


SHOWN_IN_PART = {
    "error number and return value": {"errno": 0, "retval": 0},
    "error number": {"errno": 0},
    "return value": {"retval": 0},
    "all but effects": {"errno": 0, "retval": 0, **BUFFERS},
    "all but one buffer": {**WHOLE, "unmeasured": ["buffer"]},
    "no buffers": {"errno": 0, "retval": 0, "effects": []},
    "all but the error number": {"retval": 0, **BUFFERS, "effects": []},
    "the first bytes of a buffer": {**WHOLE, "buffer": "0b02", "unmeasured": ["buffer[2:]"]},
    "all but some bytes": {**WHOLE, "buffer": "0b0200ffff06", "unmeasured": ["buffer[3:5]"]},
    "effects alone": {"effects": [], "unmeasured": ["errno", "retval", "answer"]},
    "all but log records": {**WHOLE, "unmeasured": ["effects.log"]},
}


@pytest.mark.parametrize("outcome", SHOWN_IN_PART.values(), ids=SHOWN_IN_PART)
def test_what_an_outcome_does_not_show_is_not_compared(
    workplace: Workplace, outcome: dict[str, Any]
) -> None:
    import_add(workplace, outcome)
    printed = replayed(workplace, "--junit", "report.xml")
    assert printed.status == 0, printed.out
    assert printed.out.splitlines()[-1] == (
        "1 trace, 3 records: 3 identical, 0 different, 0 not modelled, 1 compared in part"
    )
    report = replayed(workplace, "--format", "json").json()
    assert (report["in_part"], report["per_trace"][0]["in_part"]) == (1, 1)
    junit = ElementTree.parse(workplace.root / "report.xml")
    assert junit.findtext(".//system-out") == "3 records: 1 compared in part"


WRONG_WHERE_KNOWN = {
    "error number": ({"errno": 22}, "status"),
    "return value": ({"errno": 0, "retval": 5}, "status"),
    "buffer": ({"errno": 0, "retval": 0, "buffer": "0b0200000007"}, "buffer"),
    "bytes": ({**WHOLE, "buffer": "0c02", "unmeasured": ["buffer[2:]"]}, "buffer"),
    "effects": ({"effects": [{"kind": "wake", "pid": 1, "fd": 3}]}, "effects"),
}


@pytest.mark.parametrize(("outcome", "field"), WRONG_WHERE_KNOWN.values(), ids=WRONG_WHERE_KNOWN)
def test_what_a_partial_outcome_shows_is_compared(
    workplace: Workplace, outcome: dict[str, Any], field: str
) -> None:
    import_add(workplace, outcome)
    printed = replayed(workplace, "--format", "json")
    assert printed.status == 1
    (example,) = printed.json()["per_trace"][0]["examples"]
    assert field in [each["field"] for each in example["differences"]]


@pytest.mark.parametrize("outcome", [{}, {"unmeasured": ["answer", "effects", "errno", "retval"]}])
def test_an_outcome_of_which_nothing_is_known_is_none(
    workplace: Workplace, outcome: dict[str, Any]
) -> None:
    make(workplace, outcome, outcome, outcome)
    printed = replayed(workplace)
    assert printed.status == 2
    assert "nothing to compare with" in printed.out
    make(workplace, outcome, OPENED, outcome)
    assert (
        replayed(workplace)
        .out.splitlines()[-1]
        .endswith("1 identical, 0 different, 0 not modelled, 2 not compared")
    )


def test_a_partial_trace_can_be_accepted_and_is_compared_whole_with_its_golden(
    workplace: Workplace,
) -> None:
    import_add(workplace, {"errno": 0, "retval": 0})
    assert workplace.run("accept", "traces").out.startswith("new golden")
    printed = replayed(workplace)
    assert (printed.status, "in part" in printed.out) == (0, False)
    for golden in (workplace.root / "golden").rglob("*.golden"):
        text = golden.read_text("utf-8").replace("client_id: #", "client: #")
        golden.write_text(text, "utf-8")
    assert replayed(workplace).status == 1


def test_an_unknown_part_is_refused_with_its_line(workplace: Workplace) -> None:
    workplace.write("t.jsonl", json.dumps({"necptrace": 1, "release": NEW}) + "\n")
    for part in ("no_such", "buffer[3:2]", "effects.no", "errno[1:]", "valsize"):
        line = {**ADD, "out": {**WHOLE, "unmeasured": [part]}}
        workplace.write("t.jsonl", f'{{"necptrace":1,"release":"{NEW}"}}\n{json.dumps(line)}\n')
        printed = workplace.run("convert", "t.jsonl", "-o", "t.necptrace")
        assert printed.status == 2
        assert "line 2" in printed.err and "unmeasured" in printed.err


def test_outcomes_of_an_engine_leave_nothing_out(workplace: Workplace) -> None:
    buffers = {"errno": 0, "retval": 0, "effects": []}
    make_whole = [{**STEPS[0], "out": DONE}, {**STEPS[1], "out": OPENED}, {**ADD, "out": buffers}]
    header = {"necptrace": 1, "release": NEW, "outcome_detail": "FULL"}
    text = "".join(f"{json.dumps(line)}\n" for line in [header, *make_whole])
    workplace.write("t.jsonl", text)
    (workplace.root / "traces").mkdir()
    assert workplace.run("convert", "t.jsonl", "-o", "traces/t.necptrace").status == 0
    assert replayed(workplace).status == 1


def test_info_and_show_say_what_is_not_known(workplace: Workplace) -> None:
    make(workplace, {"errno": 0}, {"retval": 3, "effects": []}, {"retval": 0})
    info = workplace.run("info", "traces/t.necptrace")
    assert "3, 3 with an outcome, 2 known in part" in info.out
    assert (
        workplace.run("info", "traces/t.necptrace", "--scan", "--json").json()["traces"][0][
            "partial"
        ]
        == 2
    )
    shown = workplace.run("show", "traces/t.necptrace").out
    assert "unmeasured: effects\n" in shown
    assert "close pid=100 fd=3 -> retval=0" in shown


@pytest.mark.parametrize(
    "command",
    [
        ("convert", "traces/t.necptrace", "-o", "other.jsonl"),
        ("cut", "traces/t.necptrace", "--select", "3", "-o", "other.necptrace"),
        ("anonymize", "traces/t.necptrace", "--seed", "1", "-o", "other.necptrace"),
    ],
    ids=lambda command: command[0],
)
def test_tools_keep_the_marks_of_unmeasured_parts(
    workplace: Workplace, command: tuple[str, ...]
) -> None:
    make(workplace, {"errno": 0}, {"errno": 0, "retval": 3}, {"errno": 0})
    assert workplace.run(*command).status in (0, 4)
    other = command[-1] if command[0] != "anonymize" else "other.necptrace"
    if other.endswith(".jsonl"):
        other = "back.necptrace"
        assert workplace.run("convert", "other.jsonl", "-o", other).status == 0
    (info,) = workplace.run("info", other, "--scan", "--json").json()["traces"]
    assert info["partial"] == info["outcomes"] == info["records"] > 0


UNKNOWN_ID = {"bytes": 16, "known": 0}
UNKNOWN_ADD = {
    **ADD,
    "client_id": UNKNOWN_ID,
    "buffer": {"bytes": 41, "known": 0},
    "buffer_size": 41,
    "uuids": [],
    "unmeasured": ["uuids"],
}
COPY_RESULT = {
    **{name: value for name, value in ADD.items() if name != "uuids"},
    "action": 4,
    "client_id": UNKNOWN_ID,
    "buffer": {"bytes": 1024, "known": 0},
    "buffer_size": 1024,
}
TRACED: list[dict[str, Any]] = [
    STEPS[0],
    {**STEPS[1], "out": {"errno": 0, "retval": 3}},
    {**UNKNOWN_ADD, "out": {"errno": 0, "retval": 0}},
    {**COPY_RESULT, "out": {"errno": 0, "retval": 70}},
    {**COPY_RESULT, "fd": 9, "out": {"errno": 9}},
    {**STEPS[2], "out": {"errno": 0}},
    {**STEPS[1], "out": {"errno": 0, "retval": 3}},
    {**COPY_RESULT, "unmeasured": ["buffer", "buffer_size"], "out": {"errno": 2}},
]
"""What a tracer of system calls shows."""


def make_traced(workplace: Workplace, lines: list[dict[str, Any]]) -> None:
    header = {"necptrace": 1, "release": NEW, "name": "t", "source_kind": "IMPORT"}
    workplace.write("t.jsonl", "".join(f"{json.dumps(line)}\n" for line in [header, *lines]))
    (workplace.root / "traces").mkdir(exist_ok=True)
    assert workplace.run("convert", "t.jsonl", "-o", "traces/t.necptrace").status == 0


SUMMARY = (
    "1 trace, 8 records: 4 identical, 0 different, 0 not modelled, 4 compared in part,"
    " 1 not compared, 3 not determined"
)


def test_a_trace_of_a_tracer_is_compared_where_it_is_determined(workplace: Workplace) -> None:
    make_traced(workplace, TRACED)
    printed = replayed(workplace, "--junit", "report.xml")
    assert (printed.status, printed.out.splitlines()[-1]) == (0, SUMMARY)
    assert "3 records not determined, first:" in printed.out
    report = replayed(workplace, "--format", "json").json()["per_trace"][0]
    assert report["not_determined"] == 3
    assert report["first_not_determined"].startswith("record 3 necp_client_action ADD")
    junit = ElementTree.parse(workplace.root / "report.xml")
    assert "3 not determined" in str(junit.findtext(".//system-out"))


def test_a_wrong_error_number_differs_although_inputs_are_unknown(workplace: Workplace) -> None:
    make_traced(workplace, [*TRACED[:4], {**TRACED[4], "out": {"errno": 22}}, *TRACED[5:]])
    printed = replayed(workplace, "--format", "json")
    assert printed.status == 1
    (example,) = printed.json()["per_trace"][0]["examples"]
    assert example["record"] == 5


def test_a_run_in_which_nothing_is_determined_does_not_pass(workplace: Workplace) -> None:
    unknown = {**STEPS[1], "unmeasured": ["pid"], "out": {"errno": 0}}
    make_traced(workplace, [unknown, {**STEPS[2], "out": {"errno": 0}}])
    printed = replayed(workplace)
    assert printed.status == 2
    assert "nothing was compared" in printed.out
    assert workplace.run("accept", "traces").status == 0
    assert replayed(workplace).status == 2


def test_what_is_not_determined_is_in_the_golden_and_a_change_of_it_differs(
    workplace: Workplace,
) -> None:
    make_traced(workplace, TRACED)
    assert workplace.run("accept", "traces").status == 0
    text = (workplace.root / "golden" / "t.golden").read_text("utf-8")
    why = "NOT DETERMINED: bytes 0 to 41 of a user buffer are not known"
    assert f"\n-> {why}\n" in text
    assert replayed(workplace).out.splitlines()[-1] == (
        "1 trace, 8 records: 5 identical, 0 different, 0 not modelled, 3 not determined"
    )
    workplace.write("golden/t.golden", text.replace(why, "ok"))
    printed = replayed(workplace)
    assert printed.status == 1
    assert "4 identical" not in printed.out and "1 different" in printed.out


def test_both_releases_and_both_files_leave_out_what_is_not_determined(
    workplace: Workplace,
) -> None:
    make_traced(workplace, TRACED)
    releases = workplace.run("diff", "traces", "--from", OLD, "--to", NEW)
    assert (releases.status, "3 not determined" in releases.out) == (0, True)
    files = workplace.run("diff", "traces/t.necptrace", "traces/t.necptrace")
    assert (files.status, "7 compared in part" in files.out) == (0, True)


def test_show_says_which_parts_of_inputs_are_not_known(workplace: Workplace) -> None:
    make_traced(workplace, TRACED)
    shown = workplace.run("show", "traces/t.necptrace").out
    assert "buffer: 41 bytes, 0 known" in shown
    assert "unmeasured: buffer, buffer_size, client_id.content" in shown


@pytest.mark.parametrize(
    "command",
    [
        ("cut", "traces/t.necptrace", "--select", "5", "-o", "other.necptrace"),
        ("anonymize", "traces/t.necptrace", "--seed", "1", "-o", "other.necptrace"),
    ],
    ids=lambda command: command[0],
)
def test_tools_keep_what_is_not_known_of_inputs(
    workplace: Workplace, command: tuple[str, ...]
) -> None:
    make_traced(workplace, TRACED)
    assert workplace.run(*command).status == 0
    assert '"known":0' in workplace.run("convert", "other.necptrace").out
    assert workplace.run("replay", "other.necptrace").status == 0


def test_json_lines_and_traces_hold_the_same(workplace: Workplace) -> None:
    make_traced(workplace, TRACED)
    workplace.run("convert", "traces/t.necptrace", "-o", "back.jsonl")
    workplace.run("convert", "back.jsonl", "-o", "back.necptrace")
    one, other = (workplace.root / name for name in ("traces/t.necptrace", "back.necptrace"))
    assert one.read_bytes() == other.read_bytes()


@pytest.mark.parametrize(
    "fields",
    [
        {"buffer": {"bytes": 41, "known": -1}},
        {"buffer": {"bytes": 41, "known": "all"}},
        {"buffer": {"bytes": 41}},
        {"unmeasured": ["no_such_field"]},
        {"unmeasured": "buffer"},
    ],
)
def test_a_wrong_mark_of_an_input_is_refused_with_its_line(
    workplace: Workplace, fields: dict[str, Any]
) -> None:
    lines: list[dict[str, Any]] = [{"necptrace": 1, "release": NEW}, {**ADD, **fields}]
    workplace.write("t.jsonl", "".join(f"{json.dumps(line)}\n" for line in lines))
    printed = workplace.run("convert", "t.jsonl", "-o", "t.necptrace")
    assert printed.status == 2
    assert "line 2" in printed.err


SCENARIO = '''\
"""What a tracer of system calls shows."""


def traced(system):
    """A client of which a tracer sees no bytes."""
    app = system.add_process(100)
    fd = app.necp_open()
    with system.unmeasured(
        outcome=["answer", "effects"], inputs=["uuids"], known={"client_id": 0, "buffer": 0}
    ):
        client = fd.add(remote="203.0.113.5:443")
        assert client.copy_result().errno == 0
    other = app.necp_open()
    with system.unmeasured(outcome=True):
        other.poll()
    fd.close()
    app.necp_open()
'''


def test_a_trace_of_a_scenario_is_compared_where_it_is_known(workplace: Workplace) -> None:
    workplace.write("scenarios/traced.py", SCENARIO)
    assert workplace.run("record", "scenarios", "-o", "traces").status == 0
    assert workplace.run("record", "scenarios", "-o", "traces", "--check").status == 0
    assert workplace.run("accept", "traces").status == 0
    printed = workplace.run("replay", "traces")
    assert printed.status == 0, printed.out
    assert "2 not determined" in printed.out
    golden = (workplace.root / "golden/traced.golden").read_text("utf-8")
    assert golden.count("NOT DETERMINED") == 2
    shown = workplace.run("show", "traces/traced.necptrace").out
    assert "unmeasured: answer, effects" in shown
    wrong = golden.replace("NOT DETERMINED", "ok", 1)
    workplace.write("golden/traced.golden", wrong)
    assert workplace.run("replay", "traces").status != 0
