"""Writes the TLVs of a result: one function for each group, in the kernel's order.

Only the agents of interfaces, which come last, can outgrow the buffer of 512 bytes. All other TLVs
fit even at their longest.
"""

from __future__ import annotations

from collections.abc import Sequence
from struct import Struct
from typing import Final

from necp_replay.abi.client import SO_TC_BK_SYS, ClientResult, OpenFlag
from necp_replay.abi.log import LOG_DEBUG
from necp_replay.abi.policy import PolicyResult
from necp_replay.abi.sockaddr import AF_UNSPEC
from necp_replay.abi.tlv import pack_tlv
from necp_replay.abi.uuid import ZERO_UUID
from necp_replay.kernel.agents.log import logs_agents
from necp_replay.kernel.agents.lookup import get_flags, get_generation
from necp_replay.kernel.objects.aggregate_result import AggregateResult
from necp_replay.kernel.objects.calculation import Calculation
from necp_replay.kernel.objects.client import Client, FailedTrigger, InterfaceOption
from necp_replay.kernel.objects.client_options import ClientOptions
from necp_replay.kernel.objects.interface import Interface
from necp_replay.kernel.objects.necp_fd import NecpFd
from necp_replay.kernel.objects.parameter_evaluation import NO_GATEWAYS
from necp_replay.kernel.objects.parsed_parameters import ParsedField, ParsedParameters
from necp_replay.kernel.objects.route import Route
from necp_replay.kernel.objects.shared_result import ResultInterfaces
from necp_replay.kernel.results.listed_agents import netagent_applies_to_client
from necp_replay.kernel.results.tlv_writer import U32_TLV, append_if_it_fits, would_change
from necp_replay.kernel.state import KernelState


def start_tlvs(flags: int, client_id: bytes, routing_result: int, reason: int = 0) -> bytearray:
    """FLAGS, CLIENT_ID and POLICY_RESULT, which every result has. REASON, if any, is the second."""
    if reason:
        return bytearray(
            U32_TLV.pack(_FLAGS, 4, flags)
            + U32_TLV.pack(_REASON, 4, reason)
            + _AFTER_REASON.pack(_CLIENT_ID, 16, client_id, _POLICY_RESULT, 4, routing_result)
        )
    return bytearray(
        _START.pack(_FLAGS, 4, flags, _CLIENT_ID, 16, client_id, _POLICY_RESULT, 4, routing_result)
    )


def append_routing(tlvs: bytearray, result: AggregateResult, required_interface_index: int) -> None:
    """POLICY_RESULT_PARAMETER, control units and INTERFACE_INDEX, where they are not 0."""
    if result.routing_result_parameter != 0:
        tlvs += U32_TLV.pack(_POLICY_RESULT_PARAMETER, 4, result.routing_result_parameter)
    if result.filter_control_unit != 0:
        tlvs += U32_TLV.pack(_FILTER_CONTROL_UNIT, 4, result.filter_control_unit)
    if result.flow_divert_aggregate_unit != 0:
        tlvs += U32_TLV.pack(_FLOW_DIVERT_AGGREGATE_UNIT, 4, result.flow_divert_aggregate_unit)
    if result.routed_interface_index != 0:
        interface_index = result.routed_interface_index
        if result.routing_result == _IP_TUNNEL and required_interface_index != 0:
            interface_index = required_interface_index
        tlvs += U32_TLV.pack(_INTERFACE_INDEX, 4, interface_index)


def tells_background(necp_fd: NecpFd | None, client: Client) -> bool:
    """Whether :func:`append_background` may append something."""
    return client.background_update or (
        necp_fd is not None and (necp_fd.background or bool(necp_fd.flags & _OPEN_FLAG_BACKGROUND))
    )


def append_background(tlvs: bytearray, necp_fd: NecpFd | None, client: Client) -> None:
    """The traffic class of a background fd, and whether the process went to the background.

    Kernel quirk: the second is written until an update in which it, or something before it,
    changed. So the next result no longer has it. Measured in background.

    From xnu-6153 on, the fd keeps that its process is in the background, and every result of a
    client with an assigned flow has it.

    Source: necp_update_client_result, xnu-4570.51.1, xnu-6153.11.26.
    """
    if necp_fd is not None:
        if necp_fd.flags & _OPEN_FLAG_BACKGROUND:
            tlvs += U32_TLV.pack(_EFFECTIVE_TRAFFIC_CLASS, 4, SO_TC_BK_SYS)
        if necp_fd.background and _has_assigned_flow(client):
            tlvs += U32_TLV.pack(_TRAFFIC_MGMT_BG, 4, 1)
    if client.background_update:
        tlvs += U32_TLV.pack(_TRAFFIC_MGMT_BG, 4, client.background)
        if would_change(client, tlvs):
            client.background_update = False


