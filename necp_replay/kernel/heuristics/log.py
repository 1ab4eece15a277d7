"""Log records of TCP's caches: that a feature is given up for a time, or counters are reset."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.log import OS_LOG_DEFAULT
from necp_replay.events.effects import Log
from necp_replay.kernel.state import KernelState

_BACKOFF: Final = Log(0, None, None, OS_LOG_DEFAULT)
"""Its text names a function too, but not at the beginning, so the function is not known."""
_RESET: Final = Log(0, "tcp_heuristic_reset_counters", None, OS_LOG_DEFAULT)


def log_backoff(kernel: KernelState) -> None:
    """A feature is not used on a network for some time. Source: tcp_cache.c, xnu-6153.11.26."""
    if kernel.profile.heuristics_are_logged:
        kernel.emit(_BACKOFF)


def log_reset(kernel: KernelState) -> None:
    """A success resets a counter at its limit. Source: tcp_cache.c, xnu-6153.11.26."""
    if kernel.profile.heuristics_are_logged:
        kernel.emit(_RESET)
