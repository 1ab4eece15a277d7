"""ACQUIRE_AGENT_TOKEN, and the options by which an agent has tokens."""

from __future__ import annotations

import pytest

from necp_replay.abi.client import ClientAction
from necp_replay.abi.errno import Errno
from necp_replay.abi.netagent import AgentOption8019
from necp_replay.events.effects import AgentMessage
from necp_replay.scenario.agents import AgentHandle
from necp_replay.scenario.answers import CallAnswer
from necp_replay.scenario.buffers import faulting, room
from tests.kernel.builders import Laptop, effects_of, make_laptop
from tests.kernel.client_actions.arguments import Arguments, shown, unreadable, verdict

RELEASE = "xnu-8019.41.5"
FUNCTION = "necp_client_acquire_agent_token"
ACQUIRE = ClientAction.ACQUIRE_AGENT_TOKEN
AGENT = b"\x11" * 16
TOKENS_NEEDED = 25


def make_world(*tokens: bytes) -> tuple[Laptop, AgentHandle]:
    laptop = make_laptop(RELEASE)
    agent = laptop.system.add_agent("a1", uuid=AGENT)
    for token in tokens:
        assert agent.setsockopt(AgentOption8019.ADD_TOKEN, token).errno == 0
    return laptop, agent


def take(laptop: Laptop, size_bytes: int = 16) -> CallAnswer:
    return laptop.fd.action(ACQUIRE, AGENT, room(size_bytes))


def number(agent: AgentHandle, option: int) -> int:
    """The value of an option of four bytes."""
    answer = agent.getsockopt(option, 4)
    assert answer.errno == 0
    return int.from_bytes(getattr(answer.answer, "data", b""), "little")


def asked_for_more(answer: CallAnswer) -> list[int]:
    return [e.type for e in effects_of(answer, AgentMessage) if isinstance(e, AgentMessage)]


@pytest.mark.parametrize(
    ("arguments", "errno", "logs"),
    [
        pytest.param(Arguments(None), Errno.EINVAL, [FUNCTION], id="no id"),
        pytest.param(Arguments(room(15)), Errno.EINVAL, [FUNCTION], id="a short id"),
        pytest.param(Arguments(AGENT, None), Errno.EINVAL, [FUNCTION], id="no buffer"),
        pytest.param(Arguments(AGENT, room(0)), Errno.EINVAL, [FUNCTION], id="no room"),
        pytest.param(Arguments(unreadable()), Errno.EFAULT, [FUNCTION], id="an id that faults"),
        pytest.param(Arguments(b"\x77" * 16), Errno.ENOENT, [], id="an unknown agent"),
        pytest.param(Arguments(AGENT), Errno.ENODATA, [], id="an agent without a token"),
    ],
)
def test_bad_arguments_are_refused(arguments: Arguments, errno: Errno, logs: list[str]) -> None:
    laptop, _ = make_world()
    assert verdict(arguments.call(laptop.fd, ACQUIRE)) == (errno, logs)


def test_tokens_are_taken_in_the_order_in_which_they_were_added() -> None:
    laptop, agent = make_world(b"one", b"other")
    assert number(agent, AgentOption8019.TOKEN_COUNT) == 2
    for token in (b"one", b"other"):
        answer = take(laptop)
        assert (answer.errno, answer.retval, shown(answer)[1]) == (0, len(token), token)
    assert number(agent, AgentOption8019.TOKEN_COUNT) == 0
    assert take(laptop).errno == Errno.ENODATA


def test_a_token_stays_if_the_buffer_is_too_small_and_is_lost_if_it_faults() -> None:
    laptop, agent = make_world(b"token")
    assert verdict(take(laptop, 4)) == (Errno.EMSGSIZE, ["netagent_acquire_token"])
    assert number(agent, AgentOption8019.TOKEN_COUNT) == 1
    answer = laptop.fd.action(ACQUIRE, AGENT, faulting(16, 3))
    assert verdict(answer) == (Errno.EFAULT, ["netagent_acquire_token"])
    assert number(agent, AgentOption8019.TOKEN_COUNT) == 0


def test_an_agent_is_asked_for_more_below_its_low_water_mark() -> None:
    laptop, agent = make_world(b"1", b"2", b"3")
    assert agent.setsockopt(AgentOption8019.TOKEN_LOW_WATER, b"\2\0\0\0").errno == 0
    assert number(agent, AgentOption8019.TOKEN_LOW_WATER) == 2
    messages = [asked_for_more(take(laptop)) for _ in range(4)]
    assert messages == [[], [TOKENS_NEEDED], [TOKENS_NEEDED], [TOKENS_NEEDED]]


def test_tokens_outlive_an_update_of_the_agent() -> None:
    laptop, agent = make_world(b"token")
    agent.set_flags(0x13)
    assert take(laptop).retval == 5


