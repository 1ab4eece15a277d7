"""The clients of one fd, ordered by id, as the kernel's red-black tree holds them."""

from __future__ import annotations

from collections.abc import Iterator

from necp_replay.kernel.objects.client import Client


class ClientTree:
    """Clients by id, iterated in ascending id order (``RB_FOREACH``)."""

    __slots__ = ("_by_id", "_ids")

    def __init__(self) -> None:
        self._by_id: dict[bytes, Client] = {}
        self._ids: tuple[bytes, ...] | None = None
        """In order, None since a client came or went."""

    def insert(self, client: Client) -> bool:
        """Insert a client. False, and no change, if the id is there already (``RB_INSERT``)."""
        if client.client_id in self._by_id:
            return False
        self._by_id[client.client_id] = client
        self._ids = None
        return True

    def find(self, client_id: bytes) -> Client | None:
        """The client with this id (``RB_FIND``)."""
        return self._by_id.get(client_id)

    def remove(self, client: Client) -> None:
        """Remove a client, which must be in the tree (``RB_REMOVE``)."""
        del self._by_id[client.client_id]
        self._ids = None

    def is_below_root_of_two(self, client: Client) -> bool:
        """Whether the tree has two clients and this one was added last, so it is not the root."""
        return len(self._by_id) == 2 and next(reversed(self._by_id.values())) is client

    def __iter__(self) -> Iterator[Client]:
        # A client that is removed during the iteration is skipped.
        if self._ids is None:
            self._ids = tuple(sorted(self._by_id))
        return filter(None, map(self._by_id.get, self._ids))

    def __len__(self) -> int:
        return len(self._by_id)
