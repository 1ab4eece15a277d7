"""Layouts of UPDATE_CACHE and of TCP's caches that it changes (necp.h, tcp_cache.c)."""

from __future__ import annotations

import enum
from struct import Struct
from typing import Final


class CacheType(enum.IntEnum):
    """``NECP_CLIENT_CACHE_TYPE_*``."""

    ECN = 1
    TFO = 2


CACHE_TYPE_ECN_VER_1: Final = 1
CACHE_TYPE_TFO_VER_1: Final = 1


class EcnHeuristics(enum.IntFlag):
    """The bits of ``necp_tcp_ecn_cache``."""

    SUCCESS = 0x01
    LOSS = 0x02
    DROP_RST = 0x04
    DROP_RXMT = 0x08
    AGGRESSIVE = 0x10
    SYN_RST = 0x20


class TfoHeuristics(enum.IntFlag):
    """The bits of the last byte of ``necp_tcp_tfo_cache``."""

    SUCCESS = 0x01
    LOSS = 0x02
    MIDDLEBOX = 0x04
    SUCCESS_REQ = 0x08
    LOSS_REQ = 0x10
    RST_DATA = 0x20
    RST_REQ = 0x40


ECN_CACHE_BYTES: Final = 1
"""``sizeof(necp_tcp_ecn_cache)``."""

TFO_CACHE: Final = Struct(
    "<"
    "16s"  # necp_tcp_tfo_cookie @0
    "B"  # necp_tcp_tfo_cookie_len @16
    "B"  # necp_tcp_tfo_heuristics_* bits @17
)
"""``necp_tcp_tfo_cache``."""
TFO_CACHE_BYTES: Final = 18
assert TFO_CACHE.size == TFO_CACHE_BYTES

HEURISTIC_KEY: Final = Struct(
    "<"
    "20s"  # thk_net_signature, or thk_ip @0
    "B"  # thk_family @20
    "3x"
)
"""``struct tcp_heuristic_key``."""
assert HEURISTIC_KEY.size == 24

CACHE_KEY: Final = Struct(
    "<"
    "B"  # tck_family @0
    "3x"
    "24s"  # tck_src @4
    "16s"  # tck_dst @28
)
"""``struct tcp_cache_key``."""
assert CACHE_KEY.size == 44

CACHE_COOKIE_OFFSET: Final = 56
"""``offsetof(struct tcp_cache, tc_tfo_cookie)``."""
CACHE_ENTRY_BYTES: Final = 80
"""``sizeof(struct tcp_cache)``: an allocation of zone kalloc.80."""
