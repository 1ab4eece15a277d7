"""Pseudonyms for IP addresses that keep common prefixes, as Crypto-PAn does, and special addresses.

Each bit of an address is flipped or not, as the key says for the bits before it: two addresses
share as long a prefix as their pseudonyms do, so routes and subnets match what they matched.
Some bits are never flipped: those on the way to addresses that mean something by themselves
(unspecified, loopback, link-local, multicast, broadcast), the broadcast addresses of subnets, and
those that decide the order of an address and the end of a range.
"""

from __future__ import annotations

import ipaddress
from bisect import bisect_left
from collections.abc import Iterable, Set
from typing import Final

from necp_replay.tools.pseudonyms.keyed import Keyed

IPV4_BITS: Final = 32
IPV6_BITS: Final = 128

Node = tuple[int, int]
"""The bits before one that may be flipped: how many, and which, as a number."""

_CACHED: Final = 200_000


class AddressCipher:
    """Pseudonyms for the addresses of one family."""

    def __init__(self, keyed: Keyed, bits: int, fixed: Iterable[Node] = ()) -> None:
        self._keyed = keyed
        self._bits = bits
        self._kind = b"ipv4" if bits == IPV4_BITS else b"ipv6"
        self._fixed = frozenset(fixed)
        self._special = _IPV4_SPECIAL if bits == IPV4_BITS else _IPV6_SPECIAL
        self._cache: dict[int, int] = {}

    def encipher(self, address: int) -> int:
        """The pseudonym of an address."""
        known = self._cache.get(address)
        if known is None:
            known = self._encipher(address)
            if len(self._cache) >= _CACHED:
                self._cache.clear()
            self._cache[address] = known
        return known

    def _encipher(self, address: int) -> int:
        enciphered = address
        for length in range(self._bits):
            node = (length, address >> (self._bits - length))
            if node in self._fixed or self._is_special(node):
                continue
            context = length.to_bytes(1, "big") + node[1].to_bytes(16, "big")
            enciphered ^= self._keyed.bit(self._kind, context) << (self._bits - 1 - length)
        return enciphered

    def _is_special(self, node: Node) -> bool:
        """Whether a bit leads to a special prefix, or is in what is kept after it."""
        length, prefix = node
        for special_length, special_prefix, kept_bits in self._special:
            if length < special_length:
                if special_prefix >> (special_length - length) == prefix:
                    return True
            elif length < kept_bits and prefix >> (length - special_length) == special_prefix:
                return True
        return False


def broadcast_nodes(address: int, prefix: int, bits: int = IPV4_BITS) -> Iterable[Node]:
    """The bits that have to stay so that a subnet's broadcast address stays one."""
    prefix = max(prefix, 0)
    for length in range(prefix, bits):
        ones = length - prefix
        yield length, (address >> (bits - prefix) << ones) | ((1 << ones) - 1)


def path_nodes(address: int, bits: int) -> Iterable[Node]:
    """The bits that have to stay so that an address does."""
    for length in range(bits):
        yield length, address >> (bits - length)


def order_nodes(bounds: Set[int], addresses: Iterable[int], bits: int) -> Iterable[Node]:
    """The bits that have to stay so that every address keeps its order to every bound."""
    ordered = sorted({*bounds, *addresses}) if bounds else []
    for bound in bounds:
        for length in range(bits):
            shift = bits - 1 - length
            other_side = ((bound >> shift) ^ 1) << shift
            found = bisect_left(ordered, other_side)
            if found < len(ordered) and ordered[found] >> shift == other_side >> shift:
                yield length, bound >> (shift + 1)


def _special(network: str, kept_bits: int) -> tuple[int, int, int]:
    """A prefix by its length and bits, and how many bits of its addresses are kept."""
    parsed = ipaddress.ip_network(network)
    shift = parsed.max_prefixlen - parsed.prefixlen
    return parsed.prefixlen, int(parsed.network_address) >> shift, kept_bits


_IPV4_SPECIAL: Final = (
    _special("0.0.0.0/8", 32),
    _special("127.0.0.0/8", 32),
    _special("169.254.0.0/16", 16),
    _special("224.0.0.0/4", 8),
    _special("255.255.255.255/32", 32),
)
_IPV6_SPECIAL: Final = (
    # The last half of these is an IPv4 address, or the loopback's; see Pseudonyms.ipv6.
    _special("::/96", 128),
    _special("::ffff:0:0/96", 128),
    # The kernel embeds a scope in the second word of both.
    _special("fe80::/10", 64),
    _special("ff00::/8", 32),
)
"""Prefixes that mean something to the kernel."""
