"""Parts of a run: merging them, judging them, and sending them."""

from __future__ import annotations

import itertools
import json
import pickle
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from necp_replay import api
from necp_replay.api.basis import basis_of
from necp_replay.api.plain import from_plain, to_plain
from necp_replay.errors import UsageError
from necp_replay.outcomes.field_difference import FieldDifference
from necp_replay.outcomes.record_difference import ChainLink, RecordDifference, Surroundings
from necp_replay.outcomes.timeline import Timeline
from necp_replay.rules.project import project_of

RULES = """
[[expected]]
trace = ["client/*", "other"]
record = "add"
layer = ["effects", "statistics"]
action = "ignored"
reason = "known"
expires = 2027-01-31
[[expected]]
field = "flags"
trace = "a"
action = "tolerated"
tolerance = "5%"
reason = "rounds"
"""
SAFE = st.text(st.characters(min_codepoint=32, max_codepoint=126))
FIELDS = st.lists(
    st.builds(FieldDifference, path=SAFE, expected=st.none() | SAFE, actual=st.none() | SAFE),
    max_size=2,
)
REPORTS = st.builds(
    api.TraceReport,
    path=SAFE,
    release=SAFE,
    golden=st.none() | st.text(st.characters(codec="ascii") | st.just("\udc80")),
    hidden=st.dictionaries(st.integers(1, 9), st.integers(1, 9), max_size=2),
    examples=st.lists(
        st.builds(
            RecordDifference,
            title=SAFE,
            kind=SAFE,
            fields=FIELDS,
            chain=st.builds(ChainLink),
            shown=st.builds(Surroundings, from_golden=st.none() | FIELDS, sides=st.none()),
        ),
        max_size=2,
    ),
    timeline=st.none() | st.builds(Timeline),
)


def part_of(*numbers: int, traces: int = 4) -> api.RunPart:
    """A part with the reports of these traces."""
    basis = basis_of(list(map(str, range(traces))), release=None, complete=True)
    reports = {
        number: api.NamedReport(str(number), api.TraceReport(f"{number}", "r", 1, identical=1))
        for number in numbers
    }
    return api.RunPart(basis, reports)


def test_any_order_and_grouping_of_parts_gives_the_same_run() -> None:
    parts = [part_of(2), part_of(0, 3), part_of(1)]
    runs = []
    for one, two, three in itertools.permutations(parts):
        for merged in (
            api.merge([one, two, three]),
            api.merge([one, api.merge([two, three])]),
            api.merge([api.merge([one, two]), three]),
        ):
            runs.append(api.judge(merged))
    assert all(run == runs[0] for run in runs)
    assert [report.path for report in runs[0].traces] == list("0123")
    assert runs[0].complete


def test_a_trace_that_is_in_two_parts_is_refused() -> None:
    with pytest.raises(UsageError, match="trace number 1 is in several parts"):
        api.merge([part_of(0, 1), part_of(1, 2)])


def test_a_run_with_missing_traces_is_not_judged() -> None:
    with pytest.raises(UsageError, match="2 of 4 traces are in no part, first number 1"):
        api.judge(part_of(0, 3))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"names": "x"}, "different traces"),
        ({"traces": 5, "names": "x"}, "different traces"),
        ({"own_release": False}, "different releases"),
        ({"complete": False}, "all traces of the project"),
        ({"unused_goldens": ("x",)}, "different goldens"),
        ({"today": date(2027, 1, 1)}, "their dates for the expiry of rules differ"),
        ({"rules": project_of(Path("x.toml"), RULES).rules}, "different rules"),
    ],
)
def test_parts_of_different_runs_are_refused(change: dict[str, object], why: str) -> None:
    other = part_of(1)
    other.basis = replace(other.basis, **change)  # type: ignore[arg-type]  # Each names a field.
    with pytest.raises(UsageError, match=f"parts of different runs: .*{why}"):
        api.merge([part_of(0), other])


