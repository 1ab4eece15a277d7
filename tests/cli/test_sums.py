"""The counts of a run add up, in every format and for every trace."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.cli.workplace import NEW, OLD, Workplace

GOLDEN = f"golden/remove_twice@{NEW}.golden"


def _golden(workplace: Workplace) -> str:
    workplace.record()
    assert workplace.run("accept", "traces").status == 0
    return (workplace.root / GOLDEN).read_text("utf-8")


def _sum(counts: dict[str, Any]) -> int:
    names = ("identical", "different", "not_modelled", "not_compared", "not_determined")
    return sum(int(counts.get(name, 0)) for name in names)


def _check_sums(document: dict[str, Any]) -> None:
    assert document["records"] == _sum(document)
    for trace in document["per_trace"]:
        assert trace["records"] == _sum(trace)
        assert trace["identical"] >= 0
    for name in ("records", "identical", "different", "differing_states", "missing_records"):
        assert document[name] == sum(trace[name] for trace in document["per_trace"])


def _state(text: str) -> str:
    before, _, state = text.rpartition("final state")
    return f"{before}final state{state.replace('timer_armed: 1', 'timer_armed: 0')}"


def _outcome(text: str) -> str:
    return text.replace("-> ENOENT", "-> EINVAL")


def _more(text: str) -> str:
    return text.replace("final state", "close pid=100 fd=3 -> ok\nfinal state")


def _less(text: str) -> str:
    at, end = text.rindex("necp_client_action REMOVE"), text.index("final state")
    return text[:at] + text[end:]


CHANGES: dict[str, tuple[Callable[[str], str], int, int, int]] = {
    "the final state": (_state, 0, 1, 0),
    "an outcome": (_outcome, 1, 0, 0),
    "an outcome and the final state": (lambda text: _state(_outcome(text)), 1, 1, 0),
    "a record more": (_more, 0, 0, 1),
    "a record less": (_less, 1, 0, 0),
}
"""How the golden is changed; then how many records, final states and missing records differ."""


@pytest.mark.parametrize("name", CHANGES)
def test_a_replay_against_a_changed_golden_counts_each_record_once(
    workplace: Workplace, name: str
) -> None:
    change, different, states, missing = CHANGES[name]
    text = _golden(workplace)
    workplace.write(GOLDEN, change(text))

    printed = workplace.run("replay", "traces", "--format", "json")
    document = printed.json()

    assert printed.status == 1
    _check_sums(document)
    found = document["different"], document["differing_states"], document["missing_records"]
    assert found == (different, states, missing)


@pytest.mark.parametrize("name", CHANGES)
def test_the_last_line_adds_up_to_the_records_it_names(workplace: Workplace, name: str) -> None:
    change, *_ = CHANGES[name]
    workplace.write(GOLDEN, change(_golden(workplace)))

    out = workplace.run("replay", "traces").out
    found = re.search(
        r"1 trace, (\d+) records: (\d+) identical, (\d+) different, (\d+) not modelled", out
    )

    assert found is not None, out
    records, *parts = map(int, found.groups())
    assert records == sum(parts)


def test_a_final_state_that_differs_is_named_apart(workplace: Workplace) -> None:
    change, *_ = CHANGES["the final state"]
    workplace.write(GOLDEN, change(_golden(workplace)))

    out = workplace.run("replay", "traces").out

    assert "0 different, 0 not modelled, 1 final state differs" in out


def test_a_comparison_of_releases_adds_up_with_a_final_state_that_differs(
    workplace: Workplace,
) -> None:
    workplace.record()

    document = workplace.run(
        *("diff", "traces", "--from", OLD, "--to", NEW, "--format", "json")
    ).json()

    _check_sums(document)
    assert document["different"] == 1


def test_a_rule_for_a_final_state_hides_no_record(workplace: Workplace) -> None:
    change, *_ = CHANGES["the final state"]
    workplace.write(GOLDEN, change(_golden(workplace)))
    workplace.write(
        "necp-replay.toml",
        '[[expected]]\ntrace = "remove_twice"\nfield = "*timer_armed"\n'
        'action = "known"\nreason = "a"\n',
    )

    printed = workplace.run("replay", "traces", "--format", "json")
    document = printed.json()

    _check_sums(document)
    assert printed.status == 0, printed
    assert (document["expected"], document["expected_apart"]) == (0, 1)
