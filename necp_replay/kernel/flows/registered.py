"""Clients have flows through flow registrations, each with an id of its own.

Bit 0 of byte 9 tells ids apart: it is set in the id of a registration and clear in that of a
client. The kernel sets or clears it in the ids that it generates. A registration is made for the
first socket or multipath block that registers with a client, unless the client has one already.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from necp_replay.abi.client import (
    ClientResult,
    ClientResultFlag,
    FlowCallbackAction,
    FlowFlag,
)
from necp_replay.abi.errno import Errno
from necp_replay.abi.log import LOG_ERR
from necp_replay.abi.netagent import AgentFlag
from necp_replay.abi.tlv import TLV_HEADER_BYTES, pack_tlv
from necp_replay.abi.uuid import UUID_BYTES, ZERO_UUID, as_client_id, as_flow_id, is_flow_id
from necp_replay.kernel.agents.client_messages import client_message
from necp_replay.kernel.agents.lookup import get_flags
from necp_replay.kernel.clients.arenas import STATISTICS_QUIC, free_statistics, release_arena
from necp_replay.kernel.flows.callback import call_back
from necp_replay.kernel.flows.flow_rules import CopiedFlows, FlowRules
from necp_replay.kernel.flows.interface_details import save_interface_details
from necp_replay.kernel.flows.update import mark_nonsocket_flows_invalid, update_flow_list
from necp_replay.kernel.flows.viability import flow_is_viable
from necp_replay.kernel.objects.client import (
    Client,
    FlowHolder,
    FlowRegistration,
    InterfaceOption,
    UsableInterface,
)
from necp_replay.kernel.objects.flow import Flow
from necp_replay.kernel.objects.necp_fd import NecpFd
from necp_replay.kernel.objects.process import Process
from necp_replay.kernel.objects.red_black_tree import RedBlackTree
from necp_replay.kernel.objects.socket import MultipathBlock
from necp_replay.kernel.parameters.parse import is_valid_client_address
from necp_replay.kernel.results.defunct import DefunctNexus, end_message
from necp_replay.kernel.sockaddr import is_wildcard
from necp_replay.kernel.state import KernelState


class RegisteredFlows(FlowRules):
    """The registrations of a client are the holders of its flows."""

    copy_function = "necp_client_fillout_flow_tlvs"
    id_bytes = TLV_HEADER_BYTES + UUID_BYTES

    def new_client(self, generated_id: bytes, parameters: bytes, pid: int) -> Client:
        """Source: necp_generate_client_id, xnu-4903.221.2."""
        client = Client(as_client_id(generated_id), parameters, pid)
        # There is no flow to read; registrations have marks of their own.
        client.flow_result_read = True
        return client

    def find_on_fd(self, necp_fd: NecpFd, client_id: bytes) -> Client | None:
        """The client with this id, or with a registration that has it."""
        if not is_flow_id(client_id):
            return necp_fd.clients.find(client_id)
        registration = necp_fd.registrations.find(client_id)
        return None if registration is None else registration.client

    def find_anywhere(self, kernel: KernelState, client_id: bytes) -> Client | None:
        """The client with this id, or with a registration that has it."""
        if not is_flow_id(client_id):
            return kernel.clients.tree.find(client_id)
        registration = kernel.clients.flow_tree.find(client_id)
        return None if registration is None else registration.client

    def find_holder(self, client: Client, client_id: bytes) -> FlowHolder | None:
        """The registration with this id.

        Kernel quirk: the client's own id stands for the registration at the root of its tree,
        which changes as registrations are added.
        """
        if client.registrations is None:
            return None
        if is_flow_id(client_id):
            return client.registrations.find(client_id)
        return client.registrations.root

    def holder_to_register(
        self, kernel: KernelState, pid: int, client_id: bytes
    ) -> FlowHolder | None:
        """The registration that the id means; a new one for a client without any.

        Source: necp_client_register_socket_flow, necp_client_register_multipath_cb,
        xnu-4903.221.2.
        """
        for necp_fd in kernel.clients.fd_list:
            client = self.find_on_fd(necp_fd, client_id)
            if client is None or pid not in (0, client.proc_pid):
                continue
            holder = self.holder_to_assign(kernel, necp_fd, client, client_id)
            if holder is not None:
                return holder
        return None

    def holder_to_assign(
        self, kernel: KernelState, necp_fd: NecpFd, client: Client, client_id: bytes
    ) -> FlowHolder | None:
        """The registration that the id means; a new one for a client without any.

        Source: necp_client_assign_from_socket, xnu-4903.221.2.
        """
        holder = self.find_holder(client, client_id)
        has_none = client.registrations is None or client.registrations.root is None
        if holder is None and has_none and not is_flow_id(client_id):
            return create_registration(kernel, necp_fd, client)
        return holder

    def flows(self, client: Client) -> Iterable[Flow]:
        """The flows of each registration, in the order of ids."""
        if client.registrations is None:
            return ()
        return [flow for each in client.registrations for flow in each.flow_list]

    def unlink(self, kernel: KernelState, necp_fd: NecpFd, client: Client | None) -> None:
        """Take the registrations out of the tree of the fd and of that of all fds.

        Source: necp_client_remove, necpop_close, xnu-4903.221.2.
        """
        for registration in list(necp_fd.registrations):
            if client is None or registration.client is client:
                free_statistics(kernel, registration)
                _take_out(kernel, necp_fd, registration)

    def free_flows(self, kernel: KernelState, client: Client, pid: int, *, abort: bool) -> None:
        """Free the flows of each registration; tell the agents of nexus flows."""
        for registration in client.registrations or ():
            _free_flows(kernel, registration, pid, abort=abort)
        client.registrations = None

    def mark_invalid(self, client: Client) -> None:
        """Source: necp_client_mark_all_nonsocket_flows_as_invalid, xnu-4903.221.2."""
        mark_nonsocket_flows_invalid(self.flows(client))

    def take_interfaces(
        self, kernel: KernelState, client: Client, interfaces: Sequence[UsableInterface]
    ) -> None:
        """They become the client's options. Registrations with an owner get flows.

        Source: necp_client_add_interface_option_if_needed, xnu-4903.221.2.
        """
        client.interface_options = tuple(
            InterfaceOption(interface.index, interface.generation, agent)
            for interface, agent in interfaces[: kernel.profile.max_interface_options]
        )

    def update_flows(
        self,
        kernel: KernelState,
        process: Process,
        client: Client,
        defunct_list: list[DefunctNexus] | None,
    ) -> bool:
        """Source: necp_client_update_flows, xnu-4903.221.2."""
        updated = False
        for registration in client.registrations or ():
            if registration.interface_has_cb:
                _add_interface_flows(kernel, process, registration, send_initial=False)
            registration.flow_list, updated = update_flow_list(
                kernel, process, client, registration.flow_list, updated=updated
            )
            if kernel.profile.skywalk_is_published:
                updated |= self._end_unregistered(kernel, client, registration, defunct_list)
                save_interface_details(registration)
        return updated

    def _end_unregistered(
        self,
        kernel: KernelState,
        client: Client,
        registration: FlowRegistration,
        defunct_list: list[DefunctNexus] | None,
    ) -> bool:
        """A registration is defunct if an agent that assigned a nexus is no longer registered.

        Returns whether there is such an agent.
        """
        if defunct_list is None:
            return False
        found = False
        for flow in registration.flow_list:
            if not (flow.invalid and flow.nexus and flow.assigned) or flow.nexus_agent == ZERO_UUID:
                continue
            if not get_flags(kernel, flow.nexus_agent) & AgentFlag.REGISTERED:
                self._defunct_registration(client, registration, defunct_list)
                found = True
        return found

    def set_owner(self, kernel: KernelState, holder: FlowHolder, block: MultipathBlock) -> None:
        """The registration gets a flow for each option that has none, and the block is called.

        Source: necp_client_add_multipath_interface_flows, xnu-4903.221.2.
        """
        assert isinstance(holder, FlowRegistration)
        holder.interface_handle = block
        holder.interface_has_cb = block.has_cb
        process = kernel.find_process(holder.client.proc_pid)
        if process is not None:
            _add_interface_flows(kernel, process, holder, send_initial=True)

    def defunct_for_policy(self, client: Client, defunct_list: list[DefunctNexus]) -> None:
        """Registrations with a nexus flow are defunct.

        Source: necp_defunct_flow_registration, xnu-4903.221.2.
        """
        for registration in client.registrations or ():
            self._defunct_registration(client, registration, defunct_list)

    def _defunct_registration(
        self, client: Client, registration: FlowRegistration, defunct_list: list[DefunctNexus]
    ) -> None:
        if not registration.defunct:
            # Kernel quirk: a token is taken from statistics of any kind.
            has_token = registration.stats_address is not None
            registration.defunct = _collect_nexuses(
                client, registration, defunct_list, has_close_token=has_token
            )

    def defunct_fd(
        self, kernel: KernelState, necp_fd: NecpFd, defunct_list: list[DefunctNexus]
    ) -> bool:
        """Registrations with a nexus flow are defunct and unread, also if they were before.

        Source: necp_defunct_client_fd_locked, xnu-4903.221.2.
        """
        updated = False
        for client in necp_fd.clients:
            for registration in client.registrations or ():
                has_token = registration.stats_address is not None
                has_token &= registration.stats_type == STATISTICS_QUIC
                if _collect_nexuses(client, registration, defunct_list, has_close_token=has_token):
                    registration.defunct = True
                    registration.flow_result_read = False
                    updated = True
        return updated

    def copied(self, kernel: KernelState, client: Client, client_id: bytes) -> CopiedFlows:
        """The flows with an assignment: of the registration that the id means, or of all.

        Later releases show flows of defunct registrations, and those with a remote address, too.

        Source: necp_client_copy_internal, necp_client_fillout_flow_tlvs, xnu-4903.221.2,
        xnu-10002.1.13, xnu-11417.121.6.
        """
        if client.registrations is None:
            return ()
        holders: Iterable[FlowHolder] = client.registrations
        if is_flow_id(client_id):
            single = client.registrations.find(client_id)
            holders = () if single is None else (single,)
        return [
            (each, [flow for flow in each.flow_list if self._is_shown(kernel, each, flow)])
            for each in holders
        ]

    def _is_shown(self, kernel: KernelState, holder: FlowHolder, flow: Flow) -> bool:
        if flow.assigned:
            return True
        profile = kernel.profile
        if holder.defunct and profile.defunct_flows_are_shown:
            return True
        return profile.flows_with_remote_address_are_shown and not _is_unspecified(flow.remote_addr)

    def id_tlv(self, holder: FlowHolder) -> bytes:
        """The id of the registration."""
        assert isinstance(holder, FlowRegistration)
        return pack_tlv(ClientResult.FLOW_ID, holder.registration_id)

    def more_flags(self, holder: FlowHolder, flow: Flow) -> int:
        """The flags of the flow's evaluation, and whether the registration is defunct."""
        return flow.necp_flow_flags | (_DEFUNCT if holder.defunct else 0)


