"""The update timer: arms a thread call that will evaluate every client again."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.log import LOG_DEBUG
from necp_replay.events.clock import UpdateAllClients
from necp_replay.events.effects import TimerArmed
from necp_replay.kernel.description import Description
from necp_replay.kernel.state import KernelState

DELAY_NS = 100_000 * 1000
"""``necp_timeout_microseconds``, 100 ms."""
LEEWAY_US = 500_000
"""``necp_timeout_leeway_microseconds``, 500 ms."""
LATER_LEEWAY_US = 50_000
"""The same in releases that do not arm a pending timer again, 50 ms."""
_NS_PER_US: Final = 1000

SHORT_DELAY_NS = 10_000 * 1000
SHORT_LEEWAY_US = 10_000
"""Both where an agent asks that clients are evaluated at once, 10 ms."""


def update_all_clients(kernel: KernelState, *, at_once: bool = False) -> None:
    """Arm the timer: 100 ms from now, with 500 ms leeway. Arming it again moves the deadline.

    ``at_once`` asks for 10 ms and a leeway of 10 ms, which has an effect from xnu-6153 on.

    From xnu-8792 on a pending timer stays as it is, with one exception: if ``at_once`` is given and
    it would fire later, it is stopped and armed again.

    Source: necp_update_all_clients, xnu-4570.51.1;
    necp_update_all_clients_immediately_if_needed, xnu-6153.11.26, xnu-8792.41.9.
    """
    _arm(kernel, at_once=at_once)
    if kernel.profile.pending_timer_is_left_alone and kernel.policies.debug > 0:
        kernel.log(LOG_DEBUG, "necp_update_all_clients_immediately_if_needed")


def _arm(kernel: KernelState, *, at_once: bool) -> None:
    leaves_pending = kernel.profile.pending_timer_is_left_alone
    delay_ns, leeway_us = DELAY_NS, LATER_LEEWAY_US if leaves_pending else LEEWAY_US
    if at_once and kernel.profile.agents_can_update_at_once:
        delay_ns, leeway_us = SHORT_DELAY_NS, SHORT_LEEWAY_US
    if leaves_pending:
        # Kernel quirk: the deadline counts as an interval from now on, so the time counts twice.
        latest_ns = 2 * kernel.now_ns + delay_ns + leeway_us * _NS_PER_US
        if kernel.update_timer_armed:
            if not at_once or kernel.update_timer_latest_ns <= latest_ns:
                return
            kernel.update_timer_armed = False
        kernel.update_timer_latest_ns = latest_ns
    deadline_us = (kernel.now_ns + delay_ns) // _NS_PER_US
    kernel.emit(TimerArmed(deadline_us, leeway_us, kernel.update_timer_armed))
    kernel.update_timer_armed = True


UPDATE_ALL_CLIENTS: Final = Description(
    subject=UpdateAllClients,
    handler=update_all_clients,
    function="necp_update_all_clients",
    summary="Arms the timer after which every client is evaluated again.",
    effects="the timer is armed: 100 ms, 500 ms leeway",
    other_facts=("agents_can_update_at_once", "pending_timer_is_left_alone"),
)
