"""Evaluates the flows of a client again: calls their owners back, and frees flows.

The kernel does it in two steps, with the evaluation of the client's result between them:

1. Interface and nexus flows are marked invalid. Evaluating the result marks the interface flows
   valid again that the client should still have. Nexus flows stay invalid. Socket flows are never
   marked.
2. Each flow, from the head of the list, is evaluated on its own interface, which says whether it
   is viable. The owner is called back where something changed. A flow that is not viable, or not
   valid, is freed, unless it was requested from an agent or something is assigned to it.

Source: necp_client_mark_all_nonsocket_flows_as_invalid, necp_client_update_flows, xnu-4570.51.1.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from necp_replay.abi.client import ClientResultFlag, FlowCallbackAction
from necp_replay.kernel.flows.callback import call_back
from necp_replay.kernel.flows.viability import flow_is_viable
from necp_replay.kernel.objects.client import Client, FlowHolder
from necp_replay.kernel.objects.flow import Flow
from necp_replay.kernel.objects.process import Process
from necp_replay.kernel.quirk import Quirk
from necp_replay.kernel.state import KernelState


def mark_nonsocket_flows_invalid(flows: Iterable[Flow]) -> None:
    """Mark nexus and interface flows invalid, before the client's result is evaluated.

    Source: necp_client_mark_all_nonsocket_flows_as_invalid, xnu-4570.51.1.
    """
    for flow in flows:
        if not flow.socket:
            flow.invalid = True


def update_flow_list(
    kernel: KernelState, process: Process, client: Client, flows: Sequence[Flow], *, updated: bool
) -> tuple[list[Flow], bool]:
    """Evaluate every flow of a list. Returns those that stay, and whether one changed.

    A flow changes when it becomes viable or not viable, or when its address families change, or
    whether there is NAT64 or low power, or the interface that its interface delegates to.
    ``updated`` says that a flow of an earlier list changed.

    Kernel quirk: up to xnu-6153, one variable for all flows says that something changed, and it is
    not reset. So once a flow changed, the owners of all later flows are called back too.

    Source: necp_client_update_flows, xnu-4570.51.1, xnu-7195.50.7.100.1.
    """
    any_updated = client_updated = updated
    calls_later_owners = kernel.profile.change_calls_later_owners
    kept: list[Flow] = []
    for flow in flows:
        if not calls_later_owners:
            client_updated = False
        old_flags, old_delegate = flow.necp_flow_flags, flow.delegated_interface_index
        viable = flow_is_viable(kernel, process, client, flow)
        if flow.viable != viable:
            flow.viable = viable
            client_updated = True
        if (old_flags ^ flow.necp_flow_flags) & _FORCE_UPDATE:
            client_updated = True
        if flow.delegated_interface_index != old_delegate:
            client_updated = True
        is_over = not viable or flow.invalid
        if client_updated and not flow.nexus:
            if viable:
                call_back(kernel, flow, _VIABLE)
            if is_over:
                call_back(kernel, flow, _NONVIABLE)
        if is_over and not flow.requested_nexus and not flow.assigned:
            if flow.assigned_results is not None:
                client_updated = True
            _free_flow(kernel, flow)
        else:
            kept.append(flow)
        any_updated |= client_updated
    return kept, any_updated


def remove_flow(kernel: KernelState, holder: FlowHolder, flow: Flow) -> None:
    """Take a flow off the list it is in and free it."""
    holder.flow_list.remove(flow)
    _free_flow(kernel, flow)


def _free_flow(kernel: KernelState, flow: Flow) -> None:
    flow.assigned_results = None
    kernel.clients.count_freed_flow(flow)


_FORCE_UPDATE: Final = int(
    ClientResultFlag.HAS_IPV4
    | ClientResultFlag.HAS_IPV6
    | ClientResultFlag.HAS_NAT64
    | ClientResultFlag.INTERFACE_LOW_POWER
    | ClientResultFlag.LINK_HEURISTICS
)
"""``NECP_CLIENT_RESULT_FLAG_FORCE_UPDATE``. Older releases have the first two, and no other."""
_VIABLE: Final = int(FlowCallbackAction.VIABLE)
_NONVIABLE: Final = int(FlowCallbackAction.NONVIABLE)

LATER_FLOWS_ARE_CALLED_BACK_TOO: Final = Quirk(
    "Once one flow changed, every later flow is called back too.",
    "necp_client_update_flows",
    "flows/test_update.py::test_once_a_flow_changed_the_owners_of_all_later_flows_are_called",
    "change_calls_later_owners",
)
CHANGED_FAMILIES_ARE_A_CHANGE: Final = Quirk(
    "A change of address families alone counts as a change.",
    "necp_client_update_flows",
    "flows/test_update.py::test_a_change_of_address_families_alone_counts_as_a_change",
)
UNASSIGNED_FLOW_ENDS_WHEN_NOT_VIABLE: Final = Quirk(
    "A flow that nothing is assigned to ends when it is not viable.",
    "necp_client_update_flows",
    "flows/test_update.py::test_an_unassigned_socket_flow_is_freed_when_it_is_no_longer_viable",
)
SOCKET_FLOW_IS_NEVER_INVALID: Final = Quirk(
    "A socket flow is never marked invalid.",
    "necp_client_mark_all_nonsocket_flows_as_invalid",
    "flows/test_update.py::test_a_socket_flow_is_never_marked_invalid",
)
NEXUS_FLOW_STAYS_INVALID: Final = Quirk(
    "A nexus flow stays invalid after its first update, and lasts while requested or assigned.",
    "necp_client_update_flows",
    "flows/test_update.py::test_a_nexus_flow_is_kept_while_it_is_requested_or_assigned",
)
