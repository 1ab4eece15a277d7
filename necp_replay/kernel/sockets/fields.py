"""Creates protocol control blocks, and sets the fields that inputs give."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.sockaddr import IN_ADDR_BYTES
from necp_replay.events.sockets import AssignFromSocket, SocketCreate, SocketUpdate
from necp_replay.kernel.description import NO_BLOCK, Description
from necp_replay.kernel.objects.socket import INP_IPV4, INP_IPV6, SocketBlock
from necp_replay.kernel.sockaddr import parse_address
from necp_replay.kernel.state import KernelState


def create_socket(kernel: KernelState, event: SocketCreate) -> None:
    """Create a block. From now on the name means this one, also if there was another."""
    block = SocketBlock(event.name)
    kernel.sockets[event.name] = block
    set_fields(kernel, block, event)


def set_fields(
    kernel: KernelState, block: SocketBlock, fields: SocketCreate | SocketUpdate | AssignFromSocket
) -> None:
    """Set the fields that are given. An index without an interface unbinds, as 0 does."""
    by_index = kernel.interfaces.by_index
    if fields.domain is not None:
        block.domain = fields.domain
    if fields.local is not None:
        block.laddr = _set_address(block, block.laddr, fields.local)
    if fields.remote is not None:
        block.faddr = _set_address(block, block.faddr, fields.remote)
    if fields.lport is not None:
        block.lport = fields.lport & 0xFFFF
    if fields.fport is not None:
        block.fport = fields.fport & 0xFFFF
    if fields.bound_if is not None:
        block.bound_interface = by_index.get(fields.bound_if)
    if fields.last_outif is not None:
        block.last_outif = by_index.get(fields.last_outif)
    if fields.cb is not None:
        block.has_cb = fields.cb
    if fields.vflag is not None:
        block.vflag = fields.vflag
    if isinstance(fields, SocketUpdate) and fields.external_port is not None:
        block.external_port = bool(fields.external_port)
    if isinstance(fields, SocketUpdate) and fields.bound_if_null:
        # The mark is not used where there is no interface.
        block.bound_interface = None


def _set_address(block: SocketBlock, before: bytes, text: str) -> bytes:
    """The address field with a new address; ``vflag`` becomes the version of the address.

    Invalid text changes nothing. An IPv4 address has the last four of the 16 bytes.
    """
    address = parse_address(text)
    if address is None:
        return before
    if len(address) == IN_ADDR_BYTES:
        block.vflag = INP_IPV4
        return before[:-IN_ADDR_BYTES] + address
    block.vflag = INP_IPV6
    return address


SOCKET_CREATE: Final = Description(
    subject=SocketCreate,
    handler=create_socket,
    summary="Creates a protocol control block.",
)

SOCKET_UPDATE: Final = Description(
    subject=SocketUpdate,
    handler=set_fields,
    summary="Changes fields of a protocol control block.",
    checks=(NO_BLOCK,),
)
