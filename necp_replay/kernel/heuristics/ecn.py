"""ECN on a network: whether to try it, and the counters of what went wrong."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.integers import U32_MAX
from necp_replay.abi.tcp_cache import EcnHeuristics
from necp_replay.kernel.heuristics.log import log_backoff, log_reset
from necp_replay.kernel.heuristics.serial_time import is_later
from necp_replay.kernel.heuristics.tcp_cache import Heuristic
from necp_replay.kernel.state import KernelState

OVERFLOW_PROTECT: Final = 9
"""``TCP_CACHE_OVERFLOW_PROTECT``: counters stop here, and the backoff doubles no further."""
RETRY_LIMIT: Final = 9
"""``ECN_RETRY_LIMIT``: a counter of this value is reset once the backoff is over."""
MAX_SYN_LOSS: Final = 2
"""``ECN_MAX_SYN_LOSS``: the counter starts a backoff when it reaches this value, and with each
further count a longer one. From xnu-6153 on, nothing counts during a backoff."""
MAX_DROPRST: Final = 1
"""``ECN_MAX_DROPRST``: the same for connections with ECN that ended in a reset."""
MAX_DROPRXMT: Final = 4
"""``ECN_MAX_DROPRXMT``: the same for those that were dropped after retransmissions."""
MAX_SYNRST: Final = 4
"""``ECN_MAX_SYNRST``: the same for those whose SYN was answered with a reset."""


def may_try_ecn(kernel: KernelState, key: bytes, now: int) -> bool:
    """Whether to try ECN on the network: not during a backoff.

    Resets counters that stand at their limit after a backoff.
    Source: tcp_heuristic_do_ecn_common, xnu-4570.51.1, xnu-6153.11.26.
    """
    cache = kernel.heuristics
    if cache.disabled:
        return True
    heuristic = cache.find_heuristic(key, now)
    if heuristic is None:
        return True
    if is_later(heuristic.ecn_backoff, now):
        return False
    if heuristic.ecn_droprst >= RETRY_LIMIT:
        heuristic.ecn_droprst = 0
    if heuristic.ecn_droprxmt >= RETRY_LIMIT:
        heuristic.ecn_droprxmt = 0
    if heuristic.ecn_synrst >= RETRY_LIMIT:
        heuristic.ecn_synrst = 0
    if kernel.profile.ecn_backoff_holds_counters:
        # Otherwise the end of a backoff would lie ahead again when the clock has gone half round.
        heuristic.ecn_backoff = now
    return True


def learn_ecn(kernel: KernelState, key: bytes, bits: int, now: int) -> None:
    """Count what a connection saw. If several bits are set, only the first in this order counts.

    Source: tcp_heuristics_ecn_update, tcp_heuristic_inc_counters, xnu-4570.51.1, xnu-6153.11.26.
    """
    cache = kernel.heuristics
    if bits & EcnHeuristics.SUCCESS:
        heuristic = cache.heuristic_of_success(
            key, now, makes_one=kernel.profile.success_makes_heuristic
        )
        if heuristic is not None:
            _reset_counters(kernel, heuristic)
    elif bits & EcnHeuristics.LOSS:
        _count_loss(kernel, cache.find_or_create_heuristic(key, now), now)
    elif bits & EcnHeuristics.DROP_RST:
        _count_drop_rst(kernel, cache.find_or_create_heuristic(key, now), now)
    elif bits & EcnHeuristics.DROP_RXMT:
        _count_drop_rxmt(kernel, cache.find_or_create_heuristic(key, now), now)
    elif bits & EcnHeuristics.SYN_RST:
        _count_syn_rst(kernel, cache.find_or_create_heuristic(key, now), now)
    elif bits & EcnHeuristics.AGGRESSIVE:
        _back_off_aggressively(kernel, cache.find_or_create_heuristic(key, now), now)


def _reset_counters(kernel: KernelState, heuristic: Heuristic) -> None:
    """Source: tcp_heuristic_reset_counters, xnu-4570.51.1, xnu-6153.11.26."""
    if heuristic.ecn_loss >= MAX_SYN_LOSS or heuristic.ecn_synrst >= MAX_SYNRST:
        log_reset(kernel)
    heuristic.ecn_loss = 0
    heuristic.ecn_synrst = 0


def _holds_counters(kernel: KernelState, heuristic: Heuristic, now: int) -> bool:
    """Whether nothing but resets of SYNs counts, because there is a backoff."""
    return kernel.profile.ecn_backoff_holds_counters and is_later(heuristic.ecn_backoff, now)


def _count_loss(kernel: KernelState, heuristic: Heuristic, now: int) -> None:
    if heuristic.ecn_loss < OVERFLOW_PROTECT and not _holds_counters(kernel, heuristic, now):
        heuristic.ecn_loss += 1
        _back_off(kernel, heuristic, heuristic.ecn_loss - MAX_SYN_LOSS, now)


def _count_drop_rst(kernel: KernelState, heuristic: Heuristic, now: int) -> None:
    if heuristic.ecn_droprst < OVERFLOW_PROTECT and not _holds_counters(kernel, heuristic, now):
        heuristic.ecn_droprst += 1
        _back_off(kernel, heuristic, heuristic.ecn_droprst - MAX_DROPRST, now)


def _count_drop_rxmt(kernel: KernelState, heuristic: Heuristic, now: int) -> None:
    if heuristic.ecn_droprxmt < OVERFLOW_PROTECT and not _holds_counters(kernel, heuristic, now):
        heuristic.ecn_droprxmt += 1
        _back_off(kernel, heuristic, heuristic.ecn_droprxmt - MAX_DROPRXMT, now)


def _count_syn_rst(kernel: KernelState, heuristic: Heuristic, now: int) -> None:
    if heuristic.ecn_synrst < OVERFLOW_PROTECT:
        heuristic.ecn_synrst += 1
        _back_off(kernel, heuristic, heuristic.ecn_synrst - MAX_SYNRST, now)


def _back_off_aggressively(kernel: KernelState, heuristic: Heuristic, now: int) -> None:
    """Source: tcp_heuristic_ecn_aggressive_common, xnu-4570.51.1, xnu-6153.11.26."""
    if _holds_counters(kernel, heuristic, now):
        return
    _back_off(kernel, heuristic, heuristic.ecn_aggressive, now)
    if heuristic.ecn_aggressive < OVERFLOW_PROTECT:
        heuristic.ecn_aggressive += 1


def _back_off(kernel: KernelState, heuristic: Heuristic, doublings: int, now: int) -> None:
    """Start a backoff of the first length times 2**``doublings``; none if that is negative."""
    if doublings >= 0:
        duration = kernel.heuristics.backoff_ticks() << doublings & U32_MAX
        heuristic.ecn_backoff = (now + duration) & U32_MAX
        log_backoff(kernel)
