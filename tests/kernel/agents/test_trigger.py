"""The system call ``netagent_trigger``."""

from __future__ import annotations

from dataclasses import replace

import pytest

from necp_replay.abi.errno import Errno
from necp_replay.events import agents
from necp_replay.events.syscalls import NetagentTrigger
from necp_replay.events.user_buffer import UserBuffer
from necp_replay.releases.xnu_4570 import XNU_4570_51_1
from necp_replay.scenario.buffers import faulting
from tests.kernel.agents.world import (
    A1,
    A2,
    NO_UUID,
    logs,
    make_system,
    messages,
    register,
)


def test_a_trigger_names_the_process_and_its_executable() -> None:
    system = make_system()
    register(system, flags=0x8)
    answer = system.add_process(7, exec_uuid=A2).netagent_trigger(A1)
    (sent,) = messages(answer.effects)
    assert sent.delivery is not None
    assert (answer.errno, answer.retval, sent.type) == (0, 0, 5)
    assert getattr(sent.delivery, "payload", b"") == b"\1\0\0\0\7\0\0\0" + A2


def test_an_active_agent_is_not_messaged() -> None:
    system = make_system()
    register(system, flags=0xA)
    answer = system.add_process(7).netagent_trigger(A1)
    assert (answer.errno, answer.effects) == (0, ())


def test_without_a_pointer_later_releases_take_the_uuid_for_null() -> None:
    system = make_system(replace(XNU_4570_51_1.profile, trigger_clears_uuid=True))
    system.add_process(7)
    answer = system.submit(NetagentTrigger(7, None, 0))
    assert (answer.errno, logs(answer)) == (Errno.EINVAL, [(3, "netagent_trigger")])


REFUSALS = {
    "null uuid": (UserBuffer(length=16), 16, Errno.EINVAL),
    "length": (UserBuffer(A1, 16), 15, Errno.ERANGE),
    "fault": (faulting(16, 8, A1), 16, Errno.EFAULT),
    "unknown": (UserBuffer(A2, 16), 16, Errno.ENOENT),
    "NULL": (None, 0, Errno.ENOENT),
    "no triggers": (UserBuffer(A1, 16), 16, Errno.ENOTSUP),
}


@pytest.mark.parametrize(("uuid", "length", "errno"), REFUSALS.values(), ids=REFUSALS.keys())
def test_a_refused_trigger_has_an_errno_and_one_log_record(
    uuid: UserBuffer | None, length: int, errno: Errno
) -> None:
    system = make_system()
    system.add_process(7)
    register(system, flags=0x1)
    answer = system.submit(NetagentTrigger(7, uuid, length))
    assert (answer.errno, logs(answer)) == (errno, [(3, "netagent_trigger")])


def test_a_delivery_that_fails_is_logged_twice() -> None:
    system = make_system()
    register(system, flags=0x8)
    system.submit(agents.NetagentFail("a1", 55))
    answer = system.add_process(7).netagent_trigger(A1)
    assert answer.errno == 55
    assert logs(answer) == [(3, "netagent_send_trigger"), (3, "netagent_trigger")]


def test_a_kernel_agent_cannot_be_triggered_by_system_call() -> None:
    system = make_system()
    register(system, flags=0x8, via="kernel")
    assert system.add_process(7).netagent_trigger(A1).errno == Errno.EINVAL


def test_the_null_uuid_cannot_be_triggered_even_when_registered() -> None:
    system = make_system()
    register(system, uuid=NO_UUID, flags=0x8)
    assert system.add_process(7).netagent_trigger(NO_UUID).errno == Errno.EINVAL
