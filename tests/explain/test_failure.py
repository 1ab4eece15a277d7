"""Why a call failed: the check that says so, and the values that it looked at."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from necp_replay.abi.client import ClientAction, OpenFlag
from necp_replay.engines.recorder import Recorder
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.explain.explanation import FailureExplanation
from necp_replay.explain.failure import explain_failure
from necp_replay.explain.observed_machine import ObservedMachine
from necp_replay.outcomes.names import StableNames
from necp_replay.releases.names import find_release
from necp_replay.scenario.addresses import sockaddr
from necp_replay.scenario.process import NecpFdHandle
from necp_replay.scenario.system import System
from necp_replay.trace.reader import TraceReader

ROOT = Path(__file__).parents[2]

LOOKS_AT_NOTHING = re.compile(": (always|the release has no such)")
MANY = 12_000
"""Bytes of the largest trace that is looked at: 1,100 traces are smaller."""


def _failures(path: Path) -> dict[int, tuple[Outcome, FailureExplanation | None]]:
    """The explanation of each record that has an errno."""
    names = StableNames()
    found = {}
    with TraceReader(path) as reader:
        machine = ObservedMachine(find_release(reader.header.release, under_way=True))
        for number, step, _ in reader:
            names.learn(step)
            outcome = machine.submit(step)
            if outcome.errno:
                failed, profile = machine.kernel.failed, machine.profile
                found[number] = (
                    outcome,
                    explain_failure(step, outcome, failed, profile, names),
                )
    return found


def test_every_failing_record_has_one_check_that_failed() -> None:
    unclear = []
    explained = 0
    for path in sorted((ROOT / "traces").rglob("*.necptrace")):
        if path.stat().st_size > MANY:
            continue
        for number, (outcome, failure) in _failures(path).items():
            explained += 1
            assert failure is not None
            failing = [check for check in failure.checks if check.passed is False]
            texts = [check.text for check in failing]
            if len(texts) != 1 or not (
                texts[0].startswith(failure.errno) or "what else" in texts[0]
            ):
                unclear.append(f"{path.name} record {number}: {outcome.errno} {failure.name}")
            elif not failure.values and not LOOKS_AT_NOTHING.search(texts[0]):
                unclear.append(f"{path.name} record {number}: no values of {texts[0]}")
    assert unclear == []
    assert explained > 5_000


@pytest.mark.parametrize(
    ("trace", "record", "name", "function", "check", "values"),
    [
        pytest.param(*row, id=f"{row[2]} {row[4]}")
        for row in (
            (
                "client/update_cache_refused",
                12,
                "UPDATE_CACHE",
                "necp_client_update_cache",
                "1. EINVAL: the client id is NULL, or its length is not 16",
                {"client id length": "15"},
            ),
            (
                "client/update_cache_refused",
                16,
                "UPDATE_CACHE",
                "necp_client_update_cache",
                "5. EINVAL (log): the client's newest flow is missing, or not between IP addresses",
                {"flows": "0"},
            ),
            (
                "client/update_cache_refused",
                18,
                "UPDATE_CACHE",
                "necp_client_update_cache",
                "6. EINVAL: the buffer is NULL, or its length is not 16",
                {"buffer length": "15"},
            ),
            (
                "client/update_cache_refused",
                23,
                "UPDATE_CACHE",
                "necp_client_update_cache",
                "9. EINVAL: the size in the buffer is not 1 or 18, or the pointer in it is NULL",
                {"size": "17", "asked for": "18"},
            ),
            (
                "client/update_cache_refused",
                26,
                "UPDATE_CACHE",
                "necp_client_update_cache",
                "10. EFAULT (log): what the pointer leads to cannot be read",
                {"at": "0", "bytes": "18"},
            ),
        )
    ],
)
def test_the_check_the_values_and_the_upstream_function_are_named(
    trace: str, record: int, name: str, function: str, check: str, values: dict[str, str]
) -> None:
    _, failure = _failures(ROOT / "traces" / f"{trace}.necptrace")[record]

    assert failure is not None
    (failing,) = (
        f"{number}. {each.text}"
        for number, each in enumerate(failure.checks, start=1)
        if each.passed is False
    )
    shown = {each.name: each.value for each in failure.values}
    assert (failure.name, failure.function, failing, shown) == (name, function, check, values)


@pytest.mark.parametrize(
    ("trace", "record", "values"),
    [
        ("client/calls_of_no_process", 4, {"pid": "4242"}),
        ("client/parameters_of_every_kind_of_fd", 27, {"flags of the fd": "0x4 (PUSH_OBSERVER)"}),
        (
            "network/routes_that_cannot_change",
            5,
            {"id": "b", "dest": "no address", "prefix": "24", "ifindex": "4"},
        ),
    ],
)
def test_values_come_from_the_arguments_where_the_handler_notes_none(
    trace: str, record: int, values: dict[str, str]
) -> None:
    _, failure = _failures(ROOT / "traces" / f"{trace}.necptrace")[record]
    assert failure is not None
    assert {each.name: each.value for each in failure.values} == values


def test_checks_before_the_failing_one_passed_and_later_ones_were_not_reached() -> None:
    _, failure = _failures(ROOT / "traces/client/update_cache_refused.necptrace")[14]

    assert failure is not None
    assert [check.passed for check in failure.checks] == [True, True, False, *[None] * 7]


def test_a_call_that_succeeds_has_no_failure() -> None:
    with TraceReader(ROOT / "traces/client/update_cache_refused.necptrace") as reader:
        _, step, _ = next(iter(reader))
    profile = find_release("xnu-4570.51.1")
    assert explain_failure(step, Outcome(errno=0), None, profile, StableNames()) is None


def test_what_the_fact_of_a_check_says_of_the_release_is_told() -> None:
    failures = _failures(ROOT / "traces/differences/remove_unknown_client.necptrace")
    (_, failure) = next(iter(failures.values()))
    assert failure is not None
    assert failure.release


@pytest.mark.parametrize(
    ("refuse", "check", "values"),
    [
        pytest.param(
            lambda fd: fd.add(local="0.0.0.0:80", listener=True),
            "the client listens on a port of TCP or UDP that another listener has",
            {"protocol": "TCP", "address": "0.0.0.0", "port": "80", "held by": "#1"},
            id="a port",
        ),
        pytest.param(
            lambda fd: fd.add(custom_ip=True),
            "the client has the flag CUSTOM_ETHER or CUSTOM_IP, without PRIV_NET_CUSTOM_PROTOCOL",
            {"uid": "501"},
            id="a privilege",
        ),
        pytest.param(
            lambda fd: fd.process.necp_open(OpenFlag.OBSERVER),
            "the fd observes, and the process may neither control nexuses nor see network"
            " statistics",
            {"uid": "501"},
            id="an observer",
        ),
        pytest.param(
            lambda fd: fd.action(
                ClientAction.GET_INTERFACE_ADDRESS, b"\4\0\0\0", sockaddr("198.18.0.1:1")[:16]
            ),
            "no route leads to the address through the interface",
            {"interface": "en0", "address": "198.18.0.1"},
            id="a route",
        ),
    ],
)
def test_refusals_of_later_releases_name_what_was_missing_or_taken(
    refuse: Callable[[NecpFdHandle], object], check: str, values: dict[str, str]
) -> None:
    machine = ObservedMachine(find_release("xnu-11417.121.6", under_way=True))
    names = StableNames()
    found: list[FailureExplanation | None] = []

    def note(step: Step, outcome: Outcome) -> None:
        names.learn(step)
        failed = machine.kernel.failed
        found.append(explain_failure(step, outcome, failed, machine.profile, names))

    system = System(Recorder(machine, note), "refusals")
    system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    fd = system.add_process(100).necp_open()
    fd.add(local="192.0.2.10:80", listener=True)
    refuse(fd)
    failure = found[-1]
    assert failure is not None
    (failing,) = (each.text for each in failure.checks if each.passed is False)
    assert check in failing
    assert {each.name: each.value for each in failure.values} == values
    assert failure.release or "route" in failing
