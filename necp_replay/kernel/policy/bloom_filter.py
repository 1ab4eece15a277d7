"""Bloom filters of domains, and the hashes that they use.

The hashes are lookup3 by Bob Jenkins, and the 32 and 128 bit forms of MurmurHash3 by Austin
Appleby. Their authors placed them in the public domain.
Source: net_bloom_filter_contains, net_flowhash_jhash, net_flowhash_mh3_x86_32, xnu-8020.101.4.
"""

from __future__ import annotations

from collections.abc import Iterator
from struct import Struct
from typing import Final

from necp_replay.abi.domain_filter import FILTER_HEADER, FILTER_WORD_BITS
from necp_replay.abi.integers import U32_MAX
from necp_replay.kernel.heuristics.flow_hash import flow_hash

_WORD: Final = Struct("<I")


def filter_bytes(bits: int) -> int:
    """The size in bytes of a filter of this many bits (``net_bloom_filter_get_size``)."""
    words = (bits + FILTER_WORD_BITS - 1) // FILTER_WORD_BITS
    return FILTER_HEADER.size + words * _WORD.size


def positions_in(bits: int, name: bytes) -> Iterator[int]:
    """Which bits of a filter a name has (``net_bloom_filter_insert``)."""
    for hash_of in (lookup3, murmur3_x86_32, _murmur3_x64_128):
        yield hash_of(name) % bits


def contains(bloom_filter: bytes, name: bytes) -> bool:
    """Whether all three bits of a name are set: it may have been put in, or others set its bits.

    Raises ZeroDivisionError for a filter of 0 bits.
    """
    (bits,) = FILTER_HEADER.unpack_from(bloom_filter)
    for position in positions_in(bits, name):
        index, bit = divmod(position, FILTER_WORD_BITS)
        (word,) = _WORD.unpack_from(bloom_filter, FILTER_HEADER.size + index * _WORD.size)
        if not word >> bit & 1:
            return False
    return True


def _murmur3_x64_128(key: bytes) -> int:
    return flow_hash(key, 0)


def lookup3(key: bytes) -> int:
    """A 32-bit hash of ``key``: hashlittle of lookup3 with seed 0, whose last word is returned."""
    a = b = c = (0xDEADBEEF + len(key)) & U32_MAX
    if not key:
        return c
    last = (len(key) - 1) // 12 * 12
    for at in range(0, last, 12):
        x, y, z = _BLOCK.unpack_from(key, at)
        a, b, c = _mix((a + x) & U32_MAX, (b + y) & U32_MAX, (c + z) & U32_MAX)
    # Missing bytes of the last block count as zeros.
    x, y, z = _BLOCK.unpack(key[last:].ljust(_BLOCK.size, b"\0"))
    return _end((a + x) & U32_MAX, (b + y) & U32_MAX, (c + z) & U32_MAX)


_BLOCK: Final = Struct("<III")
_MIXING_ROTATIONS: Final = (4, 6, 8, 16, 19, 4)
_FINAL_ROTATIONS: Final = (14, 11, 25, 16, 4, 14, 24)


def _mix(a: int, b: int, c: int) -> tuple[int, int, int]:
    for bits in _MIXING_ROTATIONS:
        a = (a - c & U32_MAX) ^ _rotate(c, bits)
        c = (c + b) & U32_MAX
        a, b, c = b, c, a
    return a, b, c


def _end(a: int, b: int, c: int) -> int:
    for bits in _FINAL_ROTATIONS:
        c = ((c ^ b) - _rotate(b, bits)) & U32_MAX
        a, b, c = b, c, a
    return b


def _rotate(value: int, bits: int) -> int:
    return (value << bits | value >> (32 - bits)) & U32_MAX


def murmur3_x86_32(key: bytes) -> int:
    """A 32-bit hash of ``key``: MurmurHash3 for 32-bit x86 with seed 0."""
    value = 0
    whole_bytes = len(key) - len(key) % _WORD.size
    for (block,) in _WORD.iter_unpack(key[:whole_bytes]):
        value = (_rotate(value ^ _scrambled(block), 13) * 5 + 0xE6546B64) & U32_MAX
    if whole_bytes < len(key):
        value ^= _scrambled(int.from_bytes(key[whole_bytes:], "little"))
    value ^= len(key)
    value = (value ^ value >> 16) * 0x85EBCA6B & U32_MAX
    value = (value ^ value >> 13) * 0xC2B2AE35 & U32_MAX
    return value ^ value >> 16


def _scrambled(block: int) -> int:
    return _rotate(block * 0xCC9E2D51 & U32_MAX, 15) * 0x1B873593 & U32_MAX
