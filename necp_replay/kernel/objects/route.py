"""A route of the routing table."""

from __future__ import annotations

from dataclasses import dataclass

from necp_replay.kernel.objects.interface import Interface, InterfaceAddressEntry


@dataclass(slots=True, eq=False)
class Route:
    """``struct rtentry``. ``destination`` is a 4 or 16 byte address, host bits cleared.

    ``interface`` is ``rt_ifp``, ``ifa`` is ``rt_ifa``. ``stats`` has the counters by the names of
    ``struct nstat_counts`` without prefix, None without a statistics block.
    """

    id: str
    family: int
    destination: bytes
    prefix: int
    scope: int
    flags: int
    mtu: int
    interface: Interface
    ifa: InterfaceAddressEntry | None = None
    gateway: bytes | None = None
    stats: dict[str, int] | None = None