def _has_assigned_flow(client: Client) -> bool:
    return any(
        flow.assigned
        for registration in client.registrations or ()
        for flow in registration.flow_list
    )


def append_path_of_route(
    tlvs: bytearray, kernel: KernelState, route: Route | None, found: Calculation
) -> None:
    """MTU of a route, gateways, NAT64 prefixes, and the segment size that is recommended."""
    if route is not None:
        mtu = kernel.routes.max_mtu(route)
        if mtu != 0:
            tlvs += U32_TLV.pack(_EFFECTIVE_MTU, 4, mtu)
    if found.gateways is not NO_GATEWAYS:
        _append_gateways(tlvs, route, found)
    nat64_prefixes = found.result.nat64_prefixes
    if nat64_prefixes:
        tlvs += pack_tlv(kernel.profile.nat64_result_type, nat64_prefixes)
    mss_recommended = found.result.mss_recommended
    if mss_recommended != 0:
        tlvs += _U8_TLV.pack(_RECOMMENDED_MSS, 1, mss_recommended)


def _append_gateways(tlvs: bytearray, route: Route | None, found: Calculation) -> None:
    """The gateways of the routed interface.

    A client with a remote address gets only that of the family of the route's own gateway. Without
    a gateway that is an address, the route's gateway is the interface itself, which is neither.
    """
    family = AF_UNSPEC
    if found.parsed.valid_fields & ParsedField.REMOTE_ADDR and route is not None:
        family = AF_UNSPEC if route.gateway is None else route.gateway[1]
    for gateway in found.gateways:
        if gateway is not None and family in (AF_UNSPEC, gateway[1]):
            tlvs += _GATEWAY_TLV.pack(_GATEWAY, len(gateway), gateway)


def append_policy_agents(
    tlvs: bytearray,
    kernel: KernelState,
    parsed: ParsedParameters,
    result: AggregateResult,
    failed_trigger: FailedTrigger | None,
    options: ClientOptions | None = None,
) -> None:
    """The agents that policies name, up to the first that no longer has a uuid.

    Those for nexuses become ``options``.
    """
    registered, logs_unknown = kernel.agents.by_uuid, logs_agents(kernel, LOG_DEBUG)
    for agent in result.used_agents():
        if agent not in registered and not logs_unknown:
            continue
        generation = get_generation(kernel, agent)
        if netagent_applies_to_client(
            kernel, parsed, agent, allow_nexus=True, failed_trigger=failed_trigger
        ):
            tlvs += _NETAGENT_TLV.pack(_NETAGENT, 20, generation, agent)
            if options is not None:
                options.add_agent(get_flags(kernel, agent), agent, None)


def append_interfaces(
    tlvs: bytearray, interfaces: ResultInterfaces, *, with_time_delta: bool
) -> int | None:
    """Index and generation of each interface.

    Returns the place of the TLV with the time since the direct interface went up or down, None
    without one. Its value is 0 until :func:`store_time_delta`.
    """
    time_delta_at = None
    for ifp, _ in interfaces.listed:
        tlvs += _INTERFACE_TLV.pack(_INTERFACE, 8, ifp.generation, ifp.index)
        if with_time_delta and ifp is interfaces.direct and time_delta_at is None:
            time_delta_at = len(tlvs)
            tlvs += U32_TLV.pack(_INTERFACE_TIME_DELTA, 4, 0)
    return time_delta_at


def store_time_delta(tlvs: bytearray, at: int, kernel: KernelState, ifp: Interface) -> None:
    """Seconds since an interface went up or down into the TLV at ``at``.

    Kernel quirk: up to xnu-7195, an interface that went up or down now or later has the whole
    uptime.

    Source: ifnet_updown_delta, xnu-4570.61.1, xnu-8019.41.5.
    """
    delta_s = uptime_s = kernel.uptime_s
    if uptime_s > ifp.lastupdown_s:
        delta_s = uptime_s - ifp.lastupdown_s
    elif kernel.profile.interface_changed_now_has_no_time:
        delta_s = 0
    U32_TLV.pack_into(tlvs, at, _INTERFACE_TIME_DELTA, 4, delta_s & 0xFFFFFFFF)


