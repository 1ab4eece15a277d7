"""TCP's two hash tables: heuristics by network, and Fast Open cookies by network and destination.

Entries are found by a key made of the interface's network signature, or of the local address where
the interface has none. A bucket holds five entries; the oldest makes room for the next.
"""

from __future__ import annotations

from typing import Final, Protocol, TypeVar

from necp_replay.abi.sockaddr import AF_INET, AF_INET6, IN6_ADDR_BYTES, IN_ADDR_BYTES
from necp_replay.abi.tcp_cache import CACHE_KEY, HEURISTIC_KEY
from necp_replay.kernel.exceptions import KernelPanic
from necp_replay.kernel.heuristics.flow_hash import flow_hash
from necp_replay.kernel.objects.interface import Interface

BUCKETS: Final = 1024
"""What 16 GiB of memory give (``tcp_cache_init``)."""
BUCKET_ENTRIES: Final = 5
"""``TCP_CACHE_BUCKET_SIZE``."""
HASH_SEED: Final = 0x12345678
"""Stands for the random ``tcp_cache_hash_seed``."""
TCP_RETRANSHZ: Final = 1000
"""Ticks of the TCP clock in a second."""
MAX_BACKOFF_MINUTES: Final = 65536

_U32: Final = 0xFFFFFFFF


class Heuristic:
    """``struct tcp_heuristic``: counters of what went wrong, and until when to keep away.

    Times are ticks of the TCP clock, 32 bits.
    """

    __slots__ = (
        "ecn_aggressive",
        "ecn_backoff",
        "ecn_droprst",
        "ecn_droprxmt",
        "ecn_loss",
        "ecn_synrst",
        "key",
        "last_access",
        "tfo_backoff",
        "tfo_backoff_until",
        "tfo_data_loss",
        "tfo_data_rst",
        "tfo_enabled_time",
        "tfo_in_backoff",
        "tfo_req_loss",
        "tfo_req_rst",
    )

    def __init__(self) -> None:
        self.key = b""
        self.last_access = 0
        self.clear()

    def clear(self) -> None:
        """Forget everything but the key and the time of the last access."""
        self.tfo_data_loss = 0
        self.tfo_req_loss = 0
        self.tfo_data_rst = 0
        self.tfo_req_rst = 0
        self.ecn_loss = 0
        self.ecn_aggressive = 0
        self.ecn_droprst = 0
        self.ecn_droprxmt = 0
        self.ecn_synrst = 0
        self.tfo_enabled_time = 0
        self.tfo_backoff_until = 0
        self.tfo_backoff = 0
        self.ecn_backoff = 0
        self.tfo_in_backoff = False


class CookieEntry:
    """``struct tcp_cache``: the Fast Open cookie for a destination.

    ``cookie_len`` may pass the 16 bytes of ``cookie`` in releases that store it as it came.
    """

    __slots__ = ("cookie", "cookie_len", "key", "last_access")

    def __init__(self) -> None:
        self.key = b""
        self.last_access = 0
        self.cookie = b""
        self.cookie_len = 0


