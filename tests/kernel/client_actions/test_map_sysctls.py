"""MAP_SYSCTLS."""

from __future__ import annotations

import pytest

from necp_replay.abi.client import ClientAction
from necp_replay.abi.errno import Errno
from necp_replay.events.user_buffer import UserBuffer
from necp_replay.scenario.buffers import room
from tests.kernel.client_actions.skywalk import FIRST_ADDRESS, add_flow, address_at, make_world

ACTION = ClientAction.MAP_SYSCTLS


def test_the_address_is_the_same_each_time() -> None:
    world = make_world()
    for _ in range(2):
        answer = world.laptop.fd.action(ACTION, None, room(8))
        assert answer.errno == Errno.OK
        assert address_at(answer) == FIRST_ADDRESS
    assert world.fd().sysctl_arena == 1
    assert world.laptop.system.snapshot().necp_sysctl_arena_count == 1


def test_arenas_of_any_kind_follow_one_another() -> None:
    world = make_world()
    world.laptop.fd.action(ACTION, None, room(8))
    _, address = add_flow(world.client)
    assert address == FIRST_ADDRESS + 0x100_0000


@pytest.mark.parametrize("length", [0, 7, 9])
def test_another_length_than_8_is_einval(length: int) -> None:
    world = make_world()
    assert world.laptop.fd.action(ACTION, None, room(length)).errno == Errno.EINVAL
    assert world.fd().sysctl_arena == 0


def test_a_fault_leaves_the_sysctls_mapped() -> None:
    world = make_world()
    answer = world.laptop.fd.action(ACTION, None, UserBuffer(length=8, readonly=True))
    assert (answer.errno, answer.effects) == (Errno.EFAULT, ())
    assert world.fd().sysctl_arena == 1


def test_closing_the_fd_unmaps_them() -> None:
    world = make_world()
    world.laptop.fd.action(ACTION, None, room(8))
    world.laptop.fd.close()
    assert world.laptop.system.snapshot().necp_sysctl_arena_count == 0
