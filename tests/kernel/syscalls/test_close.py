"""``close``, and what a process's end closes."""

from __future__ import annotations

import pytest

from necp_replay.abi.client import FlowFlag, ObserverUpdateType, OpenFlag
from necp_replay.abi.errno import Errno
from necp_replay.abi.netagent import AgentMessageType
from necp_replay.abi.tlv import pack_tlv
from necp_replay.events.effects import AgentMessage, KernelAgentMessage, Wake
from necp_replay.events.notifications import InjectNexusFlow
from necp_replay.scenario.answers import CallAnswer
from tests.kernel.builders import REMOTE, effects_of, log_functions, make_laptop, make_system


def wakes(answer: CallAnswer) -> list[tuple[int, int]]:
    return [(e.pid, e.fd) for e in effects_of(answer, Wake) if isinstance(e, Wake)]


def test_closing_what_is_not_open_is_ebadf() -> None:
    app = make_system().add_process(100)
    fd = app.necp_open()
    assert fd.close().errno == 0
    assert fd.close().errno == Errno.EBADF
    assert app.on_fd(-1).close().errno == Errno.EBADF


def test_any_kind_of_fd_can_be_closed() -> None:
    system = make_system()
    app = system.add_process(100, uid=0)
    opened = (app.necp_open(), app.necp_open(OpenFlag.PUSH_OBSERVER), app.open_other())
    assert [fd.close().errno for fd in opened] == [0, 0, 0]
    assert app.necp_session_open().close().errno == 0
    state = system.snapshot()
    assert (state.fds, state.observers) == ((), ())
    assert (state.necp_client_fd_count, state.necp_observer_fd_count) == (0, 0)


def test_clients_end_in_the_order_of_their_ids_and_their_agents_are_told() -> None:
    laptop = make_laptop()
    agent = laptop.system.add_agent("a1", flags=0x83)
    laptop.system.next_uuids(b"\x22" * 16, b"\x11" * 16)
    for client in [laptop.fd.add(remote=REMOTE) for _ in range(2)]:
        client.agent_action(pack_tlv(131, agent.uuid))
        laptop.system.submit(InjectNexusFlow(client.client_id, agent.uuid))
    sent = [e for e in effects_of(laptop.fd.close(), AgentMessage) if isinstance(e, AgentMessage)]
    assert [(e.client_id, e.type) for e in sent] == [
        (b"\x11" * 16, AgentMessageType.CLOSE_NEXUS),
        (b"\x11" * 16, AgentMessageType.CLIENT_UNASSERT),
        (b"\x22" * 16, AgentMessageType.CLOSE_NEXUS),
        (b"\x22" * 16, AgentMessageType.CLIENT_UNASSERT),
    ]
    state = laptop.system.snapshot()
    assert (state.necp_client_count, state.necp_if_flow_count, state.fds) == (0, 0, ())


@pytest.mark.parametrize(("release", "handle"), [("xnu-8796.141.3", 1), ("xnu-10002.1.13", 0)])
def test_agents_of_a_closed_fd_get_no_handle_in_later_releases(release: str, handle: int) -> None:
    laptop = make_laptop(release)
    agent = laptop.system.add_agent("kernel", flags=0x83, via="kernel")
    client = laptop.fd.add(remote=REMOTE)
    client.agent_action(pack_tlv(131, agent.uuid))
    sent = [e for e in effects_of(laptop.fd.close(), AgentMessage) if isinstance(e, AgentMessage)]
    (told,) = (e.delivery for e in sent if e.type == AgentMessageType.CLIENT_UNASSERT)
    assert isinstance(told, KernelAgentMessage)
    assert told.necp_handle == handle


def test_observers_hear_of_every_client() -> None:
    laptop = make_laptop()
    laptop.fd.add(remote=REMOTE)
    laptop.fd.add(remote=REMOTE)
    observer = laptop.app.necp_open(OpenFlag.PUSH_OBSERVER)
    assert wakes(laptop.fd.close()) == [(100, observer.fd)] * 2
    updates = laptop.system.snapshot().observers[0].updates
    assert [update.update_type for update in updates[-2:]] == [ObserverUpdateType.REMOVE] * 2


