"""TCP's two hash tables: heuristics by network, and Fast Open cookies by network and server.

- **Keys.** A network is known by the signature of its interface (of the router, say), or by the
  local address where the interface has none. A server is known by the network and its address.
- **Buckets.** A hash of the key chooses one of 1,024 buckets. A bucket is a list of at most five
  entries, the newest first. Finding an entry sets the time of its last access. When a bucket is
  full, the entry that was not accessed for longest is cleared and used again.
- **Backoff.** An entry of the first table counts what went wrong. When a counter reaches its limit
  the feature is not used on the network for ``net.inet.tcp.ecn_timeout`` minutes. Each further
  count doubles that time (ECN, see ``ecn.py``), or each further backoff does (Fast Open, see
  ``tfo.py``). ``net.inet.tcp.disable_tcp_heuristics`` ignores all of it.
- **Time** is the TCP clock: milliseconds in 32 bits, which wrap (``serial_time.py``).

Only buckets that are in use are kept here. So memory grows with the entries, at most 5,120 in each
table.

Source: tcp_cache.c, xnu-4570.51.1.
"""

from __future__ import annotations

from typing import Final, Protocol, TypeVar

from necp_replay.abi.integers import U32_MAX
from necp_replay.abi.sockaddr import AF_INET, AF_INET6, IN6_ADDR_BYTES, IN_ADDR_BYTES
from necp_replay.abi.tcp_cache import CACHE_KEY, HEURISTIC_KEY
from necp_replay.kernel.exceptions import KernelPanic
from necp_replay.kernel.heuristics.flow_hash import flow_hash
from necp_replay.kernel.objects.interface import Interface

BUCKETS: Final = 1024
"""The kernel chooses the number by the size of memory; this is for 16 GiB (``tcp_cache_init``)."""
BUCKET_ENTRIES: Final = 5
"""``TCP_CACHE_BUCKET_SIZE``."""
HASH_SEED: Final = 0x12345678
"""``tcp_cache_hash_seed``: random in the kernel, and this number where it was measured."""
TCP_RETRANSHZ: Final = 1000
"""Ticks of the TCP clock per second."""
MAX_BACKOFF_MINUTES: Final = 65536
"""Longer times are cut to this one (``tcp_min_to_hz``)."""


class Heuristic:
    """``struct tcp_heuristic``: what went wrong on a network, and the end of each backoff.

    Times are ticks of the TCP clock. ``tfo_backoff`` is the length of the next backoff of Fast
    Open, ``tfo_enabled_time`` when the last one ended.
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
        """Reset everything but the key and the time of the last access."""
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
    """``struct tcp_cache``: the Fast Open cookie of a server.

    ``cookie`` has room for 16 bytes. In releases that do not check it, ``cookie_len`` may be more.
    """

    __slots__ = ("cookie", "cookie_len", "key", "last_access")

    def __init__(self) -> None:
        self.key = b""
        self.last_access = 0
        self.cookie = b""
        self.cookie_len = 0


class TcpCache:
    """Both tables, by the number of the bucket, and the sysctls ``net.inet.tcp``.

    - ``ecn_inbound``, ``ecn_outbound`` (``tcp_ecn_inbound``, ``tcp_ecn_outbound``): 1 turns ECN
      on. The default is 2: it depends on the interface.
    - ``ecn_timeout``: the first backoff, in minutes.
    - ``disabled`` (``disable_tcp_heuristics``): if not 0, counters and backoffs are ignored.
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
        """The entry of a network, or None. ``now`` becomes the time of its last access.

        Source: tcp_getheuristic_with_lock, xnu-4570.51.1.
        """
        return _find(self.heuristics.get(_bucket_number(key)), key, now)

    def find_or_create_heuristic(self, key: bytes, now: int) -> Heuristic:
        """As :meth:`find_heuristic`, but with a new entry where there is none.

        Raises KernelPanic, see :func:`_oldest`.

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

    def heuristic_of_success(self, key: bytes, now: int, *, makes_one: bool) -> Heuristic | None:
        """The entry of a network to reset counters of; where there is none, a new one or None.

        Source: tcp_heuristic_reset_counters, xnu-4570.51.1, xnu-6153.11.26.
        """
        if makes_one:
            return self.find_or_create_heuristic(key, now)
        return self.find_heuristic(key, now)

    def find_or_create_cookie(self, key: bytes, now: int) -> CookieEntry:
        """The entry of a server, a new one where there is none.

        ``now`` becomes the time of its last access. Raises KernelPanic, see :func:`_oldest`.

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
        """The length of the first backoff in ticks (``tcp_ecn_timeout``)."""
        return minutes_to_ticks(self.ecn_timeout & U32_MAX)


def minutes_to_ticks(minutes: int) -> int:
    """Minutes in ticks of the TCP clock, at most 65,536 minutes (``tcp_min_to_hz``)."""
    return min(minutes, MAX_BACKOFF_MINUTES) * 60 * TCP_RETRANSHZ


def tcp_now(now_ns: int) -> int:
    """The TCP clock at a time of the monotonic clock: the low 32 bits of its milliseconds."""
    return now_ns // 1_000_000 & U32_MAX


def heuristic_key(interface: Interface, family: int, local_address: bytes) -> bytes:
    """The key of a network: the interface's signature, or else the local address.

    Source: tcp_cache_hash_src, xnu-4570.51.1.
    """
    is_inet6 = family == AF_INET6
    signature = interface.ipv6_signature if is_inet6 else interface.ipv4_signature
    source = signature or local_address[: IN6_ADDR_BYTES if is_inet6 else IN_ADDR_BYTES]
    return HEURISTIC_KEY.pack(source, AF_INET6 if is_inet6 else AF_INET)


def cookie_key(
    interface: Interface, family: int, local_address: bytes, remote_address: bytes
) -> bytes:
    """The key of a server on a network. Source: tcp_cache_hash, xnu-4570.51.1."""
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
    """The entry of a full bucket that was not accessed for longest.

    Kernel quirk: if all five were accessed at this tick, none is found. The kernel then follows a
    null pointer, so this raises KernelPanic.
    """
    oldest, max_age = None, 0
    for entry in bucket:
        age = (now - entry.last_access) & U32_MAX
        if age > max_age:
            oldest, max_age = entry, age
    if oldest is None:
        raise KernelPanic(function, "every entry of a full bucket was accessed at this tick")
    return oldest
