"""GET_INTERFACE_ADDRESS: the source address of traffic to an address through an interface."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.address_text import ip_text
from necp_replay.abi.client import (
    IFSCOPE_NONE,
    SOCKADDR_STORAGE_BYTES,
    SOCKADDR_UNION_BYTES,
    ClientAction,
)
from necp_replay.abi.client_structs import INTERFACE_INDEX
from necp_replay.abi.errno import Errno
from necp_replay.abi.interface import IFF_LOOPBACK
from necp_replay.abi.log import LOG_ERR
from necp_replay.abi.sockaddr import AF_INET, AF_INET6, SOCKADDR_IN_BYTES
from necp_replay.kernel.call import copyin, copyout, refuse
from necp_replay.kernel.client_actions.client_call import UNKNOWN_ACTION, ClientCall
from necp_replay.kernel.description import Description, Support, logged
from necp_replay.kernel.exceptions import SyscallError
from necp_replay.kernel.failed_check import Value
from necp_replay.kernel.objects.interface import Interface
from necp_replay.kernel.objects.necp_fd import NecpFd
from necp_replay.kernel.objects.route import Route
from necp_replay.kernel.quirk import Quirk
from necp_replay.kernel.sockaddr import address_of, sockaddr_in
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.type_confusion import SESSION_LOSES_NOTHING

_FUNCTION: Final = "necp_client_get_interface_address"


def get_interface_address(kernel: KernelState, necp_fd: NecpFd, call: ClientCall) -> int:
    """Copy the source address over the address that the buffer has.

    The index of the interface is passed as client id, 4 bytes long.

    Raises SyscallError: EINVAL for an index that is not 4 bytes long, for a buffer of another
    length than 16 to 128 bytes or than the address in it says, for another family than IPv4 and
    IPv6, and without a route; ENOENT for an unknown interface; EADDRNOTAVAIL; EFAULT. Each has a
    log record.

    Source: necp_client_get_interface_address, flow_route_select_laddr, xnu-8019.80.24.
    """
    size_bytes = call.buffer_bytes
    if call.client_id.is_null or call.client_id_bytes != INTERFACE_INDEX.size:
        refuse(kernel, _NO_INDEX, _FUNCTION, values=call.id_values)
    if call.buffer.is_null or not SOCKADDR_IN_BYTES <= size_bytes <= SOCKADDR_STORAGE_BYTES:
        refuse(kernel, _NO_ROOM, _FUNCTION, values=call.buffer_values)
    named = copyin(kernel, call.client_id, INTERFACE_INDEX.size, _FUNCTION, check=_INDEX_FAULT)
    (index,) = INTERFACE_INDEX.unpack(named)
    if index == IFSCOPE_NONE:
        refuse(kernel, _ZERO_INDEX, _FUNCTION, values={"index": index})
    address = copyin(kernel, call.buffer, size_bytes, _FUNCTION, check=_ADDRESS_FAULT)
    if address[1] not in (AF_INET, AF_INET6):
        refuse(kernel, _OTHER_FAMILY, _FUNCTION, values={"family": address[1]})
    if address[0] != size_bytes:
        values = call.buffer_values | {"address_length": address[0]}
        refuse(kernel, _OTHER_LENGTH, _FUNCTION, values=values)
    ifp = kernel.interfaces.by_index.get(index)
    if ifp is None:
        refuse(kernel, _NO_INTERFACE, _FUNCTION, values={"index": index})
    destination = address[:SOCKADDR_UNION_BYTES].ljust(SOCKADDR_UNION_BYTES, b"\0")
    route = kernel.routes.lookup_scoped(destination, index)
    if route is None:
        refuse(kernel, _NO_ROUTE, _FUNCTION, values=_values(ifp, destination))
    source = _source(kernel, destination, ifp, route)
    copyout(kernel, call.buffer, source, _FUNCTION, check=_ANSWER_FAULT)
    return 0


def _source(kernel: KernelState, destination: bytes, ifp: Interface, route: Route) -> bytes:
    """The address of a route of IPv4. For IPv6 there is none to choose from.

    Source: flow_route_select_laddr, in6_selectsrc_core, xnu-8019.80.24.
    """
    if destination[1] == AF_INET:
        assert route.ifa is not None
        return sockaddr_in(route.ifa.sockaddr[4:8])
    is_elsewhere = destination[8:24] == _IN6_LOOPBACK and not ifp.flags & IFF_LOOPBACK
    kernel.log(LOG_ERR, _FUNCTION)
    check = _LOOPBACK if is_elsewhere else _NO_ADDRESS
    raise SyscallError(check, **_values(ifp, destination))


def _values(ifp: Interface, destination: bytes) -> dict[str, Value]:
    """The address without a source address, as the values of a check that failed."""
    address = ip_text(address_of(destination))
    return {"interface": ifp.name, "address": address}


_IN6_LOOPBACK: Final = bytes(15) + b"\x01"

_NO_INDEX: Final = logged(Errno.EINVAL, "the index is NULL, or its length is not 4")
_NO_ROOM: Final = logged(Errno.EINVAL, "the buffer is NULL, or its length is below 16 or above 128")
_INDEX_FAULT: Final = logged(Errno.EFAULT, "the index cannot be read")
_ZERO_INDEX: Final = logged(Errno.ENOENT, "the index is 0")
_ADDRESS_FAULT: Final = logged(Errno.EFAULT, "the address cannot be read")
_OTHER_FAMILY: Final = logged(Errno.EINVAL, "the address is neither of IPv4 nor of IPv6")
_OTHER_LENGTH: Final = logged(Errno.EINVAL, "the length of the address is not that of the buffer")
_NO_INTERFACE: Final = logged(Errno.ENOENT, "no interface has the index")
_NO_ROUTE: Final = logged(Errno.EINVAL, "no route leads to the address through the interface")
_LOOPBACK: Final = logged(
    Errno.EINVAL, "the address is the loopback address, and the interface is another"
)
_NO_ADDRESS: Final = logged(Errno.EADDRNOTAVAIL, "the interface has no source address of IPv6")
_ANSWER_FAULT: Final = logged(Errno.EFAULT, "the source address cannot be written")

GET_INTERFACE_ADDRESS: Final = Description(
    subject=ClientAction.GET_INTERFACE_ADDRESS,
    handler=get_interface_address,
    function="necp_client_get_interface_address",
    summary="Says which source address traffic through an interface has.",
    checks=(
        logged(Errno.EINVAL, UNKNOWN_ACTION, fact="client_actions"),
        _NO_INDEX,
        _NO_ROOM,
        _INDEX_FAULT,
        _ZERO_INDEX,
        _ADDRESS_FAULT,
        _OTHER_FAMILY,
        _OTHER_LENGTH,
        _NO_INTERFACE,
        _NO_ROUTE,
        _LOOPBACK,
        _NO_ADDRESS,
        _ANSWER_FAULT,
    ),
    answer="returns 0; 16 bytes of the source address in the buffer, its port 0",
    overwrites=SESSION_LOSES_NOTHING,
    support=Support.PARTIAL,
    missing="the choice of a source address of IPv6: interfaces have none to choose from here, as "
    "in the measured kernels",
)

IPV4_ADDRESS_HAS_ANY_LENGTH: Final = Quirk(
    "GET_INTERFACE_ADDRESS takes an address of IPv4 with any length from 16 to 128 bytes, if the "
    "buffer has it too, and answers with 16.",
    "necp_client_get_interface_address",
    "client_actions/test_get_interface_address.py::test_an_ipv4_address_may_say_any_length",
)
