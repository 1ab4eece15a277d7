"""Control sockets for several agents: options name the agent, and messages say for which they are.

From xnu-11417 on.
"""

from __future__ import annotations

import pytest

from necp_replay.abi.errno import Errno
from necp_replay.abi.netagent import (
    AgentEvent,
    AgentMessageError,
    AgentMessageType,
    AgentOption,
    AgentOption8019,
    AgentOption11417,
)
from necp_replay.abi.uuid import UUID_BYTES
from necp_replay.events import agents
from necp_replay.events.effects import ControlSocketMessage, Log
from necp_replay.events.outcome import OptionData
from necp_replay.releases.names import find_release
from necp_replay.scenario.answers import CallAnswer
from necp_replay.scenario.system import System
from tests.kernel.agents.world import (
    A1,
    A2,
    announced,
    encoded_agent,
    make_system,
    message,
    messages,
    only_agent,
    register,
    registry_of,
    response,
    send,
)

PROFILE = find_release("xnu-11417.121.6", under_way=True)
EARLIER = find_release("xnu-11215.81.4", under_way=True)
UNKNOWN = b"\xee" * UUID_BYTES
NUMBERS = {
    AgentOption.USE_COUNT: 8,
    AgentOption8019.TOKEN_LOW_WATER: 4,
}


def setopt(system: System, option: int, content: bytes = b"") -> CallAnswer:
    return system.submit(agents.NetagentSetopt("a1", option, content))


def getopt(system: System, option: int, length: int, uuid: bytes | None = None) -> CallAnswer:
    return system.submit(agents.NetagentGetopt("a1", option, length, uuid))


def make_session(*uuids: bytes) -> System:
    """A session for several agents with these."""
    system = make_system(PROFILE)
    system.submit(agents.NetagentOpen("a1"))
    assert setopt(system, AgentOption11417.ENABLE_SESSION_MODE).errno == 0
    for uuid in uuids:
        assert register(system, "a1", uuid).errno == 0
    return system


def ids(system: System) -> list[bytes]:
    return [agent.uuid for agent in registry_of(system).agents]


def records(answer: CallAnswer) -> list[str | None]:
    return [e.function for e in answer.effects if isinstance(e, Log)]


def test_a_session_for_several_registers_several() -> None:
    system = make_session(A1, A2)
    assert ids(system) == [A2, A1]
    assert [agent.control_unit for agent in registry_of(system).agents] == [1, 1]


def test_a_session_with_an_agent_stays_what_it_is() -> None:
    system = make_system(PROFILE)
    register(system)
    answer = setopt(system, AgentOption11417.ENABLE_SESSION_MODE)
    assert answer.errno == Errno.EEXIST
    assert records(answer) == ["netagent_handle_enable_session_mode_setopt"]
    assert register(system, uuid=A2).errno == Errno.EINVAL


@pytest.mark.parametrize("option", list(AgentOption11417))
def test_earlier_releases_have_no_such_option(option: AgentOption11417) -> None:
    system = make_system(EARLIER)
    system.submit(agents.NetagentOpen("a1"))
    assert setopt(system, option).errno == Errno.ENOPROTOOPT


def test_all_agents_are_unregistered_in_the_order_of_their_registration() -> None:
    system = make_session(A1, A2)
    answer = setopt(system, AgentOption11417.UNREGISTER_ALL, b"ignored")
    assert announced(answer) == [AgentEvent.UNREGISTERED] * 2
    assert [getattr(e, "data", None) for e in answer.effects if hasattr(e, "data")] == [A1, A2]
    assert ids(system) == []
    assert setopt(system, AgentOption11417.UNREGISTER_ALL).errno == 0


def test_unregistering_names_one_agent() -> None:
    system = make_session(A1, A2)
    assert announced(setopt(system, AgentOption.UNREGISTER, A1)) == [AgentEvent.UNREGISTERED]
    assert ids(system) == [A2]
    assert announced(setopt(system, AgentOption.UNREGISTER, UNKNOWN)) == []


@pytest.mark.parametrize("payload", [b"", b"\xa1" * 15])
def test_unregistering_needs_a_whole_id(payload: bytes) -> None:
    system = make_session(A1)
    answer = setopt(system, AgentOption.UNREGISTER, payload)
    assert (answer.errno, records(answer)) == (
        Errno.EINVAL,
        ["netagent_handle_unregister_setopt"],
    )


def test_closing_the_session_unregisters_all() -> None:
    system = make_session(A1, A2)
    assert announced(system.submit(agents.NetagentClose("a1"))) == [AgentEvent.UNREGISTERED] * 2


def test_an_update_is_for_the_agent_with_its_id() -> None:
    system = make_session(A1, A2)
    answer = system.submit(agents.NetagentUpdate("a1", A1, flags=0x13))
    assert answer.errno == 0
    assert [(a.uuid, a.flags) for a in registry_of(system).agents] == [(A1, 0x13), (A2, 0x3)]
    assert system.submit(agents.NetagentUpdate("a1", UNKNOWN)).errno == Errno.ENOENT


