"""Messages that tell an agent about a client: triggers, assertions, nexus requests and aborts."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.errno import Errno
from necp_replay.abi.log import LOG_DEBUG, LOG_ERR, LOG_INFO, LOG_NOTICE
from necp_replay.abi.netagent import ANY_NEXUS, AgentFlag, AgentMessageType
from necp_replay.abi.uuid import ZERO_UUID
from necp_replay.kernel.agents.delivery import call_handler, tell_agent
from necp_replay.kernel.agents.events import post_cellular_failed
from necp_replay.kernel.agents.log import log_agent
from necp_replay.kernel.objects.agent import Agent, PendingTrigger, Via
from necp_replay.kernel.objects.agent_request import AgentRequest
from necp_replay.kernel.state import KernelState

NEXUS_MESSAGES: Final = frozenset(
    (
        AgentMessageType.REQUEST_NEXUS,
        AgentMessageType.CLOSE_NEXUS,
        AgentMessageType.ABORT_NEXUS,
    )
)
CLIENT_MESSAGES: Final = NEXUS_MESSAGES | {
    AgentMessageType.CLIENT_TRIGGER,
    AgentMessageType.CLIENT_ASSERT,
    AgentMessageType.CLIENT_UNASSERT,
}

_FUNCTION: Final = "netagent_client_message_with_params"


def client_message(
    kernel: KernelState,
    agent_uuid: bytes,
    client_id: bytes,
    pid: int,
    message_type: int,
    *,
    has_handle: bool = True,
) -> int:
    """Tell an agent about a client, without the client's parameters. Returns an errno.

    ``has_handle`` says that a kernel agent gets a handle to the fd of the client.

    Source: netagent_client_message, xnu-4570.51.1.
    """
    return client_message_with_params(
        kernel, agent_uuid, client_id, pid, message_type, None, has_handle=has_handle
    )


def ask_for_nexus(
    kernel: KernelState, agent_uuid: bytes, client_id: bytes, pid: int, request: AgentRequest
) -> tuple[int, bytes]:
    """Ask an agent for a nexus. Returns an errno, and what a kernel agent hands back at once.

    Source: necp_client_request_nexus, netagent_client_message_with_params, xnu-8019.80.24.
    """
    error = client_message_with_params(
        kernel,
        agent_uuid,
        client_id,
        pid,
        AgentMessageType.REQUEST_NEXUS,
        request,
        wants_results=True,
    )
    agent = kernel.agents.by_uuid.get(agent_uuid)
    if error or agent is None or not agent.session.is_kernel_agent:
        return error, b""
    return Errno.OK, agent.session.results


def client_message_with_params(
    kernel: KernelState,
    agent_uuid: bytes,
    client_id: bytes,
    pid: int,
    message_type: int,
    request: AgentRequest | None,
    *,
    wants_results: bool = False,
    has_handle: bool = True,
) -> int:
    """Tell an agent about a client. A kernel agent gets ``parameters`` too. Returns an errno.

    EINVAL for a type of message that is not about clients, and for a nexus message to an agent that
    is not an active nexus provider. ENOENT for an unknown agent. ENOTSUP for a trigger where the
    agent does not have USER_ACTIVATED. Otherwise the errno of the delivery.

    Source: netagent_client_message_with_params, xnu-4570.51.1, xnu-6153.11.26.
    """
    if message_type not in CLIENT_MESSAGES:
        log_agent(kernel, LOG_ERR, _FUNCTION)
        return Errno.EINVAL
    agent = kernel.agents.by_uuid.get(agent_uuid)
    if agent is None:
        log_agent(kernel, LOG_DEBUG, _FUNCTION)
        return Errno.ENOENT
    refusal = _refuse(kernel, agent, pid, message_type, request)
    if refusal:
        return refusal

    if agent.session.is_kernel_agent:
        if agent.session.via is Via.KERNEL_NO_HANDLER:
            error: int = Errno.EINVAL
        else:
            error = call_handler(
                kernel,
                agent.session,
                message_type,
                client_id,
                request,
                wants_results=wants_results,
                has_handle=has_handle,
            )
    else:
        if message_type == AgentMessageType.ABORT_NEXUS:
            # Control sockets do not know ABORT_NEXUS, so daemons get CLOSE_NEXUS for it.
            message_type = AgentMessageType.CLOSE_NEXUS
        error = tell_agent(kernel, agent, message_type, client_id)
        if error:
            log_agent(kernel, LOG_ERR, "netagent_send_client_message", error)
        elif message_type == AgentMessageType.CLIENT_TRIGGER:
            reporter = _reporter(kernel, pid, request)
            agent.pending_triggers.insert(0, PendingTrigger(client_id, *reporter))

    failed = error not in (Errno.OK, Errno.ENOENT)
    log_agent(kernel, LOG_ERR if failed else LOG_INFO, _FUNCTION, error)
    if message_type == AgentMessageType.CLIENT_TRIGGER and kernel.profile.agent_trigger_logs_notice:
        log_agent(kernel, LOG_NOTICE, _FUNCTION, error)
    return error


def _refuse(
    kernel: KernelState,
    agent: Agent,
    pid: int,
    message_type: int,
    request: AgentRequest | None,
) -> int:
    if message_type == AgentMessageType.CLIENT_TRIGGER:
        if not agent.flags & AgentFlag.USER_ACTIVATED:
            post_cellular_failed(kernel, agent.domain, *_reporter(kernel, pid, request))
            return Errno.ENOTSUP
    elif message_type in NEXUS_MESSAGES:
        if not agent.flags & AgentFlag.NEXUS_PROVIDER and not (
            agent.flags & ANY_NEXUS and kernel.profile.nexus_agents_have_kinds
        ):
            log_agent(kernel, LOG_ERR, _FUNCTION)
            return Errno.EINVAL
        if not agent.flags & AgentFlag.ACTIVE:
            log_agent(kernel, LOG_INFO, _FUNCTION)
            return Errno.EINVAL
    return Errno.OK


def _reporter(kernel: KernelState, pid: int, request: AgentRequest | None) -> tuple[int, bytes]:
    """Pid and executable uuid of the process that a trigger is reported for.

    The effective ones where the client's parameters are known, else those of the client's process.
    """
    if request is not None:
        return request.parameters.epid, request.parameters.euuid
    process = kernel.processes.get(pid)
    if process is None:
        return 0, ZERO_UUID
    return process.pid, process.exec_uuid
