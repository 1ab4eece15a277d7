"""Compares addresses with the ranges and subnets of address conditions.

Addresses are 28-byte ``union necp_sockaddr_union`` values: ``sa_len``, ``sa_family``, the port in
network order at 2, an IPv4 address at 4, an IPv6 address at 8 and its scope id at 24.
"""

from __future__ import annotations

from typing import Final

from necp_replay.abi.sockaddr import AF_INET, AF_INET6, SOCKADDR_IN6_BYTES, SOCKADDR_IN_BYTES

NOT_COMPARABLE: Final = 2
"""The answer of :func:`compare_addresses` for two addresses that have no order."""


def is_valid_address(sockaddr: bytes) -> bool:
    """Whether an address is IPv4 or IPv6 and its length is that of the family.

    Source: necp_address_is_valid, xnu-4570.51.1.
    """
    family = sockaddr[1]
    if family == AF_INET:
        return sockaddr[0] == SOCKADDR_IN_BYTES
    return family == AF_INET6 and sockaddr[0] == SOCKADDR_IN6_BYTES


def compare_addresses(first: bytes, second: bytes) -> int:
    """-1, 0 or 1 by address and port, or :data:`NOT_COMPARABLE`.

    Kernel quirk: one address is less than another only if neither its address part nor its port is
    greater. If one part is less and the other greater, the two cannot be compared. Measured in
    policy_addr_rrange_tunnel.

    Source: necp_addr_compare, xnu-4570.51.1.
    """
    first_parts, second_parts = order_parts(first), order_parts(second)
    if first_parts is None or second_parts is None or first_parts[0] != second_parts[0]:
        return NOT_COMPARABLE
    by_address = _order(first_parts[1], second_parts[1])
    by_port = _order(first_parts[2], second_parts[2])
    if by_address == 0:
        return by_port
    return NOT_COMPARABLE if by_address == -by_port else by_address


def order_parts(sockaddr: bytes) -> tuple[bytes, bytes, bytes] | None:
    """The parts that order an address: its kind, its address part and its port.

    Only addresses of the same kind are ordered. The kind is length and family, and for IPv6 the
    scope as well. None for an address that has no order.

    Kernel quirk: ports are compared as little-endian numbers though they are stored in network
    order, so port 256 comes before port 1. No trace shows it.

    Source: necp_addr_compare, xnu-4570.51.1.
    """
    length, family = sockaddr[0], sockaddr[1]
    if length == 0:
        return sockaddr[:2], b"", b""
    if family == AF_INET:
        if length != SOCKADDR_IN_BYTES:
            return None
        return sockaddr[:2], sockaddr[4:8], sockaddr[3:1:-1]
    if family == AF_INET6:
        if length != SOCKADDR_IN6_BYTES:
            return None
        return sockaddr[:2] + sockaddr[24:28], sockaddr[8:24], sockaddr[3:1:-1]
    return sockaddr[:2], sockaddr[:length], b""


def is_in_range(address: bytes, range_start: bytes, range_end: bytes) -> bool:
    """Whether an address lies in a range; both ends belong to it.

    Source: necp_is_addr_in_range, xnu-4570.51.1.
    """
    if compare_addresses(address, range_start) not in (0, 1):
        return False
    return compare_addresses(address, range_end) in (0, -1)


def is_in_subnet(
    address: bytes,
    subnet: bytes,
    prefix: int,
    behind_address: bytes = b"",
    behind_subnet: bytes = b"",
) -> bool:
    """Whether an address has the first ``prefix`` bits of a subnet, and its port if it names one.

    Kernel quirk: a prefix can be longer than an address. The comparison then goes on after the
    address: with unused bytes of the union, and then with the fields that follow the two unions in
    memory, which are ``behind_address`` and ``behind_subnet``. No trace shows it.

    Source: necp_is_addr_in_subnet, xnu-4570.51.1.
    """
    if address[:2] != subnet[:2]:
        return False
    start = _ADDRESS_OFFSETS.get(address[1])
    if start is None:
        return False
    if subnet[2:4] != b"\0\0" and address[2:4] != subnet[2:4]:
        return False
    if address[1] == AF_INET6:
        scope, subnet_scope = address[24:28], subnet[24:28]
        if scope != subnet_scope and scope != _NO_SCOPE and subnet_scope != _NO_SCOPE:
            return False
    return shares_prefix(
        (address + behind_address)[start:], (subnet + behind_subnet)[start:], prefix
    )


def subnet_key(sockaddr: bytes, prefix: int) -> tuple[int, bytes, bytes, int] | None:
    """A key that two addresses share if they have the same family and first ``prefix`` bits.

    :func:`is_in_subnet` compares the same, and also port and scope. None for a family that has no
    subnets.
    """
    start = _ADDRESS_OFFSETS.get(sockaddr[1])
    if start is None:
        return None
    whole_bytes, rest = divmod(prefix, 8)
    end = start + whole_bytes
    last_bits = sockaddr[end] >> (8 - rest) if rest and end < len(sockaddr) else 0
    return prefix, sockaddr[:2], sockaddr[start:end], last_bits


def shares_prefix(first: bytes, second: bytes, bits: int) -> bool:
    """Whether two byte strings agree in their first ``bits`` bits.

    Source: necp_buffer_compare_with_bit_prefix, xnu-4570.51.1.
    """
    whole_bytes, rest = divmod(bits, 8)
    if first[:whole_bytes] != second[:whole_bytes]:
        return False
    if rest == 0:
        return True
    last_first = first[whole_bytes : whole_bytes + 1]
    last_second = second[whole_bytes : whole_bytes + 1]
    return not last_first or (last_first[0] ^ last_second[0]) >> (8 - rest) == 0


_NO_SCOPE: Final = bytes(4)
_ADDRESS_OFFSETS: Final = {AF_INET: 4, AF_INET6: 8}


def _order(first: bytes, second: bytes) -> int:
    return (first > second) - (first < second)
