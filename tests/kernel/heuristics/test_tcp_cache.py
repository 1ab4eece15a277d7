"""The buckets of TCP's tables, and the TCP clock."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from necp_replay.kernel.exceptions import KernelPanic
from necp_replay.kernel.heuristics.flow_hash import flow_hash
from necp_replay.kernel.heuristics.tcp_cache import BUCKETS, HASH_SEED, TcpCache, tcp_now


def keys_of_one_bucket(count: int) -> Iterator[bytes]:
    """A number of keys whose entries are in one bucket."""
    number = 0
    while count:
        key = number.to_bytes(24, "little")
        number += 1
        if flow_hash(key, HASH_SEED) % BUCKETS == 0:
            count -= 1
            yield key


def test_a_full_bucket_reuses_the_entry_that_was_not_accessed_for_longest() -> None:
    cache = TcpCache()
    *first, last = keys_of_one_bucket(6)
    for now, key in enumerate(first):
        cache.find_or_create_heuristic(key, now).ecn_loss = 1
    cache.find_heuristic(first[0], 10)
    assert cache.find_or_create_heuristic(last, 11).ecn_loss == 0
    assert [cache.find_heuristic(key, 12) is not None for key in first] == [
        True,
        False,
        True,
        True,
        True,
    ]


def test_a_reused_entry_has_no_cookie() -> None:
    cache = TcpCache()
    *first, last = keys_of_one_bucket(6)
    for now, key in enumerate(first):
        cache.find_or_create_cookie(key, now).cookie_len = 4
    assert cache.find_or_create_cookie(last, 10).cookie_len == 0


def test_a_full_bucket_whose_entries_were_accessed_at_this_tick_panics() -> None:
    cache = TcpCache()
    *first, last = keys_of_one_bucket(6)
    for key in first:
        cache.find_or_create_cookie(key, 5)
    with pytest.raises(KernelPanic):
        cache.find_or_create_cookie(last, 5)


def test_the_clock_counts_milliseconds_and_wraps() -> None:
    assert (tcp_now(1_000_000_000), tcp_now((1 << 32) * 1_000_000)) == (1000, 0)
