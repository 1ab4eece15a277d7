"""Freeing a client."""

from __future__ import annotations

import pytest

from necp_replay.abi.errno import Errno
from necp_replay.abi.netagent import AgentMessageType
from necp_replay.abi.tlv import pack_tlv
from necp_replay.events.effects import AgentMessage
from necp_replay.events.notifications import InjectNexusFlow
from necp_replay.events.sockets import RegisterSocketFlow, SocketCreate
from tests.kernel.builders import REMOTE, Laptop, effects_of, log_functions, make_laptop

FUNCTION = "necp_destroy_client"
NEXUS_PROVIDER = 0x83


def messages(laptop: Laptop, *, requested: bool = True) -> list[int]:
    """The messages to an agent when a client with a nexus flow of it is removed."""
    agent = laptop.system.add_agent("a1", flags=NEXUS_PROVIDER, via="kernel").uuid
    client = laptop.fd.add(remote=REMOTE)
    laptop.system.submit(InjectNexusFlow(client.client_id, agent, requested=requested))
    found = effects_of(client.remove(), AgentMessage)
    return [effect.type for effect in found if isinstance(effect, AgentMessage)]


@pytest.mark.parametrize(
    ("requested", "types"), [(True, [AgentMessageType.ABORT_NEXUS]), (False, [])]
)
def test_a_nexus_that_was_requested_is_aborted(requested: bool, types: list[int]) -> None:
    assert messages(make_laptop(), requested=requested) == types


def test_an_unregistered_agent_is_logged_for_assertions_and_not_for_flows() -> None:
    laptop = make_laptop()
    agent = laptop.system.add_agent("a1", flags=NEXUS_PROVIDER)
    client = laptop.fd.add(remote=REMOTE)
    laptop.system.submit(InjectNexusFlow(client.client_id, agent.uuid))
    client.agent_action(pack_tlv(131, agent.uuid))
    agent.unregister()
    answer = client.remove()
    assert answer.errno == 0
    assert log_functions(answer) == [FUNCTION]


def test_a_client_is_freed_though_its_agent_cannot_be_told() -> None:
    laptop = make_laptop()
    agent = laptop.system.add_agent("a1", flags=NEXUS_PROVIDER)
    client = laptop.fd.add(remote=REMOTE)
    laptop.system.submit(InjectNexusFlow(client.client_id, agent.uuid))
    agent.fail(Errno.ENOBUFS)
    answer = client.remove()
    assert answer.errno == 0
    assert FUNCTION in log_functions(answer)
    assert laptop.system.snapshot().necp_client_count == 0


def test_freed_flows_are_counted_by_kind() -> None:
    laptop = make_laptop()
    client = laptop.fd.add(remote=REMOTE, multipath=True)
    laptop.system.add_socket(SocketCreate("s1"))
    laptop.system.submit(RegisterSocketFlow(0, client.client_id, "s1"))
    before = laptop.system.snapshot()
    assert before.necp_socket_flow_count == 1
    assert before.necp_if_flow_count > 0
    client.remove()
    after = laptop.system.snapshot()
    assert (after.necp_socket_flow_count, after.necp_if_flow_count) == (0, 0)
