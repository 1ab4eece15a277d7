"""``netagent_trigger`` (490): a process asks an agent to become active."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.errno import Errno
from necp_replay.abi.integers import U32_MAX
from necp_replay.abi.log import LOG_ERR, LOG_INFO
from necp_replay.abi.netagent import (
    TRIGGER_FLAG_USER,
    TRIGGER_MESSAGE,
    AgentFlag,
    AgentMessageType,
)
from necp_replay.abi.uuid import UUID_BYTES
from necp_replay.events.outcome import Outcome
from necp_replay.events.syscalls import NetagentTrigger
from necp_replay.kernel.agents.delivery import tell_agent
from necp_replay.kernel.agents.log import log_agent
from necp_replay.kernel.description import NO_PROCESS, Description, Support, logged
from necp_replay.kernel.objects.agent import Agent
from necp_replay.kernel.objects.process import Process
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.user_memory import UserFault, UserMemory

_FUNCTION: Final = "netagent_trigger"


def trigger(kernel: KernelState, process: Process, event: NetagentTrigger) -> Outcome:
    """Send the agent a trigger message, unless it is active already.

    ERANGE: the length is not 16. EFAULT. EINVAL: the uuid is null. ENOENT: no agent has it.
    ENOTSUP: the agent does not have USER_ACTIVATED. Otherwise the errno of the delivery.

    Kernel quirk: up to xnu-6153, with a NULL pointer the kernel looks for an uninitialised uuid
    from its stack. The model finds no agent then.
    Source: netagent_trigger, xnu-4570.51.1, xnu-7195.50.7.100.1.
    """
    if event.agent_uuid is None:
        is_clear = kernel.profile.trigger_clears_uuid
        return _refuse(kernel, kernel.fails(_NULL_POINTER if is_clear else _NO_AGENT, uuid="NULL"))
    if event.len != UUID_BYTES:
        return _refuse(kernel, kernel.fails(Errno.ERANGE, length=event.len))
    try:
        uuid = UserMemory(event.agent_uuid, event.len).copyin(UUID_BYTES)
    except UserFault:
        return _refuse(kernel, Errno.EFAULT)
    if not any(uuid):
        return _refuse(kernel, kernel.fails(_NULL_UUID, uuid=uuid))

    agent = kernel.agents.by_uuid.get(uuid)
    if agent is None:
        return _refuse(kernel, kernel.fails(_NO_AGENT, uuid=uuid))
    if not agent.flags & AgentFlag.USER_ACTIVATED:
        return _refuse(kernel, kernel.fails(Errno.ENOTSUP, flags=agent.flags))
    if agent.flags & AgentFlag.ACTIVE:
        log_agent(kernel, LOG_INFO, _FUNCTION)
        return Outcome(errno=Errno.OK, retval=0)

    errno = _send_trigger(kernel, process, agent)
    if errno:
        return _refuse(kernel, errno)
    log_agent(kernel, LOG_INFO, _FUNCTION)
    return Outcome(errno=Errno.OK, retval=0)


def _refuse(kernel: KernelState, errno: int) -> Outcome:
    log_agent(kernel, LOG_ERR, _FUNCTION, errno)
    return Outcome(errno=errno)


def _send_trigger(kernel: KernelState, process: Process, agent: Agent) -> int:
    """Source: netagent_send_trigger, xnu-4570.51.1."""
    payload = TRIGGER_MESSAGE.pack(TRIGGER_FLAG_USER, process.pid & U32_MAX, process.exec_uuid)
    errno = tell_agent(kernel, agent, AgentMessageType.TRIGGER, payload)
    if errno:
        log_agent(kernel, LOG_ERR, "netagent_send_trigger", errno)
    return errno


_NULL_UUID: Final = logged(Errno.EINVAL, "the uuid is null")
_NULL_POINTER: Final = logged(Errno.EINVAL, "the pointer is NULL", fact="trigger_clears_uuid")
_NO_AGENT: Final = logged(Errno.ENOENT, "no agent has the uuid")

NETAGENT_TRIGGER: Final = Description(
    subject=NetagentTrigger,
    handler=trigger,
    function="netagent_trigger",
    summary="Asks an agent to become active.",
    checks=(
        NO_PROCESS,
        logged(Errno.ERANGE, "the pointer is not NULL, and the length is not 16"),
        logged(Errno.EFAULT, "the uuid cannot be read"),
        _NULL_UUID,
        _NULL_POINTER,
        _NO_AGENT,
        logged(Errno.ENOTSUP, "the agent takes no triggers from users"),
        logged(
            Errno.ENOBUFS,
            "the agent cannot be told (or what else its delivery fails with)",
            is_for_others=True,
        ),
    ),
    effects="a trigger message, unless the agent is active",
    support=Support.PARTIAL,
    missing="with a NULL pointer some releases read their stack; no agent is found then",
    syscall_number=490,
)
