"""Sockets and multipath blocks, as far as they meet NECP."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.errno import Errno
from necp_replay.events import sockets
from necp_replay.kernel.client_actions.action_row import Check, silent
from necp_replay.kernel.sockets import fields, multipath, socket_flows
from necp_replay.kernel.sockets.attributes import get_socket_attributes, set_socket_attributes
from necp_replay.kernel.support.row import InputRow

_NO_BLOCK: Final = silent(Errno.ENOENT, "there is no such block")
_REGISTER: Final = silent(Errno.ENOENT, "no fd has the client, or it is another process's")
_ATTRIBUTES: Final[tuple[Check, ...]] = (
    _NO_BLOCK,
    silent(Errno.EINVAL, "the socket is neither IPv4 nor IPv6"),
)

SOCKETS: Final[dict[type, InputRow]] = {
    sockets.SocketCreate: InputRow(
        handler=fields.create_socket,
        summary="A protocol control block appears.",
    ),
    sockets.SocketUpdate: InputRow(
        handler=fields.set_fields,
        summary="Fields of a protocol control block change.",
        checks=(_NO_BLOCK,),
    ),
    sockets.RegisterSocketFlow: InputRow(
        handler=socket_flows.register_socket_flow,
        function="necp_client_register_socket_flow",
        summary="A socket names its client and becomes a flow of it.",
        checks=(_NO_BLOCK, _REGISTER),
        answer="0, and the client that the block names afterwards; on an error none",
    ),
    sockets.AssignFromSocket: InputRow(
        handler=socket_flows.assign_from_socket,
        function="necp_client_assign_from_socket",
        summary="A socket's addresses and interface become those of its flow.",
        checks=(
            _NO_BLOCK,
            silent(Errno.ENOENT, "no fd of the process has the client"),
            silent(Errno.EINVAL, "the socket is no flow of the client"),
        ),
        effects="the fd is woken",
    ),
    sockets.InpcbRemoveCb: InputRow(
        handler=socket_flows.remove_socket_cb,
        function="necp_inpcb_remove_cb",
        summary="A socket is detached: its flows end.",
        checks=(_NO_BLOCK,),
        effects="the fd is woken",
    ),
    sockets.InpcbDispose: InputRow(
        handler=socket_flows.dispose_socket,
        function="necp_inpcb_dispose",
        summary="The last reference to a socket goes.",
        checks=(_NO_BLOCK,),
        effects="where the release ends the socket's flows here, the fd is woken",
        facts=("inpcb_dispose_unregisters_flow",),
    ),
    sockets.RegisterMultipathCb: InputRow(
        handler=multipath.register_multipath_cb,
        function="necp_client_register_multipath_cb",
        summary="A multipath block becomes the handle of a client's interface flows.",
        checks=(_REGISTER,),
        effects="a callback for each flow that is viable",
    ),
    sockets.MppcbDispose: InputRow(
        handler=multipath.dispose_multipath,
        function="necp_mppcb_dispose",
        summary="A multipath block goes, and its client forgets it.",
        checks=(_NO_BLOCK,),
    ),
    sockets.SocketSetAttributes: InputRow(
        handler=set_socket_attributes,
        function="necp_set_socket_attributes",
        summary="A process sets domain and account of a socket.",
        checks=(*_ATTRIBUTES, silent(Errno.EFAULT, "the option cannot be read")),
        answer="0, and what the socket has afterwards; no bytes or too many change nothing",
        effects="a log record when debugging",
    ),
    sockets.SocketGetAttributes: InputRow(
        handler=get_socket_attributes,
        function="necp_get_socket_attributes",
        summary="A process reads domain and account of a socket.",
        checks=(*_ATTRIBUTES, silent(Errno.EFAULT, "the option cannot be written")),
        answer="0; TLVs, cut to the option's length",
    ),
}
"""Every input about sockets by its class."""
