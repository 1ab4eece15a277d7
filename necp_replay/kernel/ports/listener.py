"""Reserves the port of a listener for the client that ADD makes."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.address_text import ip_text
from necp_replay.abi.client import (
    CLIENT_ENDPOINT_BYTES,
    CONDITION_ADDR_BYTES,
    SOCKADDR_UNION_BYTES,
    ClientParameter,
    ClientParameterFlag,
    LaterParameterFlag,
)
from necp_replay.abi.errno import Errno
from necp_replay.abi.ip import IPPROTO_TCP, IPPROTO_UDP
from necp_replay.abi.log import LOG_ERR
from necp_replay.abi.sockaddr import IN6_ADDR_BYTES
from necp_replay.abi.tlv import TLV_HEADER_BYTES, iterate_tlvs
from necp_replay.kernel.call import refuse
from necp_replay.kernel.description import logged
from necp_replay.kernel.exceptions import SyscallError, UnknownInput
from necp_replay.kernel.failed_check import Value
from necp_replay.kernel.objects.client import Client
from necp_replay.kernel.objects.parsed_parameters import ParsedParameters
from necp_replay.kernel.objects.port_reservation import PortReservation
from necp_replay.kernel.parameters.parse import is_valid_client_address
from necp_replay.kernel.ports.namespaces import FIRST_PORT, LAST_PORT
from necp_replay.kernel.quirk import Quirk
from necp_replay.kernel.sockaddr import address_of
from necp_replay.kernel.state import KernelState


def reserve_port(
    kernel: KernelState, client: Client, parsed: ParsedParameters, function: str
) -> None:
    """Reserve the local port of a client that listens for TCP or UDP. Other clients have none.

    Without a local address, the port is one of IPv6 with any address. For port 0 a free one is
    searched, and written into the client's parameters.

    Raises SyscallError: EADDRINUSE for a port that is taken, EADDRNOTAVAIL if no port is free; each
    has a log record of ``function``. Raises UnknownInput if the random generator decides where the
    search begins, and the trace does not say what it returns.

    Source: necp_client_add, xnu-8019.80.24, xnu-8792.61.2.
    """
    if not parsed.flags & _LISTENER or parsed.ip_protocol not in (IPPROTO_TCP, IPPROTO_UDP):
        return
    port = int.from_bytes(parsed.local_addr[2:4], "big")
    wanted = PortReservation(
        parsed.ip_protocol,
        address_of(parsed.local_addr) if parsed.local_addr[1] else _ANY_IPV6,
        port,
        bool(parsed.flags & _REUSE_LOCAL) and kernel.profile.listeners_can_reuse_ports,
        client.client_id,
    )
    if port:
        holder = kernel.ports.holder(wanted)
        if holder is not None:
            values = _values(wanted) | {"port": port, "held_by": holder.client_id}
            refuse(kernel, PORT_IN_USE, function, values=values)
        kernel.ports.add(wanted, _start(kernel))
    else:
        wanted = _reserve_free(kernel, wanted, function)
        _write_port(kernel, client, wanted.port)
    client.port_reservation = wanted


def _reserve_free(kernel: KernelState, wanted: PortReservation, function: str) -> PortReservation:
    """Reserve the first port of the search that is free.

    Source: netns_reserve_ephemeral, xnu-8019.80.24.
    """
    start = _start(kernel)
    try:
        for port in kernel.ports.ports_to_try(wanted.protocol, wanted.address, start):
            found = wanted._replace(port=port)
            if kernel.ports.holder(found) is None:
                kernel.ports.add(found, start)
                kernel.ports.end_search(found)
                return found
    except LookupError:
        raise UnknownInput("which port is free first depends on random_bytes") from None
    kernel.log(LOG_ERR, function)
    raise SyscallError(NO_FREE_PORT, **_values(wanted))


def _start(kernel: KernelState) -> int | None:
    """A port as the random generator chooses it, None if the trace does not say what it returns."""
    drawn = kernel.random_bytes
    if drawn is None:
        return None
    number = int.from_bytes(drawn[:_PORT_BYTES], "little")
    return FIRST_PORT + number % (LAST_PORT - FIRST_PORT)


def _values(wanted: PortReservation) -> dict[str, Value]:
    """The port that was asked for, as the values of a check that failed."""
    return {
        "protocol": "TCP" if wanted.protocol == IPPROTO_TCP else "UDP",
        "address": ip_text(wanted.address),
    }


def _write_port(kernel: KernelState, client: Client, port: int) -> None:
    """Write a port into every local address of a client's parameters.

    Source: necp_client_update_local_port_parameters, xnu-8019.80.24.
    """
    parameters = client.parameters
    for offset, type_, value in iterate_tlvs(bytes(parameters)):
        at = _ADDRESS_AT.get(type_)
        if at is None or len(value) < at + SOCKADDR_UNION_BYTES:
            continue
        if is_valid_client_address(value[at:]):
            begin = offset + TLV_HEADER_BYTES + at + _PORT_AT
            parameters[begin : begin + _PORT_BYTES] = port.to_bytes(_PORT_BYTES, "big")
    if client.parsed_parameters is not None and client.parsed_parameters.is_cut_short:
        kernel.log(LOG_ERR, "necp_client_update_local_port_parameters")
    client.parsed_parameters = None


# Plain numbers: operations on enumeration members cost several times as much.
_LISTENER: Final = int(ClientParameterFlag.LISTENER)
_REUSE_LOCAL: Final = int(LaterParameterFlag.REUSE_LOCAL)
_ANY_IPV6: Final = bytes(IN6_ADDR_BYTES)
_PORT_AT: Final = 2
_PORT_BYTES: Final = 2
_ADDRESS_AT: Final[dict[int, int]] = {
    ClientParameter.LOCAL_ADDRESS: CONDITION_ADDR_BYTES - SOCKADDR_UNION_BYTES,
    ClientParameter.LOCAL_ENDPOINT: CLIENT_ENDPOINT_BYTES - SOCKADDR_UNION_BYTES,
}
"""Where a local address begins in its TLV."""

PORT_IN_USE: Final = logged(
    Errno.EADDRINUSE,
    "the client listens on a port of TCP or UDP that another listener has",
    fact="listeners_reserve_ports",
)
NO_FREE_PORT: Final = logged(
    Errno.EADDRNOTAVAIL,
    "the client listens on any port of TCP or UDP, and none is free",
    fact="listeners_reserve_ports",
)

WITHOUT_ADDRESS_LISTENER_HAS_IPV6: Final = Quirk(
    "A listener without a local address reserves a port of IPv6, and is not told which.",
    "necp_client_add",
    "ports/test_listener.py::test_a_listener_without_an_address_has_a_port_of_any_ipv6_address",
    "listeners_reserve_ports",
)
EARLIER_LISTENER_DECIDES: Final = Quirk(
    "Whether listeners on different addresses share a port is what the first of them asked for.",
    "_netns_is_port_used",
    "ports/test_listener.py::test_the_earlier_listener_decides_whether_a_port_is_shared",
    "listeners_can_reuse_ports",
)
