"""Addresses against address conditions: ranges with ports, and prefixes down to the bit.

Addresses are 28-byte ``union necp_sockaddr_union`` values: ``sa_len``, ``sa_family``, the port in
network order at 2, an IPv4 address at 4, an IPv6 address at 8 and its scope id at 24.
"""

from __future__ import annotations

from typing import Final

from necp_replay.abi.sockaddr import AF_INET, AF_INET6, SOCKADDR_IN6_BYTES, SOCKADDR_IN_BYTES

NOT_COMPARABLE: Final = 2
"""What :func:`compare_addresses` answers for addresses without an order."""


def is_valid_address(sockaddr: bytes) -> bool:
    """Whether family and length go together, as parameters and conditions must have it.

    Source: necp_address_is_valid, xnu-4570.51.1.
    """
    family = sockaddr[1]
    if family == AF_INET:
        return sockaddr[0] == SOCKADDR_IN_BYTES
    return family == AF_INET6 and sockaddr[0] == SOCKADDR_IN6_BYTES


def compare_addresses(first: bytes, second: bytes) -> int:
    """-1, 0 or 1 by address and port, or :data:`NOT_COMPARABLE`.

    Kernel quirk: an order holds only when address and port agree on it.

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
    """Kind, address and port of an address, by which it is ordered among those of its kind.

    None for an address that has no order. The kind is length and family, with the scope of an IPv6
    address.

    Kernel quirk: ports are compared as little-endian numbers though they are stored in network
    order, so port 256 comes before port 1.

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
    """Whether an address lies between two others, both included.

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
    """Whether an address shares a subnet's first ``prefix`` bits, and its port where it names one.

    Kernel quirk: nothing keeps a prefix within the width of an address, so one of more than 32 or
    128 bits goes on comparing what stands behind it: unused bytes of the union, then the fields
    that follow both unions in memory, which ``behind_address`` and ``behind_subnet`` hold.

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
    """A key that two addresses share exactly if they agree in family and first ``prefix`` bits.

    That is what :func:`is_in_subnet` compares, port and scope aside. None for a family that has no
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
