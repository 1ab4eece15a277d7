"""Inputs about sockets and multipath blocks, as far as NECP sees them."""

from __future__ import annotations

from necp_replay.dataclass import dataclass
from necp_replay.events.user_buffer import UserBuffer


@dataclass(slots=True)
class SocketFields:
    """Fields of a protocol control block. A field that is None stays as it was.

    ``domain`` is 2 (IPv4, the default) or 30 (IPv6). Ports are in host order. ``bound_if`` 0
    unbinds the socket. ``cb`` says whether it has a NECP callback. The IP version (``vflag``) is
    that of the address that was set last, unless it is given.
    """

    domain: int | None = None
    local: str | None = None
    remote: str | None = None
    lport: int | None = None
    fport: int | None = None
    bound_if: int | None = None
    last_outif: int | None = None
    cb: bool | None = None
    vflag: int | None = None


@dataclass(slots=True)
class SocketCreate:
    """A socket is created: a protocol control block, called ``name`` in the trace."""

    name: str
    domain: int | None = None
    local: str | None = None
    remote: str | None = None
    lport: int | None = None
    fport: int | None = None
    bound_if: int | None = None
    last_outif: int | None = None
    cb: bool | None = None
    vflag: int | None = None


@dataclass(slots=True)
class SocketUpdate:
    """Fields of a socket's protocol control block change."""

    name: str
    domain: int | None = None
    local: str | None = None
    remote: str | None = None
    lport: int | None = None
    fport: int | None = None
    bound_if: int | None = None
    last_outif: int | None = None
    cb: bool | None = None
    vflag: int | None = None
    external_port: int | None = None
    """Whether it is marked as for an external port."""
    bound_if_null: int | None = None
    """Whether it is marked as bound, and to no interface."""


@dataclass(slots=True)
class RegisterSocketFlow:
    """``necp_client_register_socket_flow``. ``pid`` 0 means any process.

    Unless ``set_uuid`` is False, the caller stores the client id in the block before the call, and
    zeroes it after an error.
    """

    pid: int
    client_id: bytes
    socket: str
    set_uuid: bool = True


@dataclass(slots=True)
class AssignFromSocket:
    """``necp_client_assign_from_socket``, after the given fields of the socket were set."""

    pid: int
    client_id: bytes
    socket: str
    domain: int | None = None
    local: str | None = None
    remote: str | None = None
    lport: int | None = None
    fport: int | None = None
    bound_if: int | None = None
    last_outif: int | None = None
    cb: bool | None = None
    vflag: int | None = None


@dataclass(slots=True)
class InpcbRemoveCb:
    """``necp_inpcb_remove_cb``."""

    socket: str


@dataclass(slots=True)
class InpcbDispose:
    """``necp_inpcb_dispose``."""

    socket: str


@dataclass(slots=True)
class RegisterMultipathCb:
    """``necp_client_register_multipath_cb``. A block that does not exist is created."""

    pid: int
    client_id: bytes
    mp: str
    cb: bool | None = None
    set_uuid: bool = True


@dataclass(slots=True)
class MppcbDispose:
    """``necp_mppcb_dispose``."""

    mp: str


@dataclass(slots=True)
class SocketSetAttributes:
    """``setsockopt(SO_NECP_ATTRIBUTES)``: ``necp_set_socket_attributes``."""

    socket: str
    buffer: UserBuffer | None = None
    size: int = 0


@dataclass(slots=True)
class SocketGetAttributes:
    """``getsockopt(SO_NECP_ATTRIBUTES)``: ``necp_get_socket_attributes``."""

    socket: str
    buffer: UserBuffer | None = None
    size: int = 0


@dataclass(slots=True)
class SocketAllowedToRecv:
    """``necp_socket_is_allowed_to_recv_on_interface``, for an interface by its index."""

    socket: str
    index: int = 0


@dataclass(slots=True)
class SocketSetResolverSignature:
    """``setsockopt(SO_RESOLVER_SIGNATURE)``: the signature of a resolver's answer."""

    socket: str
    buffer: UserBuffer | None = None
    size: int = 0


@dataclass(slots=True)
class SocketGetResolverSignature:
    """``getsockopt(SO_RESOLVER_SIGNATURE)``."""

    socket: str
    buffer: UserBuffer | None = None
    size: int = 0
