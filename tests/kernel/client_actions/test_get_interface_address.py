"""GET_INTERFACE_ADDRESS."""

from __future__ import annotations

import pytest

from necp_replay.abi.client import ClientAction
from necp_replay.abi.errno import Errno
from necp_replay.events.user_buffer import UserBuffer
from necp_replay.scenario.addresses import sockaddr
from necp_replay.scenario.buffers import nowhere, room
from tests.kernel.builders import Laptop, make_laptop
from tests.kernel.client_actions.arguments import Arguments, shown, unreadable, verdict

RELEASE = "xnu-8019.80.24"
FUNCTION = "necp_client_get_interface_address"
ACTION = ClientAction.GET_INTERFACE_ADDRESS
WIFI = (4).to_bytes(4, "little")
CELLULAR = (6).to_bytes(4, "little")


def ipv4(address: str, length: int = 16) -> bytes:
    """A socket address of IPv4 that says another length, with a port."""
    content = sockaddr(f"{address}:80")[:16].ljust(length, b"\0")
    return bytes((length,)) + content[1:]


def source(laptop: Laptop, index: bytes, destination: bytes) -> bytes:
    """The source address, without the zeros at its end."""
    answer = laptop.fd.action(ACTION, index, destination)
    assert verdict(answer) == (Errno.OK, [])
    return shown(answer)[1]


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(Arguments(None, ipv4("198.18.0.1")), id="no index"),
        pytest.param(Arguments(bytes(3), ipv4("198.18.0.1")), id="a short index"),
        pytest.param(Arguments(bytes(5), ipv4("198.18.0.1")), id="a long index"),
        pytest.param(Arguments(WIFI, None), id="no buffer"),
        pytest.param(Arguments(WIFI, ipv4("198.18.0.1"), buffer_size=15), id="a short buffer"),
        pytest.param(Arguments(WIFI, room(129)), id="a long buffer"),
        pytest.param(Arguments(WIFI, ipv4("198.18.0.1") + b"\0"), id="more than the address"),
        pytest.param(Arguments(WIFI, b"\x10\x01" + bytes(14)), id="another family"),
    ],
)
def test_bad_arguments_are_einval(arguments: Arguments) -> None:
    assert verdict(arguments.call(make_laptop(RELEASE).fd, ACTION)) == (Errno.EINVAL, [FUNCTION])


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(Arguments(nowhere(), ipv4("198.18.0.1"), client_id_len=4), id="index"),
        pytest.param(Arguments(WIFI, unreadable(ipv4("198.18.0.1"))), id="address"),
        pytest.param(
            Arguments(WIFI, UserBuffer(ipv4("198.18.0.1"), length=16, readonly=True)), id="answer"
        ),
    ],
)
def test_faults_are_efault(arguments: Arguments) -> None:
    assert verdict(arguments.call(make_laptop(RELEASE).fd, ACTION)) == (Errno.EFAULT, [FUNCTION])


@pytest.mark.parametrize("index", [0, 9, 99, 0xFFFFFFFF])
def test_an_index_of_no_interface_is_enoent(index: int) -> None:
    answer = make_laptop(RELEASE).fd.action(ACTION, index.to_bytes(4, "little"), ipv4("198.18.0.1"))
    assert verdict(answer) == (Errno.ENOENT, [FUNCTION])


def test_the_source_is_the_address_of_the_route_without_a_port() -> None:
    laptop = make_laptop(RELEASE)
    assert source(laptop, WIFI, ipv4("198.18.0.1")) == ipv4("192.0.2.10")[:2] + bytes(2) + bytes(
        (192, 0, 2, 10)
    )
    assert source(laptop, CELLULAR, ipv4("198.18.0.1"))[4:] == bytes((203, 0, 113, 6))


@pytest.mark.parametrize("length", [16, 28, 64, 128])
def test_an_ipv4_address_may_say_any_length(length: int) -> None:
    laptop = make_laptop(RELEASE)
    assert source(laptop, WIFI, ipv4("198.18.0.1", length))[:2] == b"\x10\x02"


def test_no_route_through_the_interface_is_einval() -> None:
    laptop = make_laptop(RELEASE)
    for destination in (ipv4("198.18.0.1"), sockaddr("[2001:db8::1]:80")):
        answer = laptop.fd.action(ACTION, (7).to_bytes(4, "little"), destination)
        assert verdict(answer) == (Errno.EINVAL, [FUNCTION])


def test_ipv6_has_no_address_to_choose_from() -> None:
    laptop = make_laptop(RELEASE)
    laptop.system.add_route("::/0", laptop.wifi)
    answer = laptop.fd.action(ACTION, WIFI, sockaddr("[2001:db8::1]:80"))
    assert verdict(answer) == (Errno.EADDRNOTAVAIL, [FUNCTION])
    answer = laptop.fd.action(ACTION, WIFI, sockaddr("[::1]:80"))
    assert verdict(answer) == (Errno.EINVAL, [FUNCTION])


def test_an_older_release_does_not_know_it() -> None:
    answer = make_laptop("xnu-8019.61.5").fd.action(ACTION, WIFI, ipv4("198.18.0.1"))
    assert verdict(answer) == (Errno.EINVAL, ["necp_client_action"])
