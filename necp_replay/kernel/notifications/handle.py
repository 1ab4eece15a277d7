"""Finds the handler of a notification."""

from __future__ import annotations

from typing import assert_never

from necp_replay.abi.client import CLIENT_ENDPOINT_BYTES
from necp_replay.abi.errno import Errno
from necp_replay.events import notifications
from necp_replay.events.inputs import NotificationInput
from necp_replay.events.outcome import AssignMessage, NexusParametersAnswer, Outcome
from necp_replay.kernel.application_id_key import set_application_id_key
from necp_replay.kernel.clients.nexus_parameters import copy_nexus_parameters
from necp_replay.kernel.exceptions import NotModelled, SyscallError
from necp_replay.kernel.flows.assign_message import create_nexus_assign_message
from necp_replay.kernel.flows.make_registration import make_registration
from necp_replay.kernel.flows.nexus_flows import add_nexus_flow
from necp_replay.kernel.notifications.agent_results import assign_client_result
from necp_replay.kernel.notifications.background import fd_background
from necp_replay.kernel.notifications.defunct import fd_defunct
from necp_replay.kernel.notifications.delegated_upid import set_delegated_upid
from necp_replay.kernel.notifications.flow_divert import request_in_process_flow_divert
from necp_replay.kernel.notifications.force_update import force_update_client
from necp_replay.kernel.notifications.memstatus import fd_memstatus, reap_caches
from necp_replay.kernel.notifications.protoctl import update_flow_protoctl_event
from necp_replay.kernel.notifications.radio_manager import assert_bb_radio_manager
from necp_replay.kernel.random_bytes import set_random_bytes
from necp_replay.kernel.resolver_key import set_resolver_key
from necp_replay.kernel.snapshot import take_snapshot
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.sysctl import set_sysctl


def handle_notification(kernel: KernelState, event: NotificationInput) -> Outcome:
    """Apply a notification. An fd that cannot be found is the outcome's errno."""
    match event:
        case notifications.TakeSnapshot():
            return _take_snapshot(kernel, event)
        case notifications.InjectNexusFlow():
            return Outcome(errno=add_nexus_flow(kernel, event))
        case notifications.CreateRegistration():
            return Outcome(errno=make_registration(kernel, event))
        case notifications.AssertBbRadioManager():
            return Outcome(errno=assert_bb_radio_manager(kernel, event.client_id, on=event.on))
        case notifications.AssignClientResult():
            error = assign_client_result(kernel, event.agent, event.client_id, event.results)
            return Outcome(errno=error)
        case notifications.ProtoctlEvent():
            error = update_flow_protoctl_event(
                kernel, event.agent, event.client_id, event.code, event.val, event.seq
            )
            return Outcome(errno=error)
        case notifications.ForceUpdateClient():
            force_update_client(kernel, event.client_id, event.remove_agent, event.generation or 0)
            return Outcome(errno=0)
        case notifications.CopyNexusParameters():
            return _copy_nexus_parameters(kernel, event)
        case notifications.CreateNexusAssignMessage():
            return _create_nexus_assign_message(kernel, event)
        case notifications.SysctlSet():
            return set_sysctl(kernel, event)
        case notifications.ResolverKey():
            return set_resolver_key(kernel, event)
        case notifications.ApplicationIdKey():
            return set_application_id_key(kernel, event)
        case notifications.RandomBytes():
            return set_random_bytes(kernel, event)
        case notifications.SetDelegatedUpid():
            return Outcome(errno=set_delegated_upid(kernel, event))
        case notifications.ReapCaches():
            return reap_caches(kernel, event)
        case notifications.RequestInProcessFlowDivert():
            return request_in_process_flow_divert(kernel, event)
        case notifications.FdDefunct() | notifications.FdBackground() | notifications.FdMemstatus():
            return _handle_fd_notification(kernel, event)
        case _:
            assert_never(event)


def _take_snapshot(kernel: KernelState, event: notifications.TakeSnapshot) -> Outcome:
    """Raises NotModelled if the snapshot would show memory that the kernel never wrote."""
    if event.full and any(agent.unwritten_bytes for agent in kernel.agents.agents):
        raise NotModelled("the data size of an agent is what was in memory before")
    return Outcome(answer=take_snapshot(kernel, full=event.full))


def _handle_fd_notification(
    kernel: KernelState,
    event: notifications.FdDefunct | notifications.FdBackground | notifications.FdMemstatus,
) -> Outcome:
    try:
        match event:
            case notifications.FdDefunct():
                return fd_defunct(kernel, event)
            case notifications.FdBackground():
                return fd_background(kernel, event)
            case notifications.FdMemstatus():
                return fd_memstatus(kernel, event)
            case _:
                assert_never(event)
    except SyscallError as error:
        return Outcome(errno=kernel.note(error.failed))


def _copy_nexus_parameters(
    kernel: KernelState, event: notifications.CopyNexusParameters
) -> Outcome:
    try:
        parameters = copy_nexus_parameters(kernel, event.client_id)
    except SyscallError as error:
        return Outcome(errno=kernel.note(error.failed))
    if parameters is None:
        return Outcome(errno=Errno.ENOENT)
    return Outcome(errno=0, answer=NexusParametersAnswer(parameters))


def _create_nexus_assign_message(
    kernel: KernelState, event: notifications.CreateNexusAssignMessage
) -> Outcome:
    key_length = event.key_length
    if key_length is None:
        key_length = len(event.key) if event.key is not None else 0
    message = create_nexus_assign_message(
        nexus_instance=event.nexus_instance,
        nexus_port=event.port,
        key=event.key,
        key_length=key_length,
        local_endpoint=_endpoint(event.local),
        remote_endpoint=_endpoint(event.remote),
        flow_adv_index=event.flow_adv_index,
        ether=event.ether,
        flow_stats=event.flow_stats or 0,
        port_bytes=kernel.profile.nexus_port_bytes,
    )
    return Outcome(errno=0, answer=AssignMessage(message))


def _endpoint(given: bytes | None) -> bytes | None:
    if given is None:
        return None
    return given[:CLIENT_ENDPOINT_BYTES].ljust(CLIENT_ENDPOINT_BYTES, b"\0")
