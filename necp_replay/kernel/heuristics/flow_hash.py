"""The hash that chooses a bucket of TCP's caches: 32 bits of MurmurHash3 x64_128.

The algorithm is Austin Appleby's, who placed it in the public domain.
Source: net_flowhash_mh3_x64_128, xnu-4570.51.1.
"""

from __future__ import annotations

from struct import Struct

from necp_replay.abi.integers import U32_MAX, U64_MAX

_C1 = 0x87C37B91_114253D5
_C2 = 0x4CF5AD43_2745937F
_BLOCK = Struct("<QQ")
_BLOCK_BYTES = 16


def flow_hash(key: bytes, seed: int) -> int:
    """A 32-bit hash of ``key``."""
    h1 = h2 = seed
    whole_bytes = len(key) - len(key) % _BLOCK_BYTES
    for k1, k2 in _BLOCK.iter_unpack(key[:whole_bytes]):
        h1 = ((_rotate(h1 ^ _mix_first(k1), 27) + h2) * 5 + 0x52DCE729) & U64_MAX
        h2 = ((_rotate(h2 ^ _mix_second(k2), 31) + h1) * 5 + 0x38495AB5) & U64_MAX
    if whole_bytes < len(key):
        # The algorithm leaves missing bytes of the last block out. Zeros have the same effect.
        k1, k2 = _BLOCK.unpack(key[whole_bytes:].ljust(_BLOCK_BYTES, b"\0"))
        h1 ^= _mix_first(k1)
        h2 ^= _mix_second(k2)
    h1 ^= len(key)
    h2 ^= len(key)
    h1 = (h1 + h2) & U64_MAX
    h2 = (h2 + h1) & U64_MAX
    return (_finish(h1) + _finish(h2)) & U32_MAX


def _rotate(value: int, bits: int) -> int:
    return ((value << bits) | (value >> (64 - bits))) & U64_MAX


def _mix_first(k1: int) -> int:
    return _rotate(k1 * _C1 & U64_MAX, 31) * _C2 & U64_MAX


def _mix_second(k2: int) -> int:
    return _rotate(k2 * _C2 & U64_MAX, 33) * _C1 & U64_MAX


def _finish(value: int) -> int:
    value = (value ^ (value >> 33)) * 0xFF51AFD7_ED558CCD & U64_MAX
    value = (value ^ (value >> 33)) * 0xC4CEB9FE_1A85EC53 & U64_MAX
    return value ^ (value >> 33)
