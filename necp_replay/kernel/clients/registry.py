"""Every open NECP fd and every client, with the counters that sysctls show."""

from __future__ import annotations

from necp_replay.kernel.clients.global_tree import GlobalClientTree
from necp_replay.kernel.objects.necp_fd import NecpFd

OBSERVER_MESSAGE_LIMIT = 256
"""How many updates an observer's queue holds unless ``net.necp.observer_message_limit`` says."""


class ClientRegistry:
    """The globals of ``necp_client.c``. Both lists have the list head, the newest fd, first.

    ``fd_list`` holds the fds that may have clients, ``observer_list`` the push observers; ``tree``
    is where observers find the clients of all fds. A client's flows are counted by kind; the counts
    are not bounded below.
    """

    __slots__ = (
        "client_count",
        "client_fd_count",
        "fd_list",
        "if_flow_count",
        "observer_fd_count",
        "observer_list",
        "observer_message_limit",
        "socket_flow_count",
        "tree",
    )

    def __init__(self) -> None:
        self.fd_list: list[NecpFd] = []
        self.observer_list: list[NecpFd] = []
        self.tree = GlobalClientTree()
        self.client_fd_count = 0
        self.observer_fd_count = 0
        self.client_count = 0
        self.socket_flow_count = 0
        self.if_flow_count = 0
        self.observer_message_limit = OBSERVER_MESSAGE_LIMIT
