"""Looks a domain up in a domain trie.

Idea. The trie is a radix tree: a node has some bytes, and a map that names a child for each
character that can follow them. From the root on, the bytes of each node are compared with the
domain, from its start or from its end. A domain is found where it ends together with the bytes of a
leaf. It can also be found in part: where the character after the bytes of a leaf is the terminator.

Invariant. When a trie is added, the kernel only checks that its sizes fit its counts. So every
index is followed as the kernel does it, in the memory of the request. What comes after this memory
is not known. It is taken for bytes of ones, which are no node and no child, so the search ends
there. Measured in x11215_domain_trie: nothing is in a trie without nodes.

Cost. One comparison for each byte of the domain, and one look-up for each node on the way.

Source: net_trie_search, net_trie_init_with_mem, xnu-11215.61.5, xnu-11417.121.6.
"""

from __future__ import annotations

from struct import Struct
from typing import Final

from necp_replay.abi.domain_filter import (
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
from necp_replay.abi.integers import U16_MAX
from necp_replay.kernel.exceptions import NotModelled, UnknownInput
from necp_replay.kernel.objects.domain_filter import DomainTrie


def sizes_fit(request: bytes) -> bool:
    """Whether the sizes that a request declares fit its counts, of which 16 bits count."""
    _, total, nodes, maps, strings, node_count, map_count, byte_count, _, _ = (
        TRIE_HEADER.unpack_from(request)
    )
    return (total, nodes, maps, strings) == (
        nodes + maps + strings,
        (node_count & U16_MAX) * TRIE_NODE.size,
        (map_count & U16_MAX) * _MAP_BYTES,
        byte_count & U16_MAX,
    )


def is_in_trie(trie: DomainTrie, name: bytes, around: tuple[int, int] | None) -> bool:
    """Whether a trie has a domain, or one that it begins or ends with if a part is enough.

    ``around`` are the characters before and after the name, where the release looks at them, None
    where it does not. Raises UnknownInput if the memory of the trie is not known any more, and
    NotModelled if the search does not end.
    """
    if not name:
        return False
    if trie.is_released:
        raise UnknownInput("the memory of the domain trie is not known")
    return _Search(trie, name, around).finds()


class _Search:
    """One search. ``name`` is turned round where it is compared from its end."""

    def __init__(self, trie: DomainTrie, name: bytes, around: tuple[int, int] | None) -> None:
        self._trie = trie
        self._name = name
        before, after = around or (None, None)
        self._beyond = after
        if trie.flags & TrieFlag.REVERSE_SEARCH:
            self._name, self._beyond = name[::-1], before

    def finds(self) -> bool:
        name = self._name
        takes_part = bool(self._trie.flags & TrieFlag.ALLOW_PARTIAL_MATCH)
        terminator = self._trie.terminator & 0xFF
        found_in_part = False
        node, position = 0, 0
        seen: set[tuple[int, int]] = set()
        while node != NO_TRIE_INDEX:
            if (node, position) in seen:
                raise NotModelled("the search in a domain trie does not end")
            seen.add((node, position))
            start, length, child_map, _, _ = self._read(
                self._trie.nodes_at + node * TRIE_NODE.size, TRIE_NODE
            )
            is_leaf = bool(length & TRIE_LEAF)
            position, is_whole = self._compare(start, length & ~TRIE_LEAF, position)
            if position < len(name) and name[position] & _HIGH:
                return False
            node = NO_TRIE_INDEX
            if not is_whole:
                continue
            is_end = position == len(name)
            if is_leaf and is_end:
                return True
            found_in_part |= (
                is_leaf and takes_part and not is_end and name[position] == _char(terminator)
            )
            if child_map != NO_TRIE_INDEX:
                following = self._beyond if is_end else name[position]
                node = self._child(child_map, following)
        return found_in_part

    def _compare(self, start: int, length: int, position: int) -> tuple[int, bool]:
        """Where the name differs from the bytes of a node, and whether all of these were there."""
        name = self._name
        at, end = start, (start + length) & U16_MAX
        while at < end and position < len(name):
            (byte,) = self._read(self._trie.strings_at + at, _BYTE)
            if byte != name[position]:
                break
            at += 1
            position += 1
        return position, at == end

    def _child(self, child_map: int, character: int | None) -> int:
        if character is None or not FIRST_TRIE_CHARACTER <= character <= LAST_TRIE_CHARACTER:
            return NO_TRIE_INDEX
        entry = character - FIRST_TRIE_CHARACTER
        at = self._trie.maps_at + child_map * _MAP_BYTES + entry * TRIE_MAP_ENTRY.size
        (child,) = self._read(at, TRIE_MAP_ENTRY)
        return int(child)

    def _read(self, at: int, layout: Struct) -> tuple[int, ...]:
        request = self._trie.request
        if at + layout.size > len(request):
            return layout.unpack(_ONES[: layout.size])
        return layout.unpack_from(request, at)


def _char(terminator: int) -> int:
    """The terminator as a signed character: no character of a name equals a negative one."""
    return terminator if terminator < _HIGH else -1


_HIGH: Final = 0x80
_ONES: Final = b"\xff" * TRIE_NODE.size
"""What is read after the end of a request."""
_BYTE: Final = Struct("<B")
_MAP_BYTES: Final = TRIE_MAP_ENTRIES * TRIE_MAP_ENTRY.size
