"""Whether a network gets ECN, and what was learned about it."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.tcp_cache import EcnHeuristics
from necp_replay.kernel.heuristics.serial_time import is_later
from necp_replay.kernel.heuristics.tcp_cache import Heuristic, TcpCache

OVERFLOW_PROTECT: Final = 9
"""``TCP_CACHE_OVERFLOW_PROTECT``: where counters stop that double the backoff."""
RETRY_LIMIT: Final = 9
"""``ECN_RETRY_LIMIT``: counters that got here start anew once the backoff is over."""
MAX_SYN_LOSS: Final = 2
MAX_DROPRST: Final = 1
MAX_DROPRXMT: Final = 4
MAX_SYNRST: Final = 4
_U32: Final = 0xFFFFFFFF


def does_ecn(cache: TcpCache, key: bytes, now: int) -> bool:
    """Whether ECN may be tried on the network (``tcp_heuristic_do_ecn_common``)."""
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
    return True


def learn_ecn(cache: TcpCache, key: bytes, bits: int, now: int) -> None:
    """What a connection saw: of several bits, only the first in this order counts.

    Source: tcp_heuristics_ecn_update, tcp_heuristic_inc_counters, xnu-4570.51.1.
    """
    if bits & EcnHeuristics.SUCCESS:
        heuristic = cache.find_heuristic(key, now)
        if heuristic is not None:
            heuristic.ecn_loss = 0
            heuristic.ecn_synrst = 0
    elif bits & EcnHeuristics.LOSS:
        _count_loss(cache, cache.find_or_create_heuristic(key, now), now)
    elif bits & EcnHeuristics.DROP_RST:
        _count_drop_rst(cache, cache.find_or_create_heuristic(key, now), now)
    elif bits & EcnHeuristics.DROP_RXMT:
        _count_drop_rxmt(cache, cache.find_or_create_heuristic(key, now), now)
    elif bits & EcnHeuristics.SYN_RST:
        _count_syn_rst(cache, cache.find_or_create_heuristic(key, now), now)
    elif bits & EcnHeuristics.AGGRESSIVE:
        _back_off_aggressively(cache, cache.find_or_create_heuristic(key, now), now)


def _count_loss(cache: TcpCache, heuristic: Heuristic, now: int) -> None:
    if heuristic.ecn_loss < OVERFLOW_PROTECT:
        heuristic.ecn_loss += 1
        _back_off(cache, heuristic, heuristic.ecn_loss - MAX_SYN_LOSS, now)


def _count_drop_rst(cache: TcpCache, heuristic: Heuristic, now: int) -> None:
    if heuristic.ecn_droprst < OVERFLOW_PROTECT:
        heuristic.ecn_droprst += 1
        _back_off(cache, heuristic, heuristic.ecn_droprst - MAX_DROPRST, now)


def _count_drop_rxmt(cache: TcpCache, heuristic: Heuristic, now: int) -> None:
    if heuristic.ecn_droprxmt < OVERFLOW_PROTECT:
        heuristic.ecn_droprxmt += 1
        _back_off(cache, heuristic, heuristic.ecn_droprxmt - MAX_DROPRXMT, now)


def _count_syn_rst(cache: TcpCache, heuristic: Heuristic, now: int) -> None:
    if heuristic.ecn_synrst < OVERFLOW_PROTECT:
        heuristic.ecn_synrst += 1
        _back_off(cache, heuristic, heuristic.ecn_synrst - MAX_SYNRST, now)


def _back_off_aggressively(cache: TcpCache, heuristic: Heuristic, now: int) -> None:
    """Source: tcp_heuristic_ecn_aggressive_common, xnu-4570.51.1."""
    _back_off(cache, heuristic, heuristic.ecn_aggressive, now)
    if heuristic.ecn_aggressive < OVERFLOW_PROTECT:
        heuristic.ecn_aggressive += 1


def _back_off(cache: TcpCache, heuristic: Heuristic, doublings: int, now: int) -> None:
    """Keep away for the first time, doubled; not at all while the counter is below its limit."""
    if doublings >= 0:
        duration = cache.backoff_ticks() << doublings & _U32
        heuristic.ecn_backoff = (now + duration) & _U32
