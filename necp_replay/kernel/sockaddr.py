"""Socket addresses as the kernel handles them: text form, wildcards and IPv6 scopes.

A socket address is ``bytes``: 16 for IPv4 and 28 for IPv6, or the 28-byte union that pads IPv4 with
zeros. The kernel embeds the scope of a link-local IPv6 address into its second 16-bit word.
"""

from __future__ import annotations

import ipaddress
from functools import lru_cache
from struct import Struct
from typing import Final

from necp_replay.abi.client import SOCKADDR_UNION_BYTES
from necp_replay.abi.interface import IFSCOPE_NONE
from necp_replay.abi.sockaddr import (
    AF_INET,
    AF_INET6,
    IN6_ADDR_BYTES,
    IN_ADDR_BYTES,
    SOCKADDR_IN,
    SOCKADDR_IN6,
    SOCKADDR_IN6_BYTES,
    SOCKADDR_IN_BYTES,
)
from necp_replay.kernel.exceptions import KernelPanic


def sockaddr_in(address: bytes, port: int = 0) -> bytes:
    """A 16-byte ``struct sockaddr_in`` of a 4-byte address and a port in host order."""
    return SOCKADDR_IN.pack(SOCKADDR_IN_BYTES, AF_INET, port.to_bytes(2, "big"), address, 0)


def sockaddr_in6(address: bytes, port: int = 0, scope_id: int = 0) -> bytes:
    """A 28-byte ``struct sockaddr_in6`` of a 16-byte address and a port in host order."""
    return SOCKADDR_IN6.pack(
        SOCKADDR_IN6_BYTES, AF_INET6, port.to_bytes(2, "big"), 0, address, scope_id
    )


def sockaddr_of(address: bytes, port: int = 0) -> bytes:
    """The socket address, 16 or 28 bytes, of a 4- or 16-byte address."""
    if len(address) == IN_ADDR_BYTES:
        return sockaddr_in(address, port)
    return sockaddr_in6(address, port)


def union_of(sockaddr: bytes) -> bytes:
    """The 28-byte ``union necp_sockaddr_union`` that holds a socket address."""
    return sockaddr[:SOCKADDR_UNION_BYTES].ljust(SOCKADDR_UNION_BYTES, b"\0")


def parse_address(text: str) -> bytes | None:
    """The 4 or 16 bytes of an address in text form. None for other text, and for a zone (``%``)."""
    try:
        return _packed_address(text) if "%" not in text else None
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def _packed_address(text: str) -> bytes:
    """Parse an address. Cached, since a trace names few addresses, and these again and again.

    Only texts that are addresses are cached, so entries are short.
    """
    return (ipaddress.IPv6Address if ":" in text else ipaddress.IPv4Address)(text).packed


def address_of(sockaddr: bytes) -> bytes:
    """The 4 or 16 bytes of a socket address's address, by its family."""
    if sockaddr[1] == AF_INET:
        return sockaddr[4:8]
    return sockaddr[8:24]


def is_wildcard(sockaddr: bytes) -> bool:
    """Whether the address is 0.0.0.0 or ``::``. False for other families.

    Source: necp_address_is_wildcard, xnu-4570.51.1.
    """
    family = sockaddr[1]
    if family == AF_INET:
        return sockaddr[4:8] == _IN_ADDR_ANY
    return family == AF_INET6 and sockaddr[8:24] == _IN6_ADDR_ANY


def is_scope_embedded(address: bytes) -> bool:
    """``IN6_IS_SCOPE_EMBED``: link-local, and link- or interface-local multicast."""
    first, second = address[0], address[1]
    if first == 0xFE:
        return second & 0xC0 == 0x80
    return first == 0xFF and second & 0x0F in (1, 2)


def embed_scope(address: bytes, ifscope: int) -> bytes:
    """A 4- or 16-byte address, with the scope embedded if it is one that has a scope."""
    if len(address) != IN6_ADDR_BYTES or not is_scope_embedded(address):
        return address
    return address[:2] + (ifscope & 0xFFFF).to_bytes(2, "big") + address[4:]


def sa_copy(sockaddr: bytes, ifscope: int | None) -> tuple[bytes, int]:
    """An address in the form that the routing table and interfaces use, and its scope.

    ``ifscope`` None clears the scope id. 0 keeps the scope that the address has, embedded or as
    scope id. Any other scope replaces it. An IPv4 address has its scope id at the start of
    ``sin_zero``. The result has 16 or 28 bytes, depending on the family.

    Kernel quirk: whatever a process leaves in ``sin_zero`` counts as the scope of the address. An
    address that is neither IPv4 nor IPv6 panics the kernel.

    Source: sa_copy, xnu-4570.51.1.
    """
    family = sockaddr[1]
    if family == AF_INET:
        copied = sockaddr[:SOCKADDR_IN_BYTES]
        if ifscope != IFSCOPE_NONE:
            scope = ifscope or 0
            return copied[:8] + _U32.pack(scope) + copied[12:], scope
        return copied, int.from_bytes(copied[8:12], "little")
    if family != AF_INET6:
        raise KernelPanic("sa_copy", "an address that is neither IPv4 nor IPv6")
    if ifscope is None:
        return sockaddr[:24] + _NO_SCOPE_ID, IFSCOPE_NONE
    if not is_scope_embedded(sockaddr[8:10]):
        if ifscope == IFSCOPE_NONE:
            return sockaddr[:SOCKADDR_IN6_BYTES], int.from_bytes(sockaddr[24:28], "little")
        return sockaddr[:24] + _U32.pack(ifscope), ifscope
    embedded = int.from_bytes(sockaddr[10:12], "big")
    scope = ifscope or embedded or int.from_bytes(sockaddr[24:28], "little")
    if scope != IFSCOPE_NONE and scope != embedded:
        embedded = scope & 0xFFFF
    return (
        sockaddr[:10] + embedded.to_bytes(2, "big") + sockaddr[12:24] + _U32.pack(scope),
        scope,
    )


def sanitise(sockaddr: bytes) -> bytes:
    """An address in the form of an interface's address: no port, no scope id, scope embedded.

    Source: necp_ifnet_matches_local_address, necp_application_find_policy_match_internal,
    xnu-4570.51.1.
    """
    copied, _ = sa_copy(sockaddr, IFSCOPE_NONE)
    if copied[1] == AF_INET6:
        return copied[:2] + _NO_PORT + copied[4:24] + _NO_SCOPE_ID
    return copied[:2] + _NO_PORT + copied[4:]


_U32: Final = Struct("<I")
_NO_PORT: Final = bytes(2)
_NO_SCOPE_ID: Final = bytes(4)
_IN_ADDR_ANY: Final = bytes(IN_ADDR_BYTES)
_IN6_ADDR_ANY: Final = bytes(IN6_ADDR_BYTES)
