"""The bytes of domain filters and domain tries, which sessions add and conditions name by id."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from necp_replay.abi.domain_filter import (
    FILTER_HEADER,
    FILTER_WORD_BITS,
    FIRST_TRIE_CHARACTER,
    LAST_TRIE_CHARACTER,
    NO_TRIE_INDEX,
    TRIE_HEADER,
    TRIE_LEAF,
    TRIE_MAP_ENTRIES,
    TRIE_MAP_ENTRY,
    TRIE_NODE,
    TrieFlag,
)
from necp_replay.errors import ScenarioError
from necp_replay.kernel.policy.bloom_filter import filter_bytes, positions_in


def domain_filter(names: Sequence[str], *, bits: int = 256) -> bytes:
    """A Bloom filter of names, for ADD_DOMAIN_FILTER. A name below one of them is not in it.

    Other names can be found in it too, the more of them the fewer ``bits`` it has.
    """
    content = bytearray(filter_bytes(bits))
    FILTER_HEADER.pack_into(content, 0, bits)
    for name in names:
        for position in positions_in(bits, name.encode()):
            word, bit = divmod(position, FILTER_WORD_BITS)
            content[FILTER_HEADER.size + word * 4 + bit // 8] |= 1 << bit % 8
    return bytes(content)


def domain_trie(
    names: Sequence[str], *, takes_subdomains: bool = True, from_end: bool = True
) -> bytes:
    """A trie of names, for ADD_DOMAIN_TRIE.

    With ``takes_subdomains``, names below one of them are in it too. ``from_end`` says from which
    end of a name it is compared. Raises ScenarioError for a character that no trie can hold.
    """
    for name in names:
        if not all(FIRST_TRIE_CHARACTER <= ord(each) <= LAST_TRIE_CHARACTER for each in name):
            raise ScenarioError(f"a domain trie holds nothing but ASCII, not {name!r}")
    flags = TrieFlag.ALLOW_PARTIAL_MATCH if takes_subdomains else 0
    if from_end:
        flags |= TrieFlag.REVERSE_SEARCH
    content = _Trie(sorted({name[::-1] if from_end else name for name in names}))
    nodes, maps, strings = (b"".join(part) for part in (content.nodes, content.maps, content.bytes))
    return (
        TRIE_HEADER.pack(
            0,
            len(nodes) + len(maps) + len(strings),
            *(len(nodes), len(maps), len(strings)),
            *(len(content.nodes), len(content.maps), len(strings)),
            *(ord(_TERMINATOR) if takes_subdomains else 0, flags),
        )
        + nodes
        + maps
        + strings
    )


class _Trie:
    """A trie in which each node but the root has the bytes up to where two names part."""

    def __init__(self, names: Sequence[str]) -> None:
        self.nodes: list[bytes] = []
        self.maps: list[bytes] = []
        self.bytes: list[bytes] = []
        self._add("", names)

    def _add(self, prefix: str, names: Sequence[str]) -> int:
        """Add the node of ``prefix`` and those below it, for ``names`` that begin with it."""
        place = len(self.nodes)
        self.nodes.append(b"")
        start = sum(map(len, self.bytes))
        self.bytes.append(prefix.encode())
        rests = [name[len(prefix) :] for name in names]
        leaf = TRIE_LEAF if "" in rests else 0
        child_map = self._add_map([rest for rest in rests if rest])
        self.nodes[place] = TRIE_NODE.pack(start, len(prefix) | leaf, child_map, 0, 0)
        return place

    def _add_map(self, names: Sequence[str]) -> int:
        if not names:
            return NO_TRIE_INDEX
        place = len(self.maps)
        self.maps.append(b"")
        children = [NO_TRIE_INDEX] * TRIE_MAP_ENTRIES
        for first in sorted({name[0] for name in names}):
            below = [name for name in names if name[0] == first]
            children[ord(first) - FIRST_TRIE_CHARACTER] = self._add(_common_start(below), below)
        self.maps[place] = b"".join(map(TRIE_MAP_ENTRY.pack, children))
        return place


def _common_start(names: Sequence[str]) -> str:
    first, last = min(names), max(names)
    for place, character in enumerate(first):
        if place >= len(last) or last[place] != character:
            return first[:place]
    return first


_TERMINATOR: Final = "."
