"""The options of an agent's control socket, and the messages written to it."""

from __future__ import annotations

import pytest

from necp_replay.abi.errno import Errno
from necp_replay.abi.netagent import AgentMessageError, AgentMessageType
from necp_replay.events import agents
from necp_replay.events.effects import ControlSocketMessage
from necp_replay.events.outcome import OptionData
from necp_replay.releases.names import find_release
from tests.kernel.agents.world import (
    encoded_agent,
    logs,
    make_system,
    message,
    messages,
    register,
    response,
    send,
)


def test_an_unknown_option_is_enoprotoopt() -> None:
    system = make_system()
    register(system)
    answer = system.submit(agents.NetagentSetopt("a1", 99, b"\0"))
    assert (answer.errno, logs(answer)) == (Errno.ENOPROTOOPT, [(3, "netagent_ctl_setopt")])


def test_only_the_use_count_can_be_read_as_an_option() -> None:
    system = make_system()
    register(system)
    answer = system.submit(agents.NetagentGetopt("a1", 3))
    assert (answer.errno, answer.answer) == (Errno.ENOPROTOOPT, OptionData(None))


def test_the_use_count_reads_as_it_was_set() -> None:
    system = make_system()
    register(system)
    system.submit(agents.NetagentSetopt("a1", 16, b"\x0a" + bytes(7)))
    answer = system.submit(agents.NetagentGetopt("a1", 16))
    assert (answer.errno, answer.answer) == (0, OptionData(b"\x0a" + bytes(7)))


@pytest.mark.parametrize("length", [0, 4, 9])
def test_a_use_count_of_another_length_is_einval(length: int) -> None:
    system = make_system()
    register(system)
    assert system.submit(agents.NetagentSetopt("a1", 16, bytes(length))).errno == Errno.EINVAL
    assert system.submit(agents.NetagentGetopt("a1", 16, length)).errno == Errno.EINVAL


def test_the_use_count_without_an_agent_is_enoent() -> None:
    system = make_system()
    register(system)
    system.submit(agents.NetagentUnregister("a1"))
    assert system.submit(agents.NetagentSetopt("a1", 16, bytes(8))).errno == Errno.ENOENT
    assert system.submit(agents.NetagentGetopt("a1", 16, 8)).errno == Errno.ENOENT


def test_a_message_shorter_than_its_header_is_einval() -> None:
    system = make_system()
    register(system)
    answer = send(system, b"\4")
    assert (answer.errno, logs(answer)) == (Errno.EINVAL, [(3, "netagent_ctl_send")])


def test_a_message_of_unknown_type_is_answered_with_an_error() -> None:
    system = make_system()
    register(system)
    assert response(send(system, message(99))) == (99, AgentMessageError.UNKNOWN_TYPE)


@pytest.mark.parametrize("message_type", [AgentMessageType.ASSERT, AgentMessageType.UNASSERT])
def test_deprecated_messages_are_logged_and_not_answered(message_type: AgentMessageType) -> None:
    system = make_system()
    register(system)
    answer = send(system, message(message_type))
    assert (logs(answer), messages(answer.effects)) == ([(3, "netagent_ctl_send")], [])


def test_get_returns_the_agent_and_logs_success_as_a_failure() -> None:
    system = make_system()
    register(system)
    answer = send(system, message(AgentMessageType.GET))
    (sent,) = messages(answer.effects)
    assert sent.delivery == ControlSocketMessage(9, 0, 1, encoded_agent())
    assert logs(answer) == [(3, "netagent_handle_get")]


def test_get_that_cannot_be_delivered_logs_nothing() -> None:
    system = make_system()
    register(system)
    system.submit(agents.NetagentFail("a1", 55))
    assert logs(send(system, message(AgentMessageType.GET))) == []


def test_a_response_that_cannot_be_delivered_is_logged() -> None:
    system = make_system()
    register(system)
    system.submit(agents.NetagentFail("a1", 55))
    assert logs(send(system, message(AgentMessageType.UNREGISTER))) == [
        (3, "netagent_send_success_response")
    ]
    assert logs(send(system, message(AgentMessageType.GET))) == [
        (3, "netagent_handle_get"),
        (3, "netagent_send_error_response"),
    ]


def test_later_releases_log_get_and_do_not_answer_it() -> None:
    system = make_system(find_release("xnu-11215.1.10", under_way=True))
    register(system)
    answer = send(system, message(AgentMessageType.GET))
    assert (len(logs(answer)), messages(answer.effects)) == (1, [])
