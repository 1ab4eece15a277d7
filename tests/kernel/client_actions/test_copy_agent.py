"""COPY_AGENT."""

from __future__ import annotations

import pytest

from necp_replay.abi.client import ClientAction, OpenFlag
from necp_replay.abi.errno import Errno
from necp_replay.abi.netagent import NETAGENT, NETAGENT_BYTES
from necp_replay.events.user_buffer import UserBuffer
from necp_replay.scenario.buffers import faulting, room
from tests.kernel.builders import make_laptop
from tests.kernel.client_actions.arguments import Arguments, shown, unreadable, verdict

FUNCTION = "necp_client_copy_agent"
COPY = ClientAction.COPY_AGENT
DATA = b"agent data!"


@pytest.mark.parametrize(
    ("arguments", "errno", "logs"),
    [
        pytest.param(Arguments(None), Errno.EINVAL, [FUNCTION], id="no id"),
        pytest.param(Arguments(room(17)), Errno.EINVAL, [FUNCTION], id="a long id"),
        pytest.param(Arguments(room(16), None), Errno.EINVAL, [FUNCTION], id="no buffer"),
        pytest.param(Arguments(room(16), buffer_size=0), Errno.EINVAL, [FUNCTION], id="length 0"),
        pytest.param(Arguments(unreadable()), Errno.EFAULT, [FUNCTION], id="a fault"),
        pytest.param(Arguments(b"\x99" * 16), Errno.ENOENT, [], id="an unknown agent"),
    ],
)
def test_bad_arguments_are_refused(arguments: Arguments, errno: Errno, logs: list[str]) -> None:
    assert verdict(arguments.call(make_laptop().fd, COPY)) == (errno, logs)


@pytest.mark.parametrize("flags", [0, OpenFlag.OBSERVER, OpenFlag.PUSH_OBSERVER])
def test_any_fd_may_copy_any_agent_with_its_data(flags: int) -> None:
    laptop = make_laptop(flags=flags)
    agent = laptop.system.add_agent("a1", domain="Dom", type="Typ", flags=0x3, data=DATA).uuid
    answer = laptop.fd.action(COPY, agent, room(NETAGENT_BYTES + len(DATA)))
    assert (answer.errno, answer.retval) == (0, 0)
    content = NETAGENT.pack(agent, b"Dom", b"Typ", b"", 0x3, len(DATA)) + DATA
    assert shown(answer)[1] == content


@pytest.mark.parametrize("size_bytes", [NETAGENT_BYTES + len(DATA) - 1, (1 << 32) + 10])
def test_a_buffer_too_small_in_its_low_32_bits_is_refused(size_bytes: int) -> None:
    laptop = make_laptop()
    agent = laptop.system.add_agent("a1", data=DATA).uuid
    answer = Arguments(agent, UserBuffer(length=4096), buffer_size=size_bytes).call(laptop.fd, COPY)
    assert verdict(answer) == (Errno.EINVAL, ["netagent_copyout"])


def test_a_fault_leaves_the_first_bytes_written() -> None:
    laptop = make_laptop()
    agent = laptop.system.add_agent("a1").uuid
    answer = laptop.fd.action(COPY, agent, faulting(512, 16))
    assert verdict(answer) == (Errno.EFAULT, ["netagent_copyout"])
    assert shown(answer)[1] == agent.rstrip(b"\0")
