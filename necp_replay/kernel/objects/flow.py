"""A flow of a client: a socket, an interface of a multipath client, or a nexus."""

from __future__ import annotations

from necp_replay.abi.client import SOCKADDR_UNION_BYTES
from necp_replay.abi.uuid import ZERO_UUID
from necp_replay.kernel.objects.socket import MultipathBlock, SocketBlock


class Flow:
    """``struct necp_client_flow``. A flow that is neither nexus nor socket is an interface flow.

    ``handle`` is the block that is called back (None for nexus flows), ``has_cb`` whether the flow
    has a callback pointer. ``interface_flags`` are those of a nexus flow of ADD_FLOW, 0 of any
    other. ``delegated_interface_index`` is that of the interface that the flow's interface
    delegates to, 0 for none. Addresses are 28-byte sockaddr unions.
    """

    __slots__ = (
        "assigned",
        "assigned_results",
        "assigned_results_length",
        "check_tcp_heuristics",
        "delegated_interface_index",
        "handle",
        "has_cb",
        "has_protoctl_event",
        "interface_flags",
        "interface_index",
        "invalid",
        "local_addr",
        "necp_flow_flags",
        "nexus",
        "nexus_agent",
        "protoctl_event",
        "remote_addr",
        "requested_nexus",
        "socket",
        "viable",
    )

    def __init__(self, *, interface_index: int = 0) -> None:
        self.invalid = False
        self.nexus = False
        self.socket = False
        self.viable = False
        self.assigned = False
        self.requested_nexus = False
        self.has_protoctl_event = False
        self.check_tcp_heuristics = False
        self.nexus_agent = ZERO_UUID
        self.handle: SocketBlock | MultipathBlock | None = None
        self.has_cb = False
        self.interface_index = interface_index
        self.delegated_interface_index = 0
        self.interface_flags = 0
        self.necp_flow_flags = 0
        self.protoctl_event = (0, 0, 0)
        self.local_addr = bytes(SOCKADDR_UNION_BYTES)
        self.remote_addr = bytes(SOCKADDR_UNION_BYTES)
        self.assigned_results: bytes | None = None
        self.assigned_results_length = 0
