"""Domain filters and domain tries: sets of domains that sessions add and conditions name by id."""

from __future__ import annotations

from necp_replay.abi.domain_filter import TRIE_HEADER
from necp_replay.kernel.objects.policy_session import PolicySession


class DomainFilter:
    """``struct necp_domain_filter``: a Bloom filter, ``content``, of the session ``owner``."""

    __slots__ = ("content", "id", "owner")

    def __init__(self, filter_id: int, content: bytes, owner: PolicySession) -> None:
        self.id = filter_id
        self.content = content
        self.owner = owner


class DomainTrie:
    """``struct necp_domain_trie``: a trie of the session ``owner``.

    ``request`` is what the process passed, with the id of the trie in it. With ``is_released``, the
    kernel gave its memory back, so its content is not known.
    """

    __slots__ = (
        "flags",
        "id",
        "is_released",
        "maps_at",
        "nodes_at",
        "owner",
        "request",
        "strings_at",
        "terminator",
    )

    def __init__(self, trie_id: int, request: bytes, owner: PolicySession) -> None:
        _, _, nodes_bytes, maps_bytes, _, _, _, _, terminator, flags = TRIE_HEADER.unpack_from(
            request
        )
        self.id = trie_id
        self.request = trie_id.to_bytes(4, "little") + request[4:]
        self.owner = owner
        self.is_released = False
        self.nodes_at = TRIE_HEADER.size
        self.maps_at = self.nodes_at + nodes_bytes
        self.strings_at = self.maps_at + maps_bytes
        self.terminator = terminator
        self.flags = flags
