"""Changes an interface by one input, and replaces the ordered list.

An input may give any number of fields. They apply in a fixed order:

1. the functional type, which sets all fields that decide about it;
2. numbers, each cut to the width of the kernel's field;
3. the delegate, whose kind is copied at this moment, so later changes of it do not count;
4. addresses: all removed, then added, then single ones removed;
5. network signatures;
6. NAT64 prefixes, of which one that is set arms the update timer;
7. agents, replaced as a whole, without an event;
8. the place on the ordered list, which arms the update timer.

A field that is refused does not stop the ones after it. The outcome has the error of the last one
that was refused.

Lookups by name, by address and of routes are cached. Whatever changes what they depend on (flags
and addresses) calls ``InterfaceTable.changed``.

Source: ifnet_set_delegate, ifnet_set_netsignature, ifnet_reset_order, xnu-4570.51.1.
"""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Sequence
from typing import Final, NamedTuple

from necp_replay.abi.errno import Errno
from necp_replay.abi.integers import U32_MAX
from necp_replay.abi.interface import (
    IFEF_AWDL,
    IFEF_EXPENSIVE,
    IFF_BROADCAST,
    IFF_LOOPBACK,
    IFNET_FAMILY_ANY,
    IFNET_FAMILY_CELLULAR,
    IFNET_FAMILY_ETHERNET,
    IFNET_FAMILY_IPSEC,
    IFNET_FAMILY_LOOPBACK,
    IFNET_SUBFAMILY_ANY,
    IFNET_SUBFAMILY_BLUETOOTH,
    IFNET_SUBFAMILY_INTCOPROC,
    IFNET_SUBFAMILY_WIFI,
    IFRTYPE_FUNCTIONAL_CELLULAR,
    IFRTYPE_FUNCTIONAL_COMPANIONLINK,
    IFRTYPE_FUNCTIONAL_INTCOPROC,
    IFRTYPE_FUNCTIONAL_LOOPBACK,
    IFRTYPE_FUNCTIONAL_MANAGEMENT,
    IFRTYPE_FUNCTIONAL_UNKNOWN,
    IFRTYPE_FUNCTIONAL_WIFI_AWDL,
    IFRTYPE_FUNCTIONAL_WIFI_INFRA,
    IFRTYPE_FUNCTIONAL_WIRED,
    IFT_CELLULAR,
    IFT_ETHER,
    IFT_LOOP,
    IFT_OTHER,
    IFXF_CONSTRAINED,
    IFXF_MANAGEMENT,
    IFXF_ULTRA_CONSTRAINED,
    INTERFACE_SIGNATURE_MAX_BYTES,
)
from necp_replay.abi.interface_flags import flag_named
from necp_replay.abi.sockaddr import IN_ADDR_BYTES
from necp_replay.events.interfaces import IfaceAttach, IfaceOrder, IfaceUpdate, InterfaceAddress
from necp_replay.kernel.description import NO_INTERFACE, Description, Support, silent
from necp_replay.kernel.exceptions import NotModelled
from necp_replay.kernel.interfaces.agents import agent_slot
from necp_replay.kernel.interfaces.nat64 import set_nat64_prefixes
from necp_replay.kernel.objects.interface import Interface, InterfaceAddressEntry
from necp_replay.kernel.sockaddr import (
    embed_scope,
    parse_address,
    sockaddr_in,
    sockaddr_in6,
)
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.update_timer import update_all_clients
from necp_replay.releases.facts.interfaces import FunctionalTypes


def change_interface(kernel: KernelState, ifp: Interface, event: IfaceAttach | IfaceUpdate) -> int:
    """Apply every field that is given, and return the last error, or 0."""
    flags = _named_flags(kernel, event)
    errors = [
        (_set_functional_type(kernel, ifp, event.functional_type), _UNKNOWN_TYPE),
        (_set_numbers(ifp, event), _INVALID),
        (_set_flags(ifp, flags), _INVALID),
        (_set_lastupdown(kernel, ifp, event.lastupdown), _NO_LASTUPDOWN),
        (_set_delegate(kernel, ifp, event.delegate), _NO_DELEGATE),
        (_set_addresses(ifp, event), _INVALID),
        (_set_signatures(ifp, event), _INVALID),
        (set_nat64_prefixes(kernel, ifp, event.nat64), _NAT64),
    ]
    if event.agents is not None:
        ifp.agents = [agent_slot(uuid) for uuid in event.agents]
    if _changes_derived(event):
        kernel.interfaces.changed()
    if event.ordered is not None or event.position is not None:
        errors.append((_set_position(kernel, ifp, event.ordered, event.position), _NO_PLACE))
    for error, check in reversed(errors):
        if error:
            return kernel.fails(_NO_ADDRESS if error == Errno.EADDRNOTAVAIL else check)
    return 0


