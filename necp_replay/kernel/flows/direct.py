"""Clients have flows directly: one list for each client."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from necp_replay.abi.client import FlowCallbackAction
from necp_replay.abi.errno import Errno
from necp_replay.abi.log import LOG_ERR
from necp_replay.abi.netagent import AgentMessageType
from necp_replay.abi.uuid import ZERO_UUID
from necp_replay.kernel.agents.client_messages import client_message
from necp_replay.kernel.flows.callback import call_back
from necp_replay.kernel.flows.flow_rules import CopiedFlows, FlowRules
from necp_replay.kernel.flows.update import mark_nonsocket_flows_invalid, update_flow_list
from necp_replay.kernel.objects.client import Client, FlowHolder, UsableInterface
from necp_replay.kernel.objects.flow import Flow
from necp_replay.kernel.objects.necp_fd import NecpFd
from necp_replay.kernel.objects.process import Process
from necp_replay.kernel.objects.socket import MultipathBlock
from necp_replay.kernel.results.defunct import DefunctNexus
from necp_replay.kernel.results.tlv_writer import store_defunct_flag
from necp_replay.kernel.state import KernelState


class DirectFlows(FlowRules):
    """The client is the only holder of its flows. Interface flows come with its evaluation."""

    copy_function = "necp_client_copy_internal"
    id_bytes = 0

    def new_client(self, generated_id: bytes, parameters: bytes, pid: int) -> Client:
        """A client with the generated id."""
        return Client(generated_id, parameters, pid)

    def find_on_fd(self, necp_fd: NecpFd, client_id: bytes) -> Client | None:
        """The client of the fd with this id."""
        return necp_fd.clients.find(client_id)

    def find_anywhere(self, kernel: KernelState, client_id: bytes) -> Client | None:
        """The client with this id."""
        return kernel.clients.tree.find(client_id)

    def find_holder(self, client: Client, client_id: bytes) -> FlowHolder | None:
        """The client."""
        return client

    def holder_to_register(
        self, kernel: KernelState, pid: int, client_id: bytes
    ) -> FlowHolder | None:
        """The client with this id, if it is of the process."""
        client = kernel.clients.tree.find(client_id)
        return None if client is None or pid not in (0, client.proc_pid) else client

    def holder_to_assign(
        self, kernel: KernelState, necp_fd: NecpFd, client: Client, client_id: bytes
    ) -> FlowHolder | None:
        """The client."""
        return client

    def flows(self, client: Client) -> Iterable[Flow]:
        """The client's list."""
        return client.flow_list

    def unlink(self, kernel: KernelState, necp_fd: NecpFd, client: Client | None) -> None:
        """Does nothing: there are no registrations."""

    def free_flows(self, kernel: KernelState, client: Client, pid: int, *, abort: bool) -> None:
        """Free the flows; tell the agents of requested nexus flows.

        Source: necp_destroy_client, xnu-4570.51.1.
        """
        message = AgentMessageType.ABORT_NEXUS if abort else AgentMessageType.CLOSE_NEXUS
        while client.flow_list:
            flow = client.flow_list[0]
            if flow.nexus and flow.requested_nexus and flow.nexus_agent != ZERO_UUID:
                error = client_message(kernel, flow.nexus_agent, client.client_id, pid, message)
                # ENOENT is expected: the agent may have been told before, when the client was made
                # defunct, and may have unregistered since.
                if error not in (0, Errno.ENOENT):
                    kernel.log(LOG_ERR, "necp_destroy_client", error)
                flow.nexus_agent = ZERO_UUID
            client.flow_list.pop(0)
            kernel.clients.count_freed_flow(flow)

    def mark_invalid(self, client: Client) -> None:
        """Source: necp_client_mark_all_nonsocket_flows_as_invalid, xnu-4570.51.1."""
        mark_nonsocket_flows_invalid(client.flow_list)

    def take_interfaces(
        self, kernel: KernelState, client: Client, interfaces: Sequence[UsableInterface]
    ) -> None:
        """Mark the client's flows on these interfaces valid; add one where there is none.

        New flows are added at the head of the list, one after the other. The kernel searches the
        list for each interface. Here the list is read once.

        Source: necp_client_add_interface_flow_if_needed, xnu-4570.51.1.
        """
        by_interface: dict[int, Flow] = {}
        for flow in client.flow_list:
            if not flow.nexus and not flow.socket:
                by_interface.setdefault(flow.interface_index, flow)
        added: list[Flow] = []
        for interface, _ in interfaces:
            found = by_interface.get(interface.index)
            if found is None:
                found = by_interface[interface.index] = Flow(interface_index=interface.index)
                added.append(found)
            else:
                found.invalid = False
            found.handle = client.interface_handle
            found.has_cb = client.interface_has_cb
        client.flow_list[:0] = reversed(added)
        kernel.clients.if_flow_count += len(added)

    def update_flows(
        self,
        kernel: KernelState,
        process: Process,
        client: Client,
        defunct_list: list[DefunctNexus] | None,
    ) -> bool:
        """Source: necp_client_update_flows, xnu-4570.51.1."""
        client.flow_list, updated = update_flow_list(
            kernel, process, client, client.flow_list, updated=False
        )
        return updated

    def set_owner(self, kernel: KernelState, holder: FlowHolder, block: MultipathBlock) -> None:
        """The block is called for flows that are viable. Flows added later get the same owner.

        Source: necp_client_register_multipath_cb, xnu-4570.51.1.
        """
        holder.interface_handle = block
        holder.interface_has_cb = block.has_cb
        for flow in holder.flow_list:
            if flow.nexus or flow.socket:
                continue
            flow.handle = block
            flow.has_cb = block.has_cb
            if flow.viable:
                call_back(kernel, flow, int(FlowCallbackAction.INITIAL))

    def defunct_for_policy(self, client: Client, defunct_list: list[DefunctNexus]) -> None:
        """The client is defunct if it has a requested nexus flow.

        Source: necp_defunct_client_for_policy, xnu-4570.51.1.
        """
        if not client.defunct:
            client.defunct = _collect_requested_nexuses(client, defunct_list)

    def defunct_fd(
        self, kernel: KernelState, necp_fd: NecpFd, defunct_list: list[DefunctNexus]
    ) -> bool:
        """Mark each client and its stored flags.

        Kernel quirk: the last client that was not defunct yet decides alone whether the fd is
        woken.

        Source: necp_defunct_client_fd_locked, necp_set_client_defunct, xnu-4570.51.1.
        """
        updated = False
        for client in necp_fd.clients:
            if client.defunct:
                continue
            client.defunct = True
            updated = store_defunct_flag(client)
            if updated and client.result_read and kernel.profile.defunct_marks_result_unread:
                client.result_read = False
            _collect_requested_nexuses(client, defunct_list)
        return updated

    def copied(self, kernel: KernelState, client: Client, client_id: bytes) -> CopiedFlows:
        """Nexus flows, and socket flows with an assignment.

        Source: necp_client_copy_internal, xnu-4570.51.1.
        """
        flows = client.flow_list
        if flows:
            flows = [flow for flow in flows if flow.nexus or (flow.socket and flow.assigned)]
        return ((client, flows),)

    def id_tlv(self, holder: FlowHolder) -> bytes:
        """Flows have no id."""
        return b""

    def more_flags(self, holder: FlowHolder, flow: Flow) -> int:
        """None."""
        return 0


def _collect_requested_nexuses(client: Client, defunct_list: list[DefunctNexus]) -> bool:
    """Append the client's requested nexus flows to a list. Returns whether there is one.

    Source: necp_defunct_client_for_policy, necp_defunct_client_fd_locked, xnu-4570.51.1.
    """
    has_requested_nexus = False
    for flow in client.flow_list:
        if flow.nexus and flow.requested_nexus and any(flow.nexus_agent):
            defunct_list.append(DefunctNexus(client.client_id, flow.nexus_agent, client.proc_pid))
            has_requested_nexus = True
    return has_requested_nexus


DIRECT_FLOWS: Final = DirectFlows()