def interface_agents_fit(interfaces: ResultInterfaces, room_bytes: int) -> bool:
    """Whether the agents of the interfaces fit even if all of them are listed."""
    for ifp, _ in interfaces.listed:
        room_bytes -= len(ifp.agents) * _NETAGENT_TLV.size
    return room_bytes >= 0


def append_interface_agents(
    tlvs: bytearray,
    kernel: KernelState,
    parsed: ParsedParameters,
    interfaces: ResultInterfaces,
    failed_trigger: FailedTrigger | None,
    options: ClientOptions | None = None,
) -> bool:
    """The agents of the interfaces, without those that policies take away.

    Those for nexuses become ``options``. Returns whether they outgrew the buffer.
    """
    overflowed = False
    for ifp, allow_nexus in interfaces.listed:
        for agent in ifp.agents:
            if agent == ZERO_UUID or agent in interfaces.removed_agents:
                continue
            generation = get_generation(kernel, agent)
            if netagent_applies_to_client(
                kernel, parsed, agent, allow_nexus=allow_nexus, failed_trigger=failed_trigger
            ):
                tlv = _NETAGENT_TLV.pack(_NETAGENT, 20, generation, agent)
                overflowed = append_if_it_fits(kernel, tlvs, tlv, overflowed=overflowed)
                if options is not None:
                    options.add_agent(get_flags(kernel, agent), agent, ifp)
    return overflowed


def append_interface_options(
    tlvs: bytearray,
    kernel: KernelState,
    options: Sequence[InterfaceOption],
    *,
    overflowed: bool,
) -> bool:
    """The interfaces that the client may use as well. Returns whether the buffer has overflowed."""
    for option in options:
        tlv = _OPTION_TLV.pack(_INTERFACE_OPTION, 24, *option)
        overflowed = append_if_it_fits(kernel, tlvs, tlv, overflowed=overflowed)
    return overflowed


_START: Final = Struct("<BII BI16s BII")
RESULT_START_BYTES: Final = _START.size
"""The length of FLAGS, CLIENT_ID and POLICY_RESULT."""
_AFTER_REASON: Final = Struct("<BI16s BII")
_GATEWAY_TLV: Final = Struct("<BI28s")
_U8_TLV: Final = Struct("<BIB")
_NETAGENT_TLV: Final = Struct("<BII16s")
"""With ``struct necp_client_result_netagent``."""
_INTERFACE_TLV: Final = Struct("<BIII")
"""With ``struct necp_client_result_interface``."""
_OPTION_TLV: Final = Struct("<BIII16s")
"""With ``struct necp_client_interface_option``."""

# Plain numbers: packing and comparing enumeration members costs several times as much.
_FLAGS: Final = int(ClientResult.FLAGS)
_REASON: Final = int(ClientResult.REASON)
_GATEWAY: Final = int(ClientResult.GATEWAY)
_CLIENT_ID: Final = int(ClientResult.CLIENT_ID)
_POLICY_RESULT: Final = int(ClientResult.POLICY_RESULT)
_POLICY_RESULT_PARAMETER: Final = int(ClientResult.POLICY_RESULT_PARAMETER)
_FILTER_CONTROL_UNIT: Final = int(ClientResult.FILTER_CONTROL_UNIT)
_FLOW_DIVERT_AGGREGATE_UNIT: Final = int(ClientResult.FLOW_DIVERT_AGGREGATE_UNIT)
_INTERFACE_INDEX: Final = int(ClientResult.INTERFACE_INDEX)
_EFFECTIVE_TRAFFIC_CLASS: Final = int(ClientResult.EFFECTIVE_TRAFFIC_CLASS)
_TRAFFIC_MGMT_BG: Final = int(ClientResult.TRAFFIC_MGMT_BG)
_EFFECTIVE_MTU: Final = int(ClientResult.EFFECTIVE_MTU)
_RECOMMENDED_MSS: Final = int(ClientResult.RECOMMENDED_MSS)
_NETAGENT: Final = int(ClientResult.NETAGENT)
_INTERFACE: Final = int(ClientResult.INTERFACE)
_INTERFACE_OPTION: Final = int(ClientResult.INTERFACE_OPTION)
_INTERFACE_TIME_DELTA: Final = int(ClientResult.INTERFACE_TIME_DELTA)
_IP_TUNNEL: Final = int(PolicyResult.IP_TUNNEL)
_OPEN_FLAG_BACKGROUND: Final = int(OpenFlag.BACKGROUND)
