"""Levels of log records: syslog (bsd/sys/syslog.h), and types of os_log (libkern/os/log.h)."""

from __future__ import annotations

from typing import Final

LOG_ERR: Final = 3
LOG_WARNING: Final = 4
LOG_NOTICE: Final = 5
LOG_INFO: Final = 6
LOG_DEBUG: Final = 7

OS_LOG_DEFAULT: Final = 0x00
OS_LOG_INFO: Final = 0x01
OS_LOG_DEBUG: Final = 0x02
OS_LOG_ERROR: Final = 0x10
OS_LOG_FAULT: Final = 0x11
"""``OS_LOG_TYPE_*``."""


def os_log_type(level: int) -> int:
    """The type with which NECP and agents pass a record of this level to os_log."""
    return OS_LOG_ERROR if level == LOG_ERR else OS_LOG_DEFAULT