def set_order(kernel: KernelState, indices: Sequence[int]) -> int:
    """Replace the ordered list, and arm the update timer.

    EINVAL, with nothing changed, for an index that was never in use or is given twice.

    Source: ifnet_reset_order, xnu-4570.51.1.
    """
    if not kernel.interfaces.reset_order(indices):
        return Errno.EINVAL
    update_all_clients(kernel)
    return 0


def _changes_derived(event: IfaceAttach | IfaceUpdate) -> bool:
    """Whether flags or addresses may have changed, on which cached lookups depend."""
    fields = (event.functional_type, event.flags, event.clear_addrs, event.addrs, event.del_addrs)
    return any(field is not None for field in fields)


def _set_functional_type(kernel: KernelState, ifp: Interface, wanted: int | None) -> int:
    """A type that the release lacks becomes the one that its fields have without it."""
    if wanted is None:
        return 0
    kind = _KINDS.get(wanted)
    if kind is None:
        return Errno.EINVAL
    ifp.type, ifp.family, ifp.subfamily = kind.type, kind.family, kind.subfamily
    ifp.flags = ifp.flags & ~IFF_LOOPBACK | kind.flags
    ifp.eflags = ifp.eflags & ~IFEF_AWDL | kind.eflags
    if kernel.profile.functional_types & FunctionalTypes.MANAGEMENT:
        ifp.xflags = ifp.xflags & ~IFXF_MANAGEMENT | kind.xflags
    return 0


def _set_numbers(ifp: Interface, event: IfaceAttach | IfaceUpdate) -> int:
    """Set numbers, each cut to the width of the kernel's field."""
    if event.flags is not None:
        ifp.flags = event.flags & _U16
    if event.eflags is not None:
        ifp.eflags = event.eflags & U32_MAX
    if event.xflags is not None:
        ifp.xflags = event.xflags & U32_MAX
    if event.mtu is not None:
        ifp.mtu = event.mtu & U32_MAX
    if event.nd_mtu is not None:
        ifp.nd_mtu = event.nd_mtu & U32_MAX
    if event.generation is not None:
        ifp.generation = event.generation & U32_MAX
    if event.type is not None:
        ifp.type = event.type & _U8
    if event.family is not None:
        ifp.family = event.family & U32_MAX
    if event.subfamily is not None:
        ifp.subfamily = event.subfamily & U32_MAX
    if event.lqm_state is not None:
        ifp.lqm_state = (event.lqm_state & _U8 ^ _I8_SIGN) - _I8_SIGN
    if event.if_state_valid is not None:
        ifp.if_state_valid = event.if_state_valid & _U8
    if event.cell_mss_recommended is not None:
        ifp.cell_mss_recommended = event.cell_mss_recommended & _U16
    if event.expensive is not None:
        ifp.eflags = ifp.eflags & ~IFEF_EXPENSIVE | (IFEF_EXPENSIVE if event.expensive else 0)
    if event.radio_type is not None:
        ifp.radio_type = event.radio_type & _U8
    if event.radio_channel is not None:
        ifp.radio_channel = event.radio_channel & _U8
    if event.hwassist is not None:
        ifp.hwassist = event.hwassist & U32_MAX
    return 0


class _Flags(NamedTuple):
    """Bits to set and to clear, by which the names in an event are read."""

    eflags_or: int
    eflags_clear: int
    xflags_or: int
    xflags_clear: int


_NO_FLAGS: Final = _Flags(0, 0, 0, 0)


def _named_flags(kernel: KernelState, event: IfaceAttach | IfaceUpdate) -> _Flags:
    """The flags that an event names. Raises NotModelled for one that the release lacks."""
    if not (event.eflags_or or event.eflags_clear or event.xflags_or or event.xflags_clear):
        return _NO_FLAGS
    eflags, xflags = kernel.profile.interface_eflags, kernel.profile.interface_xflags
    return _Flags(
        _bits(eflags, "IFEF", event.eflags_or),
        _bits(eflags, "IFEF", event.eflags_clear),
        _bits(xflags, "IFXF", event.xflags_or),
        _bits(xflags, "IFXF", event.xflags_clear),
    )


def _bits(flags: type[enum.IntFlag], prefix: str, names: Sequence[str] | None) -> int:
    bits = 0
    for name in names or ():
        bit = flag_named(flags, name)
        if bit is None:
            raise NotModelled(f"the release has no flag {prefix}_{name}")
        bits |= bit
    return bits


