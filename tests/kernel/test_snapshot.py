"""The snapshot: what it shows beyond what the parts' own tests look at."""

from __future__ import annotations

from necp_replay.abi.client import OpenFlag
from necp_replay.abi.policy import SessionAction
from necp_replay.events.inputs import Input
from necp_replay.events.interfaces import IfaceUpdate
from necp_replay.events.json_form import outcome_from_json, outcome_to_json
from necp_replay.events.notifications import InjectNexusFlow, TakeSnapshot
from necp_replay.events.routes import RouteStats, RouteUpdate
from necp_replay.events.syscalls import NecpSessionAction, NecpSessionOpen
from necp_replay.kernel.objects.client import RESULT_OVERFLOWED
from necp_replay.kernel.snapshot import COUNTER_NAMES
from tests.kernel.builders import REMOTE, make_laptop, make_system


def test_fds_are_listed_by_pid_and_number_whenever_they_were_opened() -> None:
    system = make_system()
    late, early = system.add_process(300), system.add_process(100)
    for process in (late, early, late):
        process.necp_open()
        process.necp_open(OpenFlag.PUSH_OBSERVER)
    state = system.snapshot()
    assert [(fd.pid, fd.fd) for fd in state.fds] == [(100, 3), (300, 3), (300, 5)]
    assert [(fd.pid, fd.fd) for fd in state.observers] == [(100, 4), (300, 4), (300, 6)]


def test_policies_agents_and_statistics_are_in_a_full_snapshot_only() -> None:
    laptop = make_laptop()
    laptop.system.update_route(RouteUpdate("0.0.0.0/0@en0", RouteStats(rxpackets=3)))
    state = laptop.system.snapshot()
    assert (state.policies, state.netagents, state.route_statistics) == (None, None, ())
    state = laptop.system.snapshot(full=True)
    assert state.policies is not None and state.netagents is not None
    (counted,) = state.route_statistics
    assert counted.route == "0.0.0.0/0@en0"
    assert counted.counters == (3, *[0] * (len(COUNTER_NAMES) - 1))


def test_what_sessions_and_executables_leave_can_be_written_as_json() -> None:
    laptop = make_laptop()
    root = laptop.system.add_process(1, uid=0)
    session = root.submit(NecpSessionOpen(1)).retval
    assert session is not None
    events: list[Input] = [
        NecpSessionAction(1, session, SessionAction.POLICY_APPLY_ALL),
        TakeSnapshot(full=True),
    ]
    for event in events:
        outcome = laptop.system.submit(event).outcome
        assert outcome_from_json(event, outcome_to_json(outcome, event)) == outcome


def test_a_result_that_outgrew_its_buffer_is_shown_whole() -> None:
    laptop = make_laptop()
    agents = tuple(laptop.system.add_agent(f"a{number}").uuid for number in range(24))
    laptop.wifi.update(IfaceUpdate(0, agents=agents))
    state = laptop.client(laptop.fd.add(remote=REMOTE))
    assert state.result_length == RESULT_OVERFLOWED
    assert len(state.result) == 512


def test_a_client_without_a_route_shows_none() -> None:
    laptop = make_laptop()
    state = laptop.client(laptop.fd.add(remote=REMOTE, require_if_type=[6]))
    assert (state.has_route, state.route_ifindex, state.route_flags) == (False, None, None)


def test_nexus_flows_have_an_agent_and_others_a_handle() -> None:
    laptop = make_laptop()
    client = laptop.fd.add(remote=REMOTE, multipath=True)
    laptop.system.submit(InjectNexusFlow(client.client_id, b"\xa1" * 16))
    nexus, *others = laptop.client(client).flows
    assert (nexus.nexus_agent, nexus.handle, nexus.cb) == (b"\xa1" * 16, None, None)
    assert {(flow.nexus_agent, flow.handle, flow.cb) for flow in others} == {(None, "", 0)}
