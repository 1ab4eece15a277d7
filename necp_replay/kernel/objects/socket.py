"""Sockets (protocol control blocks) and multipath blocks, with the fields that NECP uses."""

from __future__ import annotations

from necp_replay.abi.uuid import ZERO_UUID
from necp_replay.kernel.objects.interface import Interface

INP_IPV4 = 0x1
INP_IPV6 = 0x2


class SocketBlock:
    """``struct inpcb``: addresses are 16 bytes, an IPv4 address in the last four of them.

    Ports are in host order, and ``vflag`` is 0 until an address is set. ``necp_domain`` and
    the other attributes are the contents of C strings, None for a null pointer.
    ``resolver_signature`` is not empty, and None without one.
    """

    __slots__ = (
        "bound_interface",
        "domain",
        "external_port",
        "faddr",
        "fport",
        "has_cb",
        "laddr",
        "last_outif",
        "lport",
        "name",
        "necp_account",
        "necp_client_uuid",
        "necp_domain",
        "necp_domain_context",
        "necp_domain_owner",
        "necp_tracker_domain",
        "resolver_signature",
        "vflag",
    )

    def __init__(self, name: str) -> None:
        self.name = name
        self.domain = 2
        self.vflag = 0
        self.laddr = bytes(16)
        self.faddr = bytes(16)
        self.lport = 0
        self.fport = 0
        self.has_cb = True
        self.external_port = False
        self.bound_interface: Interface | None = None
        self.last_outif: Interface | None = None
        self.necp_client_uuid = ZERO_UUID
        self.necp_domain: bytes | None = None
        self.necp_account: bytes | None = None
        self.necp_domain_owner: bytes | None = None
        self.necp_domain_context: bytes | None = None
        self.necp_tracker_domain: bytes | None = None
        self.resolver_signature: bytes | None = None


class MultipathBlock:
    """``struct mppcb``."""

    __slots__ = ("has_cb", "name", "necp_client_uuid")

    def __init__(self, name: str) -> None:
        self.name = name
        self.has_cb = True
        self.necp_client_uuid = ZERO_UUID
