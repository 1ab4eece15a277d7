"""COPY_LIST."""

from __future__ import annotations

import pytest

from necp_replay.abi.client import ClientAction, OpenFlag
from necp_replay.abi.errno import Errno
from necp_replay.events.user_buffer import UserBuffer
from necp_replay.scenario.buffers import BufferLike, faulting, nowhere, read_only, room
from tests.kernel.builders import REMOTE, Laptop, make_laptop
from tests.kernel.client_actions.arguments import shown, verdict

FUNCTION = "necp_client_list"
LIST = ClientAction.COPY_LIST
MIB = 1024 * 1024


def asking(count: int, size_bytes: int) -> UserBuffer:
    """A buffer that asks for ``count`` ids."""
    return UserBuffer(count.to_bytes(4, "little").rstrip(b"\0"), size_bytes)


def laptop_with_clients(*client_ids: bytes) -> Laptop:
    laptop = make_laptop(flags=OpenFlag.OBSERVER)
    laptop.system.next_uuids(*client_ids)
    owner = laptop.system.add_process(300).necp_open()
    for _ in client_ids:
        owner.add(remote=REMOTE)
    return laptop


@pytest.mark.parametrize(
    ("buffer", "size_bytes", "errno", "logs"),
    [
        pytest.param(None, 4, Errno.EINVAL, [], id="no buffer"),
        pytest.param(room(3), 3, Errno.EINVAL, [], id="no room for a count"),
        pytest.param(nowhere(), 4, Errno.EFAULT, [], id="a count that cannot be read"),
        pytest.param(asking(1, 19), 19, Errno.EINVAL, [], id="too short for the count"),
        pytest.param(asking(1, 21), 21, Errno.EINVAL, [], id="too long for the count"),
        pytest.param(
            asking(MIB // 16 + 1, MIB + 20), MIB + 20, Errno.EINVAL, [], id="more than 1 MiB of ids"
        ),
        pytest.param(read_only(bytes(4)), 4, Errno.EFAULT, [FUNCTION], id="a read-only buffer"),
    ],
)
def test_bad_arguments_are_refused(
    buffer: BufferLike, size_bytes: int, errno: Errno, logs: list[str]
) -> None:
    laptop = laptop_with_clients(b"\x11" * 16)
    answer = laptop.fd.action(LIST, None, buffer, buffer_size=size_bytes)
    assert verdict(answer) == (errno, logs)


@pytest.mark.parametrize("flags", [0, OpenFlag.PUSH_OBSERVER])
def test_an_fd_that_may_not_observe_lists_nothing(flags: int) -> None:
    answer = make_laptop(flags=flags).fd.action(LIST, None, nowhere(), buffer_size=4)
    assert verdict(answer) == (Errno.EACCES, [FUNCTION])


def test_ids_of_every_fd_are_listed_in_order_and_the_rest_is_zero() -> None:
    laptop = laptop_with_clients(b"\x33" * 16, b"\x11" * 16)
    answer = laptop.fd.action(LIST, None, UserBuffer(b"\3\0\0\0" + b"\xff" * 48, 52))
    assert (answer.errno, answer.retval) == (0, 0)
    assert shown(answer)[1] == b"\2\0\0\0" + b"\x11" * 16 + b"\x33" * 16


def test_the_count_is_of_all_clients_though_fewer_were_asked_for() -> None:
    laptop = laptop_with_clients(b"\x33" * 16, b"\x11" * 16)
    answer = laptop.fd.copy_list(1)
    assert shown(answer)[1] == b"\2\0\0\0" + b"\x11" * 16
    assert shown(laptop.fd.copy_list(0))[1] == b"\2"


def test_without_clients_the_places_for_ids_are_not_written() -> None:
    buffer = UserBuffer(b"\1\0\0\0" + b"\xff" * 16, 20)
    answer = make_laptop(flags=OpenFlag.OBSERVER).fd.action(LIST, None, buffer)
    assert shown(answer)[1] == bytes(4) + b"\xff" * 16


def test_a_client_with_a_zero_id_is_neither_counted_nor_listed() -> None:
    laptop = laptop_with_clients(bytes(16), b"\x11" * 16)
    assert shown(laptop.fd.copy_list(2))[1] == b"\1\0\0\0" + b"\x11" * 16


def test_a_fault_in_the_ids_leaves_the_count_written() -> None:
    laptop = laptop_with_clients(b"\x11" * 16)
    answer = laptop.fd.action(LIST, None, faulting(20, 6, b"\1\0\0\0"), buffer_size=20)
    assert verdict(answer) == (Errno.EFAULT, [FUNCTION])
    assert shown(answer)[1] == b"\1\0\0\0\x11\x11"
