"""Arenas: statistics of flows, and sysctls, in memory that a process shares with the kernel.

What is in the memory is not modelled. It counts as zeros.
"""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client import ClientParameter
from necp_replay.abi.log import LOG_ERR
from necp_replay.abi.tlv import TLV_HEADER, TLV_HEADER_BYTES
from necp_replay.events.clock import TimerFire
from necp_replay.events.effects import TimerArmed
from necp_replay.events.outcome import Outcome, TimerAnswer
from necp_replay.kernel.clients.tracing import Tracing, trace
from necp_replay.kernel.objects.arena import StatsArena
from necp_replay.kernel.objects.client import Client, FlowRegistration
from necp_replay.kernel.objects.necp_fd import NecpFd
from necp_replay.kernel.state import KernelState

COLLECT_STATS: Final = "collect_stats"
CLOSE_EMPTY_ARENAS: Final = "close_empty_arenas"

STATISTICS_TCP, STATISTICS_UDP, STATISTICS_QUIC = 1, 2, 3
"""``NECP_CLIENT_STATISTICS_TYPE_*``."""
STATISTICS_VERSION: Final = 1
"""``NECP_CLIENT_STATISTICS_TYPE_*_CURRENT_VER``."""


def ensure_arena(kernel: KernelState, necp_fd: NecpFd) -> StatsArena:
    """The active arena of an fd, which is made and mapped if there is none.

    Source: necp_arena_initialize, necp_arena_create, xnu-8019.80.24.
    """
    if necp_fd.active_arena is None:
        arena = StatsArena(_map(kernel), kernel.profile.statistics_object_bytes)
        necp_fd.active_arena = arena
        necp_fd.arenas.insert(0, arena)
        kernel.clients.arena_count += 1
    return necp_fd.active_arena


def ensure_sysctl_arena(kernel: KernelState, necp_fd: NecpFd) -> int:
    """The address of the sysctls of an fd, which are mapped if they are not yet.

    Source: necp_sysctl_arena_initialize, necp_arena_sysctls_obj, xnu-8019.80.24.
    """
    if necp_fd.sysctl_address is None:
        necp_fd.sysctl_address = _map(kernel)
        kernel.clients.sysctl_arena_count += 1
    return necp_fd.sysctl_address


def give_statistics(
    kernel: KernelState,
    necp_fd: NecpFd,
    registration: FlowRegistration,
    *,
    kind: int,
    version: int,
    size_bytes: int,
) -> int | None:
    """Give a registration statistics, and return their address.

    None for a request that is not for statistics as the release has them, or without a free object.
    The fd has an active arena afterwards in any case.

    Source: necp_client_stats_bufreq, necp_arena_stats_obj_alloc, xnu-8019.80.24.
    """
    arena = ensure_arena(kernel, necp_fd)
    if (
        kind not in (STATISTICS_TCP, STATISTICS_UDP, STATISTICS_QUIC)
        or version != STATISTICS_VERSION
        or size_bytes != kernel.profile.statistics_bytes
    ):
        return None
    address = arena.allocate()
    if address is None:
        return None
    arena.use_count += 1
    registration.stats_arena = arena
    registration.stats_address = address
    registration.stats_type = kind
    kernel.clients.collected_registrations += 1
    if COLLECT_STATS not in kernel.timers_armed:
        _arm(kernel, COLLECT_STATS)
    if kernel.profile.flow_statistics_read_parameters:
        _read_flags(kernel, registration.client)
    trace(kernel, registration.client, Tracing.FLOW, "necp_stats_initialize")
    return address


def _read_flags(kernel: KernelState, client: Client) -> None:
    """Network statistics read the parameters of a client up to its flags.

    Source: necp_find_netstat_initial_properties, xnu-10002.1.13.
    """
    offset, end = 0, len(client.parameters)
    while offset + TLV_HEADER_BYTES <= end:
        type_, length = TLV_HEADER.unpack_from(client.parameters, offset)
        if length > end - offset - TLV_HEADER_BYTES:
            kernel.log(LOG_ERR, "necp_find_netstat_initial_properties")
            return
        if type_ == ClientParameter.FLAGS:
            return
        offset += TLV_HEADER_BYTES + length


def free_statistics(kernel: KernelState, registration: FlowRegistration) -> None:
    """Give the statistics of a registration back to their arena, which it still holds.

    Source: necp_destroy_flow_stats, xnu-8019.80.24.
    """
    address, arena = registration.stats_address, registration.stats_arena
    if address is not None and arena is not None:
        arena.free(address)
        registration.stats_address = None
        kernel.clients.collected_registrations -= 1