def _set_flags(ifp: Interface, flags: _Flags) -> int:
    if flags is _NO_FLAGS:
        return 0
    ifp.eflags = (ifp.eflags | flags.eflags_or) & ~flags.eflags_clear
    ifp.xflags = (ifp.xflags | flags.xflags_or) & ~flags.xflags_clear
    return 0


def _set_lastupdown(kernel: KernelState, ifp: Interface, uptime_s: int | None) -> int:
    """EINVAL in releases whose interfaces do not keep it."""
    if uptime_s is None:
        return 0
    if not kernel.profile.result_has_interface_time_delta:
        return Errno.EINVAL
    ifp.lastupdown_s = uptime_s
    return 0


def _set_delegate(kernel: KernelState, ifp: Interface, index: int | None) -> int:
    """Set the delegate and copy its kind; index 0 removes the delegate.

    ENXIO for an index without an interface. A delegate that would close a loop is ignored, and the
    call succeeds.
    Source: ifnet_set_delegate, xnu-4570.51.1.
    """
    if index is None:
        return 0
    delegate = kernel.interfaces.by_index.get(index) if index else None
    if index and delegate is None:
        return Errno.ENXIO
    each = delegate
    while each is not None:
        if each is ifp:
            return 0
        each = each.delegate
    ifp.delegate = delegate
    ifp.delegated_type = delegate.type if delegate else 0
    ifp.delegated_family = delegate.family if delegate else 0
    ifp.delegated_subfamily = delegate.subfamily if delegate else 0
    ifp.delegated_expensive = bool(delegate and delegate.eflags & IFEF_EXPENSIVE)
    ifp.delegated_constrained = bool(delegate and delegate.xflags & IFXF_CONSTRAINED)
    ifp.delegated_ultra_constrained = bool(delegate and delegate.xflags & IFXF_ULTRA_CONSTRAINED)
    return 0


def _set_addresses(ifp: Interface, event: IfaceAttach | IfaceUpdate) -> int:
    error = 0
    if event.clear_addrs:
        ifp.addresses.clear()
    for added in event.addrs or ():
        ifa = _address_entry(ifp, added)
        if ifa is None:
            error = Errno.EINVAL
        else:
            ifp.addresses.append(ifa)
    if event.del_addrs:
        error = _delete_addresses(ifp, event.del_addrs) or error
    return error


def _delete_addresses(ifp: Interface, addresses: Sequence[InterfaceAddress]) -> int:
    """Delete, for each address given, the first that is equal. EADDRNOTAVAIL if one has none.

    All are deleted in one pass, since an interface can have thousands of addresses.
    """
    to_delete: Counter[bytes] = Counter()
    error = 0
    for described in addresses:
        ifa = _address_entry(ifp, described)
        if ifa is None:
            error = Errno.EADDRNOTAVAIL
        else:
            to_delete[ifa.sockaddr] += 1
    kept = []
    for ifa in ifp.addresses:
        if to_delete[ifa.sockaddr]:
            to_delete[ifa.sockaddr] -= 1
        else:
            kept.append(ifa)
    ifp.addresses = kept
    return Errno.EADDRNOTAVAIL if to_delete.total() else error


def _address_entry(ifp: Interface, described: InterfaceAddress) -> InterfaceAddressEntry | None:
    """The address of an interface from its text; None for invalid text or prefix."""
    address = parse_address(described.addr)
    if address is None:
        return None
    width = 8 * len(address)
    prefix = width if described.prefix is None else described.prefix
    if not 0 <= prefix <= width:
        return None
    if len(address) != IN_ADDR_BYTES:
        return InterfaceAddressEntry(sockaddr_in6(embed_scope(address, ifp.index)), prefix, ifp)
    ifa = InterfaceAddressEntry(sockaddr_in(address), prefix, ifp)
    if ifp.flags & IFF_BROADCAST:
        host_bits = (1 << (width - prefix)) - 1
        broadcast = int.from_bytes(address, "big") | host_bits
        ifa.broadaddr = sockaddr_in(broadcast.to_bytes(IN_ADDR_BYTES, "big"))
    return ifa


def _set_signatures(ifp: Interface, event: IfaceAttach | IfaceUpdate) -> int:
    """EINVAL for a signature of more than 20 bytes.

    Source: ifnet_set_netsignature, xnu-4570.51.1.
    """
    error = 0
    if event.ipv4_signature is not None:
        if len(event.ipv4_signature) > INTERFACE_SIGNATURE_MAX_BYTES:
            error = Errno.EINVAL
        else:
            ifp.ipv4_signature = event.ipv4_signature
    if event.ipv6_signature is not None:
        if len(event.ipv6_signature) > INTERFACE_SIGNATURE_MAX_BYTES:
            error = Errno.EINVAL
        else:
            ifp.ipv6_signature = event.ipv6_signature
    return error


