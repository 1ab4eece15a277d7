"""TCP Fast Open on a network: whether to try it, the counters, and the cookies of servers."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client import TFO_COOKIE_MAX_BYTES
from necp_replay.abi.integers import U32_MAX
from necp_replay.abi.tcp_cache import (
    CACHE_COOKIE_OFFSET,
    CACHE_ENTRY_BYTES,
    TFO_CACHE,
    TfoHeuristics,
)
from necp_replay.events.effects import MemoryCorruption
from necp_replay.kernel.exceptions import KernelPanic
from necp_replay.kernel.heuristics.log import log_backoff, log_reset
from necp_replay.kernel.heuristics.serial_time import is_later
from necp_replay.kernel.heuristics.tcp_cache import (
    MAX_BACKOFF_MINUTES,
    Heuristic,
    TcpCache,
    minutes_to_ticks,
)
from necp_replay.kernel.state import KernelState

OVERFLOW_PROTECT: Final = 9
"""``TCP_CACHE_OVERFLOW_PROTECT``: counters stop here."""
MAX_COOKIE_LOSS: Final = 2
"""``TFO_MAX_COOKIE_LOSS``: from here on every count starts a backoff."""


def may_try_tfo(cache: TcpCache, key: bytes, now: int) -> bool:
    """Whether to try Fast Open on the network: not during a backoff. Ends one that is over.

    Source: tcp_heuristic_do_tfo_common, xnu-4570.51.1.
    """
    if cache.disabled:
        return True
    heuristic = cache.find_heuristic(key, now)
    if heuristic is None or not heuristic.tfo_in_backoff:
        return True
    if not is_later(now, heuristic.tfo_backoff_until):
        return False
    heuristic.tfo_in_backoff = False
    heuristic.tfo_enabled_time = now
    return True


def find_cookie(cache: TcpCache, key: bytes, now: int) -> bytes:
    """The cookie of a server, empty where there is none. A missing entry is made.

    Raises KernelPanic where a stored cookie is longer than the 16 bytes for it.
    Source: tcp_cache_get_cookie_common, xnu-4570.51.1.
    """
    entry = cache.find_or_create_cookie(key, now)
    if entry.cookie_len > TFO_COOKIE_MAX_BYTES:
        raise KernelPanic("tcp_cache_get_cookie_common", "a stored cookie exceeds the space for it")
    return entry.cookie[: entry.cookie_len]


def learn_tfo(
    kernel: KernelState, network_key: bytes, destination_key: bytes, payload: bytes, now: int
) -> None:
    """Count what a connection saw, all bits in this order, and store the cookie that it got.

    Source: tcp_heuristics_tfo_update, xnu-4570.51.1.
    """
    cache = kernel.heuristics
    cookie, cookie_len, bits = TFO_CACHE.unpack(payload)
    if bits & TfoHeuristics.SUCCESS:
        _reset_counters(kernel, network_key, now, with_data=True)
    if bits & TfoHeuristics.SUCCESS_REQ:
        _reset_counters(kernel, network_key, now, with_data=False)
    if bits & TfoHeuristics.LOSS:
        heuristic = cache.find_or_create_heuristic(network_key, now)
        _count_data_loss(kernel, heuristic, now)
        _count_request_loss(kernel, heuristic, now)
    if bits & TfoHeuristics.LOSS_REQ:
        _count_request_loss(kernel, cache.find_or_create_heuristic(network_key, now), now)
    if bits & TfoHeuristics.RST_DATA:
        heuristic = cache.find_or_create_heuristic(network_key, now)
        _count_data_rst(kernel, heuristic, now)
        _count_request_rst(kernel, heuristic, now)
    if bits & TfoHeuristics.RST_REQ:
        _count_request_rst(kernel, cache.find_or_create_heuristic(network_key, now), now)
    if bits & TfoHeuristics.MIDDLEBOX:
        _back_off(kernel, cache.find_or_create_heuristic(network_key, now), now)
    if cookie_len:
        _store_cookie(kernel, destination_key, cookie, cookie_len, now)


def _store_cookie(
    kernel: KernelState, key: bytes, cookie: bytes, cookie_len: int, now: int
) -> None:
    """Store the cookie of a server.

    Kernel quirk: releases that do not limit the length to 16 bytes copy as many bytes as it says.
    They overwrite the end of the entry, then what follows it. Reading the cookie panics later.
    Source: tcp_cache_set_cookie_common, xnu-4570.51.1.
    """
    entry = kernel.heuristics.find_or_create_cookie(key, now)
    if cookie_len > TFO_COOKIE_MAX_BYTES and kernel.profile.tfo_cookie_length_is_clamped:
        cookie_len = TFO_COOKIE_MAX_BYTES
    entry.cookie_len = cookie_len
    # A shorter cookie leaves bytes of the last one after it, but these are never read.
    entry.cookie = cookie
    if CACHE_COOKIE_OFFSET + cookie_len > CACHE_ENTRY_BYTES:
        kernel.emit(
            MemoryCorruption(
                "overflow", "tcp_cache_set_cookie_common", cookie_len - TFO_COOKIE_MAX_BYTES
            )
        )


def _reset_counters(kernel: KernelState, key: bytes, now: int, *, with_data: bool) -> None:
    """Source: tcp_heuristic_reset_counters, xnu-4570.51.1, xnu-6153.11.26."""
    heuristic = kernel.heuristics.heuristic_of_success(
        key, now, makes_one=kernel.profile.success_makes_heuristic
    )
    if heuristic is None:
        return
    counters = [heuristic.tfo_req_loss, heuristic.tfo_req_rst]
    heuristic.tfo_req_loss = 0
    heuristic.tfo_req_rst = 0
    if with_data:
        counters += heuristic.tfo_data_loss, heuristic.tfo_data_rst
        heuristic.tfo_data_loss = 0
        heuristic.tfo_data_rst = 0
    for counter in counters:
        if counter >= MAX_COOKIE_LOSS:
            log_reset(kernel)


def _count_data_loss(kernel: KernelState, heuristic: Heuristic, now: int) -> None:
    if heuristic.tfo_data_loss < OVERFLOW_PROTECT:
        heuristic.tfo_data_loss += 1
        if heuristic.tfo_data_loss >= MAX_COOKIE_LOSS:
            _back_off(kernel, heuristic, now)


def _count_request_loss(kernel: KernelState, heuristic: Heuristic, now: int) -> None:
    if heuristic.tfo_req_loss < OVERFLOW_PROTECT:
        heuristic.tfo_req_loss += 1
        if heuristic.tfo_req_loss >= MAX_COOKIE_LOSS:
            _back_off(kernel, heuristic, now)


def _count_data_rst(kernel: KernelState, heuristic: Heuristic, now: int) -> None:
    if heuristic.tfo_data_rst < OVERFLOW_PROTECT:
        heuristic.tfo_data_rst += 1
        if heuristic.tfo_data_rst >= MAX_COOKIE_LOSS:
            _back_off(kernel, heuristic, now)


def _count_request_rst(kernel: KernelState, heuristic: Heuristic, now: int) -> None:
    if heuristic.tfo_req_rst < OVERFLOW_PROTECT:
        heuristic.tfo_req_rst += 1
        if heuristic.tfo_req_rst >= MAX_COOKIE_LOSS:
            _back_off(kernel, heuristic, now)


def _back_off(kernel: KernelState, heuristic: Heuristic, now: int) -> None:
    """Start a backoff, unless there is one.

    Each backoff is twice as long as the last, less the time that Fast Open was used in between. It
    starts from the first length again after a long time of use, and above 65,536 minutes.

    Source: __tcp_heuristic_tfo_middlebox_common, xnu-4570.51.1.
    """
    cache = kernel.heuristics
    if heuristic.tfo_in_backoff:
        return
    heuristic.tfo_in_backoff = True
    backoff = heuristic.tfo_backoff
    if heuristic.tfo_enabled_time:
        worked = (now - heuristic.tfo_enabled_time) & U32_MAX
        backoff = backoff - worked if worked <= backoff else cache.backoff_ticks()
    heuristic.tfo_backoff_until = (now + backoff) & U32_MAX
    backoff = backoff * 2 & U32_MAX
    if backoff > minutes_to_ticks(MAX_BACKOFF_MINUTES):
        backoff = cache.backoff_ticks()
    heuristic.tfo_backoff = backoff
    log_backoff(kernel)
