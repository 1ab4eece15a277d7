"""Registers a multipath block for the interface flows of a client, and disposes of it."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.errno import Errno
from necp_replay.abi.uuid import ZERO_UUID
from necp_replay.events.sockets import MppcbDispose, RegisterMultipathCb
from necp_replay.kernel.description import NO_BLOCK, Description
from necp_replay.kernel.flows.choose import flow_rules
from necp_replay.kernel.objects.socket import MultipathBlock
from necp_replay.kernel.sockets.socket_flows import NOT_ITS_CLIENT
from necp_replay.kernel.state import KernelState


def register_multipath_cb(
    kernel: KernelState, pid: int, client_id: bytes, block: MultipathBlock
) -> int:
    """Make the block the owner of the client's interface flows, and call it for viable ones.

    ENOENT for an unknown client, or one that is not of process ``pid``; 0 stands for any process.

    Source: necp_client_register_multipath_cb, xnu-4570.51.1.
    """
    rules = flow_rules(kernel)
    holder = rules.holder_to_register(kernel, pid, client_id)
    if holder is None:
        return Errno.ENOENT
    rules.set_owner(kernel, holder, block)
    return Errno.OK


def dispose_multipath(kernel: KernelState, block: MultipathBlock) -> None:
    """Remove the block from the client that it names, and from that client's interface flows.

    Kernel quirk: the client forgets its owner also where that is another, newer block. The flows
    keep the newer one.

    Source: necp_mppcb_dispose, necp_client_unregister_multipath_cb, xnu-4570.51.1.
    """
    if block.necp_client_uuid == ZERO_UUID:
        return
    rules = flow_rules(kernel)
    client = rules.find_anywhere(kernel, block.necp_client_uuid)
    holder = None if client is None else rules.find_holder(client, block.necp_client_uuid)
    if holder is not None:
        for flow in holder.flow_list:
            if not flow.socket and not flow.nexus and flow.handle is block:
                flow.handle = None
                flow.has_cb = False
        holder.interface_handle = None
        holder.interface_has_cb = False
    block.necp_client_uuid = ZERO_UUID


REGISTER_MULTIPATH_CB: Final = Description(
    subject=RegisterMultipathCb,
    handler=register_multipath_cb,
    function="necp_client_register_multipath_cb",
    summary="Registers a multipath block for the interface flows of a client.",
    checks=(NOT_ITS_CLIENT,),
    effects="a callback for each flow that is viable",
)

MPPCB_DISPOSE: Final = Description(
    subject=MppcbDispose,
    handler=dispose_multipath,
    function="necp_mppcb_dispose",
    summary="Frees a multipath block and removes it from its client.",
    checks=(NO_BLOCK,),
)
