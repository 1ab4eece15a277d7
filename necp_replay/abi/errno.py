"""Darwin error numbers as system calls of the subsystem return them (bsd/sys/errno.h)."""

from __future__ import annotations

import enum


class Errno(enum.IntEnum):
    """Error numbers by their Darwin names; 0 is success."""

    OK = 0
    EPERM = 1
    ENOENT = 2
    ESRCH = 3
    ENXIO = 6
    EBADF = 9
    ENOMEM = 12
    EACCES = 13
    EFAULT = 14
    EBUSY = 16
    EEXIST = 17
    ENODEV = 19
    EINVAL = 22
    ENFILE = 23
    EMFILE = 24
    ENOTTY = 25
    ERANGE = 34
    EMSGSIZE = 40
    ENOPROTOOPT = 42
    ENOTSUP = 45
    EADDRINUSE = 48
    EADDRNOTAVAIL = 49
    ENETDOWN = 50
    ENETUNREACH = 51
    ENOBUFS = 55
    EAUTH = 80
    ENODATA = 96
    EOPNOTSUPP = 102


_NAMES: dict[int, str] = {int(e): e.name for e in Errno if e is not Errno.OK}


def errno_name(number: int) -> str:
    """The name of an error number, or the number itself as text where it has none here."""
    return _NAMES.get(number, str(number))
