"""An agent tells a client who the members of its group are."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.errno import Errno
from necp_replay.abi.log import LOG_ERR
from necp_replay.abi.uuid import UUID_BYTES
from necp_replay.kernel.agents.log import log_agent
from necp_replay.kernel.agents.option_checks import NO_AGENT, SHORT_ASSIGNMENT, UNKNOWN_CLIENT
from necp_replay.kernel.clients.notify import fd_notify
from necp_replay.kernel.flows.choose import flow_rules
from necp_replay.kernel.objects.agent import AgentSession
from necp_replay.kernel.state import KernelState

_FUNCTION: Final = "netagent_handle_assign_group_setopt"


def assign_group_members(kernel: KernelState, session: AgentSession, payload: bytes) -> int:
    """Store the members of a client's group, which the next copy of its result has.

    The payload is the client's id, and the members as the agent writes them; in a session for
    several agents, the id of the agent comes first. EINVAL for one that is empty or shorter than
    its ids; ENOENT where the session has no agent, and for an unknown client.

    Source: netagent_handle_assign_group_setopt, necp_assign_client_group_members, xnu-8019.41.5,
    xnu-11417.121.6.
    """
    content = payload[session.id_bytes :]
    refusal = Errno.OK
    if not payload or len(payload) < session.id_bytes:
        refusal = kernel.fails(SHORT_ASSIGNMENT, length=len(payload))
    elif session.addressed_agent(payload) is None:
        refusal = kernel.fails(NO_AGENT, session_agents=len(session.agents))
    elif len(content) < UUID_BYTES:
        refusal = kernel.fails(SHORT_ASSIGNMENT, length=len(payload))
    elif not _assign(kernel, content[:UUID_BYTES], content[UUID_BYTES:]):
        refusal = kernel.fails(UNKNOWN_CLIENT, client_id=content[:UUID_BYTES])
    if refusal:
        log_agent(kernel, LOG_ERR, _FUNCTION, refusal)
    return refusal


def _assign(kernel: KernelState, client_id: bytes, members: bytes) -> bool:
    rules = flow_rules(kernel)
    for necp_fd in kernel.clients.fd_list:
        if kernel.find_process(necp_fd.proc_pid) is None:
            continue
        client = rules.find_on_fd(necp_fd, client_id)
        if client is not None:
            client.assigned_group_members = members or None
            client.group_members_read = False
            fd_notify(kernel, necp_fd)
            return True
    return False
