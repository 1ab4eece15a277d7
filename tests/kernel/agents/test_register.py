"""Registering agents: by option, by message, and from within the kernel."""

from __future__ import annotations

import pytest

from necp_replay.abi.errno import Errno
from necp_replay.abi.netagent import AgentEvent, AgentMessageError, AgentMessageType
from necp_replay.events import agents
from necp_replay.releases.names import find_release
from tests.kernel.agents.world import (
    A1,
    A2,
    announced,
    arms_timer,
    encoded_agent,
    logs,
    make_system,
    message,
    only_agent,
    register,
    registry_of,
    response,
    send,
)

SIZES = {
    "negative": 0x80000000,
    "over the limit": 4097,
}


@pytest.mark.parametrize("via", ["setopt", "message", "kernel", "kernel_nohandler"])
def test_registering_posts_an_event_and_arms_the_update_timer(via: str) -> None:
    answer = register(make_system(), via=via)
    assert (answer.errno, announced(answer), arms_timer(answer)) == (
        0,
        [AgentEvent.REGISTERED],
        True,
    )


def test_a_registered_agent_has_the_registered_flag() -> None:
    system = make_system()
    register(system, flags=0x8)
    assert only_agent(system).flags == 0x9


def test_agents_are_listed_newest_first_with_growing_generations() -> None:
    system = make_system()
    register(system, "a1", A1)
    register(system, "a2", A2)
    assert [(a.uuid, a.generation) for a in registry_of(system).agents] == [(A2, 2), (A1, 1)]


def test_control_units_count_control_sockets_only() -> None:
    system = make_system()
    register(system, "k1", A1, via="kernel")
    register(system, "a1", A2)
    assert [a.control_unit for a in registry_of(system).agents] == [1, 0]


def test_only_active_agents_are_counted_active() -> None:
    system = make_system()
    register(system, "a1", A1, flags=0x2)
    register(system, "a2", A2, flags=0x0)
    registry = registry_of(system)
    assert (registry.netagent_registered_count, registry.netagent_active_count) == (2, 1)


@pytest.mark.parametrize(
    ("via", "function"),
    [("setopt", "netagent_handle_register_setopt"), ("kernel", "netagent_register")],
)
def test_a_session_registers_one_agent_only(via: str, function: str) -> None:
    system = make_system()
    register(system, via=via)
    answer = register(system, via=via)
    assert (answer.errno, logs(answer)) == (Errno.EINVAL, [(3, function)])


def test_a_second_registration_by_message_is_answered_with_an_error() -> None:
    system = make_system()
    register(system, via="message")
    answer = register(system, uuid=A2, via="message")
    assert answer.errno == 0
    assert response(answer) == (
        AgentMessageType.REGISTER,
        AgentMessageError.ALREADY_REGISTERED,
    )


def test_messages_have_the_uuid_of_the_last_registration_even_of_a_refused_one() -> None:
    system = make_system()
    register(system, via="message")
    (refused,) = (
        e for e in register(system, uuid=A2, via="message").effects if hasattr(e, "agent")
    )
    assert refused.agent == A2


@pytest.mark.parametrize("data_size", SIZES.values(), ids=SIZES.keys())
@pytest.mark.parametrize("via", ["setopt", "kernel"])
def test_data_of_an_impossible_size_is_einval(via: str, data_size: int) -> None:
    answer = make_system().submit(agents.NetagentRegister("a1", A1, via=via, data_size=data_size))
    assert answer.errno == Errno.EINVAL


@pytest.mark.parametrize("raw", [b"", b"x" * 215, encoded_agent() + b"x"])
def test_an_option_that_is_not_one_whole_agent_is_einval(raw: bytes) -> None:
    assert make_system().submit(agents.NetagentRegister("a1", raw=raw)).errno == Errno.EINVAL


BAD_MESSAGES = {
    "header says too little": (
        message(1, encoded_agent(), payload_length=215),
        AgentMessageError.INVALID_DATA,
    ),
    "shorter than an agent": (
        message(1, b"x" * 215, payload_length=216),
        AgentMessageError.INVALID_DATA,
    ),
    "data size too large": (
        message(1, encoded_agent(data_size=4097)),
        AgentMessageError.INVALID_DATA,
    ),
    "data missing": (message(1, encoded_agent(data_size=1)), AgentMessageError.INTERNAL),
}


@pytest.mark.parametrize(("content", "error"), BAD_MESSAGES.values(), ids=BAD_MESSAGES.keys())
def test_a_message_without_a_whole_agent_is_answered_with_an_error(
    content: bytes, error: AgentMessageError
) -> None:
    system = make_system()
    register(system)
    system.submit(agents.NetagentUnregister("a1"))
    assert response(send(system, content)) == (AgentMessageType.REGISTER, error)


def test_a_message_may_carry_more_than_the_agent_it_registers() -> None:
    system = make_system()
    register(system)
    system.submit(agents.NetagentUnregister("a1"))
    send(system, message(1, encoded_agent(A2, data_size=2) + b"abcd"))
    assert only_agent(system).data_size == 2


def test_of_two_agents_with_one_id_the_newer_is_found_until_it_unregisters() -> None:
    system = make_system()
    process = system.add_process(1)
    register(system, "old", A1, flags=0x8)
    register(system, "new", A1, flags=0x0)
    assert process.netagent_trigger(A1).errno == Errno.ENOTSUP
    system.submit(agents.NetagentClose("new"))
    assert process.netagent_trigger(A1).errno == 0


def test_an_input_for_a_session_that_is_not_open_is_enoent() -> None:
    system = make_system()
    for event in (
        agents.NetagentUpdate("no"),
        agents.NetagentSetFlags("no", 1),
        agents.NetagentUnregister("no"),
        agents.NetagentClose("no"),
        agents.NetagentSetopt("no", 1),
        agents.NetagentGetopt("no", 16),
        agents.NetagentMessage("no"),
        agents.NetagentFail("no", 55),
        agents.NetagentAssignNexus("no"),
        agents.NetagentProtoctl("no"),
    ):
        assert system.submit(event).errno == Errno.ENOENT


CONTENT_FIRST = find_release("xnu-8792.41.9", under_way=True)
"""A release that looks at the session after it looked at what was sent."""


@pytest.mark.parametrize("via", ["setopt", "kernel"])
def test_later_releases_refuse_a_second_agent_without_a_record(via: str) -> None:
    system = make_system(CONTENT_FIRST)
    register(system, via=via)
    answer = register(system, via=via)
    assert (answer.errno, answer.effects) == (Errno.EINVAL, ())


def test_later_releases_answer_a_second_agent_by_message_with_internal() -> None:
    system = make_system(CONTENT_FIRST)
    register(system, via="message")
    for raw, error in (
        (encoded_agent(A2), AgentMessageError.INTERNAL),
        (b"short", AgentMessageError.INVALID_DATA),
    ):
        answer = system.submit(agents.NetagentRegister("a1", raw=raw, via="message"))
        assert response(answer) == (AgentMessageType.REGISTER, error)
        assert len(logs(answer)) == 1
