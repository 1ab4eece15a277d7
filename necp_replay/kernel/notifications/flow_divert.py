"""Flow divert asks that a process diverts its flows by itself, which no modelled release knows."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.errno import Errno
from necp_replay.events.notifications import RequestInProcessFlowDivert
from necp_replay.events.outcome import Outcome
from necp_replay.kernel.description import Description, Support, silent
from necp_replay.kernel.state import KernelState


def request_in_process_flow_divert(
    kernel: KernelState, event: RequestInProcessFlowDivert
) -> Outcome:
    """ENOTSUP: there is no such function."""
    return Outcome(errno=Errno.ENOTSUP)


REQUEST_IN_PROCESS_FLOW_DIVERT: Final = Description(
    subject=RequestInProcessFlowDivert,
    handler=request_in_process_flow_divert,
    summary="Flow divert asks that a process diverts its flows by itself.",
    checks=(silent(Errno.ENOTSUP, "always: the release has no such function"),),
    support=Support.ABSENT,
    missing="no modelled release has the function",
)
