"""Network agents: what their sessions send, by whichever door."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.errno import Errno
from necp_replay.events import agents
from necp_replay.kernel.agents import (
    assign_nexus,
    control_socket,
    handle,
    register,
    sessions,
    unregister,
    update,
)
from necp_replay.kernel.client_actions.action_row import Support, logged, silent
from necp_replay.kernel.support.row import InputRow

_NO_SESSION: Final = silent(Errno.ENOENT, "no session has the name")
_BY_MESSAGE: Final = "; by message always 0, and a response tells"
_UPDATED: Final = (
    "a kernel event, after the update timer is armed where something changed; a response to a "
    "message"
)

AGENTS: Final[dict[type, InputRow]] = {
    agents.NetagentRegister: InputRow(
        handler=register.register_from_kernel,
        function="netagent_register, netagent_handle_register_setopt, "
        "netagent_handle_register_message",
        summary="Registers an agent, opening its session first if need be.",
        checks=(
            logged(
                Errno.EINVAL,
                "the session has an agent, its data is above 4096 bytes, or sizes differ",
            ),
        ),
        answer="0" + _BY_MESSAGE,
        effects="the update timer is armed, and a kernel event posted; a response to a message",
    ),
    agents.NetagentUpdate: InputRow(
        handler=update.update_from_kernel,
        function="netagent_update, netagent_handle_update_setopt, netagent_handle_update_message",
        support=Support.PARTIAL,
        missing="a kernel agent updated with a data size of -8 to -216 that keeps its identity",
        summary="Changes an agent but for its identity.",
        checks=(
            _NO_SESSION,
            logged(Errno.ENOENT, "by option: the session has no agent"),
            logged(
                Errno.EINVAL,
                "a kernel agent without agent, too much data, sizes that differ, or another "
                "identity",
            ),
        ),
        answer="0" + _BY_MESSAGE,
        effects=_UPDATED,
    ),
    agents.NetagentSetFlags: InputRow(
        handler=update.update_from_kernel,
        function="netagent_update, netagent_handle_update_setopt, netagent_handle_update_message",
        summary="An update that changes only the flags.",
        checks=(_NO_SESSION, silent(Errno.ENOENT, "as netagent_update")),
        answer="0" + _BY_MESSAGE,
        effects=_UPDATED,
    ),
    agents.NetagentUnregister: InputRow(
        handler=unregister.unregister,
        function="netagent_unregister_session_wrapper",
        summary="Forgets the session's agent and takes it off every interface.",
        checks=(_NO_SESSION,),
        answer="0, without an agent too",
        effects="the update timer is armed, and a kernel event posted; a response to a message",
    ),
    agents.NetagentClose: InputRow(
        handler=sessions.close_session,
        function="netagent_ctl_disconnect, netagent_destroy",
        summary="Closes the session; its agent is unregistered.",
        checks=(_NO_SESSION,),
        effects="as unregistering",
    ),
    agents.NetagentSetopt: InputRow(
        handler=control_socket.set_option,
        function="netagent_ctl_setopt",
        summary="An option of the control socket with arbitrary bytes.",
        checks=(
            _NO_SESSION,
            silent(Errno.ENOPROTOOPT, "no such option can be set"),
            silent(Errno.EINVAL, "what the option's own checks refuse"),
        ),
        effects="those of what the option asks for",
    ),
    agents.NetagentGetopt: InputRow(
        handler=control_socket.get_option,
        function="netagent_ctl_getopt",
        summary="Reads an option of the control socket: the use count.",
        checks=(
            _NO_SESSION,
            silent(Errno.ENOPROTOOPT, "any option but the use count"),
            silent(Errno.EINVAL, "the length is not 8"),
            silent(Errno.ENOENT, "the session has no agent"),
        ),
        answer="0; 8 bytes",
    ),
    agents.NetagentMessage: InputRow(
        handler=control_socket.send_message,
        function="netagent_ctl_send",
        summary="Arbitrary bytes written to the control socket.",
        checks=(_NO_SESSION, silent(Errno.EINVAL, "the message is shorter than its header")),
        answer="0; a response tells what came of it",
        effects="those of what the message asks for, then the response",
    ),
    agents.NetagentFail: InputRow(
        handler=handle.handle_agent,
        summary="From now on messages to the session fail, as when its buffer is full.",
        checks=(_NO_SESSION,),
    ),
    agents.NetagentAssignNexus: InputRow(
        handler=assign_nexus.assign_nexus_from_kernel,
        function="netagent_assign_nexus, netagent_handle_assign_nexus_setopt, "
        "netagent_handle_assign_nexus_message",
        summary="The agent assigns results to its newest flow of a client.",
        checks=(
            _NO_SESSION,
            logged(Errno.ENOENT, "the session has no agent, or no fd has the client"),
            logged(Errno.EINVAL, "no whole client id, or the client has no flow of the agent"),
        ),
        answer="0" + _BY_MESSAGE,
        effects="the fd is woken; a response to a message",
    ),
    agents.NetagentProtoctl: InputRow(
        handler=assign_nexus.report_protoctl_event,
        function="netagent_update_flow_protoctl_event",
        summary="A kernel agent reports an event of the protocol.",
        checks=(
            _NO_SESSION,
            logged(Errno.ENOENT, "the session has no agent"),
            silent(Errno.ENOENT, "no fd has the client"),
            silent(Errno.EINVAL, "the client has no flow of the agent"),
        ),
        effects="the fd is woken",
    ),
}
"""Every input of agent sessions by its class."""
