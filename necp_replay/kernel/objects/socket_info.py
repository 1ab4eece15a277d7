"""The traffic that conditions of policies are compared with, and the process that it is of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from struct import Struct
from typing import Final

from necp_replay.kernel.objects.kernel_policy import NO_INTERFACE_FLAGS
from necp_replay.kernel.objects.process import Process


class SocketInfo:
    """``struct necp_socket_info``, and the process whose privileges and entitlements count.

    ``asking_process`` is the calling process. It is another one if it acts for the process.

    ``local_addr`` and ``remote_addr`` are 28-byte sockaddr unions. ``domain`` has no dots or stars
    around it; it is None if there is none, or if no policy asks for it. ``around_domain`` are the
    characters before and after it. ``is_in_domain_set`` tells whether a domain filter or trie has
    a name, None if there is none with the id. ``url`` is that of the traffic. ``drop_order`` is the
    order of sessions from which on the traffic is dropped, 0 for none. ``is_local_destination``
    tells whether the remote address is on a network of the system, by the flags of the condition;
    it may change that address. ``bound_interface_flags`` are flags, eflags and xflags.
    ``responsible_application`` is an executable that stands for that of the process, None for none.
    Unknown ids are 0. ``required_agent_types`` are pairs of domain and type. ``scheme_port`` is in
    network order.
    """

    __slots__ = (
        "account_id",
        "application_id",
        "around_domain",
        "asking_process",
        "bound_interface_flags",
        "bound_interface_index",
        "client_flags",
        "delegate_can_be_itself",
        "domain",
        "domain_dot_count",
        "drop_order",
        "has_client",
        "has_resolver_tag",
        "is_delegated",
        "is_entitled",
        "is_in_domain_set",
        "is_local_destination",
        "is_loopback",
        "is_platform_binary",
        "local_addr",
        "pid",
        "process",
        "protocol",
        "real_application_id",
        "real_is_platform_binary",
        "remote_addr",
        "required_agent_types",
        "responsible_application",
        "scheme_port",
        "traffic_class",
        "uid",
        "url",
        "urls_match_as_a_whole",
    )

    def __init__(self, process: Process) -> None:
        self.process = process
        self.asking_process = process
        self.pid = 0
        self.uid = 0
        self.local_addr = NO_ADDRESS
        self.remote_addr = NO_ADDRESS
        self.bound_interface_index = 0
        self.bound_interface_flags = NO_INTERFACE_FLAGS
        self.traffic_class = 0
        self.protocol = 0
        self.application_id = 0
        self.real_application_id = 0
        self.account_id = 0
        self.domain: bytes | None = None
        self.domain_dot_count = 0
        self.around_domain = (0, 0)
        self.is_in_domain_set: Callable[[int, bytes | None, tuple[int, int]], bool | None] = _no_set
        self.url: bytes | None = None
        self.urls_match_as_a_whole = False
        self.is_entitled = True
        self.responsible_application: bytes | None = None
        self.has_client = False
        self.is_platform_binary = False
        self.is_loopback = False
        self.is_delegated = False
        self.real_is_platform_binary = False
        self.client_flags = 0
        self.scheme_port = _NO_PORT
        self.has_resolver_tag = False
        self.delegate_can_be_itself = False
        self.drop_order = 0
        self.is_local_destination: Callable[[SocketInfo, int], bool] = _nowhere
        self.required_agent_types: Sequence[tuple[bytes, bytes]] = ()

    def bytes_behind_remote_addr(self) -> bytes:
        """What is after the remote address in memory: interface index, traffic class, protocol."""
        return _BEHIND_REMOTE_ADDR.pack(
            self.bound_interface_index, self.traffic_class, self.protocol
        )


def _nowhere(_info: SocketInfo, _flags: int) -> bool:
    return False


def _no_set(_set_id: int, _name: bytes | None, _around: tuple[int, int]) -> None:
    return None


NO_ADDRESS: Final = bytes(28)
"""An address that was not given."""

_NO_PORT: Final = bytes(2)
_BEHIND_REMOTE_ADDR: Final = Struct("<IIH2x")
