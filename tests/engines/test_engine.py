"""Traces of one release on another: ids that the trace does not name are made."""

from __future__ import annotations

from necp_replay.engines.engine import open_for_trace, open_machine
from necp_replay.engines.limited import LimitedEngines
from necp_replay.engines.recorder import Recorder
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Absent, Outcome
from necp_replay.kernel.machine import Machine
from necp_replay.releases.xnu_4570 import XNU_4570_71_2
from necp_replay.scenario.system import System

OLD, NEW = "xnu-4570.71.2", "xnu-4903.221.2"


def recorded_steps() -> list[Step]:
    """Steps of a release whose sockets' flows need no id of their own."""
    steps: list[Step] = []
    recorder = Recorder(Machine(XNU_4570_71_2.profile), lambda step, outcome: steps.append(step))
    system = System(recorder, "flows")
    system.next_uuids(bytes([2]) * 16)
    client = system.add_process(100).necp_open().add(remote="203.0.113.5:443")
    system.add_socket("tcp", local="192.0.2.10:50000", remote="203.0.113.5:443").register(client)
    return steps


def last_outcome(release: str, recorded_on: str) -> Outcome:
    engine = open_for_trace(open_machine, release, recorded_on)
    return [engine.submit(step) for step in recorded_steps()][-1]


def test_a_trace_of_another_release_gets_the_ids_that_it_does_not_name() -> None:
    assert last_outcome(NEW, OLD).errno == 0
    assert last_outcome(NEW, OLD) == last_outcome(NEW, OLD)


def test_an_engine_with_a_limit_makes_them_too() -> None:
    engine = open_for_trace(LimitedEngines(open_machine, 60), NEW, OLD)
    outcomes = [engine.submit(step) for step in recorded_steps()]
    assert outcomes[-1].errno == 0


def test_a_trace_on_its_own_release_names_all_ids_or_is_not_modelled() -> None:
    assert isinstance(last_outcome(NEW, NEW).answer, Absent)
    assert last_outcome(OLD, OLD).errno == 0
