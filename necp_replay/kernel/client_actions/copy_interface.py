"""COPY_INTERFACE: what a process may know of an interface, by its index."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client import IFSCOPE_NONE, IFXNAMSIZ, ClientAction
from necp_replay.abi.client_structs import (
    INTERFACE_CHECKSUMS,
    INTERFACE_DETAILS,
    INTERFACE_INDEX,
    INTERFACE_IPV4_DETAILS,
    INTERFACE_RADIO,
    INTERFACE_SEGMENTS,
    InterfaceFlag,
)
from necp_replay.abi.errno import Errno
from necp_replay.abi.integers import U32_MAX
from necp_replay.abi.interface import (
    IFEF_3CA,
    IFEF_CLAT46,
    IFEF_NOACKPRI,
    IFEF_TXSTART,
    IFF_BROADCAST,
    IFF_MULTICAST,
    IFNET_CHECKSUMF,
    IFXF_MPK_LOG,
    INTERFACE_SIGNATURE_MAX_BYTES,
)
from necp_replay.abi.sockaddr import AF_INET
from necp_replay.kernel.call import copyin, copyout, refuse
from necp_replay.kernel.client_actions.client_call import ClientCall
from necp_replay.kernel.description import Description, logged
from necp_replay.kernel.interfaces.condition import (
    is_constrained,
    is_low_power,
    is_ultra_constrained,
)
from necp_replay.kernel.interfaces.functional_type import functional_type, is_expensive
from necp_replay.kernel.objects.interface import Interface, InterfaceAddressEntry
from necp_replay.kernel.objects.necp_fd import NecpFd
from necp_replay.kernel.policy.traffic_route import ANY_IPV4, ANY_IPV6
from necp_replay.kernel.quirk import Quirk
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.type_confusion import SESSION_LOSES_NOTHING

_FUNCTION: Final = "necp_client_copy_interface"


def copy_interface(kernel: KernelState, necp_fd: NecpFd, call: ClientCall) -> int:
    """Copy ``struct necp_interface_details``. The index is passed as client id, 4 bytes long.

    Raises SyscallError: EINVAL for an index that is not 4 bytes long, or without room; EFAULT;
    ENOENT for index 0. Kernel quirk: the answer for any other unknown index is all zero. Kernel
    quirk: the details with netmask and broadcast address can be longer than the room that is asked
    for. Measured in copy_interface.
    Source: necp_client_copy_interface, xnu-4570.51.1, xnu-6153.11.26, xnu-7195.50.7.100.1,
    xnu-11215.1.10.
    """
    if call.client_id.is_null or call.client_id_bytes != INTERFACE_INDEX.size:
        refuse(kernel, _NO_INDEX, _FUNCTION, values=call.id_values)
    if call.buffer_bytes < kernel.profile.interface_details_min_bytes or call.buffer.is_null:
        refuse(
            kernel,
            _DETAILS_ROOM,
            _FUNCTION,
            values=call.buffer_values
            | {"needed_bytes": kernel.profile.interface_details_min_bytes},
        )
    named = copyin(kernel, call.client_id, INTERFACE_INDEX.size, _FUNCTION, check=_INDEX_FAULT)
    (index,) = INTERFACE_INDEX.unpack(named)
    if index == IFSCOPE_NONE:
        refuse(kernel, _ZERO_INDEX, _FUNCTION, values={"index": index})

    ifp = kernel.interfaces.by_index.get(index)
    details = bytes(INTERFACE_DETAILS.size) if ifp is None else _details(kernel, ifp)
    if kernel.profile.interface_details_tell_ipv4:
        details += bytes(INTERFACE_IPV4_DETAILS.size) if ifp is None else _ipv4_details(ifp)
    later_bytes = kernel.profile.interface_details_min_bytes - len(details)
    if later_bytes > 0:
        details += bytes(later_bytes) if ifp is None else _later_details(ifp, later_bytes)
    copyout(kernel, call.buffer, details, _FUNCTION, check=_DETAILS_FAULT)
    return 0


def _details(kernel: KernelState, ifp: Interface) -> bytes:
    told = int(kernel.profile.interface_details_flags)
    flags = 0
    if is_expensive(ifp):
        flags |= _EXPENSIVE
    if ifp.eflags & IFEF_TXSTART:
        flags |= _TXSTART
    if ifp.eflags & IFEF_NOACKPRI:
        flags |= _NOACKPRI
    if ifp.eflags & IFEF_3CA:
        flags |= _THREE_CARRIER_AGGREGATION
    if is_low_power(ifp):
        flags |= _LOW_POWER
    if ifp.xflags & IFXF_MPK_LOG:
        flags |= _MPK_LOG
    if is_constrained(kernel.profile, ifp):
        flags |= _CONSTRAINED
    if is_ultra_constrained(kernel.profile, ifp):
        flags |= _ULTRA_CONSTRAINED
    if _last_ipv4_address(ifp) is not None:
        flags |= _HAS_NETMASK
        if ifp.flags & IFF_BROADCAST:
            flags |= _HAS_BROADCAST
    if ifp.flags & IFF_MULTICAST:
        flags |= _SUPPORTS_MULTICAST
    if ifp.eflags & IFEF_CLAT46:
        flags |= _HAS_NAT64
    if told & _ROUTABLE:
        flags |= _routable_families(kernel, ifp)
    return INTERFACE_DETAILS.pack(
        ifp.name.encode()[: IFXNAMSIZ - 1],
        ifp.index,
        ifp.generation & U32_MAX,
        functional_type(kernel.profile, ifp),
        0 if ifp.delegate is None else ifp.delegate.index,
        flags & told,
        ifp.mtu & U32_MAX,
        *_signature(ifp.ipv4_signature),
        *_signature(ifp.ipv6_signature),
    )


def _routable_families(kernel: KernelState, ifp: Interface) -> int:
    """The families with a default route on the interface; IPv4 not over one that translates it."""
    flags = 0
    ipv4_route = kernel.routes.lookup_scoped(ANY_IPV4, ifp.index)
    if ipv4_route is not None and not ipv4_route.interface.eflags & IFEF_CLAT46:
        flags |= _IPV4_ROUTABLE
    if kernel.routes.lookup_scoped(ANY_IPV6, ifp.index) is not None:
        flags |= _IPV6_ROUTABLE
    return flags


def _ipv4_details(ifp: Interface) -> bytes:
    """The netmask of the last IPv4 address, and its broadcast address."""
    ifa = _last_ipv4_address(ifp)
    if ifa is None:
        return bytes(INTERFACE_IPV4_DETAILS.size)
    netmask = (U32_MAX << (32 - ifa.prefix) & U32_MAX).to_bytes(4, "big")
    broadcast = b""
    if ifp.flags & IFF_BROADCAST and ifa.broadaddr is not None:
        broadcast = ifa.broadaddr[4:8]
    return INTERFACE_IPV4_DETAILS.pack(netmask, broadcast)


def _later_details(ifp: Interface, later_bytes: int) -> bytes:
    """What releases added at the end: always the type of the radio, that of the delegate if none.

    Sizes of segments for TCP, which are 0 without a driver, and the kinds of checksums that the
    hardware computes come before it.

    Kernel quirk: the channel of the radio is not filled in. Measured in x8792_copy_interface.

    Source: necp_client_copy_interface, xnu-8019.41.5, xnu-8792.41.9, xnu-10002.1.13.
    """
    radio_type = ifp.radio_type
    if radio_type == 0 and ifp.delegate is not None:
        radio_type = ifp.delegate.radio_type
    details = INTERFACE_RADIO.pack(radio_type, 0)
    if later_bytes >= len(details) + INTERFACE_CHECKSUMS.size + INTERFACE_SEGMENTS.size:
        details = INTERFACE_CHECKSUMS.pack(ifp.hwassist & IFNET_CHECKSUMF) + details
    if later_bytes > len(details):
        details = INTERFACE_SEGMENTS.pack(0, 0) + details
    return details


def _last_ipv4_address(ifp: Interface) -> InterfaceAddressEntry | None:
    for ifa in reversed(ifp.addresses):
        if ifa.sockaddr[1] == AF_INET:
            return ifa
    return None


def _signature(signature: bytes) -> tuple[bytes, int]:
    """A network signature and its length. One that is too long counts as none.

    Source: ifnet_get_netsignature, xnu-4570.51.1.
    """
    if len(signature) > INTERFACE_SIGNATURE_MAX_BYTES:
        return b"", 0
    return signature, len(signature)


# Plain numbers: operations on enumeration members cost several times as much.
_EXPENSIVE: Final = int(InterfaceFlag.EXPENSIVE)
_TXSTART: Final = int(InterfaceFlag.TXSTART)
_NOACKPRI: Final = int(InterfaceFlag.NOACKPRI)
_THREE_CARRIER_AGGREGATION: Final = int(InterfaceFlag.THREE_CARRIER_AGGREGATION)
_LOW_POWER: Final = int(InterfaceFlag.LOW_POWER)
_MPK_LOG: Final = int(InterfaceFlag.MPK_LOG)
_CONSTRAINED: Final = int(InterfaceFlag.CONSTRAINED)
_ULTRA_CONSTRAINED: Final = int(InterfaceFlag.ULTRA_CONSTRAINED)
_HAS_NETMASK: Final = int(InterfaceFlag.HAS_NETMASK)
_HAS_BROADCAST: Final = int(InterfaceFlag.HAS_BROADCAST)
_SUPPORTS_MULTICAST: Final = int(InterfaceFlag.SUPPORTS_MULTICAST)
_HAS_NAT64: Final = int(InterfaceFlag.HAS_NAT64)
_IPV4_ROUTABLE: Final = int(InterfaceFlag.IPV4_ROUTABLE)
_IPV6_ROUTABLE: Final = int(InterfaceFlag.IPV6_ROUTABLE)
_ROUTABLE: Final = _IPV4_ROUTABLE | _IPV6_ROUTABLE

_NO_INDEX: Final = logged(Errno.EINVAL, "the index is NULL, or its length is not 4")
_DETAILS_ROOM: Final = logged(
    Errno.EINVAL,
    "the buffer is NULL, or its length is below that of the details: 92 to 116 bytes",
    fact="interface_details_min_bytes",
)
_INDEX_FAULT: Final = logged(Errno.EFAULT, "the index cannot be read")
_ZERO_INDEX: Final = logged(Errno.ENOENT, "the index is 0")
_DETAILS_FAULT: Final = logged(Errno.EFAULT, "the details cannot be written")

COPY_INTERFACE: Final = Description(
    subject=ClientAction.COPY_INTERFACE,
    handler=copy_interface,
    function="necp_client_copy_interface",
    summary="Copies what a process may know of an interface.",
    checks=(
        _NO_INDEX,
        _DETAILS_ROOM,
        _INDEX_FAULT,
        _ZERO_INDEX,
        _DETAILS_FAULT,
    ),
    answer="returns 0; 92 to 116 bytes of struct necp_interface_details, all zero for an unknown "
    "index",
    overwrites=SESSION_LOSES_NOTHING,
    other_facts=(
        "interface_details_flags",
        "interface_details_tell_ipv4",
        "ultra_constrained_needs_permission",
    ),
)

UNKNOWN_INDEX_GIVES_ZEROS: Final = Quirk(
    "COPY_INTERFACE of an unknown index succeeds with zeros.",
    "necp_client_copy_interface",
    "client_actions/test_copy_interface.py::test_an_unknown_index_succeeds_with_zeros",
)
