"""COPY_ROUTE_STATISTICS: copies the counters of the route that the last evaluation found."""

from __future__ import annotations

from typing import Final, assert_never

from necp_replay.abi.client import ClientAction
from necp_replay.abi.client_structs import NECP_STAT_COUNTS, NSTAT_COUNTS
from necp_replay.abi.errno import Errno
from necp_replay.abi.integers import U32_MAX, U64_MAX
from necp_replay.abi.uuid import UUID_BYTES
from necp_replay.kernel.call import copyin, copyout, refuse
from necp_replay.kernel.client_actions.client_call import (
    ID_FAULT,
    NO_ID,
    NOT_ON_FD,
    ClientCall,
    find_client,
)
from necp_replay.kernel.description import Description, logged
from necp_replay.kernel.objects.client import Client
from necp_replay.kernel.objects.necp_fd import NecpFd
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.type_confusion import SESSION_LOSES_LISTS
from necp_replay.releases.facts.client_actions import RouteStatisticsLayout

_FUNCTION: Final = "necp_client_copy_route_statistics"
_WIDE_COUNTERS: Final = ("rxpackets", "rxbytes", "txpackets", "txbytes")
_NO_ARGUMENTS: Final = logged(
    Errno.EINVAL,
    NO_ID + ", or the buffer is NULL or too short",
    fact="route_statistics_min_bytes",
)
_COUNTERS_FAULT: Final = logged(
    Errno.EFAULT,
    "the counters cannot be written; as many bytes as the structure has are, whatever the length",
    fact="route_statistics_layout",
)

_COUNTERS: Final = (
    *("rxduplicatebytes", "rxoutoforderbytes", "txretransmit"),
    *("connectattempts", "connectsuccesses", "min_rtt", "avg_rtt", "var_rtt"),
)


def copy_route_statistics(kernel: KernelState, necp_fd: NecpFd, call: ClientCall) -> int:
    """Copy the route's counters, or zeros without a route or without statistics on it.

    Kernel quirk: some releases copy a longer structure than they ask room for, so the copy runs
    past the end of the buffer. Raises SyscallError: EINVAL, EFAULT, ENOENT.
    Source: necp_client_copy_route_statistics, xnu-4570.51.1.
    """
    if not call.names_client or call.buffer.is_null:
        refuse(kernel, _NO_ARGUMENTS, _FUNCTION, values=call.values)
    if call.buffer_bytes < kernel.profile.route_statistics_min_bytes:
        refuse(
            kernel,
            _NO_ARGUMENTS,
            _FUNCTION,
            values=call.buffer_values | {"needed_bytes": kernel.profile.route_statistics_min_bytes},
        )
    client_id = copyin(kernel, call.client_id, UUID_BYTES, _FUNCTION, check=ID_FAULT)
    client = find_client(kernel, necp_fd, client_id)
    copyout(kernel, call.buffer, _statistics(kernel, client), _FUNCTION, check=_COUNTERS_FAULT)
    return 0


def _statistics(kernel: KernelState, client: Client) -> bytes:
    route = client.current_route
    stats = route.stats if route is not None else None
    counters = [0] * (len(_WIDE_COUNTERS) + len(_COUNTERS))
    route_flags = 0
    if route is not None and stats is not None:
        counters = [stats.get(name, 0) & U64_MAX for name in _WIDE_COUNTERS]
        counters += [stats.get(name, 0) & U32_MAX for name in _COUNTERS]
        if kernel.profile.route_statistics_report_route_flags:
            route_flags = route.flags & U32_MAX
    layout = kernel.profile.route_statistics_layout
    match layout:
        case RouteStatisticsLayout.NSTAT_COUNTS:
            return NSTAT_COUNTS.pack(*counters)
        case RouteStatisticsLayout.NECP_STAT_COUNTS:
            return NECP_STAT_COUNTS.pack(*counters, route_flags)
        case _:
            assert_never(layout)


COPY_ROUTE_STATISTICS: Final = Description(
    subject=ClientAction.COPY_ROUTE_STATISTICS,
    handler=copy_route_statistics,
    function="necp_client_copy_route_statistics",
    summary="Copies the counters of the route that the client's last evaluation found.",
    checks=(
        _NO_ARGUMENTS,
        ID_FAULT,
        NOT_ON_FD,
        _COUNTERS_FAULT,
    ),
    answer="returns 0; the counters, zeros without a route or without statistics on it",
    effects="bytes written past the buffer are reported as a memory corruption",
    overwrites=SESSION_LOSES_LISTS,
    other_facts=("route_statistics_report_route_flags",),
)
