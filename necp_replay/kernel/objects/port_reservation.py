"""A port that is reserved for a client."""

from __future__ import annotations

from typing import NamedTuple


class PortReservation(NamedTuple):
    """``struct ns_token``: a port of an address, 4 or 16 bytes, that a client has.

    ``for_reuse`` says that it was made with ``NETNS_REUSEPORT``.
    """

    protocol: int
    address: bytes
    port: int
    for_reuse: bool
    client_id: bytes

    @property
    def is_wildcard(self) -> bool:
        """Whether it is for every address of its family."""
        return not any(self.address)
