"""REMOVE_FLOW."""

from __future__ import annotations

import pytest

from necp_replay.abi.client import IFNET_STATS_PER_FLOW_BYTES, ClientAction, FlowFlag
from necp_replay.abi.errno import Errno
from necp_replay.abi.netagent import AgentMessageType
from necp_replay.events.effects import AgentMessage
from necp_replay.scenario.answers import CallAnswer
from necp_replay.scenario.buffers import BufferLike, faulting, room
from necp_replay.scenario.process import ClientHandle
from tests.kernel.builders import REMOTE, Laptop, effects_of, make_laptop
from tests.kernel.client_actions.arguments import Arguments, unreadable, verdict

RELEASE = "xnu-7195.50.7.100.1"
FUNCTION = "necp_client_remove_flow"
AGENT = b"\x11" * 16
REMOVE_FLOW = ClientAction.REMOVE_FLOW


def make_world() -> tuple[Laptop, ClientHandle]:
    laptop = make_laptop(RELEASE)
    laptop.system.add_agent("daemon", uuid=AGENT, flags=0x83)
    return laptop, laptop.fd.add(remote=REMOTE)


def registered_ids(laptop: Laptop, client: ClientHandle) -> list[bytes]:
    return [each.registration_id for each in laptop.client(client).registrations or ()]


def message_types(answer: CallAnswer) -> list[int]:
    return [e.type for e in effects_of(answer, AgentMessage) if isinstance(e, AgentMessage)]


@pytest.mark.parametrize(
    ("arguments", "errno", "records"),
    [
        pytest.param(Arguments(None, None), Errno.EINVAL, 2, id="no id"),
        pytest.param(Arguments(room(15), None), Errno.EINVAL, 2, id="a short id"),
        pytest.param(Arguments(unreadable(), None), Errno.EFAULT, 2, id="an id that faults"),
        pytest.param(Arguments(room(16), room(95)), Errno.OK, 1, id="statistics of another size"),
    ],
)
def test_bad_arguments_are_logged(arguments: Arguments, errno: Errno, records: int) -> None:
    laptop = make_laptop(RELEASE)
    assert verdict(arguments.call(laptop.fd, REMOVE_FLOW)) == (errno, [FUNCTION] * records)


def test_a_registration_is_removed_and_others_stay() -> None:
    laptop, client = make_world()
    one, other = client.add_flow(), client.add_flow()
    assert (one.remove_flow().errno, one.copy_parameters().errno) == (0, Errno.ENOENT)
    assert registered_ids(laptop, client) == [other.client_id]
    assert other.remove_flow(room(IFNET_STATS_PER_FLOW_BYTES)).effects == ()
    assert registered_ids(laptop, client) == []
    assert client.remove().errno == Errno.OK


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (FlowFlag.BROWSE, AgentMessageType.CLIENT_UNASSERT),
        (FlowFlag.RESOLVE, AgentMessageType.CLIENT_UNASSERT),
        (FlowFlag.BROWSE | FlowFlag.ALLOW_NEXUS, AgentMessageType.CLOSE_NEXUS),
    ],
)
def test_the_agent_of_a_nexus_flow_is_told_of_its_end(
    flags: FlowFlag, message: AgentMessageType
) -> None:
    _, client = make_world()
    assert message_types(client.add_flow(flags, AGENT).remove_flow()) == [message]


def test_the_agent_of_a_defunct_flow_is_told_nothing_more() -> None:
    laptop, client = make_world()
    registration = client.add_flow(FlowFlag.BROWSE, AGENT)
    assert message_types(laptop.fd.defunct()) == [AgentMessageType.CLIENT_UNASSERT]
    assert registration.remove_flow().effects == ()


def test_statistics_that_cannot_be_read_do_not_keep_the_registration() -> None:
    laptop, client = make_world()
    registration = client.add_flow()
    answer = registration.remove_flow(faulting(IFNET_STATS_PER_FLOW_BYTES, 40))
    assert verdict(answer) == (Errno.EFAULT, [FUNCTION] * 2)
    assert registered_ids(laptop, client) == []


@pytest.mark.parametrize("flow_id", [b"\x77" * 16, b"\x76" * 16], ids=["a flow's", "a client's"])
def test_an_unknown_registration_is_no_error(flow_id: BufferLike) -> None:
    laptop, _ = make_world()
    assert verdict(laptop.fd.action(REMOVE_FLOW, flow_id, None)) == (0, [])


def test_a_client_is_not_removed() -> None:
    laptop, client = make_world()
    assert client.remove_flow().errno == Errno.OK
    assert laptop.client(client)


def test_an_id_that_was_given_twice_is_removed_once() -> None:
    laptop, client = make_world()
    laptop.system.next_uuids(b"\x77" * 16, b"\x77" * 16)
    one, again = client.add_flow(), client.add_flow()
    assert one.client_id == again.client_id
    assert one.remove_flow().errno == again.remove_flow().errno == Errno.OK
    assert registered_ids(laptop, client) == []


def test_a_registration_of_another_fd_is_unknown() -> None:
    laptop, client = make_world()
    registration = client.add_flow()
    other = laptop.app.necp_open()
    assert other.action(REMOVE_FLOW, registration.client_id, None).errno == Errno.OK
    assert registered_ids(laptop, client) == [registration.client_id]


def test_an_older_release_does_not_know_it() -> None:
    answer = make_laptop().fd.action(REMOVE_FLOW, room(16), None)
    assert verdict(answer) == (Errno.EINVAL, ["necp_client_action"])


def test_a_later_release_reads_what_statistics_there_are() -> None:
    laptop = make_laptop("xnu-11417.121.6")
    client = laptop.fd.add(remote=REMOTE)
    for statistics, errno, logs in ((room(1), 0, 0), (room(0), 0, 1), (faulting(50, 5), 14, 2)):
        answer = client.add_flow().remove_flow(statistics)
        assert (answer.errno, len(answer.effects)) == (errno, logs)
