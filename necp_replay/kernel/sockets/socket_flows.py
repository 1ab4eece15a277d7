"""Registers a socket as a flow of a client, assigns its addresses, and unregisters it."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.errno import Errno
from necp_replay.abi.sockaddr import IN_ADDR_BYTES
from necp_replay.abi.uuid import ZERO_UUID
from necp_replay.events.sockets import (
    AssignFromSocket,
    InpcbDispose,
    InpcbRemoveCb,
    RegisterSocketFlow,
)
from necp_replay.kernel.clients.notify import fd_notify
from necp_replay.kernel.description import NO_BLOCK, Description, silent
from necp_replay.kernel.flows.assign_message import create_nexus_assign_message
from necp_replay.kernel.flows.choose import flow_rules
from necp_replay.kernel.flows.update import remove_flow
from necp_replay.kernel.flows.viability import flow_is_viable
from necp_replay.kernel.objects.client import FlowHolder
from necp_replay.kernel.objects.flow import Flow
from necp_replay.kernel.objects.socket import INP_IPV4, INP_IPV6, SocketBlock
from necp_replay.kernel.quirk import Quirk
from necp_replay.kernel.sockaddr import is_scope_embedded, sockaddr_in, sockaddr_in6
from necp_replay.kernel.state import KernelState


def register_socket_flow(
    kernel: KernelState, pid: int, client_id: bytes, block: SocketBlock
) -> int:
    """Add the socket as a flow at the head of a list: a client's, or a registration's.

    The fd is not woken. ENOENT for an unknown id, or a client that is not of process ``pid``; 0
    stands for any process.

    Source: necp_client_register_socket_flow, xnu-4570.51.1.
    """
    holder = flow_rules(kernel).holder_to_register(kernel, pid, client_id)
    if holder is None:
        return kernel.fails(NOT_ITS_CLIENT, client_id=client_id, pid=pid)
    flow = Flow()
    flow.socket = True
    flow.handle = block
    flow.has_cb = block.has_cb
    holder.flow_list.insert(0, flow)
    kernel.clients.socket_flow_count += 1
    return Errno.OK


def assign_from_socket(kernel: KernelState, pid: int, client_id: bytes, block: SocketBlock) -> int:
    """Assign the socket's addresses and interface to its flow, and wake the fd.

    The interface is the one that the socket is bound to, or else the last that it sent through. Of
    several flows the one added last is meant.

    ENOENT where no fd of process ``pid`` has the client; 0 stands for any process. EINVAL where the
    client has no flow of the socket.

    Source: necp_client_assign_from_socket, xnu-4570.51.1.
    """
    rules = flow_rules(kernel)
    for necp_fd in kernel.clients.fd_list:
        if pid not in (0, necp_fd.proc_pid):
            continue
        process = kernel.find_process(necp_fd.proc_pid)
        if process is None:
            continue
        client = rules.find_on_fd(necp_fd, client_id)
        if client is None:
            continue
        holder = rules.holder_to_assign(kernel, necp_fd, client, client_id)
        if holder is None:
            continue
        flow = _find_socket_flow(holder, block)
        if flow is None:
            return kernel.fails(Errno.EINVAL, flows=len(holder.flow_list))

        interface = block.bound_interface or block.last_outif
        flow.interface_index = interface.index if interface is not None else 0
        flow.local_addr = _assigned_address(flow.local_addr, block.vflag, block.laddr, block.lport)
        flow.remote_addr = _assigned_address(
            flow.remote_addr, block.vflag, block.faddr, block.fport
        )
        flow.viable = flow_is_viable(kernel, process, client, flow)
        flow.assigned = True
        flow.assigned_results = create_nexus_assign_message(
            nexus_instance=ZERO_UUID,
            nexus_port=0,
            key=None,
            key_length=0,
            local_endpoint=flow.local_addr,
            remote_endpoint=flow.remote_addr,
            flow_adv_index=0,
        )
        flow.assigned_results_length = len(flow.assigned_results or b"")
        holder.flow_result_read = False
        fd_notify(kernel, necp_fd)
        return Errno.OK
    return kernel.fails(_NO_CLIENT_TO_ASSIGN, client_id=client_id, pid=pid)


def remove_socket_cb(kernel: KernelState, block: SocketBlock) -> None:
    """Free the flows that the socket has with the client that its block names.

    Kernel quirk: a socket may have registered with other clients before. Their flows stay.

    Source: necp_inpcb_remove_cb, xnu-4570.51.1.
    """
    if block.necp_client_uuid != ZERO_UUID:
        _unregister_socket_flow(kernel, block.necp_client_uuid, block)
        block.necp_client_uuid = ZERO_UUID


def dispose_socket(kernel: KernelState, block: SocketBlock) -> None:
    """Free the block with its attributes.

    Kernel quirk: older releases do not free its flows, which then point to freed memory.

    Source: necp_inpcb_dispose, xnu-4570.51.1.
    """
    if block.necp_client_uuid != ZERO_UUID and kernel.profile.inpcb_dispose_unregisters_flow:
        remove_socket_cb(kernel, block)
    block.necp_domain = None
    block.necp_account = None
    block.necp_domain_owner = None
    block.necp_domain_context = None
    block.necp_tracker_domain = None


def _unregister_socket_flow(kernel: KernelState, client_id: bytes, block: SocketBlock) -> None:
    """Free the flows of a socket, and wake the fd if there were any.

    Source: necp_client_unregister_socket_flow, xnu-4570.51.1.
    """
    rules = flow_rules(kernel)
    for necp_fd in kernel.clients.fd_list:
        client = rules.find_on_fd(necp_fd, client_id)
        holder = None if client is None else rules.find_holder(client, client_id)
        if holder is None:
            continue
        flows = [flow for flow in holder.flow_list if flow.socket and flow.handle is block]
        for flow in flows:
            remove_flow(kernel, holder, flow)
        if flows:
            holder.flow_result_read = False
            fd_notify(kernel, necp_fd)
        return


def _find_socket_flow(holder: FlowHolder, block: SocketBlock) -> Flow | None:
    for flow in holder.flow_list:
        if flow.socket and flow.handle is block:
            return flow
    return None


def _assigned_address(before: bytes, vflag: int, address: bytes, port: int) -> bytes:
    """The flow's sockaddr union with an address of the socket.

    An IPv4 address leaves the bytes after it as they were. IPv6 fills all 28 bytes; an embedded
    scope becomes the scope id.
    """
    if vflag & INP_IPV4:
        return sockaddr_in(address[-IN_ADDR_BYTES:], port)[:8] + before[8:]
    if vflag & INP_IPV6:
        if not is_scope_embedded(address):
            return sockaddr_in6(address, port)
        scope_id = int.from_bytes(address[2:4], "big")
        return sockaddr_in6(address[:2] + bytes(2) + address[4:], port, scope_id)
    return before


NOT_ITS_CLIENT: Final = silent(
    Errno.ENOENT, "no fd has the client, or the client is of another process"
)


_NO_CLIENT_TO_ASSIGN: Final = silent(Errno.ENOENT, "no fd of the process has the client")

REGISTER_SOCKET_FLOW: Final = Description(
    subject=RegisterSocketFlow,
    handler=register_socket_flow,
    function="necp_client_register_socket_flow",
    summary="Registers a socket as a flow of a client.",
    checks=(NO_BLOCK, NOT_ITS_CLIENT),
    answer="0, and the client that the block names afterwards; none after an error",
)

ASSIGN_FROM_SOCKET: Final = Description(
    subject=AssignFromSocket,
    handler=assign_from_socket,
    function="necp_client_assign_from_socket",
    summary="Assigns a socket's addresses and interface to its flow.",
    checks=(
        NO_BLOCK,
        _NO_CLIENT_TO_ASSIGN,
        silent(Errno.EINVAL, "the client has no flow of the socket"),
    ),
    effects="the fd is woken",
)

INPCB_REMOVE_CB: Final = Description(
    subject=InpcbRemoveCb,
    handler=remove_socket_cb,
    function="necp_inpcb_remove_cb",
    summary="A socket is detached: frees its flows.",
    checks=(NO_BLOCK,),
    effects="the fd is woken",
)

INPCB_DISPOSE: Final = Description(
    subject=InpcbDispose,
    handler=dispose_socket,
    function="necp_inpcb_dispose",
    summary="The last reference to a socket is released: frees its block.",
    checks=(NO_BLOCK,),
    effects="where the release frees the socket's flows here, the fd is woken",
    other_facts=("inpcb_dispose_unregisters_flow",),
)

DISPOSED_SOCKET_LEAVES_ITS_FLOW: Final = Quirk(
    "A disposed raw socket leaves its flow, its count and a handle to freed memory behind.",
    "necp_inpcb_dispose",
    "test_counting_quirks.py::test_only_older_releases_keep_the_flows_of_disposed_sockets",
    "inpcb_dispose_unregisters_flow",
)
SOCKET_LEAVES_ONLY_ITS_LAST_CLIENT: Final = Quirk(
    "A socket that is detached is removed only from the client that it named last.",
    "necp_inpcb_remove_cb",
    "test_counting_quirks.py::test_a_socket_releases_only_the_client_that_it_named_last",
)