def release_arena(kernel: KernelState, registration: FlowRegistration) -> None:
    """A registration that is freed no longer holds the arena of its statistics.

    Source: necp_destroy_client_flow_registration, xnu-8019.80.24.
    """
    if registration.stats_arena is not None:
        _release(kernel, registration.stats_arena)
        registration.stats_arena = None


def retire_arena(kernel: KernelState, necp_fd: NecpFd) -> None:
    """The active arena of an fd that becomes defunct is no longer active.

    Source: necp_fd_mredirect_stats_arena, xnu-8019.80.24.
    """
    if necp_fd.active_arena is not None:
        _release(kernel, necp_fd.active_arena)
        necp_fd.active_arena = None


def destroy_arenas(kernel: KernelState, necp_fd: NecpFd, *, closing: bool) -> None:
    """Drop the arenas of an fd: all if it is ``closing``, else those without statistics.

    Source: necp_stats_arenas_destroy, xnu-8019.80.24.
    """
    active = necp_fd.active_arena
    if active is not None and (closing or active.use_count == _IDLE_ACTIVE):
        retire_arena(kernel, necp_fd)
    for arena in list(necp_fd.arenas):
        if closing or arena.use_count == _IDLE:
            necp_fd.arenas.remove(arena)
            _release(kernel, arena)


def destroy_sysctl_arena(kernel: KernelState, necp_fd: NecpFd) -> None:
    """Unmap the sysctls of an fd that is closed (necp_sysctl_arena_destroy)."""
    if necp_fd.sysctl_address is not None:
        necp_fd.sysctl_address = None
        kernel.clients.sysctl_arena_count -= 1


def close_arenas_later(kernel: KernelState, necp_fd: NecpFd) -> None:
    """Arm the timer that drops empty arenas, if an fd may have one once a client is freed.

    Source: necp_client_remove, xnu-8019.80.24.
    """
    active = necp_fd.active_arena
    may_be_empty = bool(necp_fd.arenas) if active is None else active.use_count == _IDLE_ACTIVE + 1
    if may_be_empty:
        _arm(kernel, CLOSE_EMPTY_ARENAS)


def fire_timer(kernel: KernelState, event: TimerFire) -> Outcome:
    """Another timer than the update timer fires, if it is armed.

    Source: necp_collect_stats_client_callout, necp_close_empty_arenas_callout, xnu-8019.80.24.
    """
    fired = event.timer in kernel.timers_armed
    kernel.timers_armed.discard(event.timer)
    if fired and event.timer == CLOSE_EMPTY_ARENAS:
        for necp_fd in kernel.clients.fd_list:
            destroy_arenas(kernel, necp_fd, closing=False)
    elif fired and kernel.clients.collected_registrations:
        _arm(kernel, COLLECT_STATS)
    return Outcome(answer=TimerAnswer(fired))


def _map(kernel: KernelState) -> int:
    """Where the next arena is mapped."""
    address = _FIRST_ADDRESS + kernel.clients.mapped_arenas * _ADDRESS_STEP
    kernel.clients.mapped_arenas += 1
    return address


def _release(kernel: KernelState, arena: StatsArena) -> None:
    arena.use_count -= 1
    if not arena.use_count:
        kernel.clients.arena_count -= 1


def _arm(kernel: KernelState, timer: str) -> None:
    delay_ns, leeway_us = _TIMERS[timer]
    deadline_us = (kernel.now_ns + delay_ns) // 1000
    kernel.emit(TimerArmed(deadline_us, leeway_us, timer in kernel.timers_armed, timer))
    kernel.timers_armed.add(timer)


_TIMERS: Final = {
    COLLECT_STATS: (1_000_000_000, 500_000),
    CLOSE_EMPTY_ARENAS: (10_000_000_000, 1_000_000),
}
"""The delay in nanoseconds and the leeway in microseconds of each timer."""
_FIRST_ADDRESS: Final = 0x7000_0000_0000
_ADDRESS_STEP: Final = 0x100_0000
"""Where the measured kernels map arenas, one after the other."""
_IDLE: Final = 1
"""The use count of an arena that is only in the list of its fd."""
_IDLE_ACTIVE: Final = 2
"""The use count of an active arena without statistics."""
