"""AGENT_USE."""

from __future__ import annotations

import pytest

from necp_replay.abi.client import AGENT_USE_PARAMETERS_BYTES, ClientAction
from necp_replay.abi.client_structs import AGENT_USE_PARAMETERS
from necp_replay.abi.errno import Errno
from necp_replay.scenario.answers import CallAnswer
from necp_replay.scenario.buffers import read_only, room
from tests.kernel.builders import REMOTE, make_laptop
from tests.kernel.client_actions.arguments import Arguments, shown, unreadable, verdict

FUNCTION = "necp_client_agent_use"
USE = ClientAction.AGENT_USE
AGENT = b"\xa1" * 16
PARAMETERS = AGENT_USE_PARAMETERS.pack(AGENT, 0x5555)


def count_of(answer: CallAnswer) -> tuple[bytes, int]:
    """The agent and the count in the answer."""
    content = shown(answer)[1].ljust(AGENT_USE_PARAMETERS_BYTES, b"\0")
    agent, count = AGENT_USE_PARAMETERS.unpack(content)
    return agent, count


@pytest.mark.parametrize(
    ("arguments", "errno", "logs"),
    [
        pytest.param(Arguments(None, PARAMETERS), Errno.EINVAL, [], id="no id"),
        pytest.param(Arguments(room(15), PARAMETERS), Errno.EINVAL, [], id="a short id"),
        pytest.param(Arguments(room(16), None), Errno.EINVAL, [], id="no buffer"),
        pytest.param(Arguments(room(16), room(23)), Errno.EINVAL, [], id="a short buffer"),
        pytest.param(Arguments(room(16), room(25)), Errno.EINVAL, [], id="a long buffer"),
        pytest.param(
            Arguments(unreadable(), PARAMETERS), Errno.EFAULT, [FUNCTION], id="an id that faults"
        ),
        pytest.param(
            Arguments(room(16), unreadable(PARAMETERS)), Errno.EFAULT, [FUNCTION], id="a fault"
        ),
        pytest.param(Arguments(b"\x77" * 16, PARAMETERS), Errno.ENOENT, [], id="an unknown client"),
    ],
)
def test_bad_arguments_are_refused(arguments: Arguments, errno: Errno, logs: list[str]) -> None:
    laptop = make_laptop()
    laptop.system.add_agent("a1", uuid=AGENT)
    assert verdict(arguments.call(laptop.fd, USE)) == (errno, logs)


def test_an_unknown_agent_is_logged() -> None:
    laptop = make_laptop()
    client = laptop.fd.add(remote=REMOTE)
    answer = laptop.fd.action(USE, client.client_id, PARAMETERS)
    assert verdict(answer) == (Errno.ENOENT, ["netagent_use"])


def test_each_use_answers_the_count_before_it() -> None:
    laptop = make_laptop()
    laptop.system.add_agent("a1", uuid=AGENT)
    client = laptop.fd.add(remote=REMOTE)
    answers = [laptop.fd.action(USE, client.client_id, PARAMETERS) for _ in range(3)]
    assert [answer.retval for answer in answers] == [0, 0, 0]
    assert [count_of(answer) for answer in answers] == [(AGENT, 0), (AGENT, 1), (AGENT, 2)]


def test_a_use_counts_even_when_its_answer_cannot_be_copied_out() -> None:
    laptop = make_laptop()
    laptop.system.add_agent("a1", uuid=AGENT)
    client = laptop.fd.add(remote=REMOTE)
    answer = laptop.fd.action(USE, client.client_id, read_only(PARAMETERS))
    assert verdict(answer) == (Errno.EFAULT, [FUNCTION])
    assert count_of(laptop.fd.action(USE, client.client_id, PARAMETERS)) == (AGENT, 1)