def create_registration(
    kernel: KernelState, necp_fd: NecpFd, client: Client, flags: int = 0
) -> FlowRegistration:
    """Make a registration, and put it into the trees of the client, of its fd and of all fds.

    Kernel quirk: whether the id is in a tree already is not asked, as for clients.

    Source: necp_client_create_flow_registration, xnu-4903.221.2.
    """
    registration_id = as_flow_id(kernel.new_uuid())
    registration = FlowRegistration(registration_id, client, flags)
    if client.registrations is None:
        client.registrations = RedBlackTree()
    client.registrations.add(registration, registration_id)
    necp_fd.registrations.add(registration, registration_id)
    kernel.clients.flow_tree.add(registration, registration_id)
    client.latest_registration_id = registration_id
    return registration


def destroy_registration(
    kernel: KernelState, necp_fd: NecpFd, registration: FlowRegistration, *, abort: bool
) -> None:
    """Free a registration of an fd and its flows; tell the agents of nexus flows.

    Source: necp_client_remove_flow, necp_destroy_client_flow_registration, xnu-7195.50.7.100.1.
    """
    free_statistics(kernel, registration)
    _take_out(kernel, necp_fd, registration)
    _free_flows(kernel, registration, necp_fd.proc_pid, abort=abort)
    of_client = registration.client.registrations
    if of_client is not None:
        of_client.remove(registration)


