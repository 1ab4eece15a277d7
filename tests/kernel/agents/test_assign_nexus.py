"""Agents that assign results to clients and report protocol events."""

from __future__ import annotations

import pytest

from necp_replay.abi.errno import Errno
from necp_replay.abi.netagent import AgentMessageError, AgentMessageType
from necp_replay.events import agents
from necp_replay.events.outcome import Panicked
from necp_replay.scenario.process import ClientHandle
from necp_replay.scenario.system import System
from tests.kernel.agents.world import (
    inject_flow,
    logs,
    make_system,
    message,
    register,
    response,
    send,
)

VIAS = ["setopt", "message", "kernel"]
RESULTS = b"\x64\x01\x00\x00\x00\xff"


def system_with_flow(via: str) -> tuple[System, ClientHandle]:
    """A client with a nexus flow of agent ``a1``."""
    system = make_system()
    register(system, via=via)
    client = system.add_process(7).necp_open().add()
    inject_flow(system, client.client_id)
    return system, client


@pytest.mark.parametrize("via", VIAS)
def test_what_an_agent_assigns_is_in_the_copied_result_of_the_client(via: str) -> None:
    system, client = system_with_flow(via)
    answer = system.submit(agents.NetagentAssignNexus("a1", client.client_id, RESULTS))
    assert answer.errno == 0
    (flow,) = client.copy_result().flows
    assert flow.endswith(RESULTS)


@pytest.mark.parametrize(
    ("via", "errno", "records"),
    [
        ("setopt", Errno.ENOENT, [(3, "netagent_handle_assign_nexus_setopt")]),
        ("kernel", Errno.ENOENT, []),
    ],
)
def test_assigning_to_an_unknown_client_is_enoent(
    via: str, errno: Errno, records: list[tuple[int, str]]
) -> None:
    system, _ = system_with_flow(via)
    answer = system.submit(agents.NetagentAssignNexus("a1", b"\xee" * 16, RESULTS))
    assert (answer.errno, logs(answer)) == (errno, records)


@pytest.mark.parametrize("via", ["setopt", "kernel"])
def test_assigning_to_a_client_without_a_flow_of_the_agent_is_einval(via: str) -> None:
    system = make_system()
    register(system, via=via)
    client = system.add_process(7).necp_open().add()
    event = agents.NetagentAssignNexus("a1", client.client_id, RESULTS)
    assert system.submit(event).errno == Errno.EINVAL


@pytest.mark.parametrize("via", ["setopt", "kernel"])
def test_assigning_without_an_agent_is_enoent(via: str) -> None:
    system, client = system_with_flow(via)
    system.submit(agents.NetagentUnregister("a1"))
    event = agents.NetagentAssignNexus("a1", client.client_id, RESULTS)
    assert system.submit(event).errno == Errno.ENOENT


def test_an_assignment_without_a_whole_client_id_is_einval() -> None:
    system, _ = system_with_flow("setopt")
    assert system.submit(agents.NetagentSetopt("a1", 11, b"\0")).errno == Errno.EINVAL


def test_an_assignment_by_message_is_answered() -> None:
    system, client = system_with_flow("message")
    answer = system.submit(agents.NetagentAssignNexus("a1", client.client_id, RESULTS))
    assert response(answer) == (AgentMessageType.ASSIGN_NEXUS, AgentMessageError.NONE)


BAD_MESSAGES = {
    "too short": (message(11, bytes(15)), AgentMessageError.INVALID_DATA),
    "results missing": (
        message(11, bytes(16), payload_length=17),
        AgentMessageError.INTERNAL,
    ),
    "unknown client": (message(11, b"\xee" * 16), AgentMessageError.CANNOT_ASSIGN),
}


@pytest.mark.parametrize(("content", "error"), BAD_MESSAGES.values(), ids=BAD_MESSAGES.keys())
def test_a_refused_message_is_answered_with_an_error(
    content: bytes, error: AgentMessageError
) -> None:
    system, _ = system_with_flow("setopt")
    assert response(send(system, content)) == (AgentMessageType.ASSIGN_NEXUS, error)


def test_a_message_that_claims_more_results_than_the_allocator_gives_panics() -> None:
    system, _ = system_with_flow("setopt")
    limit = 1024 * 1024 * 1024
    most = message(11, bytes(16), payload_length=16 + limit)
    assert response(send(system, most)) == (
        AgentMessageType.ASSIGN_NEXUS,
        AgentMessageError.INTERNAL,
    )
    answer = send(system, message(11, bytes(16), payload_length=17 + limit))
    assert isinstance(answer.answer, Panicked)


def test_a_message_without_an_agent_is_answered_with_an_error() -> None:
    system, _ = system_with_flow("setopt")
    system.submit(agents.NetagentUnregister("a1"))
    assert response(send(system, message(11, bytes(16)))) == (
        AgentMessageType.ASSIGN_NEXUS,
        AgentMessageError.NOT_REGISTERED,
    )


def test_a_protocol_event_is_stored_on_the_flow_of_the_agent() -> None:
    system, client = system_with_flow("kernel")
    event = agents.NetagentProtoctl("a1", client.client_id, 1, 2, 3)
    assert system.submit(event).errno == 0
    (fd,) = system.snapshot().fds
    assert fd.clients[0].flows[0].protoctl_event == (1, 2, 3)


def test_a_protocol_event_without_an_agent_is_enoent() -> None:
    system, client = system_with_flow("kernel")
    system.submit(agents.NetagentUnregister("a1"))
    answer = system.submit(agents.NetagentProtoctl("a1", client.client_id))
    assert answer.errno == Errno.ENOENT
    assert logs(answer) == [(3, "netagent_update_flow_protoctl_event")]
