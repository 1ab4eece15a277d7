"""Numbers of IP protocols (bsd/netinet/in.h)."""

from __future__ import annotations

from typing import Final

IPPROTO_TCP: Final = 6
IPPROTO_UDP: Final = 17
