"""Log records about agents, which a sysctl of their own filters."""

from __future__ import annotations

from necp_replay.abi.log import LOG_NOTICE
from necp_replay.events.effects import Log
from necp_replay.kernel.state import KernelState


def log_agent(kernel: KernelState, level: int, function: str, error: int | None = None) -> None:
    """Write a record when ``net.netagent.debug`` admits its level; above notice it is a notice.

    A negative setting counts as a large one and admits everything.

    Source: NETAGENTLOG, xnu-4570.51.1.
    """
    if level <= kernel.agents.debug & 0xFFFFFFFF:
        shown = None if error is None else int(error)
        kernel.effects.append(Log(min(level, LOG_NOTICE), function, shown))


def log_agent_repeatedly(kernel: KernelState, level: int, function: str, times: int) -> None:
    """Write the same record several times, as :func:`log_agent` would."""
    if level <= kernel.agents.debug & 0xFFFFFFFF:
        kernel.effects.extend([Log(min(level, LOG_NOTICE), function, None)] * times)
