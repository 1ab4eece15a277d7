"""Writes log records about agents, filtered by ``net.netagent.debug``."""

from __future__ import annotations

from necp_replay.abi.integers import U32_MAX
from necp_replay.abi.log import LOG_NOTICE, os_log_type
from necp_replay.events.effects import Log
from necp_replay.kernel.state import KernelState


def log_agent(
    kernel: KernelState, level: int, function: str, error: int | None = None, *, times: int = 1
) -> None:
    """Write ``times`` records if their level is at most ``net.netagent.debug``.

    Info and debug records appear at notice level, or as the default type of os_log.

    Source: NETAGENTLOG, xnu-4570.51.1.
    """
    if not logs_agents(kernel, level):
        return
    shown = None if error is None else int(error)
    if kernel.profile.agent_logs_go_to_os_log:
        kernel.emit(Log(0, function, shown, os_log_type(level)), times)
    else:
        kernel.emit(Log(min(level, LOG_NOTICE), function, shown), times)


def logs_agents(kernel: KernelState, level: int) -> bool:
    """Whether records of a level are written.

    The setting is compared as an unsigned number, so a negative one lets every record through.
    """
    return level <= kernel.agents.debug & U32_MAX
