"""Layouts of domain filters and domain tries, as sessions pass them.

Source: bsd/net/bloom_filter.h, bsd/net/trie_utility.h, bsd/net/necp.h, bsd/net/necp.c.
"""

from __future__ import annotations

import enum
from struct import Struct
from typing import Final

FILTER_HEADER: Final = Struct("<I")
"""``struct net_bloom_filter``: the number of bits. Words of 32 bits follow, as many as it takes."""
FILTER_WORD_BITS: Final = 32
MAX_DOMAIN_FILTER_BYTES: Final = 65536
"""``NECP_MAX_DOMAIN_FILTER_SIZE``."""

MAX_DOMAIN_FILTER_ID: Final = 10_000
"""``NECP_DOMAIN_FILTER_ID_MAX``: greater ids are those of tries, in releases that have them."""

TRIE_HEADER: Final = Struct("<10I")
"""``struct necp_domain_trie_request`` without its data: id; bytes of everything, of nodes, of maps
and of strings; counts of nodes, of maps and of bytes of strings; terminator; flags."""
MAX_DOMAIN_TRIE_BYTES: Final = 512 * 1024
"""``NECP_MAX_DOMAIN_TRIE_SIZE``."""


class TrieFlag(enum.IntFlag):
    """``NECP_DOMAIN_TRIE_FLAG_*``."""

    REVERSE_SEARCH = 0x01
    ALLOW_PARTIAL_MATCH = 0x02


TRIE_NODE: Final = Struct("<HHHHH")
"""``struct net_trie_node``: where its bytes start; their number, with the flag of a leaf in the
highest bit; its map of children; where its metadata start, and their number of bytes."""
TRIE_LEAF: Final = 0x8000
TRIE_MAP_ENTRY: Final = Struct("<H")
TRIE_MAP_ENTRIES: Final = 96
"""``CHILD_MAP_SIZE``: one entry for each character from 32 to 127."""
FIRST_TRIE_CHARACTER: Final = 32
LAST_TRIE_CHARACTER: Final = 127
NO_TRIE_INDEX: Final = 0xFFFF
"""``NULL_TRIE_IDX``."""
