"""Opens and closes the sessions of agents."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.log import LOG_DEBUG
from necp_replay.events.agents import NetagentClose
from necp_replay.kernel.agents.log import log_agent
from necp_replay.kernel.agents.unregister import unregister
from necp_replay.kernel.description import NO_AGENT_SESSION, Description
from necp_replay.kernel.objects.agent import AgentSession, Via
from necp_replay.kernel.state import KernelState


def open_session(kernel: KernelState, name: str, via: Via) -> AgentSession:
    """Connect a control socket, or create a kernel agent.

    Each control socket has a unit number of its own, also after others were closed. Kernel agents
    have unit 0.

    Source: netagent_ctl_connect, netagent_create, xnu-4570.51.1.
    """
    registry = kernel.agents
    control_unit = 0
    if via in (Via.SETOPT, Via.MESSAGE):
        control_unit = registry.next_control_unit
        registry.next_control_unit += 1
    log_agent(kernel, LOG_DEBUG, "netagent_create_session")
    session = registry.sessions[name] = AgentSession(via, control_unit)
    return session


def close_session(kernel: KernelState, name: str, session: AgentSession) -> None:
    """Disconnect the control socket or destroy the kernel agent. Its agent is unregistered.

    Source: netagent_ctl_disconnect, netagent_destroy, xnu-4570.51.1.
    """
    unregister(kernel, session)
    del kernel.agents.sessions[name]


NETAGENT_CLOSE: Final = Description(
    subject=NetagentClose,
    handler=close_session,
    function="netagent_ctl_disconnect, netagent_destroy",
    summary="Closes the session; its agent is unregistered.",
    checks=(NO_AGENT_SESSION,),
    effects="as unregistering",
)
