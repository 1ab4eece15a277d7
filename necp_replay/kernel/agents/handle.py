"""Handles the inputs of agent sessions: each is an option, a message or a function call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from necp_replay.abi.errno import Errno
from necp_replay.abi.integers import U32_MAX
from necp_replay.abi.netagent import MESSAGE_HEADER, AgentMessageType, AgentOption
from necp_replay.events import agents, inputs
from necp_replay.events.outcome import OptionData, Outcome
from necp_replay.kernel.agents.assign_nexus import (
    assign_nexus_from_kernel,
    report_protoctl_event,
)
from necp_replay.kernel.agents.control_socket import get_option, send_message, set_option
from necp_replay.kernel.agents.register import register_from_kernel
from necp_replay.kernel.agents.sessions import close_session, open_session
from necp_replay.kernel.agents.template import NOTHING_SENT, AgentTemplate, changed_template
from necp_replay.kernel.agents.unregister import unregister
from necp_replay.kernel.agents.update import update_from_kernel
from necp_replay.kernel.description import NO_AGENT_SESSION, Description, silent
from necp_replay.kernel.objects.agent import AgentSession, Via
from necp_replay.kernel.state import KernelState

DEFAULT_MESSAGE_ID: Final = 1
"""The id of messages for which the input names none."""


def handle_agent(kernel: KernelState, event: inputs.AgentInput) -> Outcome:
    """Apply an input of an agent session. ENOENT where no session of that name is open."""
    if isinstance(event, agents.NetagentRegister):
        return Outcome(errno=_register(kernel, event))
    if isinstance(event, agents.NetagentOpen):
        return Outcome(errno=_open(kernel, event))
    session = kernel.agents.sessions.get(event.session)
    if isinstance(event, agents.NetagentGetopt):
        return _getopt(kernel, session, event)
    if session is None:
        return Outcome(errno=kernel.fails(NO_AGENT_SESSION, session=event.session))
    return Outcome(errno=_HANDLERS[type(event)](kernel, session, event))


def _open(kernel: KernelState, event: agents.NetagentOpen) -> int:
    """Open a session that registers nothing yet; EEXIST where the name is taken.

    Source: netagent_ctl_connect, xnu-4570.51.1.
    """
    if event.session in kernel.agents.sessions:
        return Errno.EEXIST
    open_session(kernel, event.session, _VIA.get(event.via or "", Via.SETOPT))
    return Errno.OK


def _register(kernel: KernelState, event: agents.NetagentRegister) -> int:
    session = kernel.agents.sessions.get(event.session)
    if session is None:
        session = open_session(kernel, event.session, _VIA.get(event.via or "", Via.SETOPT))
    template = changed_template(NOTHING_SENT, event)
    kernel.agents.templates[event.session] = template
    if session.is_kernel_agent:
        return register_from_kernel(kernel, session, template.encode())
    return _send_template(kernel, session, AgentMessageType.REGISTER, template, event.via)


def _update(
    kernel: KernelState,
    session: AgentSession,
    event: agents.NetagentUpdate | agents.NetagentSetFlags,
) -> int:
    sent = kernel.agents.templates.get(event.session, NOTHING_SENT)
    template = kernel.agents.templates[event.session] = changed_template(sent, event)
    if session.is_kernel_agent:
        return update_from_kernel(kernel, session, template.encode())
    return _send_template(kernel, session, AgentMessageType.UPDATE, template, event.via)


def _unregister(
    kernel: KernelState, session: AgentSession, event: agents.NetagentUnregister
) -> int:
    if session.is_kernel_agent:
        unregister(kernel, session)
        return Errno.OK
    return _send(
        kernel,
        session,
        AgentMessageType.UNREGISTER,
        event.raw or b"",
        event.via,
        payload_length=event.payload_length,
        message_id=event.message_id,
    )


def _close(kernel: KernelState, session: AgentSession, event: agents.NetagentClose) -> int:
    close_session(kernel, event.session, session)
    return Errno.OK


def _setopt(kernel: KernelState, session: AgentSession, event: agents.NetagentSetopt) -> int:
    return set_option(kernel, session, event.opt, event.hex)


def _getopt(
    kernel: KernelState, session: AgentSession | None, event: agents.NetagentGetopt
) -> Outcome:
    if session is None:
        return Outcome(errno=Errno.ENOENT, answer=OptionData(None))
    errno, option = get_option(kernel, session, event.opt, event.uuid or b"", event.len)
    return Outcome(errno=errno, answer=OptionData(None if errno else option))


def _message(kernel: KernelState, session: AgentSession, event: agents.NetagentMessage) -> int:
    return send_message(kernel, session, event.hex)


def _fail(kernel: KernelState, session: AgentSession, event: agents.NetagentFail) -> int:
    session.delivery_errno = event.errno
    return Errno.OK


def _keep_results(kernel: KernelState, session: AgentSession, event: agents.NetagentResults) -> int:
    """Store the results that an agent returns. Without Skywalk, no agent is asked for a nexus."""
    session.results = event.results or b""
    return Errno.OK


def _assign_nexus(
    kernel: KernelState, session: AgentSession, event: agents.NetagentAssignNexus
) -> int:
    if session.is_kernel_agent:
        return assign_nexus_from_kernel(kernel, session, event.client_id, event.results)
    return _send(
        kernel,
        session,
        AgentMessageType.ASSIGN_NEXUS,
        event.client_id + event.results if event.raw is None else event.raw,
        event.via,
        payload_length=event.payload_length,
        message_id=event.message_id,
    )


def _protoctl(kernel: KernelState, session: AgentSession, event: agents.NetagentProtoctl) -> int:
    return report_protoctl_event(
        kernel, session, event.client_id, (event.code, event.val, event.seq)
    )


def _send_template(
    kernel: KernelState,
    session: AgentSession,
    message_type: AgentMessageType,
    template: AgentTemplate,
    via: str | None,
) -> int:
    return _send(
        kernel,
        session,
        message_type,
        template.encode(),
        via,
        payload_length=template.payload_length,
        message_id=template.message_id,
    )


def _send(
    kernel: KernelState,
    session: AgentSession,
    message_type: AgentMessageType,
    payload: bytes,
    via: str | None,
    *,
    payload_length: int | None = None,
    message_id: int | None = None,
) -> int:
    """Send by message, or by the option of the same number.

    ``via`` decides, or where it is None the way in which the session was opened.
    """
    if _VIA.get(via or "", session.via) is not Via.MESSAGE:
        return set_option(kernel, session, AgentOption(message_type), payload)
    length = len(payload) if payload_length is None else payload_length
    identity = DEFAULT_MESSAGE_ID if message_id is None else message_id
    header = MESSAGE_HEADER.pack(message_type, 0, identity & U32_MAX, 0, length & U32_MAX)
    return send_message(kernel, session, header + payload)


_VIA: Final[dict[str, Via]] = {via.value: via for via in Via}
_HANDLERS: Final[dict[type, Callable[[KernelState, AgentSession, Any], int]]] = {
    agents.NetagentUpdate: _update,
    agents.NetagentSetFlags: _update,
    agents.NetagentUnregister: _unregister,
    agents.NetagentClose: _close,
    agents.NetagentSetopt: _setopt,
    agents.NetagentMessage: _message,
    agents.NetagentFail: _fail,
    agents.NetagentResults: _keep_results,
    agents.NetagentAssignNexus: _assign_nexus,
    agents.NetagentProtoctl: _protoctl,
}

NETAGENT_FAIL: Final = Description(
    subject=agents.NetagentFail,
    handler=_fail,
    summary="From now on messages to the session fail, as when its buffer is full.",
    checks=(NO_AGENT_SESSION,),
)

NETAGENT_RESULTS: Final = Description(
    subject=agents.NetagentResults,
    handler=_keep_results,
    summary="From now on a kernel agent hands results back when it is asked for a nexus.",
    checks=(NO_AGENT_SESSION,),
    other_facts=("skywalk_is_published", "agents_always_have_place_for_results"),
)

NETAGENT_OPEN: Final = Description(
    subject=agents.NetagentOpen,
    handler=_open,
    function="netagent_ctl_connect",
    summary="Opens an agent's session without registering an agent.",
    checks=(silent(Errno.EEXIST, "a session of that name is open"),),
    effects="a log record where agents are debugged",
)
