"""The checks of socket options that read or set one number of an agent."""

from __future__ import annotations

from collections.abc import Callable

from necp_replay.abi.errno import Errno
from necp_replay.abi.log import LOG_ERR
from necp_replay.kernel.agents.log import log_agent
from necp_replay.kernel.agents.option_checks import NO_AGENT, OTHER_LENGTH
from necp_replay.kernel.objects.agent import Agent, AgentSession
from necp_replay.kernel.state import KernelState


def option_agent(
    kernel: KernelState,
    session: AgentSession,
    given: bytes,
    length_bytes: int,
    *,
    number_bytes: int,
    function: str,
) -> Agent | Errno:
    """The agent that the option is about, or the errno of the first check that fails.

    ``given`` is the start of the option as the process gave it, of ``length_bytes`` in all. In a
    session for several agents the number comes after the id of its agent. EINVAL for a wrong
    length, ENOENT if the session has no such agent. The upstream ``function`` logs either.

    Source: netagent_handle_use_count_setopt, xnu-4570.51.1, xnu-11417.121.6.
    """
    agent: Agent | None = None
    refusal = Errno.OK
    if length_bytes != session.id_bytes + number_bytes:
        refusal = kernel.fails(
            OTHER_LENGTH, length=length_bytes, needed=session.id_bytes + number_bytes
        )
    else:
        agent = session.addressed_agent(given)
    if agent is not None:
        return agent
    if not refusal:
        refusal = kernel.fails(NO_AGENT, session_agents=len(session.agents))
    log_agent(kernel, LOG_ERR, function)
    return refusal


def read_number_option(
    kernel: KernelState,
    session: AgentSession,
    given: bytes,
    length_bytes: int,
    *,
    number_bytes: int,
    function: str,
    number_of: Callable[[Agent], int],
) -> tuple[int, bytes]:
    """Read a number of an agent of the session: an errno, and the bytes of the option.

    The errors are those of :func:`option_agent`.
    """
    agent = option_agent(
        kernel, session, given, length_bytes, number_bytes=number_bytes, function=function
    )
    if isinstance(agent, Errno):
        return agent, b""
    agent_id = agent.uuid if session.has_many_agents else b""
    return Errno.OK, agent_id + number_of(agent).to_bytes(number_bytes, "little")