def test_the_clients_of_other_fds_stay() -> None:
    laptop = make_laptop()
    other = laptop.app.necp_open()
    kept = other.add(remote=REMOTE)
    laptop.fd.add(remote=REMOTE)
    laptop.fd.close()
    assert kept.copy_result().errno == 0


def test_the_end_of_a_process_closes_its_fds_from_the_highest_down() -> None:
    laptop = make_laptop()
    laptop.system.next_uuids(b"\x11" * 16, b"\x22" * 16)
    laptop.fd.add(remote=REMOTE)
    laptop.app.necp_open().add(remote=REMOTE)
    laptop.system.add_process(300).necp_open(OpenFlag.PUSH_OBSERVER)
    laptop.app.exit()
    updates = laptop.system.snapshot().observers[0].updates
    assert [update.client_id[0] for update in updates[-2:]] == [0x22, 0x11]
    assert laptop.fd.poll().errno == Errno.ESRCH


def test_an_id_that_two_fds_share_empties_the_list_of_all_clients_when_the_second_goes() -> None:
    laptop = make_laptop()
    shared, single = b"\x11" * 16, b"\x05" * 16
    laptop.system.next_uuids(single, shared, shared)
    for _ in range(2):
        laptop.fd.add(remote=REMOTE)
    other = laptop.app.necp_open(OpenFlag.OBSERVER)
    other.add(remote=REMOTE)
    assert other.client(single).copy_result().errno == 0
    other.client(shared).remove()
    assert other.client(single).copy_result().errno == Errno.ENOENT
    assert laptop.fd.client(single).copy_result().errno == 0


def test_clients_that_fell_off_the_list_replace_it_with_what_is_left_of_them_when_they_go() -> None:
    laptop = make_laptop()
    shared, single = b"\x11" * 16, b"\x05" * 16
    laptop.system.next_uuids(single, shared, shared)
    for _ in range(2):
        laptop.fd.add(remote=REMOTE)
    other = laptop.app.necp_open(OpenFlag.OBSERVER)
    other.add(remote=REMOTE).remove()
    late = laptop.system.add_process(300).necp_open().add(remote=REMOTE)
    assert other.client(late.client_id).copy_result().errno == 0
    laptop.fd.close()
    assert other.client(late.client_id).copy_result().errno == Errno.ENOENT


CLOSING_DEFUNCTS = "xnu-7195.50.7.100.1"


def test_later_releases_make_flows_defunct_first_and_tell_their_agents_last() -> None:
    laptop = make_laptop(CLOSING_DEFUNCTS)
    agent = laptop.system.add_agent("a1", flags=0x83)
    client = laptop.fd.add(remote=REMOTE)
    client.assert_agent(agent.uuid)
    flows = [client.add_flow(FlowFlag.BROWSE, agent.uuid) for _ in range(2)]
    sent = [e for e in effects_of(laptop.fd.close(), AgentMessage) if isinstance(e, AgentMessage)]
    # The assertion of the client, then the flows, the one with the highest id first.
    ids = sorted((flow.client_id for flow in flows), reverse=True)
    assert [e.client_id for e in sent] == [client.client_id, *ids]
    assert {e.type for e in sent} == {AgentMessageType.CLIENT_UNASSERT}


def test_agents_are_told_once_more_of_flows_that_were_defunct_before() -> None:
    laptop = make_laptop(CLOSING_DEFUNCTS)
    agent = laptop.system.add_agent("a1", flags=0x83)
    laptop.fd.add(remote=REMOTE).add_flow(FlowFlag.BROWSE, agent.uuid)
    assert len(effects_of(laptop.fd.defunct(), AgentMessage)) == 1
    assert len(effects_of(laptop.fd.close(), AgentMessage)) == 1


def test_an_agent_that_cannot_be_told_is_logged_under_the_function_of_all_defunct_flows() -> None:
    laptop = make_laptop(CLOSING_DEFUNCTS)
    agent = laptop.system.add_agent("a1", flags=0x83)
    laptop.fd.add(remote=REMOTE).add_flow(FlowFlag.BROWSE, agent.uuid)
    agent.unregister()
    assert "necp_process_defunct_list" in log_functions(laptop.fd.close())