def _set_position(
    kernel: KernelState, ifp: Interface, ordered: bool | None, position: int | None
) -> int:
    """Move the interface to a place on the ordered list, or take it off if ``ordered`` is False.

    The place is the end unless ``position`` is given.
    """
    indices = [each.index for each in kernel.interfaces.ordered if each is not ifp]
    if ordered is not False:
        end = len(indices)
        indices.insert(end if position is None else max(0, min(position, end)), ifp.index)
    return set_order(kernel, indices)


class _Kind(NamedTuple):
    """The fields of an interface on which ``if_functional_type`` depends."""

    type: int
    family: int
    subfamily: int = IFNET_SUBFAMILY_ANY
    flags: int = 0
    eflags: int = 0
    xflags: int = 0


_KINDS: Final[dict[int, _Kind]] = {
    IFRTYPE_FUNCTIONAL_UNKNOWN: _Kind(IFT_OTHER, IFNET_FAMILY_ANY),
    IFRTYPE_FUNCTIONAL_LOOPBACK: _Kind(IFT_LOOP, IFNET_FAMILY_LOOPBACK, flags=IFF_LOOPBACK),
    IFRTYPE_FUNCTIONAL_WIRED: _Kind(IFT_ETHER, IFNET_FAMILY_ETHERNET),
    IFRTYPE_FUNCTIONAL_WIFI_INFRA: _Kind(IFT_ETHER, IFNET_FAMILY_ETHERNET, IFNET_SUBFAMILY_WIFI),
    IFRTYPE_FUNCTIONAL_WIFI_AWDL: _Kind(
        IFT_ETHER, IFNET_FAMILY_ETHERNET, IFNET_SUBFAMILY_WIFI, eflags=IFEF_AWDL
    ),
    IFRTYPE_FUNCTIONAL_CELLULAR: _Kind(IFT_CELLULAR, IFNET_FAMILY_CELLULAR),
    IFRTYPE_FUNCTIONAL_INTCOPROC: _Kind(
        IFT_ETHER, IFNET_FAMILY_ETHERNET, IFNET_SUBFAMILY_INTCOPROC
    ),
    IFRTYPE_FUNCTIONAL_COMPANIONLINK: _Kind(
        IFT_OTHER, IFNET_FAMILY_IPSEC, IFNET_SUBFAMILY_BLUETOOTH
    ),
    IFRTYPE_FUNCTIONAL_MANAGEMENT: _Kind(IFT_ETHER, IFNET_FAMILY_ETHERNET, xflags=IFXF_MANAGEMENT),
}

_U8: Final = 0xFF
_U16: Final = 0xFFFF
_I8_SIGN: Final = 0x80

_UNKNOWN_TYPE: Final = silent(Errno.EINVAL, "a functional type that there is not")
_NO_PLACE: Final = silent(Errno.EINVAL, "an index on the ordered list that was never in use")
_INVALID: Final = silent(
    Errno.EINVAL, "an invalid address or prefix, or a signature of more than 20 bytes"
)
_NO_DELEGATE: Final = silent(Errno.ENXIO, "no interface has the index of the delegate")
_NAT64: Final = silent(
    Errno.EINVAL, "a NAT64 prefix that is link-local, or of a length that is none"
)
_NO_LASTUPDOWN: Final = silent(
    Errno.EINVAL,
    "lastupdown is given, and interfaces do not keep it",
    fact="result_has_interface_time_delta",
)
_NO_ADDRESS: Final = silent(Errno.EADDRNOTAVAIL, "the interface does not have an address to delete")

IFACE_UPDATE: Final = Description(
    subject=IfaceUpdate,
    handler=change_interface,
    summary="Changes fields, addresses and agents of an interface.",
    checks=(
        NO_INTERFACE,
        _UNKNOWN_TYPE,
        _INVALID,
        _NO_ADDRESS,
        _NO_DELEGATE,
        _NAT64,
        _NO_LASTUPDOWN,
    ),
    answer="0, and the interface's functional type afterwards; every field applies, "
    "and the last error counts",
    effects="the update timer is armed where the place on the ordered list changes, and where a "
    "NAT64 prefix is set; each of the four prefixes is logged",
    support=Support.PARTIAL,
    missing="the fields are modelled, not how a driver or a daemon changes them",
    other_facts=(
        "interface_eflags",
        "interface_xflags",
        "nat64_prefixes_are_logged",
        "functional_types",
    ),
)

IFACE_ORDER: Final = Description(
    subject=IfaceOrder,
    handler=set_order,
    function="ifnet_reset_order",
    summary="Replaces the list of ordered interfaces.",
    checks=(silent(Errno.EINVAL, "an index that was never in use, or is given twice"),),
    effects="the update timer is armed",
)
