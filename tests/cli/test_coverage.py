"""`necp-replay coverage`: the table, the baseline, and points that are lost."""

from __future__ import annotations

import json

import pytest

from tests.cli.workplace import Workplace

OPENS = "def opens(system):\n    system.add_process(1).necp_open()\n"


@pytest.fixture
def covered(workplace: Workplace) -> Workplace:
    """A recorded scenario and the baseline of its coverage."""
    workplace.record()
    printed = workplace.run("coverage", "traces", "--json")
    assert printed.status == 0
    workplace.write("baseline.json", printed.out)
    return workplace


def test_the_json_names_the_traces_that_exercise_a_point(covered: Workplace) -> None:
    areas = json.loads((covered.root / "baseline.json").read_text("utf-8"))["areas"]
    actions = areas["client action"]
    assert actions["exercised"]["REMOVE ok"] == ["remove_twice"]
    assert actions["exercised"]["REMOVE ENOENT logged"] == ["remove_twice"]
    assert "COPY_LIST ok" in actions["not_exercised"]
    assert areas["input"]["not_reachable"]["fd_read ok"] == "it is always ENXIO"


def test_a_fact_is_exercised_if_changing_it_changes_an_outcome(covered: Workplace) -> None:
    areas = json.loads((covered.root / "baseline.json").read_text("utf-8"))["areas"]
    exercised = areas["release fact"]["exercised"]
    assert exercised == {
        "logs_go_to_os_log": ["remove_twice"],
        "pending_timer_is_left_alone": ["remove_twice"],
        "remove_unknown_client_is_error": ["remove_twice"],
        "result_has_gateways": ["remove_twice"],
        "result_has_interface_time_delta": ["remove_twice"],
    }


def test_the_table_lists_points_that_are_not_exercised(covered: Workplace) -> None:
    printed = covered.run("coverage", "traces")
    assert printed.status == 0
    assert "not exercised, client action: ADD EINVAL" in printed.out
    assert "1 trace, 9 records" in printed.out
    assert "not reachable, since it is always ENOTTY: input: fd_ioctl ok" in printed.out


def test_the_same_traces_lose_nothing(covered: Workplace) -> None:
    printed = covered.run("coverage", "traces", "--check", "baseline.json")
    assert printed.status == 0


def test_a_point_that_is_not_exercised_any_more_fails(covered: Workplace) -> None:
    covered.write("scenarios/remove.py", OPENS.replace("opens", "remove_twice"))
    covered.run("record", "scenarios/remove.py", "-o", "traces")
    printed = covered.run("coverage", "traces", "--check", "baseline.json")
    assert printed.status == 1
    assert "no longer exercised: client action: REMOVE ok" in printed.out


def test_a_scenario_is_counted_on_every_release(workplace: Workplace) -> None:
    workplace.write("s.py", "def only(system):\n    system.reap_caches()\n")
    workplace.run("record", "s.py", "-o", "traces")
    exercised = json.loads(workplace.run("coverage", "traces", "--json").out)["areas"]["input"]
    assert {"reap_caches ok", "reap_caches ENOTSUP"} <= exercised["exercised"].keys()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"coverage": 99}', '{"coverage": 1}'])
def test_a_file_that_is_not_a_baseline_is_refused(covered: Workplace, text: str) -> None:
    covered.write("bad.json", text)
    printed = covered.run("coverage", "traces", "--check", "bad.json")
    assert printed.status == 2
    assert "bad.json" in printed.err


def test_nothing_is_printed_if_no_trace_can_be_read(workplace: Workplace) -> None:
    broken = workplace.write("broken.necptrace", "x")
    for form in ((), ("--json",)):
        printed = workplace.run("coverage", str(broken), *form)
        assert (printed.status, printed.out) == (2, "")
