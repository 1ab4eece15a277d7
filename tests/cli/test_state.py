"""`necp-replay state`: its text and JSON, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import pytest

from tests.cli.workplace import NEW, OLD, Workplace

ROOT: Final = Path(__file__).parents[2]
VPN: Final = str(ROOT / "traces/policies/vpn.necptrace")
PANICKING: Final = str(ROOT / "traces/vulnerabilities/agent_action_unbounded.necptrace")


def test_the_state_after_a_record_is_shown(workplace: Workplace) -> None:
    printed = workplace.run("state", VPN, "--record", "24")
    assert printed.status == 0, printed
    assert "state after record 24 of 35: necp_client_action ADD pid=100 fd=3" in printed.out
    assert "  necp_client_count: 2\n" in printed.out
    assert "  client: #2\n" in printed.out


def test_the_state_before_a_record_is_that_after_the_one_before(workplace: Workplace) -> None:
    before = workplace.run("state", VPN, "--record", "24", "--before").out
    after = workplace.run("state", VPN, "--record", "23").out
    assert "state before record 24 of 35\n" in before
    assert before.splitlines()[2:] == after.splitlines()[2:]
    first = workplace.run("state", VPN, "--record", "1", "--before")
    assert "  necp_client_count: 0\n" in first.out


def test_without_a_record_it_is_the_last_one(workplace: Workplace) -> None:
    assert "state after record 35 of 35" in workplace.run("state", VPN).out


def test_parts_are_shown_by_path(workplace: Workplace) -> None:
    words = ("--record", "24", "--path", "client/*/result_read", "--path", "necp_client_count")
    printed = workplace.run("state", VPN, *words)
    assert printed.out.splitlines()[4:] == [
        "fd/pid=100,fd=3/client/#2/result_read: 0",
        "fd/pid=100,fd=3/client/#1/result_read: 0",
        "counters/necp_client_count: 2",
    ]
    places = workplace.run("state", VPN, *words, "--format", "json").json()["places"]
    assert places[2] == {"path": "counters/necp_client_count", "value": "2", "children": []}


def test_another_release_replays_the_trace(workplace: Workplace) -> None:
    workplace.record()
    printed = workplace.run("state", "traces/remove_twice.necptrace", "--release", OLD)
    assert f"traces/remove_twice.necptrace on {OLD}\n" in printed.out
    assert f" on {NEW}\n" in workplace.run("state", "traces/remove_twice.necptrace").out


def test_watched_places_are_shown_at_records_that_change_them(workplace: Workplace) -> None:
    printed = workplace.run("state", VPN, "--watch", "client/#2/result")
    assert printed.status == 0, printed
    records = [line for line in printed.out.splitlines() if line.startswith("record ")]
    assert [line.split()[1] for line in records] == ["24", "32"]
    assert "client/#2/result (new): 79 bytes" in printed.out
    assert "        before index 5 generation 0\n        after  index 4 gener" in printed.out
    assert printed.out.endswith("client/#2/result: 2 records of 35 changed it\n")
    words = ("state", VPN, "--watch", "client/#2/result", "--record", "31", "--format", "json")
    lines = workplace.run(*words).out.splitlines()
    assert [json.loads(line)["record"] for line in lines] == [24]


def test_a_place_that_disappears_is_shown_as_gone(workplace: Workplace) -> None:
    workplace.record()
    printed = workplace.run("state", "traces/remove_twice.necptrace", "--watch", "client/#1")
    assert "client/#1 (gone): #1" in printed.out


def test_after_a_panic_the_state_is_as_it_was_then(workplace: Workplace) -> None:
    printed = workplace.run("state", PANICKING, "--path", "counters")
    assert printed.status == 0
    assert "took the modelled system down: this is the state then" in printed.out


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (
            ["--path", "client/#2/resultt"],
            "has nothing at client/#2/resultt\nSimilar: client/#2/re",
        ),
        (["--path", ""], "has nothing at an empty path"),
        (["--watch", "xyzzy"], "the state of any record has nothing at xyzzy\nSimilar: "),
        (["--record", "36"], "there is no record 36: the trace has 35"),
        (["--record", "36", "--watch", "client"], "there is no record 36: the trace has 35"),
        (["--before"], "--before is about one record"),
        (["--engine", "program"], "an external engine shows its state, but cannot save it"),
        (["--watch", "a", "--path", "b"], "not allowed with argument --watch"),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, list) else "",
)
def test_states_and_paths_that_do_not_exist_are_refused(
    workplace: Workplace, words: list[str], reason: str
) -> None:
    printed = workplace.run("state", VPN, *words)
    assert printed.status == 2
    assert reason in printed.err


def test_a_folder_is_refused(workplace: Workplace) -> None:
    printed = workplace.run("state", str(workplace.root))
    assert printed.status == 2
    assert "this is a folder, but state takes one trace" in printed.err
