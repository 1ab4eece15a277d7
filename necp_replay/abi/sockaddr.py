"""Socket address numbers and layouts (bsd/sys/socket.h, bsd/netinet/in.h, bsd/netinet6/in6.h)."""

from __future__ import annotations

from struct import Struct
from typing import Final

AF_UNSPEC: Final = 0
AF_INET: Final = 2
AF_LINK: Final = 18
AF_INET6: Final = 30

SOCKADDR_IN: Final = Struct(
    "<"
    "B"  # sin_len @0
    "B"  # sin_family @1
    "2s"  # sin_port @2, in network order
    "4s"  # sin_addr @4
    "I"  # sin_scope_id @8, as the routing table sees the first half of sin_zero
    "4x"  # the rest of sin_zero @12
)
SOCKADDR_IN_BYTES: Final = 16
assert SOCKADDR_IN.size == SOCKADDR_IN_BYTES

SOCKADDR_IN6: Final = Struct(
    "<"
    "B"  # sin6_len @0
    "B"  # sin6_family @1
    "2s"  # sin6_port @2, in network order
    "I"  # sin6_flowinfo @4
    "16s"  # sin6_addr @8
    "I"  # sin6_scope_id @24
)
SOCKADDR_IN6_BYTES: Final = 28
assert SOCKADDR_IN6.size == SOCKADDR_IN6_BYTES

SOCKADDR_DL: Final = Struct(
    "<"
    "B"  # sdl_len @0
    "B"  # sdl_family @1
    "18x"  # sdl_index @2, sdl_type @4, lengths @5, sdl_data @8: they are not used
)
SOCKADDR_DL_BYTES: Final = 20
assert SOCKADDR_DL.size == SOCKADDR_DL_BYTES

IN_ADDR_BYTES: Final = 4
IN6_ADDR_BYTES: Final = 16
