"""The handles to sockets and multipath sockets: the calls that protocols make to NECP."""

from __future__ import annotations

from typing import Unpack

from necp_replay.dataclass import dataclass
from necp_replay.events import sockets
from necp_replay.scenario.addresses import split_port
from necp_replay.scenario.answers import CallAnswer
from necp_replay.scenario.buffers import BufferLike, as_buffer, room
from necp_replay.scenario.interfaces import InterfaceHandle
from necp_replay.scenario.keywords import SocketKeywords
from necp_replay.scenario.process import ClientHandle
from necp_replay.scenario.submit import SubmitsInputs

# Two TLV headers of 5 bytes, and a domain and an account of at most 253 bytes each.
ATTRIBUTES_ROOM_BYTES = 516
# More than the signature of an answer with the longest host name.
SIGNATURE_ROOM_BYTES = 2048


@dataclass(frozen=True, slots=True, repr=False)
class SocketHandle:
    """A socket's protocol control block (PCB), known by its name in the trace."""

    system: SubmitsInputs
    name: str

    def __repr__(self) -> str:
        return f"<socket {self.name}>"

    def update(self, **fields: Unpack[SocketKeywords]) -> CallAnswer:
        """Change fields of the PCB."""
        return self.system.submit(sockets.SocketUpdate(self.name, **with_ports(fields)))

    def register(
        self, client: ClientHandle, *, pid: int | None = None, set_uuid: bool = True
    ) -> CallAnswer:
        """``necp_client_register_socket_flow``: the socket becomes a flow of the client.

        ``pid`` is by default that of the client's process; 0 means any process.
        """
        owner = client.fd.process.pid if pid is None else pid
        return self.system.submit(
            sockets.RegisterSocketFlow(owner, client.client_id, self.name, set_uuid)
        )

    def assign(
        self, client: ClientHandle, *, pid: int | None = None, **fields: Unpack[SocketKeywords]
    ) -> CallAnswer:
        """``necp_client_assign_from_socket``: the flow takes the socket's addresses."""
        owner = client.fd.process.pid if pid is None else pid
        return self.system.submit(
            sockets.AssignFromSocket(owner, client.client_id, self.name, **with_ports(fields))
        )

    def remove_cb(self) -> CallAnswer:
        """``necp_inpcb_remove_cb``: the socket is detached, which ends its flow."""
        return self.system.submit(sockets.InpcbRemoveCb(self.name))

    def dispose(self) -> CallAnswer:
        """``necp_inpcb_dispose``: the last reference to the PCB is released."""
        return self.system.submit(sockets.InpcbDispose(self.name))

    def set_attributes(self, content: BufferLike, size: int | None = None) -> CallAnswer:
        """``setsockopt(SO_NECP_ATTRIBUTES)``."""
        buffer = as_buffer(content)
        length = (0 if buffer is None else buffer.length) if size is None else size
        return self.system.submit(sockets.SocketSetAttributes(self.name, buffer, length))

    def get_attributes(
        self, buffer: BufferLike = None, size: int = ATTRIBUTES_ROOM_BYTES
    ) -> CallAnswer:
        """``getsockopt(SO_NECP_ATTRIBUTES)``, by default into a buffer that everything fits in."""
        into = room(size) if buffer is None else as_buffer(buffer)
        return self.system.submit(sockets.SocketGetAttributes(self.name, into, size))

    def is_allowed_to_recv(self, interface: InterfaceHandle) -> CallAnswer:
        """``necp_socket_is_allowed_to_recv_on_interface``, which only some releases have."""
        return self.system.submit(sockets.SocketAllowedToRecv(self.name, interface.index))

    def set_resolver_signature(self, content: BufferLike, size: int | None = None) -> CallAnswer:
        """``setsockopt(SO_RESOLVER_SIGNATURE)``, which only some releases have."""
        buffer = as_buffer(content)
        length = (0 if buffer is None else buffer.length) if size is None else size
        return self.system.submit(sockets.SocketSetResolverSignature(self.name, buffer, length))

    def get_resolver_signature(self, size: int = SIGNATURE_ROOM_BYTES) -> CallAnswer:
        """``getsockopt(SO_RESOLVER_SIGNATURE)``, which only some releases have."""
        into = room(size)
        return self.system.submit(sockets.SocketGetResolverSignature(self.name, into, size))


@dataclass(frozen=True, slots=True, repr=False)
class MultipathHandle:
    """A multipath PCB, known by its name in the trace."""

    system: SubmitsInputs
    name: str

    def __repr__(self) -> str:
        return f"<multipath block {self.name}>"

    def register(
        self,
        client: ClientHandle,
        *,
        pid: int | None = None,
        cb: bool | None = None,
        set_uuid: bool = True,
    ) -> CallAnswer:
        """``necp_client_register_multipath_cb``; creates the PCB if it does not exist."""
        owner = client.fd.process.pid if pid is None else pid
        return self.system.submit(
            sockets.RegisterMultipathCb(owner, client.client_id, self.name, cb, set_uuid)
        )

    def dispose(self) -> CallAnswer:
        """``necp_mppcb_dispose``: the multipath PCB is freed."""
        return self.system.submit(sockets.MppcbDispose(self.name))


def with_ports(fields: SocketKeywords) -> SocketKeywords:
    """Move ports that are part of an address into the fields ``lport`` and ``fport``."""
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