def _take_out(kernel: KernelState, necp_fd: NecpFd, registration: FlowRegistration) -> None:
    """Take a registration out of the tree of its fd and of that of all fds."""
    kernel.clients.flow_tree.remove(registration, registration.registration_id)
    necp_fd.registrations.remove(registration, registration.registration_id)


def _free_flows(
    kernel: KernelState, registration: FlowRegistration, pid: int, *, abort: bool
) -> None:
    """Free the flows of a registration; tell the agents of nexus flows for process ``pid``.

    Source: necp_destroy_client_flow_registration, xnu-4903.221.2, xnu-7195.50.7.100.1.
    """
    release_arena(kernel, registration)
    message = end_message(kernel, registration.flags, abort=abort)
    flow_id = told_id(registration)
    is_told = not registration.defunct or kernel.profile.defunct_flows_end_twice
    for flow in registration.flow_list:
        if is_told and flow.nexus and flow.nexus_agent != ZERO_UUID:
            has_handle = registration.client.has_agent_handle
            error = client_message(
                kernel, flow.nexus_agent, flow_id, pid, message, has_handle=has_handle
            )
            # As where clients have flows directly, ENOENT is expected.
            if error not in (0, Errno.ENOENT):
                kernel.log(LOG_ERR, "necp_destroy_client_flow_registration", error)
        kernel.clients.count_freed_flow(flow)
    registration.flow_list = []


