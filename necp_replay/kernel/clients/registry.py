"""The registry of open NECP fds and of all clients, with the counters that sysctls show."""

from __future__ import annotations

from necp_replay.kernel.objects.client import Client, FlowRegistration
from necp_replay.kernel.objects.deferred_tree import DeferredTree
from necp_replay.kernel.objects.flow import Flow
from necp_replay.kernel.objects.necp_fd import NecpFd

OBSERVER_MESSAGE_LIMIT = 256
"""The default of ``net.necp.observer_message_limit``: the most updates in an observer's queue."""


class ClientRegistry:
    """The globals of ``necp_client.c``.

    - ``fd_list``: the fds that may have clients. ``observer_list``: the push observers. Both begin
      with the fd that was opened last.
    - ``tree``: the clients of all fds, as observers find them. ``flow_tree``: their registrations.
    - The counts may become negative, as in the kernel. ``mapped_arenas`` is how many arenas
      there ever were, ``collected_registrations`` how many registrations have statistics.
    - ``tracing_level`` and ``tracing_pid`` say which log records about clients are written.
    """

    __slots__ = (
        "arena_count",
        "client_count",
        "client_fd_count",
        "collected_registrations",
        "fd_list",
        "flow_tree",
        "if_flow_count",
        "mapped_arenas",
        "nexus_flow_count",
        "nexus_flows_have_counter",
        "observer_fd_count",
        "observer_list",
        "observer_message_limit",
        "socket_flow_count",
        "sysctl_arena_count",
        "tracing_level",
        "tracing_pid",
        "tree",
    )

    def __init__(self, *, nexus_flows_have_counter: bool = False) -> None:
        self.nexus_flows_have_counter = nexus_flows_have_counter
        self.fd_list: list[NecpFd] = []
        self.observer_list: list[NecpFd] = []
        self.tree: DeferredTree[Client] = DeferredTree()
        self.flow_tree: DeferredTree[FlowRegistration] = DeferredTree()
        self.client_fd_count = 0
        self.observer_fd_count = 0
        self.client_count = 0
        self.socket_flow_count = 0
        self.if_flow_count = 0
        self.nexus_flow_count = 0
        self.arena_count = 0
        self.sysctl_arena_count = 0
        self.mapped_arenas = 0
        self.collected_registrations = 0
        self.observer_message_limit = OBSERVER_MESSAGE_LIMIT
        self.tracing_level = 0
        self.tracing_pid = 0

    def count_nexus_flow(self) -> None:
        """Count a nexus flow that is made, as an interface flow where there is no other counter."""
        if self.nexus_flows_have_counter:
            self.nexus_flow_count += 1
        else:
            self.if_flow_count += 1

    def count_freed_flow(self, flow: Flow) -> None:
        """Count a flow off that is freed, by the counter of its kind."""
        if flow.nexus and self.nexus_flows_have_counter:
            self.nexus_flow_count -= 1
        elif flow.socket:
            self.socket_flow_count -= 1
        else:
            self.if_flow_count -= 1
