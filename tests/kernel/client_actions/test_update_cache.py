"""UPDATE_CACHE: its arguments; what the caches learn is tested with the heuristics."""

from __future__ import annotations

import pytest

from necp_replay.abi.client import ClientAction
from necp_replay.abi.errno import Errno
from necp_replay.abi.tcp_cache import CacheType
from necp_replay.events.effects import UserOverread
from necp_replay.events.notifications import InjectNexusFlow
from necp_replay.events.user_buffer import UserBuffer, UserPointer
from necp_replay.scenario.addresses import sockaddr
from necp_replay.scenario.buffers import BufferLike, faulting, nowhere, room
from necp_replay.scenario.process import ClientHandle
from tests.kernel.builders import REMOTE, Laptop, make_laptop
from tests.kernel.client_actions.arguments import Arguments, unreadable, verdict

FUNCTION = "necp_client_update_cache"
UPDATE = ClientAction.UPDATE_CACHE
LOCAL = "192.0.2.10:1000"


def cache(
    type_: int = CacheType.ECN,
    version: int = 1,
    size_bytes: int = 1,
    to: UserBuffer | None = None,
    *,
    length: int = 16,
) -> UserBuffer:
    """``necp_cache_buffer`` with a pointer; ``to`` defaults to a buffer of the size given."""
    pointed = room(size_bytes) if to is None else to
    return UserBuffer(
        bytes([type_, version, 0, 0, size_bytes]), length, pointers=(UserPointer(8, pointed),)
    )


def client_with_flow(laptop: Laptop, local: str = LOCAL, remote: str = REMOTE) -> ClientHandle:
    client = laptop.fd.add(remote=REMOTE)
    laptop.system.submit(
        InjectNexusFlow(client.client_id, local=sockaddr(local), remote=sockaddr(remote))
    )
    return client


@pytest.mark.parametrize(
    ("arguments", "errno", "logs"),
    [
        pytest.param(Arguments(None), Errno.EINVAL, [], id="no id"),
        pytest.param(Arguments(room(17)), Errno.EINVAL, [], id="a long id"),
        pytest.param(Arguments(unreadable()), Errno.EFAULT, [FUNCTION], id="a fault"),
        pytest.param(Arguments(b"\x77" * 16, None), Errno.ENOENT, [], id="an unknown client"),
    ],
)
def test_a_client_must_be_named(arguments: Arguments, errno: Errno, logs: list[str]) -> None:
    assert verdict(arguments.call(make_laptop().fd, UPDATE)) == (errno, logs)


def test_a_client_without_a_flow_is_refused_whatever_the_buffer() -> None:
    laptop = make_laptop()
    client = laptop.fd.add(remote=REMOTE)
    for buffer in (None, cache()):
        answer = laptop.fd.action(UPDATE, client.client_id, buffer)
        assert verdict(answer) == (Errno.EINVAL, [FUNCTION])


@pytest.mark.parametrize("newest", [b"", sockaddr(LOCAL)])
def test_the_newest_flow_must_be_between_internet_addresses(newest: bytes) -> None:
    laptop = make_laptop()
    client = client_with_flow(laptop)
    laptop.system.submit(InjectNexusFlow(client.client_id, local=newest))
    answer = laptop.fd.action(UPDATE, client.client_id, cache())
    assert verdict(answer) == (Errno.EINVAL, [FUNCTION])


@pytest.mark.parametrize(
    ("buffer", "errno", "logs"),
    [
        pytest.param(None, Errno.EINVAL, [], id="no buffer"),
        pytest.param(cache(length=15), Errno.EINVAL, [], id="a short buffer"),
        pytest.param(cache(length=17), Errno.EINVAL, [], id="a long buffer"),
        pytest.param(faulting(16, 8), Errno.EFAULT, [FUNCTION], id="a fault"),
        pytest.param(cache(0), Errno.EINVAL, [], id="no type"),
        pytest.param(cache(3), Errno.EINVAL, [], id="an unknown type"),
        pytest.param(cache(version=2), Errno.EINVAL, [], id="an unknown version"),
        pytest.param(cache(size_bytes=2), Errno.EINVAL, [], id="too long for ECN"),
        pytest.param(cache(CacheType.TFO, 1, 17), Errno.EINVAL, [], id="too short for Fast Open"),
        pytest.param(UserBuffer(b"\1\1\0\0\1", 16), Errno.EINVAL, [], id="an inner NULL"),
        pytest.param(
            UserBuffer(b"\1\1\0\0\1\0\0\0\1", 16), Errno.EFAULT, [FUNCTION], id="an inner address"
        ),
        pytest.param(cache(to=nowhere()), Errno.EFAULT, [FUNCTION], id="an inner fault"),
        pytest.param(
            cache(CacheType.TFO, 1, 18, faulting(18, 17)),
            Errno.EFAULT,
            [FUNCTION],
            id="an inner fault midway",
        ),
        pytest.param(cache(), Errno.OK, [], id="ECN"),
        pytest.param(cache(CacheType.TFO, 1, 18), Errno.OK, [], id="Fast Open"),
    ],
)
def test_the_buffer_and_what_it_points_to_are_checked(
    buffer: BufferLike, errno: Errno, logs: list[str]
) -> None:
    laptop = make_laptop()
    client = client_with_flow(laptop)
    answer = laptop.fd.action(UPDATE, client.client_id, buffer)
    assert verdict(answer) == (errno, logs)
    assert answer.retval == (0 if errno == Errno.OK else None)


def test_a_null_pointer_in_the_buffer_is_refused() -> None:
    laptop = make_laptop()
    client = client_with_flow(laptop)
    buffer = UserBuffer(b"\1\1\0\0\1", 16, pointers=(UserPointer(8, None),))
    assert laptop.fd.action(UPDATE, client.client_id, buffer).errno == Errno.EINVAL


def test_reading_past_the_inner_buffer_is_reported() -> None:
    laptop = make_laptop()
    client = client_with_flow(laptop)
    buffer = cache(CacheType.TFO, 1, 18, room(5))
    answer = laptop.fd.action(UPDATE, client.client_id, buffer)
    assert answer.errno == 0
    assert answer.effects == (UserOverread(5, 18),)


def test_without_a_route_the_update_is_accepted_and_forgotten() -> None:
    laptop = make_laptop()
    client = client_with_flow(laptop)
    laptop.system.delete_route("0.0.0.0/0@en0")
    laptop.system.delete_route("0.0.0.0/0%@en5")
    laptop.system.delete_route("0.0.0.0/0%@pdp_ip0")
    laptop.system.update_all_clients()
    laptop.system.fire_timer()
    assert laptop.fd.action(UPDATE, client.client_id, cache()).errno == 0
