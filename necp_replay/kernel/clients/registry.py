"""Every open NECP fd and every client, with the counters that sysctls show."""

from __future__ import annotations

from necp_replay.kernel.objects.client import Client
from necp_replay.kernel.objects.client_tree import ClientTree
from necp_replay.kernel.objects.necp_fd import NecpFd

OBSERVER_MESSAGE_LIMIT = 256
"""How many updates an observer's queue holds unless ``net.necp.observer_message_limit`` says."""


class ClientRegistry:
    """The globals of ``necp_client.c``. Both lists have the list head, the newest fd, first.

    ``fd_list`` holds the fds that may have clients, ``observer_list`` the push observers; ``tree``
    holds the clients of all fds. A client's flows are counted by kind; the counts are not bounded
    below.
    """

    __slots__ = (
        "_unlinked",
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
        self.tree = ClientTree()
        self._unlinked: list[Client] = []
        self.client_fd_count = 0
        self.observer_fd_count = 0
        self.client_count = 0
        self.socket_flow_count = 0
        self.if_flow_count = 0
        self.observer_message_limit = OBSERVER_MESSAGE_LIMIT

    def remember(self, client: Client) -> None:
        """Put a client into the tree of all clients (``RB_INSERT``), unless its id is there."""
        if not self.tree.insert(client):
            self._unlinked.append(client)

    def forget(self, client: Client) -> None:
        """Take a client out of the tree of all clients (``RB_REMOVE``).

        Kernel quirk: a client whose id was there before it is on no branch of the tree, and
        removing it takes the root away, with every other client on it.
        """
        if self.tree.find(client.client_id) is client:
            self.tree.remove(client)
        elif client in self._unlinked:
            self._unlinked.remove(client)
            self.tree = ClientTree()
