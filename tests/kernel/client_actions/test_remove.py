"""REMOVE."""

from __future__ import annotations

import pytest

from necp_replay.abi.client import (
    IFNET_STATS_PER_FLOW_BYTES,
    ClientAction,
    ObserverUpdateType,
    OpenFlag,
)
from necp_replay.abi.errno import Errno
from necp_replay.abi.netagent import AgentMessageType
from necp_replay.abi.tlv import pack_tlv
from necp_replay.events.effects import AgentMessage, Wake
from necp_replay.events.notifications import InjectNexusFlow
from necp_replay.scenario.buffers import BufferLike, faulting, room
from tests.kernel.builders import NEWER, OLDER, REMOTE, effects_of, make_laptop
from tests.kernel.client_actions.arguments import Arguments, unreadable, verdict

FUNCTION = "necp_client_remove"
STATISTICS = room(IFNET_STATS_PER_FLOW_BYTES)
UNREADABLE = faulting(IFNET_STATS_PER_FLOW_BYTES, 5)
UNKNOWN = b"\x77" * 16


@pytest.mark.parametrize(
    ("arguments", "errno", "logs"),
    [
        pytest.param(Arguments(None, None), Errno.EINVAL, [], id="no id"),
        pytest.param(Arguments(room(15), None), Errno.EINVAL, [], id="a short id"),
        pytest.param(Arguments(room(17), None), Errno.EINVAL, [], id="a long id"),
        pytest.param(Arguments(unreadable(), None), Errno.EFAULT, [FUNCTION], id="a fault"),
    ],
)
def test_bad_arguments_are_refused(arguments: Arguments, errno: Errno, logs: list[str]) -> None:
    laptop = make_laptop()
    assert verdict(arguments.call(laptop.fd, ClientAction.REMOVE)) == (errno, logs)


@pytest.mark.parametrize(
    ("release", "is_there", "statistics", "errno", "logs"),
    [
        pytest.param(OLDER, True, None, 0, 0, id="older"),
        pytest.param(OLDER, True, STATISTICS, 0, 0, id="older, statistics"),
        pytest.param(OLDER, True, room(95), 0, 1, id="older, statistics of another length"),
        pytest.param(OLDER, True, UNREADABLE, Errno.EFAULT, 1, id="older, fault"),
        pytest.param(OLDER, False, None, 0, 0, id="older, unknown"),
        pytest.param(OLDER, False, room(0), 0, 1, id="older, unknown, statistics of length 0"),
        pytest.param(OLDER, False, UNREADABLE, Errno.EFAULT, 1, id="older, unknown, fault"),
        pytest.param(NEWER, True, None, 0, 0, id="newer"),
        pytest.param(NEWER, True, STATISTICS, 0, 0, id="newer, statistics"),
        pytest.param(NEWER, True, room(95), 0, 1, id="newer, statistics of another length"),
        pytest.param(NEWER, True, UNREADABLE, 0, 1, id="newer, fault"),
        pytest.param(NEWER, False, None, Errno.ENOENT, 1, id="newer, unknown"),
        pytest.param(NEWER, False, UNREADABLE, Errno.ENOENT, 2, id="newer, unknown, fault"),
    ],
)
def test_what_remove_answers_depends_on_client_statistics_and_release(
    release: str, is_there: bool, statistics: BufferLike, errno: int, logs: int
) -> None:
    laptop = make_laptop(release)
    client = laptop.fd.add(remote=REMOTE) if is_there else laptop.fd.client(UNKNOWN)
    answer = client.remove(statistics)
    assert verdict(answer) == (errno, [FUNCTION] * logs)
    assert laptop.system.snapshot().necp_client_count == 0
    assert client.copy_result().errno == Errno.ENOENT


def test_a_client_of_another_fd_is_not_found() -> None:
    laptop = make_laptop()
    client = laptop.fd.add(remote=REMOTE)
    other = laptop.app.necp_open(OpenFlag.OBSERVER)
    assert other.client(client.client_id).remove().errno == Errno.ENOENT
    assert laptop.client(client)


def test_observers_hear_of_it_first_then_agents_of_flows_then_of_assertions() -> None:
    laptop = make_laptop()
    observer = laptop.app.necp_open(OpenFlag.PUSH_OBSERVER)
    asserted = [laptop.system.add_agent(name, flags=0x3) for name in ("a1", "a2")]
    nexus = laptop.system.add_agent("n1", flags=0x83)
    client = laptop.fd.add(remote=REMOTE)
    for agent in asserted:
        client.agent_action(pack_tlv(131, agent.uuid))
    laptop.system.submit(InjectNexusFlow(client.client_id, nexus.uuid))
    answer = client.remove()
    assert [type(effect) for effect in answer.effects] == [Wake, *[AgentMessage] * 3]
    sent = [e for e in effects_of(answer, AgentMessage) if isinstance(e, AgentMessage)]
    # A control socket is told to close a nexus where the kernel aborts it.
    assert [(e.agent, e.type) for e in sent] == [
        (nexus.uuid, AgentMessageType.CLOSE_NEXUS),
        (asserted[1].uuid, AgentMessageType.CLIENT_UNASSERT),
        (asserted[0].uuid, AgentMessageType.CLIENT_UNASSERT),
    ]
    updates = laptop.system.snapshot().observers[0].updates
    assert updates[-1].update_type == ObserverUpdateType.REMOVE
    assert observer.poll().errno == 0


def test_a_removed_client_is_no_longer_counted_and_neither_are_its_flows() -> None:
    laptop = make_laptop()
    client = laptop.fd.add(remote=REMOTE)
    laptop.system.submit(InjectNexusFlow(client.client_id))
    assert laptop.system.snapshot().necp_if_flow_count == 1
    client.remove()
    assert laptop.system.snapshot().necp_if_flow_count == 0
