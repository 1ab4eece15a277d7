"""Handles the inputs about sockets and multipath blocks. ENOENT where no block has the name."""

from __future__ import annotations

from typing import assert_never

from necp_replay.abi.errno import Errno
from necp_replay.abi.uuid import ZERO_UUID
from necp_replay.events import sockets
from necp_replay.events.inputs import SocketInput
from necp_replay.events.outcome import AttributesAnswer, BlockClient, Outcome
from necp_replay.kernel.description import NO_BLOCK
from necp_replay.kernel.objects.socket import MultipathBlock, SocketBlock
from necp_replay.kernel.sockets.attributes import get_socket_attributes, set_socket_attributes
from necp_replay.kernel.sockets.fields import create_socket, set_fields
from necp_replay.kernel.sockets.multipath import dispose_multipath, register_multipath_cb
from necp_replay.kernel.sockets.receiving import is_allowed_to_recv
from necp_replay.kernel.sockets.signature import get_signature, set_signature
from necp_replay.kernel.sockets.socket_flows import (
    assign_from_socket,
    dispose_socket,
    register_socket_flow,
    remove_socket_cb,
)
from necp_replay.kernel.state import KernelState


def handle_socket(kernel: KernelState, event: SocketInput) -> Outcome:
    """Apply an input about a block."""
    match event:
        case sockets.SocketCreate():
            create_socket(kernel, event)
            return Outcome(errno=0)
        case sockets.RegisterMultipathCb():
            return _register_multipath_cb(kernel, event)
        case sockets.MppcbDispose():
            multipath_block = kernel.multipath_blocks.get(event.mp)
            if multipath_block is None:
                return Outcome(errno=Errno.ENOENT, answer=BlockClient(ZERO_UUID))
            dispose_multipath(kernel, multipath_block)
            return _answer(multipath_block, 0)
        case sockets.SocketUpdate():
            block = kernel.sockets.get(event.name)
            if block is None:
                return Outcome(errno=kernel.fails(NO_BLOCK, block=event.name))
            set_fields(kernel, block, event)
            return Outcome(errno=0)
        case sockets.SocketSetAttributes() | sockets.SocketGetAttributes():
            return _handle_attributes(kernel, event)
        case sockets.SocketAllowedToRecv():
            return is_allowed_to_recv(kernel, event)
        case sockets.SocketSetResolverSignature():
            return set_signature(kernel, event)
        case sockets.SocketGetResolverSignature():
            return get_signature(kernel, event)
        case _:
            return _handle_flow(kernel, event)


def _handle_attributes(
    kernel: KernelState, event: sockets.SocketSetAttributes | sockets.SocketGetAttributes
) -> Outcome:
    block = kernel.sockets.get(event.socket)
    if block is None:
        missing = kernel.fails(NO_BLOCK, block=event.socket)
        return Outcome(errno=missing, answer=AttributesAnswer(event.size, None, None))
    if isinstance(event, sockets.SocketSetAttributes):
        return set_socket_attributes(kernel, block, event)
    return get_socket_attributes(kernel, block, event)


def _handle_flow(
    kernel: KernelState,
    event: sockets.RegisterSocketFlow
    | sockets.AssignFromSocket
    | sockets.InpcbRemoveCb
    | sockets.InpcbDispose,
) -> Outcome:
    block = kernel.sockets.get(event.socket)
    if block is None:
        missing = kernel.fails(NO_BLOCK, block=event.socket)
        return Outcome(errno=missing, answer=BlockClient(ZERO_UUID))
    match event:
        case sockets.RegisterSocketFlow():
            return _register_socket_flow(kernel, block, event)
        case sockets.AssignFromSocket():
            set_fields(kernel, block, event)
            error = assign_from_socket(kernel, event.pid, event.client_id, block)
            return _answer(block, error)
        case sockets.InpcbRemoveCb():
            remove_socket_cb(kernel, block)
            return _answer(block, 0)
        case sockets.InpcbDispose():
            dispose_socket(kernel, block)
            return _answer(block, 0)
        case _:
            assert_never(event)


def _register_socket_flow(
    kernel: KernelState, block: SocketBlock, event: sockets.RegisterSocketFlow
) -> Outcome:
    """Register a socket, as the kernel's caller does it.

    It stores the client's id in the block before the call, and clears it after an error.
    """
    if event.set_uuid:
        block.necp_client_uuid = event.client_id
    error = register_socket_flow(kernel, event.pid, event.client_id, block)
    if error and event.set_uuid:
        block.necp_client_uuid = ZERO_UUID
    return _answer(block, error)


def _register_multipath_cb(kernel: KernelState, event: sockets.RegisterMultipathCb) -> Outcome:
    block = kernel.multipath_blocks.get(event.mp)
    if block is None:
        block = kernel.multipath_blocks[event.mp] = MultipathBlock(event.mp)
    if event.cb is not None:
        block.has_cb = event.cb
    if event.set_uuid:
        block.necp_client_uuid = event.client_id
    error = register_multipath_cb(kernel, event.pid, event.client_id, block)
    if error and event.set_uuid:
        block.necp_client_uuid = ZERO_UUID
    return _answer(block, error)


def _answer(block: SocketBlock | MultipathBlock, error: int) -> Outcome:
    return Outcome(errno=error, answer=BlockClient(block.necp_client_uuid))
