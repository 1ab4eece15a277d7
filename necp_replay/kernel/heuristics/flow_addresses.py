"""Reads the addresses of a flow for TCP's caches."""

from __future__ import annotations

from necp_replay.abi.sockaddr import AF_INET, AF_INET6


def is_internet(sockaddr: bytes) -> bool:
    """Whether a socket address is IPv4 or IPv6."""
    return sockaddr[1] in (AF_INET, AF_INET6)


def inner_address(sockaddr: bytes, family: int) -> bytes:
    """The address bytes, read as if the socket address were of ``family``.

    Kernel quirk: local and remote address are read by the family of one of them.
    """
    return sockaddr[8:24] if family == AF_INET6 else sockaddr[4:8]
