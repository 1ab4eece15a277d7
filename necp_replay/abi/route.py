"""Route flags (bsd/net/route.h)."""

from __future__ import annotations

import enum


class RouteFlag(enum.IntFlag):
    """``RTF_*``."""

    UP = 0x1
    GATEWAY = 0x2
    HOST = 0x4
    REJECT = 0x8
    DYNAMIC = 0x10
    MODIFIED = 0x20
    DONE = 0x40
    DELCLONE = 0x80
    CLONING = 0x100
    XRESOLVE = 0x200
    LLINFO = 0x400
    LLDATA = 0x400
    STATIC = 0x800
    BLACKHOLE = 0x1000
    NOIFREF = 0x2000
    PROTO2 = 0x4000
    PROTO1 = 0x8000
    PRCLONING = 0x10000
    WASCLONED = 0x20000
    PROTO3 = 0x40000
    PINNED = 0x100000
    LOCAL = 0x200000
    BROADCAST = 0x400000
    MULTICAST = 0x800000
    IFSCOPE = 0x1000000
    CONDEMNED = 0x2000000
    IFREF = 0x4000000
    PROXY = 0x8000000
    ROUTER = 0x10000000
    DEAD = 0x20000000
    GLOBAL = 0x40000000
