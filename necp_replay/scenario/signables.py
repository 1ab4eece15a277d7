"""Answers of resolvers and browsers that SIGN signs, and the tags that clients show of them."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.signable import BROWSE_RESULT, HOST_ANSWER, SERVICE_ANSWER, SignType
from necp_replay.abi.sockaddr import AF_INET6, SOCKADDR_IN6_BYTES
from necp_replay.scenario.addresses import sockaddr

_NO_ADDRESS: Final = bytes((SOCKADDR_IN6_BYTES, AF_INET6)).ljust(28, b"\0")


def host_answer(
    client_id: bytes,
    host_name: bytes,
    address: str | None,
    *,
    is_system: bool = False,
    metadata: int = 0,
) -> bytes:
    """An address of a host, for one client, or for everybody if it ``is_system``."""
    kind = SignType.SYSTEM_RESOLVER_ANSWER if is_system else SignType.RESOLVER_ANSWER
    packed = _NO_ADDRESS if address is None else sockaddr(address).ljust(28, b"\0")
    return HOST_ANSWER.pack(client_id, kind, metadata, packed, len(host_name)) + host_name


def browse_result(
    client_id: bytes, service: bytes, *, is_system: bool = False, metadata: int = 0
) -> bytes:
    """A service that was found by browsing."""
    kind = SignType.SYSTEM_BROWSE_RESULT if is_system else SignType.BROWSE_RESULT
    return BROWSE_RESULT.pack(client_id, kind, metadata, len(service)) + service


def service_answer(
    client_id: bytes,
    service: bytes,
    host_name: bytes,
    port: int,
    *,
    is_system: bool = False,
    metadata: int = 0,
) -> bytes:
    """The host and port of a service. ``port`` is in host order."""
    kind = (
        SignType.SYSTEM_SERVICE_RESOLVER_ANSWER if is_system else SignType.SERVICE_RESOLVER_ANSWER
    )
    in_network_order = int.from_bytes(port.to_bytes(2, "big"), "little")
    lengths = len(service), in_network_order, len(host_name)
    return SERVICE_ANSWER.pack(client_id, kind, metadata, *lengths) + service + host_name
