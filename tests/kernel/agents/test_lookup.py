"""What a process gets that copies an agent."""

from __future__ import annotations

from necp_replay.abi.client import ClientAction
from necp_replay.abi.errno import Errno
from necp_replay.events.outcome import ActionBuffers
from necp_replay.scenario.answers import CallAnswer
from necp_replay.scenario.buffers import faulting, room
from tests.kernel.agents.world import (
    A1,
    encoded_agent,
    logs,
    make_system,
    register,
)


def shown(answer: CallAnswer) -> bytes:
    """The buffer after the call, trailing zeros cut."""
    assert isinstance(answer.answer, ActionBuffers)
    assert isinstance(answer.answer.buffer, bytes)
    return answer.answer.buffer


def test_an_agent_is_copied_with_its_data() -> None:
    system = make_system()
    register(system, data=b"\1\2")
    fd = system.add_process(7).necp_open()
    answer = fd.action(ClientAction.COPY_AGENT, A1, room(218))
    assert shown(answer) == encoded_agent(data_size=2) + b"\1\2"


def test_a_buffer_smaller_than_the_agent_is_einval_with_a_log_record() -> None:
    system = make_system()
    register(system, data=b"\1\2")
    fd = system.add_process(7).necp_open()
    answer = fd.action(ClientAction.COPY_AGENT, A1, room(217))
    assert (answer.errno, logs(answer)) == (Errno.EINVAL, [(3, "netagent_copyout")])


def test_only_the_low_32_bits_of_the_size_count() -> None:
    system = make_system()
    register(system)
    fd = system.add_process(7).necp_open()
    answer = fd.action(ClientAction.COPY_AGENT, A1, room(300), buffer_size=0x1_0000_0010)
    assert answer.errno == Errno.EINVAL


def test_a_buffer_that_cannot_be_written_is_efault_with_a_log_record() -> None:
    system = make_system()
    register(system)
    fd = system.add_process(7).necp_open()
    answer = fd.action(ClientAction.COPY_AGENT, A1, faulting(216, 100))
    assert (answer.errno, logs(answer)) == (Errno.EFAULT, [(3, "netagent_copyout")])