def test_registering_and_unregistering_by_message_is_refused() -> None:
    system = make_session(A1)
    for kind in (AgentMessageType.REGISTER, AgentMessageType.UNREGISTER):
        answer = send(system, message(kind, encoded_agent(A2)))
        assert response(answer) == (kind, AgentMessageError.INVALID_DATA)
    assert ids(system) == [A1]


def test_an_update_by_message_finds_its_agent() -> None:
    system = make_session(A1, A2)
    answer = send(system, message(AgentMessageType.UPDATE, encoded_agent(A1, flags=0x13)))
    assert response(answer) == (AgentMessageType.UPDATE, 0)
    answer = send(system, message(AgentMessageType.UPDATE, encoded_agent(UNKNOWN)))
    assert response(answer) == (AgentMessageType.UPDATE, AgentMessageError.NOT_REGISTERED)


def test_a_message_says_which_agent_it_is_for() -> None:
    system = make_session(A1)
    register(system, "a1", A2, flags=0x9)
    (sent,) = messages(system.add_process(7).netagent_trigger(A2).effects)
    assert isinstance(sent.delivery, ControlSocketMessage)
    assert (sent.delivery.agent_id, len(sent.delivery.payload)) == (A2, 24)


def test_a_response_names_no_agent() -> None:
    system = make_session(A1)
    (sent,) = messages(send(system, message(99)).effects)
    assert isinstance(sent.delivery, ControlSocketMessage)
    assert sent.delivery.agent_id is None


@pytest.mark.parametrize(("option", "size"), NUMBERS.items())
def test_a_number_comes_after_the_id_of_its_agent(option: int, size: int) -> None:
    system = make_session(A1, A2)
    value = b"\x07".ljust(size, b"\0")
    assert setopt(system, option, A1 + value).errno == 0
    for uuid, shown in ((A1, value), (A2, bytes(size))):
        assert getopt(system, option, UUID_BYTES + size, uuid).answer == OptionData(uuid + shown)
    assert setopt(system, option, value).errno == Errno.EINVAL
    assert setopt(system, option, UNKNOWN + value).errno == Errno.ENOENT
    assert getopt(system, option, size, A1).errno == Errno.EINVAL
    assert getopt(system, option, UUID_BYTES + size).errno == Errno.ENOENT


def test_a_token_comes_after_the_id_of_its_agent_and_may_be_empty() -> None:
    system = make_session(A1, A2)
    for token in (b"token", b"", b"t" * 4096):
        assert setopt(system, AgentOption8019.ADD_TOKEN, A1 + token).errno == 0
    counts = {agent.uuid: agent.token_count for agent in registry_of(system).agents}
    assert counts == {A1: 3, A2: 0}


@pytest.mark.parametrize(
    ("payload", "errno"),
    [
        (b"", Errno.EINVAL),
        (A1[:15], Errno.EINVAL),
        (A1 + b"t" * 4097, Errno.EINVAL),
        (UNKNOWN + b"t", Errno.ENOENT),
    ],
)
def test_a_token_that_cannot_be_added_is_refused_and_logged(payload: bytes, errno: Errno) -> None:
    answer = setopt(make_session(A1), AgentOption8019.ADD_TOKEN, payload)
    assert (answer.errno, records(answer)) == (errno, ["netagent_handle_add_token_setopt"])


@pytest.mark.parametrize(
    "option", [AgentOption8019.FLUSH_TOKENS, AgentOption8019.RESET_CLIENT_ERROR]
)
def test_an_option_without_content_is_the_id_of_an_agent(option: int) -> None:
    system = make_session(A1)
    for payload, errno in ((b"", 22), (A1 + b"x", 22), (UNKNOWN, 2), (A1, 0)):
        assert setopt(system, option, payload).errno == errno


@pytest.mark.parametrize("option", [AgentOption.ASSIGN_NEXUS, AgentOption8019.ASSIGN_GROUP_MEMBERS])
@pytest.mark.parametrize(
    ("payload", "errno"),
    [
        (b"", Errno.EINVAL),
        (A1[:15], Errno.EINVAL),
        (A1, Errno.EINVAL),
        (A1 + bytes(15), Errno.EINVAL),
        (UNKNOWN + bytes(16), Errno.ENOENT),
        (A1 + UNKNOWN, Errno.ENOENT),
    ],
)
def test_assigning_names_the_agent_then_the_client(
    option: int, payload: bytes, errno: Errno
) -> None:
    answer = setopt(make_session(A1), option, payload)
    assert (answer.errno, len(records(answer))) == (errno, 1)


def test_an_id_is_taken_by_any_session() -> None:
    system = make_session(A1)
    assert register(system, "a1", A1).errno == Errno.EEXIST
    assert register(system, "b1", A1).errno == Errno.EEXIST
    assert register(system, "k1", A1, via="kernel").errno == Errno.EEXIST
    answer = register(system, "m1", A1, via="message")
    assert response(answer) == (AgentMessageType.REGISTER, AgentMessageError.INTERNAL)
    assert only_agent(system).uuid == A1


def test_an_id_is_free_again_when_its_agent_is_gone() -> None:
    system = make_session(A1)
    setopt(system, AgentOption.UNREGISTER, A1)
    assert register(system, "b1", A1).errno == 0
