"""Everything that the engine models in one list: actions, system calls, and other inputs."""

from __future__ import annotations

from typing import Final

from necp_replay.kernel import (
    application_id_key,
    machine,
    policy_control,
    processes,
    random_bytes,
    resolver_key,
    snapshot,
    sysctl,
    update_timer,
)
from necp_replay.kernel.agents import (
    assign_nexus,
    control_socket,
    register,
    sessions,
    trigger,
    unregister,
    update,
)
from necp_replay.kernel.agents import handle as agents_handle
from necp_replay.kernel.client_actions.table import CLIENT_ACTIONS
from necp_replay.kernel.clients import nexus_parameters
from necp_replay.kernel.description import AnyDescription
from necp_replay.kernel.flows import assign_message, make_registration, nexus_flows
from necp_replay.kernel.interfaces import agents, change
from necp_replay.kernel.interfaces import handle as interfaces_handle
from necp_replay.kernel.notifications import (
    agent_results,
    background,
    callout,
    defunct,
    delegated_upid,
    flow_divert,
    force_update,
    memstatus,
    protoctl,
    radio_manager,
)
from necp_replay.kernel.routing import handle as routing_handle
from necp_replay.kernel.routing import route_change
from necp_replay.kernel.session_actions.table import SESSION_ACTIONS
from necp_replay.kernel.sockets import (
    attributes,
    fields,
    multipath,
    receiving,
    signature,
    socket_flows,
)
from necp_replay.kernel.syscalls import (
    close,
    fd_operations,
    fd_table,
    necp_client_action,
    necp_match_policy,
    necp_open,
    necp_session_action,
    necp_session_open,
)

INPUTS: Final[tuple[AnyDescription, ...]] = (
    necp_open.NECP_OPEN,
    necp_client_action.NECP_CLIENT_ACTION,
    necp_session_open.NECP_SESSION_OPEN,
    necp_session_action.NECP_SESSION_ACTION,
    necp_match_policy.NECP_MATCH_POLICY,
    policy_control.NECP_CTL_OPEN,
    policy_control.NECP_CTL_SEND,
    policy_control.NECP_CTL_CLOSE,
    trigger.NETAGENT_TRIGGER,
    close.CLOSE,
    fd_table.OPEN_OTHER,
    fd_operations.FD_POLL,
    fd_operations.FD_READ,
    fd_operations.FD_WRITE,
    fd_operations.FD_IOCTL,
    fd_operations.FD_SELECT,
    defunct.FD_DEFUNCT,
    background.FD_BACKGROUND,
    memstatus.FD_MEMSTATUS,
    memstatus.REAP_CACHES,
    flow_divert.REQUEST_IN_PROCESS_FLOW_DIVERT,
    force_update.FORCE_UPDATE_CLIENT,
    agent_results.ASSIGN_CLIENT_RESULT,
    protoctl.PROTOCTL_EVENT,
    nexus_parameters.COPY_NEXUS_PARAMETERS,
    assign_message.CREATE_NEXUS_ASSIGN_MESSAGE,
    nexus_flows.INJECT_NEXUS_FLOW,
    make_registration.CREATE_REGISTRATION,
    radio_manager.ASSERT_BB_RADIO_MANAGER,
    sysctl.SYSCTL_SET,
    resolver_key.RESOLVER_KEY,
    application_id_key.APPLICATION_ID_KEY,
    random_bytes.RANDOM_BYTES,
    delegated_upid.SET_DELEGATED_UPID,
    snapshot.SNAPSHOT,
    fields.SOCKET_CREATE,
    fields.SOCKET_UPDATE,
    socket_flows.REGISTER_SOCKET_FLOW,
    socket_flows.ASSIGN_FROM_SOCKET,
    socket_flows.INPCB_REMOVE_CB,
    socket_flows.INPCB_DISPOSE,
    multipath.REGISTER_MULTIPATH_CB,
    multipath.MPPCB_DISPOSE,
    attributes.SOCKET_SET_ATTRIBUTES,
    attributes.SOCKET_GET_ATTRIBUTES,
    receiving.SOCKET_ALLOWED_TO_RECV,
    signature.SOCKET_SET_RESOLVER_SIGNATURE,
    signature.SOCKET_GET_RESOLVER_SIGNATURE,
    agents_handle.NETAGENT_OPEN,
    register.NETAGENT_REGISTER,
    update.NETAGENT_UPDATE,
    update.NETAGENT_SET_FLAGS,
    unregister.NETAGENT_UNREGISTER,
    sessions.NETAGENT_CLOSE,
    control_socket.NETAGENT_SETOPT,
    control_socket.NETAGENT_GETOPT,
    control_socket.NETAGENT_MESSAGE,
    agents_handle.NETAGENT_FAIL,
    agents_handle.NETAGENT_RESULTS,
    assign_nexus.NETAGENT_ASSIGN_NEXUS,
    assign_nexus.NETAGENT_PROTOCTL,
    interfaces_handle.IFACE_ATTACH,
    change.IFACE_UPDATE,
    interfaces_handle.IFACE_DETACH,
    change.IFACE_ORDER,
    agents.IFACE_ADD_AGENT,
    agents.IFACE_DEL_AGENT,
    route_change.ROUTE_ADD,
    routing_handle.ROUTE_UPDATE,
    route_change.ROUTE_DELETE,
    processes.PROC_ADD,
    processes.PROC_UPDATE,
    processes.PROC_EXIT,
    machine.NOW,
    update_timer.UPDATE_ALL_CLIENTS,
    callout.TIMER_FIRE,
)
"""Every input, by kind."""

CATALOG: Final[tuple[AnyDescription, ...]] = (
    *sorted(
        CLIENT_ACTIONS.values(),
        key=lambda description: description.number or 0,
    ),
    *SESSION_ACTIONS.values(),
    *INPUTS,
)
"""Everything, by kind."""


def find_descriptions(name: str) -> tuple[AnyDescription, ...]:
    """The descriptions with a name, in whatever case it is written; empty for an unknown name."""
    wanted = name.casefold()
    return tuple(each for each in CATALOG if each.name.casefold() == wanted)