class TcpCache:
    """Both tables, and the sysctls that steer them.

    ``ecn_inbound`` and ``ecn_outbound`` turn ECN on for a direction (1), or leave it to others;
    ``ecn_timeout`` is in minutes; ``disabled``, unless 0, ignores what was learned.
    """

    __slots__ = (
        "cookies",
        "disabled",
        "ecn_inbound",
        "ecn_outbound",
        "ecn_timeout",
        "heuristics",
    )

    def __init__(self) -> None:
        self.heuristics: dict[int, list[Heuristic]] = {}
        self.cookies: dict[int, list[CookieEntry]] = {}
        self.ecn_inbound = 2
        self.ecn_outbound = 2
        self.ecn_timeout = 60
        self.disabled = 0

    def find_heuristic(self, key: bytes, now: int) -> Heuristic | None:
        """The network's heuristic, accessed ``now`` (``tcp_getheuristic_with_lock``)."""
        return _find(self.heuristics.get(_bucket_number(key)), key, now)

    def find_or_create_heuristic(self, key: bytes, now: int) -> Heuristic:
        """As :meth:`find_heuristic`, but made when it is not there, or recycled from the oldest.

        Source: tcp_getheuristic_with_lock, xnu-4570.51.1.
        """
        bucket = self.heuristics.setdefault(_bucket_number(key), [])
        heuristic = _find(bucket, key, now)
        if heuristic is not None:
            return heuristic
        if len(bucket) >= BUCKET_ENTRIES:
            heuristic = _oldest(bucket, now, "tcp_getheuristic_with_lock")
            heuristic.clear()
        else:
            heuristic = Heuristic()
            bucket.insert(0, heuristic)
        heuristic.key = key
        heuristic.last_access = now
        heuristic.ecn_backoff = now
        heuristic.tfo_backoff_until = now
        heuristic.tfo_backoff = self.backoff_ticks()
        return heuristic

    def find_or_create_cookie(self, key: bytes, now: int) -> CookieEntry:
        """The destination's cookie, accessed ``now``; made or recycled when it is not there.

        Source: tcp_getcache_with_lock, xnu-4570.51.1.
        """
        bucket = self.cookies.setdefault(_bucket_number(key), [])
        entry = _find(bucket, key, now)
        if entry is not None:
            return entry
        if len(bucket) >= BUCKET_ENTRIES:
            entry = _oldest(bucket, now, "tcp_getcache_with_lock")
            entry.cookie_len = 0
        else:
            entry = CookieEntry()
            bucket.insert(0, entry)
        entry.key = key
        entry.last_access = now
        return entry

    def backoff_ticks(self) -> int:
        """The first time to keep away from ECN or Fast Open (``tcp_ecn_timeout``)."""
        return minutes_to_ticks(self.ecn_timeout & _U32)


def minutes_to_ticks(minutes: int) -> int:
    """Minutes as ticks of the TCP clock (``tcp_min_to_hz``)."""
    return min(minutes, MAX_BACKOFF_MINUTES) * 60 * TCP_RETRANSHZ


def tcp_now(now_ns: int) -> int:
    """The TCP clock at a time of the monotonic clock: milliseconds, 32 bits."""
    return now_ns // 1_000_000 & _U32


def heuristic_key(interface: Interface, family: int, local_address: bytes) -> bytes:
    """What tells a network: its signature, else the local address (``tcp_cache_hash_src``)."""
    is_inet6 = family == AF_INET6
    signature = interface.ipv6_signature if is_inet6 else interface.ipv4_signature
    source = signature or local_address[: IN6_ADDR_BYTES if is_inet6 else IN_ADDR_BYTES]
    return HEURISTIC_KEY.pack(source, AF_INET6 if is_inet6 else AF_INET)


def cookie_key(
    interface: Interface, family: int, local_address: bytes, remote_address: bytes
) -> bytes:
    """What tells a destination as seen from a network (``tcp_cache_hash``)."""
    source = heuristic_key(interface, family, local_address)
    if family == AF_INET6:
        return CACHE_KEY.pack(AF_INET6, source, remote_address)
    return CACHE_KEY.pack(AF_INET, source, remote_address[:IN_ADDR_BYTES])


class _Entry(Protocol):
    key: bytes
    last_access: int


_E = TypeVar("_E", bound=_Entry)


def _bucket_number(key: bytes) -> int:
    return flow_hash(key, HASH_SEED) & (BUCKETS - 1)


def _find(bucket: list[_E] | None, key: bytes, now: int) -> _E | None:
    for entry in bucket or ():
        if entry.key == key:
            entry.last_access = now
            return entry
    return None


def _oldest(bucket: list[_E], now: int, function: str) -> _E:
    """The entry that was not accessed for longest.

    Kernel quirk: a full bucket whose entries were all accessed at this very tick has none.
    """
    oldest, max_age = None, 0
    for entry in bucket:
        age = (now - entry.last_access) & _U32
        if age > max_age:
            oldest, max_age = entry, age
    if oldest is None:
        raise KernelPanic(function, "every entry of a full bucket was accessed at this tick")
    return oldest
