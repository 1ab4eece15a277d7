"""COPY_ROUTE_STATISTICS."""

from __future__ import annotations

import pytest

from necp_replay.abi.client import ClientAction
from necp_replay.abi.client_structs import NECP_STAT_COUNTS, NSTAT_COUNTS
from necp_replay.abi.errno import Errno
from necp_replay.abi.route import RouteFlag
from necp_replay.events.effects import UserOverrun
from necp_replay.events.routes import RouteStats, RouteUpdate
from necp_replay.scenario.buffers import faulting, read_only, room
from tests.kernel.builders import NEWER, OLDER, REMOTE, Laptop, effects_of, make_laptop
from tests.kernel.client_actions.arguments import Arguments, shown, unreadable, verdict

FUNCTION = "necp_client_copy_route_statistics"
COPY = ClientAction.COPY_ROUTE_STATISTICS
DEFAULT_ROUTE = "0.0.0.0/0@en0"
COUNTERS = (11, 22, 33, 44, 1, 2, 3, 4, 5, 6, 7, 8)
STATISTICS = RouteStats(
    rxpackets=11,
    rxbytes=22,
    txpackets=33,
    txbytes=44,
    cell_rxbytes=100,
    wired_txbytes=101,
    rxduplicatebytes=1,
    rxoutoforderbytes=2,
    txretransmit=3,
    connectattempts=4,
    connectsuccesses=5,
    min_rtt=6,
    avg_rtt=7,
    var_rtt=8,
)


def count(laptop: Laptop) -> None:
    """Give the default route statistics."""
    laptop.system.update_route(RouteUpdate(DEFAULT_ROUTE, STATISTICS))


@pytest.mark.parametrize(
    ("arguments", "errno", "logs"),
    [
        pytest.param(Arguments(None), Errno.EINVAL, [FUNCTION], id="no id"),
        pytest.param(Arguments(room(4)), Errno.EINVAL, [FUNCTION], id="a short id"),
        pytest.param(Arguments(room(16), None), Errno.EINVAL, [FUNCTION], id="no buffer"),
        pytest.param(Arguments(room(16), room(63)), Errno.EINVAL, [FUNCTION], id="too short"),
        pytest.param(Arguments(unreadable()), Errno.EFAULT, [FUNCTION], id="a fault"),
        pytest.param(Arguments(b"\x77" * 16), Errno.ENOENT, [], id="an unknown id"),
    ],
)
@pytest.mark.parametrize("release", [OLDER, NEWER])
def test_bad_arguments_are_refused(
    arguments: Arguments, errno: Errno, logs: list[str], release: str
) -> None:
    assert verdict(arguments.call(make_laptop(release).fd, COPY)) == (errno, logs)


@pytest.mark.parametrize(
    ("release", "size_bytes", "errno"),
    [
        (OLDER, 64, 0),
        (OLDER, 71, 0),
        (NEWER, 64, Errno.EINVAL),
        (NEWER, 71, Errno.EINVAL),
        (NEWER, 72, 0),
    ],
)
def test_newer_releases_need_room_for_the_route_flags(
    release: str, size_bytes: int, errno: int
) -> None:
    laptop = make_laptop(release)
    assert laptop.fd.add(remote=REMOTE).copy_route_statistics(size_bytes).errno == errno


@pytest.mark.parametrize("size_bytes", [64, 71, 72, 111])
def test_older_releases_write_112_bytes_whatever_the_length(size_bytes: int) -> None:
    laptop = make_laptop(OLDER)
    client = laptop.fd.add(remote=REMOTE)
    answer = client.copy_route_statistics(size_bytes)
    assert effects_of(answer, UserOverrun) == [UserOverrun(size_bytes, 112)]


@pytest.mark.parametrize(("release", "size_bytes"), [(OLDER, 112), (NEWER, 72), (NEWER, 73)])
def test_a_buffer_as_long_as_the_structure_is_not_overrun(release: str, size_bytes: int) -> None:
    laptop = make_laptop(release)
    answer = laptop.fd.add(remote=REMOTE).copy_route_statistics(size_bytes)
    assert (answer.errno, answer.retval, answer.effects) == (0, 0, ())


def test_older_releases_copy_the_counters_of_ntstat_without_those_by_interface() -> None:
    laptop = make_laptop(OLDER)
    client = laptop.fd.add(remote=REMOTE)
    count(laptop)
    content = shown(client.copy_route_statistics(112))[1].ljust(112, b"\0")
    assert NSTAT_COUNTS.unpack(content) == COUNTERS
    assert content[32:80] == bytes(48)


def test_newer_releases_copy_the_counters_and_the_flags_of_the_route() -> None:
    laptop = make_laptop(NEWER)
    client = laptop.fd.add(remote=REMOTE)
    count(laptop)
    *counters, flags = NECP_STAT_COUNTS.unpack(
        shown(client.copy_route_statistics(72))[1].ljust(72, b"\0")
    )
    assert tuple(counters) == COUNTERS
    assert flags & (RouteFlag.UP | RouteFlag.GATEWAY) == RouteFlag.UP | RouteFlag.GATEWAY


@pytest.mark.parametrize("release", [OLDER, NEWER])
def test_a_route_without_statistics_gives_zeros_and_no_flags(release: str) -> None:
    laptop = make_laptop(release)
    client = laptop.fd.add(remote=REMOTE)
    answer = laptop.fd.action(COPY, client.client_id, b"\xff" * 112)
    written = 112 if release == OLDER else 72
    assert shown(answer)[1] == (bytes(written) + b"\xff" * (112 - written)).rstrip(b"\0")


def test_a_client_without_a_route_gives_zeros() -> None:
    laptop = make_laptop()
    count(laptop)
    client = laptop.fd.add(remote=REMOTE, require_if_type=[6])
    assert shown(client.copy_route_statistics(72))[1] == b""


@pytest.mark.parametrize("release", [OLDER, NEWER])
def test_memory_that_ends_within_the_structure_faults(release: str) -> None:
    laptop = make_laptop(release)
    client = laptop.fd.add(remote=REMOTE)
    count(laptop)
    answer = laptop.fd.action(COPY, client.client_id, faulting(128, 70))
    assert verdict(answer) == (Errno.EFAULT, [FUNCTION])
    assert shown(answer)[1][:1] == b"\x0b"
    answer = laptop.fd.action(COPY, client.client_id, read_only(bytes(128)))
    assert (answer.errno, shown(answer)[1]) == (Errno.EFAULT, b"")
