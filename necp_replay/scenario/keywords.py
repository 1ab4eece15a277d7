"""The types of the keyword arguments of scenario methods, for editors and type checkers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from necp_replay.events.interfaces import InterfaceAddress, Nat64Prefix
from necp_replay.events.processes import Sandbox
from necp_replay.events.routes import RouteStats

AgentType = tuple[str, str]
"""Domain and type of a network agent. An empty string matches any."""


class ClientParameters(TypedDict, total=False):
    """Parameters of a client (``NECP_CLIENT_PARAMETER_*``); see :func:`client_parameters`.

    Addresses and endpoints are text, ``192.0.2.1:443``. A NUL is appended to strings, not to bytes.
    ``multipath`` to ``inbound`` are single flags; each sets its bit in addition to ``flags``.
    """

    remote: str | None
    local: str | None
    remote_endpoint: str | None
    local_endpoint: str | None
    ip_protocol: int | None
    application: bytes | None
    real_application: bytes | None
    domain: str | bytes | None
    account: str | bytes | None
    pid: int | None
    uid: int | None
    bound_interface: str | None
    traffic_class: int | None
    prohibit_interface: Sequence[str]
    prohibit_if_type: Sequence[int]
    prohibit_agent: Sequence[bytes]
    prohibit_agent_type: Sequence[AgentType]
    require_if_type: Sequence[int]
    require_agent: Sequence[bytes]
    require_agent_type: Sequence[AgentType]
    prefer_agent: Sequence[bytes]
    prefer_agent_type: Sequence[AgentType]
    avoid_agent: Sequence[bytes]
    avoid_agent_type: Sequence[AgentType]
    browse_category: bytes | None
    parent_id: bytes | None
    resolver_tag: bytes | None
    advertise_descriptor: bytes | None
    delegated_upid: int | None
    ethertype: int | None
    transport_protocol: int | None
    local_address_preference: int | None
    scheme_port: int | None
    application_id: tuple[int, bytes, int] | None
    attributed_bundle_identifier: str | bytes | None
    domain_owner: str | bytes | None
    domain_context: str | bytes | None
    tracker_domain: str | bytes | None
    flow_demux_pattern: Sequence[bytes]
    url: str | bytes | None
    flags: int
    multipath: bool
    browse: bool
    prohibit_expensive: bool
    listener: bool
    discretionary: bool
    ecn_enable: bool
    ecn_disable: bool
    tfo_enable: bool
    only_primary_requires_type: bool
    custom_ether: bool
    custom_ip: bool
    interpose: bool
    prohibit_constrained: bool
    fallback_traffic: bool
    inbound: bool
    extra: bytes


class SocketKeywords(TypedDict, total=False):
    """Fields of a protocol control block: :class:`necp_replay.events.sockets.SocketFields`.

    ``local`` and ``remote`` may include the port: ``192.0.2.1:443``.
    """

    domain: int
    local: str
    remote: str
    lport: int
    fport: int
    bound_if: int
    last_outif: int
    cb: bool
    vflag: int


class InterfaceKeywords(TypedDict, total=False):
    """Fields of an interface: :class:`necp_replay.events.interfaces.IfaceUpdate`."""

    functional_type: int
    flags: int
    eflags: int
    xflags: int
    mtu: int
    nd_mtu: int
    generation: int
    type: int
    family: int
    subfamily: int
    lqm_state: int
    if_state_valid: int
    cell_mss_recommended: int
    expensive: bool
    delegate: int
    agents: tuple[bytes, ...]
    clear_addrs: bool
    addrs: tuple[InterfaceAddress, ...]
    del_addrs: tuple[InterfaceAddress, ...]
    ipv4_signature: bytes
    ipv6_signature: bytes
    ordered: bool
    position: int
    eflags_or: tuple[str, ...]
    eflags_clear: tuple[str, ...]
    xflags_or: tuple[str, ...]
    xflags_clear: tuple[str, ...]
    lastupdown: int
    nat64: tuple[Nat64Prefix, ...]
    radio_type: int
    radio_channel: int
    hwassist: int


class RouteKeywords(TypedDict, total=False):
    """Fields of a route: :class:`necp_replay.events.routes.RouteUpdate`."""

    stats: RouteStats
    detach_stats: bool
    mtu: int
    flags_set: int | tuple[str, ...]
    flags_clear: int | tuple[str, ...]


class ProcessKeywords(TypedDict, total=False):
    """Fields of a process: :class:`necp_replay.events.processes.ProcUpdate`."""

    name: str
    uid: int
    exec_uuid: bytes
    platform_binary: bool
    fd_limit: int
    privileged: bool | tuple[str | int, ...]
    entitlements: tuple[str, ...]
    coalition_leader: int
    responsible_pid: int
    platform_id: int
    sdk: int
    min_sdk: int
    cs_invalid: bool
    signing_id: str
    responsible_uuid: bytes
    pidversion: int
    sandbox: Sandbox


class AgentKeywords(TypedDict, total=False):
    """Fields of an agent: :class:`necp_replay.events.agents.NetagentUpdate`."""

    uuid: bytes
    domain: bytes
    type: bytes
    desc: bytes
    flags: int
    data: bytes
    via: str
    raw: bytes
    data_size: int
    payload_length: int
    message_id: int


class NexusFlowKeywords(TypedDict, total=False):
    """Fields of a nexus flow: :class:`necp_replay.events.notifications.InjectNexusFlow`."""

    interface_index: int
    requested: bool
    assigned: bool
    viable: bool
    check_tcp_heuristics: bool
    local: bytes
    remote: bytes
    results: bytes | None
