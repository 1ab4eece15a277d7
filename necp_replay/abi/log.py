"""Syslog levels as kernel log records carry them (bsd/sys/syslog.h)."""

from __future__ import annotations

from typing import Final

LOG_ERR: Final = 3
LOG_WARNING: Final = 4
LOG_NOTICE: Final = 5
LOG_INFO: Final = 6
LOG_DEBUG: Final = 7
