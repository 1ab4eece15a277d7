"""Handles to sockets of a scenario: what protocol control blocks do to clients."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Unpack

from necp_replay.events import sockets
from necp_replay.scenario.addresses import split_port
from necp_replay.scenario.answers import CallAnswer
from necp_replay.scenario.buffers import BufferLike, as_buffer, room
from necp_replay.scenario.keywords import SocketFields
from necp_replay.scenario.process import ClientHandle
from necp_replay.scenario.submit import SubmitsInputs

ATTRIBUTES_ROOM_BYTES = 516


@dataclass(frozen=True, slots=True)
class SocketHandle:
    """A protocol control block by its name in the trace."""

    system: SubmitsInputs
    name: str

    def update(self, **fields: Unpack[SocketFields]) -> CallAnswer:
        """Fields of the block change."""
        return self.system.submit(sockets.SocketUpdate(self.name, **with_ports(fields)))

    def register(
        self, client: ClientHandle, *, pid: int | None = None, set_uuid: bool = True
    ) -> CallAnswer:
        """``necp_client_register_socket_flow``: the socket becomes a flow of the client.

        ``pid`` is the client's process unless given; 0 means any.
        """
        owner = client.fd.process.pid if pid is None else pid
        return self.system.submit(
            sockets.RegisterSocketFlow(owner, client.client_id, self.name, set_uuid)
        )

    def assign(
        self, client: ClientHandle, *, pid: int | None = None, **fields: Unpack[SocketFields]
    ) -> CallAnswer:
        """``necp_client_assign_from_socket``: the client's flow gets the socket's addresses."""
        owner = client.fd.process.pid if pid is None else pid
        return self.system.submit(
            sockets.AssignFromSocket(owner, client.client_id, self.name, **with_ports(fields))
        )

    def remove_cb(self) -> CallAnswer:
        """``necp_inpcb_remove_cb``: the socket is detached and its flow ends."""
        return self.system.submit(sockets.InpcbRemoveCb(self.name))

    def dispose(self) -> CallAnswer:
        """``necp_inpcb_dispose``: the block's last reference goes."""
        return self.system.submit(sockets.InpcbDispose(self.name))

    def set_attributes(self, content: BufferLike, size: int | None = None) -> CallAnswer:
        """``setsockopt(SO_NECP_ATTRIBUTES)``."""
        buffer = as_buffer(content)
        length = (0 if buffer is None else buffer.length) if size is None else size
        return self.system.submit(sockets.SocketSetAttributes(self.name, buffer, length))

    def get_attributes(
        self, buffer: BufferLike = None, size: int = ATTRIBUTES_ROOM_BYTES
    ) -> CallAnswer:
        """``getsockopt(SO_NECP_ATTRIBUTES)``; without a buffer there is room for everything."""
        into = room(size) if buffer is None else as_buffer(buffer)
        return self.system.submit(sockets.SocketGetAttributes(self.name, into, size))


@dataclass(frozen=True, slots=True)
class MultipathHandle:
    """A multipath block by its name in the trace."""

    system: SubmitsInputs
    name: str

    def register(
        self,
        client: ClientHandle,
        *,
        pid: int | None = None,
        cb: bool | None = None,
        set_uuid: bool = True,
    ) -> CallAnswer:
        """``necp_client_register_multipath_cb``; the block appears if it was not there."""
        owner = client.fd.process.pid if pid is None else pid
        return self.system.submit(
            sockets.RegisterMultipathCb(owner, client.client_id, self.name, cb, set_uuid)
        )

    def dispose(self) -> CallAnswer:
        """``necp_mppcb_dispose``."""
        return self.system.submit(sockets.MppcbDispose(self.name))


def with_ports(fields: SocketFields) -> SocketFields:
    """The fields with ports that were part of an address in fields of their own."""
    split = fields.copy()
    if "local" in fields:
        split["local"], port = split_port(fields["local"])
        if port is not None:
            split["lport"] = port
    if "remote" in fields:
        split["remote"], port = split_port(fields["remote"])
        if port is not None:
            split["fport"] = port
    return split
