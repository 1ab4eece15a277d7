"""An agent reports a protocol event on a client's nexus flow."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.errno import Errno
from necp_replay.abi.integers import U32_MAX
from necp_replay.events.notifications import ProtoctlEvent
from necp_replay.kernel.clients.notify import fd_notify
from necp_replay.kernel.description import Description
from necp_replay.kernel.flows.choose import flow_rules
from necp_replay.kernel.flows.nexus_flows import NEXUS_FLOW_CHECKS, find_nexus_flow
from necp_replay.kernel.objects.client import FlowHolder
from necp_replay.kernel.objects.flow import Flow
from necp_replay.kernel.state import KernelState


def update_flow_protoctl_event(
    kernel: KernelState, agent: bytes, client_id: bytes, code: int, val: int, tcp_seq_num: int
) -> int:
    """Store an event on the newest nexus flow that the client has with the agent.

    If the profile says so, a flow of a socket takes the events of any agent. The next COPY_RESULT
    returns the event. Returns ENOENT if no fd of a living process has the client, EINVAL if it has
    no such flow.

    Source: necp_update_flow_protoctl_event, xnu-4570.51.1, xnu-7195.50.7.100.1.
    """
    rules = flow_rules(kernel)
    for necp_fd in kernel.clients.fd_list:
        if kernel.find_process(necp_fd.proc_pid) is None:
            continue
        client = rules.find_on_fd(necp_fd, client_id)
        holder = None if client is None else rules.find_holder(client, client_id)
        if client is None or holder is None:
            continue
        flow = _find_flow(kernel, holder, agent)
        if flow is None:
            return Errno.EINVAL
        flow.has_protoctl_event = True
        flow.protoctl_event = (code & U32_MAX, val & U32_MAX, tcp_seq_num & U32_MAX)
        holder.flow_result_read = False
        fd_notify(kernel, necp_fd)
        return Errno.OK
    return Errno.ENOENT


def _find_flow(kernel: KernelState, holder: FlowHolder, agent: bytes) -> Flow | None:
    """The newest flow that takes an agent's events."""
    if not kernel.profile.sockets_take_protocol_events:
        return find_nexus_flow(holder, agent)
    for flow in holder.flow_list:
        if flow.socket or (flow.nexus and flow.nexus_agent == agent):
            return flow
    return None


PROTOCTL_EVENT: Final = Description(
    subject=ProtoctlEvent,
    handler=update_flow_protoctl_event,
    function="necp_update_flow_protoctl_event",
    summary="An agent reports an event of the protocol, kept for the next copy.",
    checks=NEXUS_FLOW_CHECKS,
    effects="the fd is woken",
    other_facts=("sockets_take_protocol_events",),
)