def test_merging_no_parts_is_refused() -> None:
    with pytest.raises(UsageError, match="no part"):
        api.merge([])


@given(REPORTS)
def test_a_report_survives_json(report: api.TraceReport) -> None:
    assert from_plain(api.TraceReport, json.loads(json.dumps(to_plain(report)))) == report


def test_rules_survive_json() -> None:
    rules = project_of(Path("necp-replay.toml"), RULES).rules
    basis = basis_of(["a"], release="r", complete=True, rules=rules, today=date(2027, 1, 1))
    part = api.RunPart(basis, {}, {0: "a"})
    assert api.part_from_json(json.loads(json.dumps(api.part_to_json(part)))) == part


@pytest.mark.parametrize(
    "document",
    [
        *(None, [], {}, {"version": 2}, {"version": 1}, {"version": 1, "basis": 1}),
        {"version": 1, "basis": {"traces": 1}},
        {"version": 1, "basis": {"traces": True, "names": ""}},
        {"version": 1, "basis": {"traces": 1, "names": "", "more": 1}},
        {"version": 1, "basis": {"traces": 1, "names": ""}, "not_run": [[1, "a"]]},
        {"version": 1, "basis": {"traces": 2, "names": ""}, "not_run": [[0]]},
        {"version": 1, "basis": {"traces": 1, "names": "", "today": "x"}},
    ],
    ids=repr,
)
def test_json_that_is_not_a_part_is_refused(document: object) -> None:
    with pytest.raises(UsageError, match="holds no part of a run"):
        api.part_from_json(document)


LANE = {"kind": "SYSTEM", "label": "", "parent": None, "born": 1}
MARK = {"record": 1, "lane": 7, "kind": "CALL"}
FIELD = {"layer": "STATISTICS", "path": "p", "expected": "0x1", "actual": "2", "delta": 1}
SHOWN = {"record": 1, "title": "t", "kind": "k", "truth": "GOLDEN", "fields": [FIELD]}


@pytest.mark.parametrize(
    ("member", "why"),
    [
        ({"examples": [SHOWN]}, "p: a delta without a number"),
        ({"timeline": {"lanes": [[0, LANE | {"parent": 0}]]}}, "lane 0 is in lane 0"),
        ({"timeline": {"lanes": [[0, LANE | {"parent": 1}], [1, LANE]]}}, "lane 0 is in lane 1"),
        ({"timeline": {"lanes": [[0, LANE]], "marks": [MARK]}}, "there is no lane 7"),
    ],
)
def test_a_report_whose_parts_do_not_fit_is_refused(member: dict[str, Any], why: str) -> None:
    document: Any = json.loads(json.dumps(api.part_to_json(part_of(0, traces=1))))
    document["reports"][0][1]["report"].update(member)
    with pytest.raises(UsageError, match=f"holds no part of a run: .*{why}"):
        api.part_from_json(document)


def test_text_of_a_report_is_made_safe_again() -> None:
    part = part_of(0, traces=1)
    report = part.reports[0].report
    report.first_not_modelled, report.error = "a\x1b[31m\nb", "c\nd\x1b[31m"
    read = api.part_from_json(json.loads(json.dumps(api.part_to_json(part)))).reports[0].report
    assert (read.first_not_modelled, read.error) == (r"a\x1b[31m\nb", "c\nd\\x1b[31m")


def test_everything_can_be_pickled() -> None:
    part = part_of(0, 1)
    assert pickle.loads(pickle.dumps(part)) == part
    options = api.Options(release="xnu-4570.51.1", golden=Path("golden"))
    assert pickle.loads(pickle.dumps(options)) == options


def test_the_names_of_the_interface_are_there() -> None:
    assert all(getattr(api, name) is not None for name in api.__all__)
    with pytest.raises(AttributeError, match="no attribute 'other'"):
        _ = api.other
