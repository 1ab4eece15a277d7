"""A network interface as the kernel's lists hold it."""

from __future__ import annotations

from dataclasses import dataclass, field

from necp_replay.abi.sockaddr import AF_LINK, SOCKADDR_DL, SOCKADDR_DL_BYTES


@dataclass(slots=True, eq=False)
class InterfaceAddressEntry:
    """``struct ifaddr``: socket addresses in the kernel's form (``sa_len`` bytes, scope embedded).

    ``broadaddr`` is set on IPv4 addresses that are added while the interface has BROADCAST, and
    stays when the flag goes. The kernel keeps a point-to-point interface's destination address in
    the same field (``ifa_broadaddr``, ``ifa_dstaddr``).
    """

    sockaddr: bytes
    prefix: int
    interface: Interface
    broadaddr: bytes | None = None


@dataclass(slots=True, eq=False)
class Interface:
    """``struct ifnet``.

    ``agents`` has a slot for each agent id; freed slots are all zero. The ``delegated_`` fields are
    the kernel's copy (``if_delegated``), taken when the delegate was set. ``cell_mss_recommended``
    comes from the link status, None without one. ``attached`` is False after the interface has left
    the kernel's lists. ``lastupdown_s`` is the uptime in seconds when it last went up or down.
    ``nat64_prefixes`` has no entry or four, each an IPv6 address and a length in bytes, 0 for none.
    ``link_address`` is ``if_lladdr``. ``radio_type``, ``radio_channel`` and ``hwassist`` are kept
    for releases that ask for them.
    """

    index: int
    name: str
    flags: int = 0
    eflags: int = 0
    xflags: int = 0
    mtu: int = 1500
    nd_mtu: int = 0
    generation: int = 0
    type: int = 0
    family: int = 0
    subfamily: int = 0
    lqm_state: int = 0
    if_state_valid: int = 0
    cell_mss_recommended: int | None = None
    delegate: Interface | None = None
    delegated_type: int = 0
    delegated_family: int = 0
    delegated_subfamily: int = 0
    delegated_expensive: bool = False
    delegated_constrained: bool = False
    delegated_ultra_constrained: bool = False
    agents: list[bytes] = field(default_factory=list)
    addresses: list[InterfaceAddressEntry] = field(default_factory=list)
    ipv4_signature: bytes = b""
    ipv6_signature: bytes = b""
    nat64_prefixes: list[tuple[bytes, int]] = field(default_factory=list)
    lastupdown_s: int = 0
    radio_type: int = 0
    radio_channel: int = 0
    hwassist: int = 0
    attached: bool = True
    link_address: InterfaceAddressEntry = field(init=False)

    def __post_init__(self) -> None:
        self.link_address = InterfaceAddressEntry(_LINK_LEVEL_SOCKADDR, 0, self)


_LINK_LEVEL_SOCKADDR = SOCKADDR_DL.pack(SOCKADDR_DL_BYTES, AF_LINK)
