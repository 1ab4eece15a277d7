"""The nexus flows of a client: flows that an agent provides."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client import SOCKADDR_UNION_BYTES
from necp_replay.abi.errno import Errno
from necp_replay.abi.integers import U32_MAX
from necp_replay.events.notifications import InjectNexusFlow
from necp_replay.kernel.description import NO_CLIENT, Check, Description, silent
from necp_replay.kernel.flows.choose import flow_rules
from necp_replay.kernel.objects.client import FlowHolder
from necp_replay.kernel.objects.flow import Flow
from necp_replay.kernel.state import KernelState


def find_nexus_flow(holder: FlowHolder, agent: bytes) -> Flow | None:
    """The nexus flow with an agent, the one added last; None if there is none."""
    for flow in holder.flow_list:
        if flow.nexus and flow.nexus_agent == agent:
            return flow
    return None


def add_nexus_flow(kernel: KernelState, event: InjectNexusFlow) -> int:
    """Add a nexus flow at the head of a list.

    The published source has no code that adds a nexus flow, so there is an input for it. ENOENT for
    an unknown id.
    """
    holder = flow_rules(kernel).holder_to_register(kernel, 0, event.client_id)
    if holder is None:
        return Errno.ENOENT
    flow = Flow(interface_index=event.interface_index & U32_MAX)
    flow.nexus = True
    flow.nexus_agent = event.agent
    # Where flows are in registrations, every nexus flow counts as requested.
    flow.requested_nexus = event.requested or kernel.profile.has_flow_registrations
    flow.assigned = event.assigned
    flow.viable = event.viable
    flow.check_tcp_heuristics = event.check_tcp_heuristics
    flow.local_addr = event.local[:SOCKADDR_UNION_BYTES].ljust(SOCKADDR_UNION_BYTES, b"\0")
    flow.remote_addr = event.remote[:SOCKADDR_UNION_BYTES].ljust(SOCKADDR_UNION_BYTES, b"\0")
    flow.assigned_results = event.results or None
    flow.assigned_results_length = len(event.results or b"")
    holder.flow_list.insert(0, flow)
    kernel.clients.count_nexus_flow()
    return Errno.OK


NEXUS_FLOW_CHECKS: Final[tuple[Check, ...]] = (
    silent(Errno.ENOENT, "no client fd of a living process has the client"),
    silent(Errno.EINVAL, "the client has no nexus flow of the agent"),
)
"""The checks of the inputs that look for a client's flow with :func:`find_nexus_flow`."""


INJECT_NEXUS_FLOW: Final = Description(
    subject=InjectNexusFlow,
    handler=add_nexus_flow,
    summary="Gives a client a nexus flow, as the unpublished part of the kernel would.",
    checks=(NO_CLIENT,),
)
