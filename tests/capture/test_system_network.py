"""Interfaces and routes of the running system, and the forms in which systems show routes."""

from __future__ import annotations

import struct

from necp_replay.capture.system_network import (
    parse_linux_routes,
    parse_route_dump,
    read_interfaces,
)
from necp_replay.events.routes import RouteAdd


def sockaddr(family: int, content: bytes) -> bytes:
    padded = struct.pack("<BB", len(content) + 2, family) + content
    return padded.ljust((len(padded) + 3) // 4 * 4, b"\0")


def message(flags: int, index: int, *addresses: tuple[int, bytes]) -> bytes:
    """A message of a route dump of XNU: ``struct rt_msghdr`` and what follows."""
    body = b"".join(content for _, content in addresses)
    present = sum(bit for bit, _ in addresses)
    head = struct.pack("<HBBHxxii", 92 + len(body), 5, 4, index, flags, present)
    return head.ljust(92, b"\0") + body


def test_the_loopback_interface_is_read() -> None:
    interfaces, why_none = read_interfaces()
    assert why_none == ""
    addresses = [each.addr for interface in interfaces for each in interface.addresses]
    assert "127.0.0.1" in addresses


def test_routes_of_a_dump_are_read() -> None:
    default = sockaddr(2, bytes(14))
    gateway = sockaddr(2, bytes((0, 0, 192, 0, 2, 1)) + bytes(8))
    net = sockaddr(2, bytes((0, 0, 192, 0, 2, 0)) + bytes(8))
    mask = sockaddr(2, b"\0\0\xff\xff\xff\0")
    link = sockaddr(18, bytes(18))
    content = (
        message(0x3, 4, (1, default), (2, gateway), (4, sockaddr(0, bytes(6))))
        + message(0x1, 4, (1, net), (2, link), (4, mask))
        + message(0x0, 4, (1, net), (2, link))
        + message(0x1000001, 6, (1, sockaddr(30, bytes(26))), (2, link), (4, sockaddr(0, b"")))
    )
    assert list(parse_route_dump(content)) == [
        RouteAdd("route1", "0.0.0.0", 0, 4, "192.0.2.1"),
        RouteAdd("route2", "192.0.2.0", 24, 4),
        RouteAdd("route3", "::", 0, 6, scoped=True),
    ]


def test_a_dump_that_is_cut_ends_early() -> None:
    whole = message(0x1, 4, (1, sockaddr(2, bytes(14))))
    for length in range(len(whole)):
        assert list(parse_route_dump(whole[:length])) == []


def test_routes_of_linux_are_read() -> None:
    text = (
        "Iface Destination Gateway Flags RefCnt Use Metric Mask MTU Window IRTT\n"
        "eth0 00000000 010200C0 0003 0 0 0 00000000 0 0 0\n"
        "eth0 000200C0 00000000 0001 0 0 0 00FFFFFF 0 0 0\n"
    )
    assert list(parse_linux_routes(text, {"eth0": 2})) == [
        RouteAdd("route1", "0.0.0.0", 0, 2, "192.0.2.1"),
        RouteAdd("route2", "192.0.2.0", 24, 2),
    ]
