"""Applies inputs about routes: ``route_add``, ``route_update`` and ``route_delete``."""

from __future__ import annotations

from dataclasses import fields
from typing import Final, assert_never

from necp_replay.abi.errno import Errno
from necp_replay.abi.integers import U32_MAX
from necp_replay.abi.route import RouteFlag
from necp_replay.events import routes
from necp_replay.events.inputs import RouteInput
from necp_replay.events.outcome import Outcome
from necp_replay.kernel.description import Description, silent
from necp_replay.kernel.objects.route import Route
from necp_replay.kernel.routing.route_change import NO_ROUTE, NewRoute, add_route, delete_route
from necp_replay.kernel.sockaddr import parse_address, sockaddr_of
from necp_replay.kernel.state import KernelState


def handle_route(kernel: KernelState, event: RouteInput) -> Outcome:
    """Apply an input about routes. ESRCH for a name that no route has."""
    match event:
        case routes.RouteAdd():
            return Outcome(errno=_add(kernel, event))
        case routes.RouteUpdate():
            return Outcome(errno=_update(kernel, event))
        case routes.RouteDelete():
            return Outcome(errno=_delete(kernel, event.id))
        case _:
            assert_never(event)


def _add(kernel: KernelState, event: routes.RouteAdd) -> int:
    ifp = kernel.interfaces.by_index.get(event.ifindex)
    if ifp is None:
        return Errno.ENXIO
    destination = parse_address(event.dest)
    gateway = None if event.gateway is None else parse_address(event.gateway)
    flags = _flags_of(event.flags)
    if destination is None or flags is None or (event.gateway is not None and gateway is None):
        return Errno.EINVAL
    if not 0 <= event.prefix <= 8 * len(destination):
        return Errno.EINVAL
    new = NewRoute(event.id, destination, event.prefix, ifp, event.scoped, flags & ~_IGNORED)
    route = add_route(kernel, new)
    if isinstance(route, int):
        return route
    if gateway is not None:
        route.flags |= _RTF_GATEWAY
        route.gateway = sockaddr_of(gateway)
    if event.mtu:
        route.mtu = event.mtu & U32_MAX
    if event.stats is not None:
        _set_statistics(route, event.stats)
    kernel.routes.by_id[event.id] = route
    return 0


def _update(kernel: KernelState, event: routes.RouteUpdate) -> int:
    route = kernel.routes.by_id.get(event.id)
    flags_set, flags_clear = _flags_of(event.flags_set), _flags_of(event.flags_clear)
    if route is None:
        return Errno.ESRCH
    if flags_set is None or flags_clear is None:
        return Errno.EINVAL
    if event.stats is not None:
        _set_statistics(route, event.stats)
    elif event.detach_stats:
        route.stats = None
    if event.mtu is not None:
        route.mtu = event.mtu & U32_MAX
    flags = (route.flags | flags_set) & ~flags_clear
    if flags != route.flags:
        # Neither look-ups nor evaluations read anything else of a route, but for the MTU, which
        # each recalled evaluation compares.
        route.flags = flags
        kernel.routes.changed()
        kernel.forget_routed()
    return 0


def _delete(kernel: KernelState, name: str) -> int:
    route = kernel.routes.by_id.get(name)
    if route is None:
        return Errno.ESRCH
    error = delete_route(kernel, route)
    if error == 0:
        del kernel.routes.by_id[name]
    return error


def _flags_of(described: int | tuple[str, ...] | None) -> int | None:
    """Flags as a number, from a number or from names. None for a name that no flag has."""
    if described is None:
        return 0
    if isinstance(described, int):
        return described & U32_MAX
    flags = 0
    for name in described:
        flag = RouteFlag.__members__.get(name)
        if flag is None:
            return None
        flags |= int(flag)
    return flags


def _set_statistics(route: Route, stats: routes.RouteStats) -> None:
    """Set the counters that are given. A route without statistics gets them, all 0 at first."""
    if route.stats is None:
        route.stats = dict.fromkeys(_COUNTER_MASKS, 0)
    for name, mask in _COUNTER_MASKS.items():
        value = getattr(stats, name)
        if value is not None:
            route.stats[name] = value & mask


_U64: Final = 0xFFFFFFFFFFFFFFFF
_RTF_GATEWAY: Final = int(RouteFlag.GATEWAY)
_IGNORED: Final = int(RouteFlag.GATEWAY | RouteFlag.IFSCOPE | RouteFlag.UP)
"""Flags of an added route that follow from its other fields, whatever the input says."""

_WIDE_COUNTERS: Final = 10
_COUNTER_MASKS: Final = {
    field.name: _U64 if position < _WIDE_COUNTERS else U32_MAX
    for position, field in enumerate(fields(routes.RouteStats))
}
"""The width of each counter of ``struct nstat_counts``, in order. The first ten have 64 bits."""

ROUTE_UPDATE: Final = Description(
    subject=routes.RouteUpdate,
    handler=_update,
    summary="Statistics, MTU and flags of a route change.",
    checks=(NO_ROUTE, silent(Errno.EINVAL, "a flag that there is not")),
)
