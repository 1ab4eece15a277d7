"""Turns addresses as text (``192.0.2.1:443``, ``[fe80::1%4]:443``, port optional) into bytes."""

from __future__ import annotations

import ipaddress
import struct

from necp_replay.abi.policy import CONDITION_ADDR, CONDITION_ADDR_RANGE
from necp_replay.errors import ScenarioError

AF_INET = 2
# Darwin's number. Linux has 10, so Python's socket.AF_INET6 would depend on the machine.
AF_INET6 = 30
# The size of NECP's union of sockaddr_in (16 bytes) and sockaddr_in6 (28 bytes).
SOCKADDR_BYTES = 28


def sockaddr(text: str) -> bytes:
    """Pack an address into the 28-byte union of socket addresses. Raises ScenarioError.

    A scope after ``%`` is an interface index, and is stored as ``sin6_scope_id``.
    """
    host, port = _split(text)
    address, _, scope = host.partition("%")
    try:
        packed = ipaddress.ip_address(address).packed
        number = 0 if port is None else int(port)
        scope_id = int(scope or 0)
        if not 0 <= number <= 0xFFFF or not 0 <= scope_id <= 0xFFFFFFFF:
            raise ValueError(text)
    except ValueError:
        raise ScenarioError(
            f"{text!r} is not an address",
            hint="Write 192.0.2.1, 192.0.2.1:443, 2001:db8::1 or [fe80::1%4]:443.",
        ) from None
    if len(packed) == 4:
        content = struct.pack(">BBH4s", 16, AF_INET, number, packed)
    else:
        content = struct.pack(">BBHI16s", 28, AF_INET6, number, 0, packed)
        content += struct.pack("<I", scope_id)
    return content.ljust(SOCKADDR_BYTES, b"\0")


def split_port(text: str) -> tuple[str, int | None]:
    """Split ``address:port`` into address and port; None if there is no port.

    Raises ScenarioError if the port is not a number.
    """
    host, port = _split(text)
    try:
        return host, None if port is None else int(port)
    except ValueError:
        raise ScenarioError(f"{port!r} is not a port", hint="Write 192.0.2.1:443.") from None


def _split(text: str) -> tuple[str, str | None]:
    if text.startswith("["):
        host, _, rest = text[1:].partition("]")
        return host, rest.removeprefix(":") or None
    # Two colons and more without brackets are an IPv6 address without a port.
    if text.count(":") == 1:
        host, _, port = text.partition(":")
        return host, port
    return text, None


def subnet(network: str) -> bytes:
    """Pack a network, or a single address, into the value of a condition. Raises ScenarioError."""
    try:
        parsed = ipaddress.ip_network(network, strict=False)
    except ValueError as error:
        raise ScenarioError(str(error), hint="Write 192.0.2.1 or 2001:db8::/32.") from None
    return CONDITION_ADDR.pack(parsed.prefixlen, sockaddr(str(parsed.network_address)))


def address_range(first: str, last: str) -> bytes:
    """Pack a range into the value of a condition. Raises ScenarioError."""
    return CONDITION_ADDR_RANGE.pack(sockaddr(first), sockaddr(last))
