"""The addresses of a flow as TCP's caches read them."""

from __future__ import annotations

from necp_replay.abi.sockaddr import AF_INET, AF_INET6


def is_internet(sockaddr: bytes) -> bool:
    """Whether a socket address is of IPv4 or IPv6."""
    return sockaddr[1] in (AF_INET, AF_INET6)


def inner_address(sockaddr: bytes, family: int) -> bytes:
    """The bytes where an address of that family lies, whatever the family written there."""
    return sockaddr[8:24] if family == AF_INET6 else sockaddr[4:8]
