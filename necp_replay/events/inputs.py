"""The union of all inputs, their names in traces and JSON, and the step that carries one."""

from __future__ import annotations

from typing import Final

from necp_replay.dataclass import dataclass
from necp_replay.events import (
    agents,
    clock,
    interfaces,
    notifications,
    policy_control,
    processes,
    routes,
    sockets,
    syscalls,
)

ClockInput = clock.Now | clock.UpdateAllClients | clock.TimerFire
ProcessInput = processes.ProcAdd | processes.ProcUpdate | processes.ProcExit
InterfaceInput = (
    interfaces.IfaceAttach
    | interfaces.IfaceUpdate
    | interfaces.IfaceDetach
    | interfaces.IfaceOrder
    | interfaces.IfaceAddAgent
    | interfaces.IfaceDelAgent
)
RouteInput = routes.RouteAdd | routes.RouteUpdate | routes.RouteDelete
AgentInput = (
    agents.NetagentOpen
    | agents.NetagentRegister
    | agents.NetagentUpdate
    | agents.NetagentSetFlags
    | agents.NetagentUnregister
    | agents.NetagentClose
    | agents.NetagentSetopt
    | agents.NetagentGetopt
    | agents.NetagentMessage
    | agents.NetagentFail
    | agents.NetagentAssignNexus
    | agents.NetagentProtoctl
    | agents.NetagentResults
)
SocketInput = (
    sockets.SocketCreate
    | sockets.SocketUpdate
    | sockets.RegisterSocketFlow
    | sockets.AssignFromSocket
    | sockets.InpcbRemoveCb
    | sockets.InpcbDispose
    | sockets.RegisterMultipathCb
    | sockets.MppcbDispose
    | sockets.SocketSetAttributes
    | sockets.SocketGetAttributes
    | sockets.SocketAllowedToRecv
    | sockets.SocketSetResolverSignature
    | sockets.SocketGetResolverSignature
)
NotificationInput = (
    notifications.InjectNexusFlow
    | notifications.CreateRegistration
    | notifications.AssertBbRadioManager
    | notifications.FdDefunct
    | notifications.FdBackground
    | notifications.FdMemstatus
    | notifications.ForceUpdateClient
    | notifications.AssignClientResult
    | notifications.ProtoctlEvent
    | notifications.CopyNexusParameters
    | notifications.CreateNexusAssignMessage
    | notifications.ReapCaches
    | notifications.RequestInProcessFlowDivert
    | notifications.SysctlSet
    | notifications.ResolverKey
    | notifications.ApplicationIdKey
    | notifications.RandomBytes
    | notifications.SetDelegatedUpid
    | notifications.TakeSnapshot
)
FdInput = (
    syscalls.FdPoll | syscalls.FdRead | syscalls.FdWrite | syscalls.FdIoctl | syscalls.FdSelect
)
SyscallInput = (
    syscalls.NecpClientAction
    | syscalls.NecpOpen
    | syscalls.NecpSessionOpen
    | syscalls.OpenOther
    | syscalls.Close
    | syscalls.NecpSessionAction
    | syscalls.NecpMatchPolicy
    | syscalls.NetagentTrigger
)
PolicyControlInput = (
    policy_control.NecpCtlOpen | policy_control.NecpCtlSend | policy_control.NecpCtlClose
)
Input = (
    SyscallInput
    | FdInput
    | NotificationInput
    | SocketInput
    | AgentInput
    | PolicyControlInput
    | RouteInput
    | InterfaceInput
    | ProcessInput
    | ClockInput
)

