"""Log records about agents, which a sysctl of their own filters."""

from __future__ import annotations

from necp_replay.abi.log import LOG_NOTICE
from necp_replay.events.effects import Log
from necp_replay.kernel.state import KernelState


def log_agent(
    kernel: KernelState, level: int, function: str, error: int | None = None, *, times: int = 1
) -> None:
    """Write records when ``net.netagent.debug`` admits their level; above notice it is a notice.

    A negative setting counts as a large one and admits everything.

    Source: NETAGENTLOG, xnu-4570.51.1.
    """
    if level <= kernel.agents.debug & 0xFFFFFFFF:
        shown = None if error is None else int(error)
        kernel.emit(Log(min(level, LOG_NOTICE), function, shown), times)
