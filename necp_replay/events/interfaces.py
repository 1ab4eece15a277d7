"""Inputs about interfaces: they are attached, changed, ordered and detached."""

from __future__ import annotations

from necp_replay.dataclass import dataclass


@dataclass(slots=True)
class InterfaceAddress:
    """An address of an interface as text. If ``prefix`` is None it is 32 or 128."""

    addr: str
    prefix: int | None = None


@dataclass(slots=True)
class Nat64Prefix:
    """A NAT64 prefix of an interface: an IPv6 address as text, and its length in bytes."""

    prefix: str
    len: int = 0


@dataclass(slots=True)
class IfaceAttach:
    """``ifnet_attach``: an interface appears. ``index`` is the one that the kernel gave it.

    The other fields are as in `IfaceUpdate`.
    """

    index: int
    name: str = ""
    functional_type: int | None = None
    flags: int | None = None
    eflags: int | None = None
    xflags: int | None = None
    mtu: int | None = None
    nd_mtu: int | None = None
    generation: int | None = None
    type: int | None = None
    family: int | None = None
    subfamily: int | None = None
    lqm_state: int | None = None
    if_state_valid: int | None = None
    cell_mss_recommended: int | None = None
    expensive: bool | None = None
    delegate: int | None = None
    agents: tuple[bytes, ...] | None = None
    clear_addrs: bool | None = None
    addrs: tuple[InterfaceAddress, ...] | None = None
    del_addrs: tuple[InterfaceAddress, ...] | None = None
    ipv4_signature: bytes | None = None
    ipv6_signature: bytes | None = None
    ordered: bool | None = None
    position: int | None = None
    eflags_or: tuple[str, ...] | None = None
    eflags_clear: tuple[str, ...] | None = None
    xflags_or: tuple[str, ...] | None = None
    xflags_clear: tuple[str, ...] | None = None
    lastupdown: int | None = None
    nat64: tuple[Nat64Prefix, ...] | None = None
    radio_type: int | None = None
    radio_channel: int | None = None
    hwassist: int | None = None


@dataclass(slots=True)
class IfaceUpdate:
    """Fields of an interface change, in the order below.

    All are applied, also after an error. The input's error is the last one.

    ``eflags_or`` to ``xflags_clear`` name flags without the prefix IFEF_ or IFXF_, such as
    ``EXPENSIVE``. ``lastupdown`` is the uptime in seconds when the interface last went up or down.
    ``nat64`` are the NAT64 prefixes, of which an interface has four; those that are not given are
    removed. ``radio_type``, ``radio_channel`` and ``hwassist`` are the ``ifnet`` fields.
    """

    index: int
    functional_type: int | None = None
    flags: int | None = None
    eflags: int | None = None
    xflags: int | None = None
    mtu: int | None = None
    nd_mtu: int | None = None
    generation: int | None = None
    type: int | None = None
    family: int | None = None
    subfamily: int | None = None
    lqm_state: int | None = None
    if_state_valid: int | None = None
    cell_mss_recommended: int | None = None
    expensive: bool | None = None
    delegate: int | None = None
    agents: tuple[bytes, ...] | None = None
    clear_addrs: bool | None = None
    addrs: tuple[InterfaceAddress, ...] | None = None
    del_addrs: tuple[InterfaceAddress, ...] | None = None
    ipv4_signature: bytes | None = None
    ipv6_signature: bytes | None = None
    ordered: bool | None = None
    position: int | None = None
    eflags_or: tuple[str, ...] | None = None
    eflags_clear: tuple[str, ...] | None = None
    xflags_or: tuple[str, ...] | None = None
    xflags_clear: tuple[str, ...] | None = None
    lastupdown: int | None = None
    nat64: tuple[Nat64Prefix, ...] | None = None
    radio_type: int | None = None
    radio_channel: int | None = None
    hwassist: int | None = None


@dataclass(slots=True)
class IfaceDetach:
    """``ifnet_detach``: the interface leaves both lists and its index is free again.

    Routes and sockets still refer to it.
    """

    index: int


@dataclass(slots=True)
class IfaceOrder:
    """``ifnet_reset_order``: the ordered list is now these indices."""

    indices: tuple[int, ...] = ()


@dataclass(slots=True)
class IfaceAddAgent:
    """``if_add_netagent`` on the interface."""

    index: int
    agent: bytes


@dataclass(slots=True)
class IfaceDelAgent:
    """``if_delete_netagent`` on the interface."""

    index: int
    agent: bytes
