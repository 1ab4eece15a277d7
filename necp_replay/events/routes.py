"""Inputs about routes: they are added, changed and deleted."""

from __future__ import annotations

from necp_replay.dataclass import dataclass


@dataclass(slots=True)
class RouteStats:
    """Counters of a route (``struct nstat_counts``). Those that are None are not set."""

    rxpackets: int | None = None
    rxbytes: int | None = None
    txpackets: int | None = None
    txbytes: int | None = None
    cell_rxbytes: int | None = None
    cell_txbytes: int | None = None
    wifi_rxbytes: int | None = None
    wifi_txbytes: int | None = None
    wired_rxbytes: int | None = None
    wired_txbytes: int | None = None
    rxduplicatebytes: int | None = None
    rxoutoforderbytes: int | None = None
    txretransmit: int | None = None
    connectattempts: int | None = None
    connectsuccesses: int | None = None
    min_rtt: int | None = None
    avg_rtt: int | None = None
    var_rtt: int | None = None


@dataclass(slots=True)
class RouteAdd:
    """``rtrequest_scoped`` with RTM_ADD.

    ``id`` is the route's name in the trace. ``flags`` are RTF_ names without the prefix, or a
    number. The route is added with the interface's link-level address as its gateway; ``gateway``
    and ``mtu`` (unless 0) are set afterwards.
    """

    id: str
    dest: str
    prefix: int = 0
    ifindex: int = 0
    gateway: str | None = None
    scoped: bool = False
    flags: int | tuple[str, ...] | None = None
    mtu: int | None = None
    stats: RouteStats | None = None


@dataclass(slots=True)
class RouteUpdate:
    """Fields of a route change, without effects. ``detach_stats`` frees its statistics block."""

    id: str
    stats: RouteStats | None = None
    detach_stats: bool = False
    mtu: int | None = None
    flags_set: int | tuple[str, ...] | None = None
    flags_clear: int | tuple[str, ...] | None = None


@dataclass(slots=True)
class RouteDelete:
    """``rtrequest_scoped`` with RTM_DELETE."""

    id: str
