"""What the rest of the kernel calls, the update timer, and what an administrator does."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.errno import Errno
from necp_replay.events import clock, notifications
from necp_replay.kernel import machine, snapshot, sysctl, update_timer
from necp_replay.kernel.client_actions.action_row import Check, Support, silent
from necp_replay.kernel.clients.nexus_parameters import copy_nexus_parameters
from necp_replay.kernel.flows.assign_message import create_nexus_assign_message
from necp_replay.kernel.flows.nexus_flows import add_nexus_flow
from necp_replay.kernel.notifications.agent_results import assign_client_result
from necp_replay.kernel.notifications.background import fd_background
from necp_replay.kernel.notifications.callout import update_all_clients_callout
from necp_replay.kernel.notifications.defunct import fd_defunct
from necp_replay.kernel.notifications.force_update import force_update_client
from necp_replay.kernel.notifications.memstatus import fd_memstatus, reap_caches
from necp_replay.kernel.notifications.protoctl import update_flow_protoctl_event
from necp_replay.kernel.support.row import NO_PROCESS, InputRow

_FD_CHECKS: Final[tuple[Check, ...]] = (
    NO_PROCESS,
    silent(Errno.EBADF, "the fd is not open"),
    silent(Errno.ENODEV, "the fd is of another type"),
)
_FLOW_CHECKS: Final[tuple[Check, ...]] = (
    silent(Errno.ENOENT, "no client fd of a living process has the client"),
    silent(Errno.EINVAL, "the client has no nexus flow of the agent"),
)
_NO_CLIENT: Final = silent(Errno.ENOENT, "no fd has the client")

NOTIFICATIONS: Final[dict[type, InputRow]] = {
    notifications.FdDefunct: InputRow(
        handler=fd_defunct,
        function="necp_defunct_client, necp_fd_defunct",
        summary="A process is made defunct; the kernel visits each of its fds.",
        checks=_FD_CHECKS,
        answer="0; the stored flags of every client that has some say DEFUNCT",
        effects="the fd is woken if the last client that was not defunct changed; an abort to the "
        "agent of each requested nexus flow, with a log record where it cannot be told",
        facts=("defunct_marks_result_unread", "defunct_entry_function"),
    ),
    notifications.FdBackground: InputRow(
        handler=fd_background,
        function="necp_set_client_as_background",
        summary="A process goes to the background or comes back.",
        checks=_FD_CHECKS,
        answer="0; clients with an assigned flow are told with their next result",
        effects="those of an update of the fd's clients; a log record for a session fd",
        facts=("local_remote_address_is_sanitised",),
    ),
    notifications.FdMemstatus: InputRow(
        handler=fd_memstatus,
        function="necp_fd_memstatus",
        summary="A process is about to be killed for its memory: nothing is done.",
        checks=(
            silent(Errno.ENOTSUP, "the release has no such function", fact="has_fd_memstatus"),
            *_FD_CHECKS,
        ),
    ),
    notifications.ReapCaches: InputRow(
        handler=reap_caches,
        function="necp_client_reap_caches",
        summary="The cache of flows gives memory back, of which nothing shows.",
        checks=(silent(Errno.ENOTSUP, "the release has no such function", fact="has_reap_caches"),),
    ),
    notifications.ForceUpdateClient: InputRow(
        handler=force_update_client,
        function="necp_force_update_client",
        summary="An agent makes a client look at its flows again, and may leave its result.",
        answer="0, also for a client that is not there; the flows become unread, not the result",
        effects="the fd is woken; a panic where an agent leaves a result that outgrew its buffer",
    ),
    notifications.AssignClientResult: InputRow(
        handler=assign_client_result,
        function="necp_assign_client_result",
        summary="An agent assigns addresses and results to its newest flow of a client.",
        checks=_FLOW_CHECKS,
        effects="the fd is woken; observers are not told",
    ),
    notifications.ProtoctlEvent: InputRow(
        handler=update_flow_protoctl_event,
        function="necp_update_flow_protoctl_event",
        summary="An agent reports an event of the protocol, kept for the next copy.",
        checks=_FLOW_CHECKS,
        effects="the fd is woken",
    ),
    notifications.CopyNexusParameters: InputRow(
        handler=copy_nexus_parameters,
        function="necp_client_copy_parameters",
        summary="What a nexus is told of a client.",
        checks=(_NO_CLIENT,),
        answer="struct necp_client_nexus_parameters",
    ),
    notifications.CreateNexusAssignMessage: InputRow(
        handler=create_nexus_assign_message,
        function="necp_create_nexus_assign_message",
        summary="The TLVs that tell a client what its flow was assigned.",
        answer="the message, none when there is nothing to tell",
    ),
    notifications.InjectNexusFlow: InputRow(
        handler=add_nexus_flow,
        summary="Gives a client a nexus flow, as the unpublished part of the kernel would.",
        checks=(_NO_CLIENT,),
    ),
    notifications.SysctlSet: InputRow(
        handler=sysctl.set_sysctl,
        function="sysctl_handle_necp_level",
        summary="An administrator writes a sysctl.",
        checks=(silent(Errno.ENOENT, "no such sysctl can be written"),),
        support=Support.PARTIAL,
        missing="only sysctls that the subsystem reads; what others change is an input of its own",
    ),
    notifications.TakeSnapshot: InputRow(
        handler=snapshot.take_snapshot,
        summary="Shows the state; the kernel does nothing.",
        answer="counters, fds, clients, flows and queues; on request policies and agents",
        support=Support.PARTIAL,
        missing="caches of TCP and interfaces are not shown; their effects are",
    ),
}
"""Every notification by the class of its input."""

CLOCK: Final[dict[type, InputRow]] = {
    clock.Now: InputRow(
        handler=machine.Machine.submit,
        summary="The time is this from now on.",
        answer="nothing",
    ),
    clock.UpdateAllClients: InputRow(
        handler=update_timer.update_all_clients,
        function="necp_update_all_clients",
        summary="Arms the timer after which every client is evaluated again.",
        effects="the timer is armed: 100 ms, 500 ms leeway",
    ),
    clock.TimerFire: InputRow(
        handler=update_all_clients_callout,
        function="necp_update_all_clients_callout",
        summary="The timer fires, if it is armed.",
        answer="whether it was armed",
        effects="for each fd, the newest first: callbacks, observers, a wake-up where something "
        "changed; then an abort to the agents of clients that a policy made defunct",
        facts=("local_remote_address_is_sanitised", "policy_abort_logs_process"),
    ),
}
"""Time and the update timer by the class of the input."""