INPUT_NAMES: Final[dict[str, type]] = {
    "now": clock.Now,
    "update_all_clients": clock.UpdateAllClients,
    "timer_fire": clock.TimerFire,
    "proc_add": processes.ProcAdd,
    "proc_update": processes.ProcUpdate,
    "proc_exit": processes.ProcExit,
    "iface_attach": interfaces.IfaceAttach,
    "iface_update": interfaces.IfaceUpdate,
    "iface_detach": interfaces.IfaceDetach,
    "iface_order": interfaces.IfaceOrder,
    "iface_add_agent": interfaces.IfaceAddAgent,
    "iface_del_agent": interfaces.IfaceDelAgent,
    "route_add": routes.RouteAdd,
    "route_update": routes.RouteUpdate,
    "route_delete": routes.RouteDelete,
    "netagent_open": agents.NetagentOpen,
    "netagent_register": agents.NetagentRegister,
    "netagent_update": agents.NetagentUpdate,
    "netagent_set_flags": agents.NetagentSetFlags,
    "netagent_unregister": agents.NetagentUnregister,
    "netagent_close": agents.NetagentClose,
    "netagent_setopt": agents.NetagentSetopt,
    "netagent_getopt": agents.NetagentGetopt,
    "netagent_message": agents.NetagentMessage,
    "netagent_fail": agents.NetagentFail,
    "netagent_assign_nexus": agents.NetagentAssignNexus,
    "netagent_protoctl": agents.NetagentProtoctl,
    "netagent_results": agents.NetagentResults,
    "netagent_trigger": syscalls.NetagentTrigger,
    "necp_ctl_open": policy_control.NecpCtlOpen,
    "necp_ctl_send": policy_control.NecpCtlSend,
    "necp_ctl_close": policy_control.NecpCtlClose,
    "socket_create": sockets.SocketCreate,
    "socket_update": sockets.SocketUpdate,
    "register_socket_flow": sockets.RegisterSocketFlow,
    "assign_from_socket": sockets.AssignFromSocket,
    "inpcb_remove_cb": sockets.InpcbRemoveCb,
    "inpcb_dispose": sockets.InpcbDispose,
    "register_multipath_cb": sockets.RegisterMultipathCb,
    "mppcb_dispose": sockets.MppcbDispose,
    "socket_set_attributes": sockets.SocketSetAttributes,
    "socket_get_attributes": sockets.SocketGetAttributes,
    "socket_allowed_to_recv": sockets.SocketAllowedToRecv,
    "socket_set_resolver_signature": sockets.SocketSetResolverSignature,
    "socket_get_resolver_signature": sockets.SocketGetResolverSignature,
    "inject_nexus_flow": notifications.InjectNexusFlow,
    "create_registration": notifications.CreateRegistration,
    "assert_bb_radio_manager": notifications.AssertBbRadioManager,
    "fd_defunct": notifications.FdDefunct,
    "fd_background": notifications.FdBackground,
    "fd_memstatus": notifications.FdMemstatus,
    "force_update_client": notifications.ForceUpdateClient,
    "assign_client_result": notifications.AssignClientResult,
    "protoctl_event": notifications.ProtoctlEvent,
    "copy_nexus_parameters": notifications.CopyNexusParameters,
    "create_nexus_assign_message": notifications.CreateNexusAssignMessage,
    "reap_caches": notifications.ReapCaches,
    "request_in_process_flow_divert": notifications.RequestInProcessFlowDivert,
    "sysctl_set": notifications.SysctlSet,
    "resolver_key": notifications.ResolverKey,
    "application_id_key": notifications.ApplicationIdKey,
    "random_bytes": notifications.RandomBytes,
    "set_delegated_upid": notifications.SetDelegatedUpid,
    "snapshot": notifications.TakeSnapshot,
    "fd_poll": syscalls.FdPoll,
    "fd_read": syscalls.FdRead,
    "fd_write": syscalls.FdWrite,
    "fd_ioctl": syscalls.FdIoctl,
    "fd_select": syscalls.FdSelect,
    "open_other": syscalls.OpenOther,
    "necp_open": syscalls.NecpOpen,
    "necp_session_open": syscalls.NecpSessionOpen,
    "necp_client_action": syscalls.NecpClientAction,
    "necp_session_action": syscalls.NecpSessionAction,
    "necp_match_policy": syscalls.NecpMatchPolicy,
    "close": syscalls.Close,
}
"""Every input by its name in traces, JSON lines and conformance vectors."""

NAMES_OF_INPUTS: Final[dict[type, str]] = {cls: name for name, cls in INPUT_NAMES.items()}
"""Every input's name by its class, the reverse of :data:`INPUT_NAMES`."""


@dataclass(slots=True)
class Step:
    """One input and what it depends on besides the state: the generated ids and the time.

    ``uuids`` are the ids that the kernel's random generator returned during it, in order.
    ``now_ns`` is the time to which the clock is set before it; None leaves the clock as it is.
    ``unmeasured`` names the parts that are not known, whatever their value is
    (:func:`~necp_replay.events.unmeasured_inputs.partial_step`).
    """

    input: Input
    uuids: tuple[bytes, ...] = ()
    now_ns: int | None = None
    unmeasured: tuple[str, ...] = ()

    @property
    def sets_clock_ns(self) -> int | None:
        """What the clock is set to, by the step or by its input; None if it stays as it was."""
        event = self.input
        return event.ns if type(event) is clock.Now else self.now_ns
