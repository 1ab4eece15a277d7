"""Tells agents that flows end, and nexuses to abort the flows of clients that become defunct."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from necp_replay.abi.client import FlowFlag
from necp_replay.abi.errno import Errno
from necp_replay.abi.log import LOG_DEBUG, LOG_ERR
from necp_replay.abi.netagent import AgentMessageType
from necp_replay.kernel.agents.client_messages import client_message_with_params
from necp_replay.kernel.agents.structure import close_request
from necp_replay.kernel.state import KernelState


@dataclass(slots=True)
class DefunctNexus:
    """``struct necp_client_defunct``: one nexus flow that became defunct.

    ``client_id`` is the id by which the agent knows it: that of its client, or of a registration.
    ``flags`` are those of the registration. ``has_close_token`` says that the agent gets a token
    from its statistics.
    """

    client_id: bytes
    nexus_agent: bytes
    proc_pid: int
    flags: int = 0
    has_close_token: bool = False


def abort_nexuses(kernel: KernelState, defunct_list: list[DefunctNexus], function: str) -> None:
    """Tell each nexus to abort, the last of the list first. ``function`` logs errors.

    Source: necp_update_all_clients_callout, necp_fd_defunct, xnu-4570.51.1;
    necp_process_defunct_list, xnu-7195.50.7.100.1.
    """
    if kernel.profile.aborts_log_from_one_function:
        function = "necp_process_defunct_list"
    for defunct in reversed(defunct_list):
        error = client_message_with_params(
            kernel,
            defunct.nexus_agent,
            defunct.client_id,
            defunct.proc_pid,
            end_message(kernel, defunct.flags, abort=True),
            close_request(kernel) if defunct.has_close_token else None,
        )
        if error != 0:
            kernel.log(LOG_DEBUG if error == Errno.ENOENT else LOG_ERR, function, error)


def end_message(kernel: KernelState, flags: int, *, abort: bool) -> AgentMessageType:
    """The type of message that tells an agent of the end of a flow, by its registration's flags.

    A flow that browses or resolves, and may not have a nexus, is an assertion of its agent.

    Source: necp_destroy_client_flow_registration, xnu-6153.11.26.
    """
    if (
        flags & _BROWSES_OR_RESOLVES
        and not flags & _ALLOW_NEXUS
        and kernel.profile.browsing_flows_are_assertions
    ):
        return AgentMessageType.CLIENT_UNASSERT
    return AgentMessageType.ABORT_NEXUS if abort else AgentMessageType.CLOSE_NEXUS


_BROWSES_OR_RESOLVES: Final = int(FlowFlag.BROWSE | FlowFlag.RESOLVE)
_ALLOW_NEXUS: Final = int(FlowFlag.ALLOW_NEXUS)