def _add_interface_flows(
    kernel: KernelState,
    process: Process,
    registration: FlowRegistration,
    *,
    send_initial: bool,
) -> None:
    """Add a flow for each of the client's options that has none; mark those it has valid.

    With ``send_initial`` a new flow is evaluated, and its owner called if it is viable.

    Source: necp_flow_add_interface_flows, necp_client_add_interface_flow_if_needed,
    xnu-4903.221.2.
    """
    client = registration.client
    if not client.allow_multiple_flows:
        return
    by_interface: dict[int, Flow] = {}
    for flow in registration.flow_list:
        if not flow.nexus and not flow.socket:
            by_interface.setdefault(flow.interface_index, flow)
    for option in client.interface_options:
        known = by_interface.get(option.interface)
        flow = known or Flow(interface_index=option.interface)
        flow.handle = registration.interface_handle
        flow.has_cb = registration.interface_has_cb
        if known is not None:
            flow.invalid = False
            continue
        by_interface[option.interface] = flow
        registration.flow_list.insert(0, flow)
        kernel.clients.if_flow_count += 1
        if send_initial:
            flow.viable = flow_is_viable(kernel, process, client, flow)
            if flow.viable:
                call_back(kernel, flow, int(FlowCallbackAction.INITIAL))


def _collect_nexuses(
    client: Client,
    registration: FlowRegistration,
    defunct_list: list[DefunctNexus],
    *,
    has_close_token: bool,
) -> bool:
    """Append the nexus flows of a registration to a list. Returns whether there is one.

    ``has_close_token`` says that the statistics of the registration have a token for its end.
    """
    has_nexus = False
    for flow in registration.flow_list:
        if flow.nexus and flow.nexus_agent != ZERO_UUID:
            flow_id = told_id(registration)
            defunct_list.append(
                DefunctNexus(
                    flow_id, flow.nexus_agent, client.proc_pid, registration.flags, has_close_token
                )
            )
            has_nexus = True
    return has_nexus


def _is_unspecified(address: bytes) -> bool:
    """Source: necp_client_endpoint_is_unspecified, xnu-10002.1.13."""
    return not is_valid_client_address(address) or is_wildcard(address)


def told_id(registration: FlowRegistration) -> bytes:
    """The id by which agents know the flows of a registration."""
    if registration.flags & _USE_CLIENT_ID:
        return registration.client.client_id
    return registration.registration_id


_USE_CLIENT_ID: Final = int(FlowFlag.USE_CLIENT_ID)
_DEFUNCT: Final = int(ClientResultFlag.DEFUNCT)

REGISTERED_FLOWS: Final = RegisteredFlows()
