"""Updates a registered agent: by option, by message, and from within the kernel."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.errno import Errno
from necp_replay.abi.integers import U64_MAX
from necp_replay.abi.log import LOG_DEBUG, LOG_ERR
from necp_replay.abi.netagent import (
    NETAGENT_BYTES,
    AgentFlag,
    AgentMessageError,
    AgentMessageType,
)
from necp_replay.events.agents import NetagentSetFlags, NetagentUpdate
from necp_replay.kernel.agents.events import post_cellular_failed, post_updated
from necp_replay.kernel.agents.log import log_agent
from necp_replay.kernel.agents.option_checks import BAD_CONTENT, NO_AGENT, OTHER_IDENTITY
from necp_replay.kernel.agents.packet import (
    AgentPacket,
    agent_data_size,
    is_valid_data_size,
    split_netagent,
)
from necp_replay.kernel.agents.register import refuse_netagent_packet
from necp_replay.kernel.agents.responses import send_error_response, send_success_response
from necp_replay.kernel.allocation import check_allocation
from necp_replay.kernel.description import (
    NO_AGENT_SESSION,
    Check,
    Description,
    Support,
    logged,
)
from necp_replay.kernel.exceptions import KernelPanic, NotModelled
from necp_replay.kernel.notifications.force_update import force_update_client
from necp_replay.kernel.objects.agent import Agent, AgentSession
from necp_replay.kernel.state import KernelState


def update_from_kernel(kernel: KernelState, session: AgentSession, netagent: bytes) -> int:
    """Update a kernel agent.

    EINVAL where the session has no agent, the data is larger than 4096 bytes, or the identity
    (uuid, domain or type) is another one. Later releases answer ENOENT where there is no agent.

    Kernel quirk: up to xnu-6153, the data size is a signed number here, and a negative one is not
    refused.
    Source: netagent_update, xnu-4570.51.1, xnu-7195.50.7.100.1, xnu-8792.41.9.
    """
    header = netagent[:NETAGENT_BYTES].ljust(NETAGENT_BYTES, b"\0")
    data_size = agent_data_size(header)
    is_negative = data_size >= 0x8000_0000 and kernel.profile.agent_data_size_is_signed
    if session.agent is not None and is_negative:
        return _update_with_negative_size(
            kernel, session, session.agent, header, 0x1_0000_0000 - data_size
        )
    refusal = Errno.OK
    if not session.agents and not kernel.profile.agent_content_is_checked_first:
        refusal = kernel.fails(_NO_KERNEL_AGENT)
    elif not is_valid_data_size(data_size):
        refusal = kernel.fails(BAD_CONTENT)
    if refusal:
        log_agent(kernel, LOG_ERR, "netagent_update")
        return refusal
    return _update(kernel, session, netagent)


def update_by_option(kernel: KernelState, session: AgentSession, payload: bytes) -> int:
    """Update by socket option.

    ENOENT where the session has no agent. EINVAL where the payload is no whole ``struct netagent``,
    its length differs from the data size, or the identity is another one.

    Source: netagent_handle_update_setopt, xnu-4570.51.1, xnu-8792.41.9, xnu-11417.121.6.
    """
    refusal = _refuse_option(kernel, session, payload)
    if refusal:
        log_agent(kernel, LOG_ERR, "netagent_handle_update_setopt")
        return refusal
    return _update(kernel, session, payload)


def update_by_message(kernel: KernelState, session: AgentSession, packet: AgentPacket) -> None:
    """Update by message. The response tells the agent whether it succeeded.

    Source: netagent_handle_update_message, xnu-4570.51.1, xnu-8792.41.9, xnu-11417.121.6.
    """
    content_first = kernel.profile.agent_content_is_checked_first
    error = AgentMessageError.NOT_REGISTERED
    if session.agents or content_first:
        error = refuse_netagent_packet(packet)
    if error:
        log_agent(kernel, LOG_ERR, "netagent_handle_update_message")
        send_error_response(kernel, session, AgentMessageType.UPDATE, packet.message_id, error)
        return
    old = session.addressed_agent(packet.payload)
    replaced = None
    error = AgentMessageError.NOT_REGISTERED
    if old is not None:
        replaced = _replace_agent(kernel, session, old, packet.payload)
        error = AgentMessageError.CANNOT_UPDATE
    if replaced is None:
        send_error_response(kernel, session, AgentMessageType.UPDATE, packet.message_id, error)
        return
    send_success_response(kernel, session, AgentMessageType.UPDATE, packet.message_id)
    new, changed = replaced
    post_updated(kernel, new, update_necp=changed)


def _update_with_negative_size(
    kernel: KernelState, session: AgentSession, old: Agent, netagent: bytes, missing_bytes: int
) -> int:
    """Update with a data size of ``-missing_bytes``, so the allocation is that much too small.

    The kernel allocates 280 bytes for an agent without data, of which the last 216 are ``struct
    netagent``. What happens depends on ``missing_bytes``:

    - above 280: the size of the allocation wraps, and the allocator panics.
    - 280: an allocation of no bytes gives no memory. ENOMEM.
    - 217 to 279: the size of the copy into ``struct netagent`` wraps, and the copy panics.
    - 8 to 216: the end of the structure is read from and written to other memory. An identity that
      differs in the part that was copied is refused. The rest is not modelled.
    - 1 to 7: the structure ends in the unused end of its own allocation, and the update works.

    Measured on xnu-4570.41.2 and xnu-4570.51.1 (``kernel_agent_update_data_size_*``).
    """
    wrapper_bytes = _WRAPPER_BYTES - missing_bytes
    check_allocation(wrapper_bytes & U64_MAX, "netagent_update")
    if wrapper_bytes == 0:
        log_agent(kernel, LOG_ERR, "netagent_update")
        return Errno.ENOMEM
    if missing_bytes > NETAGENT_BYTES:
        raise KernelPanic("netagent_update", "a copy of less than nothing")
    new = Agent(netagent, b"", session, missing_bytes)
    compared_bytes = min(len(new.identity), NETAGENT_BYTES - missing_bytes)
    if new.identity[:compared_bytes] != old.identity[:compared_bytes]:
        log_agent(kernel, LOG_ERR, "netagent_handle_update_inner")
        return Errno.EINVAL
    if missing_bytes > _ALLOCATION_SLACK_BYTES:
        raise NotModelled(
            f"a kernel agent updated with a data size of -{missing_bytes}: "
            "it depends on the memory after the agent"
        )
    changed = _replace_by(kernel, session, old, new)
    post_updated(kernel, new, update_necp=changed)
    return Errno.OK


def _refuse_option(kernel: KernelState, session: AgentSession, payload: bytes) -> int:
    looks_at_session = not kernel.profile.agent_content_is_checked_first
    if payload and looks_at_session and not session.agents:
        return kernel.fails(NO_AGENT, session_agents=0)
    if len(payload) < NETAGENT_BYTES:
        return kernel.fails(BAD_CONTENT, length=len(payload))
    data_size = agent_data_size(payload)
    if not is_valid_data_size(data_size) or len(payload) != NETAGENT_BYTES + data_size:
        return kernel.fails(BAD_CONTENT, length=len(payload), data_size=data_size)
    return Errno.OK


def _update(kernel: KernelState, session: AgentSession, netagent: bytes) -> int:
    """Update with what was checked: ENOENT without an agent, EINVAL for another identity.

    Source: netagent_handle_update_inner, xnu-8792.41.9, xnu-11417.121.6.
    """
    old = session.addressed_agent(netagent)
    if old is None:
        return kernel.fails(NO_AGENT, session_agents=len(session.agents))
    replaced = _replace_agent(kernel, session, old, netagent)
    if replaced is None:
        return kernel.fails(OTHER_IDENTITY)
    new, changed = replaced
    post_updated(kernel, new, update_necp=changed)
    return Errno.OK


def _replace_agent(
    kernel: KernelState, session: AgentSession, old: Agent, netagent: bytes
) -> tuple[Agent, bool] | None:
    """Replace an agent by what was sent. None if the identity is another one.

    Otherwise the agent that the session has now, and whether it differs from before.

    Source: netagent_handle_update_inner, xnu-4570.51.1.
    """
    new = Agent(*split_netagent(netagent), session)
    if new.identity != old.identity:
        log_agent(kernel, LOG_ERR, "netagent_handle_update_inner")
        return None
    changed = _replace_by(kernel, session, old, new)
    return (new if changed else old), changed


def _replace_by(kernel: KernelState, session: AgentSession, old: Agent, new: Agent) -> bool:
    """Replace an agent by one of the same identity, and return whether they differ.

    Source: netagent_handle_update_inner, xnu-4570.51.1.
    """
    new.flags |= int(AgentFlag.REGISTERED)
    if _is_same(old, new):
        _release_pending_triggers(kernel, old)
        log_agent(kernel, LOG_DEBUG, "netagent_handle_update_inner")
        return False

    registry = kernel.agents
    new.generation = registry.take_generation()
    new.use_count = old.use_count
    new.take_over_tokens(old)
    was_active = bool(old.flags & AgentFlag.ACTIVE)
    is_active = bool(new.flags & AgentFlag.ACTIVE)
    if is_active and not was_active:
        registry.active_count += 1
    elif was_active and not is_active and registry.active_count > 0:
        registry.active_count -= 1
    registry.remove(old)
    session.agents.remove(old)
    session.agents.append(new)
    registry.insert(new)
    log_agent(kernel, LOG_DEBUG, "netagent_handle_update_inner")
    return True


def _is_same(old: Agent, new: Agent) -> bool:
    """Whether two agents of one identity are the same to the byte.

    A data size that was never written is taken to differ from one that was, as measured. Raises
    NotModelled where neither was written and everything else is the same.
    """
    unwritten_bytes = max(old.unwritten_bytes, new.unwritten_bytes)
    if not unwritten_bytes:
        return old.pack() == new.pack()
    if old.unwritten_bytes and new.unwritten_bytes:
        written_bytes = NETAGENT_BYTES - unwritten_bytes
        if old.pack_header()[:written_bytes] == new.pack_header()[:written_bytes]:
            raise NotModelled("whether the agent changed depends on what was in memory before")
    return False


def _release_pending_triggers(kernel: KernelState, agent: Agent) -> None:
    """Tell the clients that triggered the agent, the oldest first, that it did not change.

    Kernel quirk: only an update that changes nothing tells them. One with a change forgets them,
    but arms the update timer for all clients.
    """
    pending = agent.pending_triggers
    agent.pending_triggers = []
    for trigger in reversed(pending):
        force_update_client(kernel, trigger.client_id, agent.uuid, agent.generation)
        post_cellular_failed(kernel, agent.domain, trigger.pid, trigger.proc_uuid)


_WRAPPER_BYTES: Final = 64 + NETAGENT_BYTES
"""``sizeof (struct netagent_wrapper)``."""
_ALLOCATION_SLACK_BYTES: Final = 7
"""An allocation of 273 to 279 bytes has 280: memory is given in units of eight bytes."""
_NO_KERNEL_AGENT: Final = logged(
    Errno.EINVAL,
    "a session in the kernel has no agent; later releases answer ENOENT",
    fact="agent_content_is_checked_first",
)
_UPDATE_CHECKS: Final[tuple[Check, ...]] = (
    NO_AGENT_SESSION,
    _NO_KERNEL_AGENT,
    NO_AGENT,
    BAD_CONTENT,
    OTHER_IDENTITY,
)
_UPDATE_EFFECTS: Final = (
    "a kernel event, after the update timer is armed where something changed; a response to a "
    "message"
)

NETAGENT_UPDATE: Final = Description(
    subject=NetagentUpdate,
    handler=update_from_kernel,
    function="netagent_update, netagent_handle_update_setopt, netagent_handle_update_message",
    summary="Changes everything of an agent but its identity.",
    checks=_UPDATE_CHECKS,
    answer="0; by message always 0, and the response has the error",
    effects=_UPDATE_EFFECTS,
    other_facts=(
        "agents_can_update_at_once",
        "agent_data_size_is_signed",
        "sessions_can_have_many_agents",
    ),
    support=Support.PARTIAL,
    missing="a kernel agent updated with a data size of -8 to -216 that keeps its identity",
)

NETAGENT_SET_FLAGS: Final = Description(
    subject=NetagentSetFlags,
    handler=update_from_kernel,
    function="netagent_update, netagent_handle_update_setopt, netagent_handle_update_message",
    summary="An update that changes only the flags.",
    checks=_UPDATE_CHECKS,
    answer="0; by message always 0, and the response has the error",
    effects=_UPDATE_EFFECTS,
)
