"""The coalesced timer after which every client is evaluated again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from necp_replay.events.effects import TimerArmed

if TYPE_CHECKING:
    from necp_replay.kernel.state import Kernel

DELAY_NS = 100_000 * 1000
LEEWAY_US = 500_000


class UpdateTimer:
    """Whether the thread call behind ``necp_update_all_clients`` is pending."""

    __slots__ = ("armed",)

    def __init__(self) -> None:
        self.armed = False


def update_all_clients(kernel: Kernel) -> None:
    """Arm the timer: 100 ms from now with 500 ms leeway; arming again moves the deadline.

    Source: necp_update_all_clients, xnu-4570.51.1.
    """
    timer = kernel.timer
    deadline_us = (kernel.now_ns + DELAY_NS) // 1000
    kernel.emit(TimerArmed(deadline_us, LEEWAY_US, timer.armed))
    timer.armed = True
