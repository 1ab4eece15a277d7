"""What a client reports to an agent: an error of its own, and members of a group."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.errno import Errno
from necp_replay.abi.log import LOG_DEBUG, LOG_ERR, LOG_INFO
from necp_replay.abi.netagent import AGENT_SUPPORTS_GROUPS, AgentFlag, ReportMessageType
from necp_replay.kernel.agents.delivery import call_handler, tell_agent
from necp_replay.kernel.agents.log import log_agent
from necp_replay.kernel.objects.agent import Agent, Via
from necp_replay.kernel.state import KernelState

MAX_CLIENT_ERRORS: Final = 32
"""``NETAGENT_MAX_CLIENT_ERROR_COUNT``: how often an agent is told the same error."""

_FUNCTION: Final = "netagent_client_message_with_params"
_ERROR_BYTES: Final = 4


def report_error(
    kernel: KernelState, agent_uuid: bytes, client_id: bytes, code: int, *, is_forced: bool = False
) -> int:
    """Report an error of a client to an agent, unless the same was reported often enough.

    The same error is reported 32 times, and the absence of an error once. With ``is_forced``, and
    to a kernel agent, it is always reported. ENOENT for an unknown agent; otherwise the errno of
    the delivery.

    Source: netagent_client_message_with_params, netagent_send_error_message, xnu-8019.41.5,
    xnu-10002.1.13.
    """
    agent = kernel.agents.by_uuid.get(agent_uuid)
    if agent is None:
        log_agent(kernel, LOG_DEBUG, _FUNCTION)
        return Errno.ENOENT
    kind = ReportMessageType.CLIENT_ERROR
    if agent.session.is_kernel_agent:
        return _tell_handler(kernel, agent, client_id, kind)
    error: int = Errno.OK
    if is_forced or _is_to_be_told(agent, code):
        if agent.last_client_error != code:
            agent.last_client_error = code
            agent.client_error_count = 0
        agent.client_error_count += 1
        message = client_id + code.to_bytes(_ERROR_BYTES, "little", signed=True)
        error = tell_agent(kernel, agent, kind, message)
        if error:
            log_agent(kernel, LOG_ERR, "netagent_send_error_message", error)
    return _log_sent(kernel, error)


def report_group_members(
    kernel: KernelState, agent_uuid: bytes, client_id: bytes, kind: int, members: bytes
) -> int:
    """Tell an agent that members join or leave a group.

    ENOENT for an unknown agent; EINVAL for one that has no groups, is not active, or is in the
    kernel and has no handler; otherwise the errno of the delivery.

    Source: netagent_client_message_with_params, netagent_send_group_message, xnu-8019.41.5.
    """
    agent = kernel.agents.by_uuid.get(agent_uuid)
    if agent is None:
        log_agent(kernel, LOG_DEBUG, _FUNCTION)
        return Errno.ENOENT
    if not agent.flags & AGENT_SUPPORTS_GROUPS:
        log_agent(kernel, LOG_ERR, _FUNCTION)
        return Errno.EINVAL
    if not agent.flags & AgentFlag.ACTIVE:
        log_agent(kernel, LOG_INFO, _FUNCTION)
        return Errno.EINVAL
    if agent.session.is_kernel_agent:
        return _tell_handler(kernel, agent, client_id, kind)
    error = tell_agent(kernel, agent, kind, client_id + members)
    if error:
        log_agent(kernel, LOG_ERR, "netagent_send_group_message", error)
    return _log_sent(kernel, error)


def _is_to_be_told(agent: Agent, code: int) -> bool:
    if agent.last_client_error != code:
        return True
    return agent.client_error_count < (MAX_CLIENT_ERRORS if code else 1)


def _tell_handler(kernel: KernelState, agent: Agent, client_id: bytes, kind: int) -> int:
    if agent.session.via is Via.KERNEL_NO_HANDLER:
        return _log_sent(kernel, Errno.EINVAL)
    return _log_sent(kernel, call_handler(kernel, agent.session, kind, client_id, None))


def _log_sent(kernel: KernelState, error: int) -> int:
    failed = error not in (Errno.OK, Errno.ENOENT)
    log_agent(kernel, LOG_ERR if failed else LOG_INFO, _FUNCTION, error)
    return error
