"""The checks of socket options that read or set one number of an agent."""

from __future__ import annotations

from collections.abc import Callable

from necp_replay.abi.errno import Errno
from necp_replay.abi.log import LOG_ERR
from necp_replay.kernel.agents.log import log_agent
from necp_replay.kernel.objects.agent import Agent, AgentSession
from necp_replay.kernel.state import KernelState


def refuse_number_option(
    kernel: KernelState,
    session: AgentSession,
    length_bytes: int,
    *,
    number_bytes: int,
    function: str,
) -> int:
    """Check the option, and return 0 or the errno of the first check that fails.

    EINVAL for a length that is not that of the number, ENOENT where the session has no agent. The
    upstream ``function`` logs either.

    Source: netagent_handle_use_count_setopt, xnu-4570.51.1.
    """
    if length_bytes != number_bytes:
        refusal = Errno.EINVAL
    elif session.agent is None:
        refusal = Errno.ENOENT
    else:
        return Errno.OK
    log_agent(kernel, LOG_ERR, function)
    return refusal


def read_number_option(
    kernel: KernelState,
    session: AgentSession,
    length_bytes: int,
    *,
    number_bytes: int,
    function: str,
    number_of: Callable[[Agent], int],
) -> tuple[int, bytes]:
    """Read a number of the session's agent: an errno, and the bytes of the number.

    The errors are those of :func:`refuse_number_option`.
    """
    refusal = refuse_number_option(
        kernel, session, length_bytes, number_bytes=number_bytes, function=function
    )
    if session.agent is None or refusal:
        return refusal, b""
    return Errno.OK, number_of(session.agent).to_bytes(number_bytes, "little")