def test_flushing_forgets_tokens_and_resetting_errors_forgets_them_but_not_their_number() -> None:
    for option, count in (
        (AgentOption8019.FLUSH_TOKENS, 0),
        (AgentOption8019.RESET_CLIENT_ERROR, 1),
    ):
        laptop, agent = make_world(b"token")
        assert agent.setsockopt(option).errno == 0
        assert number(agent, AgentOption8019.TOKEN_COUNT) == count
        assert take(laptop).errno == Errno.ENODATA


@pytest.mark.parametrize(
    ("option", "content", "errno"),
    [
        (AgentOption8019.ADD_TOKEN, b"", Errno.EINVAL),
        (AgentOption8019.ADD_TOKEN, b"t" * 4097, Errno.EINVAL),
        (AgentOption8019.TOKEN_LOW_WATER, b"\1", Errno.EINVAL),
        (AgentOption8019.ASSIGN_GROUP_MEMBERS, b"", Errno.EINVAL),
        (AgentOption8019.ASSIGN_GROUP_MEMBERS, b"\1" * 15, Errno.EINVAL),
        (AgentOption8019.ASSIGN_GROUP_MEMBERS, b"\1" * 16, Errno.ENOENT),
    ],
)
def test_bad_options_are_refused(option: int, content: bytes, errno: Errno) -> None:
    _, agent = make_world()
    answer = agent.setsockopt(option, content)
    assert (answer.errno, answer.is_logged) == (errno, True)


@pytest.mark.parametrize("option", list(AgentOption8019))
def test_options_need_an_agent(option: AgentOption8019) -> None:
    _, agent = make_world()
    agent.unregister()
    if option is AgentOption8019.TOKEN_COUNT:
        assert agent.getsockopt(option, 4).errno == Errno.ENOENT
    else:
        assert agent.setsockopt(option, b"\1\0\0\0").errno == Errno.ENOENT


def test_there_are_256_tokens_at_most() -> None:
    _, agent = make_world(*[b"token"] * 256)
    assert agent.setsockopt(AgentOption8019.ADD_TOKEN, b"token").errno == Errno.EINVAL


def test_members_of_a_group_are_unread_until_the_result_is_copied_with_them() -> None:
    laptop, agent = make_world()
    client = laptop.fd.add()
    plain = client.copy_result().retval
    assert plain is not None
    assert not laptop.fd.poll().is_readable
    payload = client.client_id + b"members"
    assert agent.setsockopt(AgentOption8019.ASSIGN_GROUP_MEMBERS, payload).errno == 0
    assert laptop.fd.poll().is_readable
    assert client.copy_result(plain + 6).errno == Errno.EINVAL
    copied = client.copy_updated_result()
    assert copied.retval == plain + 7
    assert copied.buffer.endswith(b"members")
    assert client.copy_updated_result().retval == 0


def test_an_older_release_knows_neither_the_action_nor_the_options() -> None:
    laptop = make_laptop("xnu-7195.101.1")
    agent = laptop.system.add_agent("a1", uuid=AGENT)
    assert verdict(take(laptop)) == (Errno.EINVAL, ["necp_client_action"])
    assert agent.setsockopt(AgentOption8019.ADD_TOKEN, b"t").errno == Errno.ENOPROTOOPT
    assert agent.getsockopt(AgentOption8019.TOKEN_COUNT, 4).errno == Errno.ENOPROTOOPT


def test_later_releases_ask_an_agent_without_tokens_once_in_ten_seconds() -> None:
    laptop = make_laptop("xnu-8020.101.4")
    agent = laptop.system.add_agent("a1", uuid=AGENT)
    agent.setsockopt(AgentOption8019.TOKEN_LOW_WATER, b"\1\0\0\0")
    assert [asked_for_more(take(laptop)) for _ in range(2)] == [[TOKENS_NEEDED], []]
    laptop.system.advance(9_999_999_999)
    assert asked_for_more(take(laptop)) == []
    laptop.system.advance(1)
    assert asked_for_more(take(laptop)) == [TOKENS_NEEDED]


@pytest.mark.parametrize("ends", ["a token", "a change"])
def test_the_pause_ends_with_a_token_or_a_change(ends: str) -> None:
    laptop = make_laptop("xnu-8020.101.4")
    agent = laptop.system.add_agent("a1", uuid=AGENT)
    agent.setsockopt(AgentOption8019.TOKEN_LOW_WATER, b"\1\0\0\0")
    take(laptop)
    if ends == "a token":
        agent.setsockopt(AgentOption8019.ADD_TOKEN, b"t")
        take(laptop)
    else:
        agent.set_flags(0x13)
    assert asked_for_more(take(laptop)) == [TOKENS_NEEDED]


def test_a_request_for_tokens_that_is_not_delivered_starts_no_pause() -> None:
    laptop = make_laptop("xnu-8020.101.4")
    agent = laptop.system.add_agent("a1", uuid=AGENT)
    agent.setsockopt(AgentOption8019.TOKEN_LOW_WATER, b"\1\0\0\0")
    agent.fail(Errno.ENOBUFS)
    take(laptop)
    agent.fail(0)
    assert asked_for_more(take(laptop)) == [TOKENS_NEEDED]
