"""The NAT64 prefixes of an interface: for networks that reach IPv4 through a translator."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from necp_replay.abi.aggregate_result import IPV6_PREFIX, NAT64_MAX_NUM_PREFIXES
from necp_replay.abi.errno import Errno
from necp_replay.abi.log import LOG_DEBUG
from necp_replay.abi.sockaddr import IN6_ADDR_BYTES
from necp_replay.events.effects import Log
from necp_replay.events.interfaces import Nat64Prefix
from necp_replay.kernel.objects.interface import Interface
from necp_replay.kernel.sockaddr import is_scope_embedded, parse_address
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.update_timer import update_all_clients


def set_nat64_prefixes(
    kernel: KernelState, ifp: Interface, prefixes: Sequence[Nat64Prefix] | None
) -> int:
    """Replace the four prefixes. Those that are not given are removed, like those of length 0.

    EINVAL for a length that is none of NAT64's, for a link-local prefix, and for one that is not
    IPv6; the prefixes before it are replaced. If one is set, the update timer is armed.

    Source: ifnet_set_nat64prefix, xnu-4903.221.2.
    """
    if prefixes is None:
        return 0
    if not ifp.nat64_prefixes:
        ifp.nat64_prefixes = [_NONE] * NAT64_MAX_NUM_PREFIXES
    is_one_set = False
    for slot in range(NAT64_MAX_NUM_PREFIXES):
        given = prefixes[slot] if slot < len(prefixes) else None
        if kernel.profile.nat64_prefixes_are_logged:
            kernel.emit(Log(LOG_DEBUG, None))
        if given is None or given.len == 0:
            ifp.nat64_prefixes[slot] = _NONE
            continue
        address = parse_address(given.prefix)
        if given.len not in _LENGTHS or address is None or len(address) != IN6_ADDR_BYTES:
            return Errno.EINVAL
        if is_scope_embedded(address):
            return Errno.EINVAL
        ifp.nat64_prefixes[slot] = (address, given.len)
        is_one_set = True
    if is_one_set:
        update_all_clients(kernel)
    return 0


def has_nat64(ifp: Interface) -> bool:
    """Whether an interface has a NAT64 prefix (``ifnet_get_nat64prefix``)."""
    return any(length for _, length in ifp.nat64_prefixes)


def packed_prefixes(ifp: Interface) -> bytes:
    """The four prefixes of an interface that has one, as ``struct ipv6_prefix`` each."""
    return b"".join(IPV6_PREFIX.pack(*prefix) for prefix in ifp.nat64_prefixes)


_NONE: Final = (bytes(IN6_ADDR_BYTES), 0)
_LENGTHS: Final = frozenset({4, 5, 6, 7, 8, 12})
"""``NAT64_PREFIX_LEN_*``, in bytes."""
