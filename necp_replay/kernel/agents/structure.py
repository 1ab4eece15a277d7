"""The structure about a client that the handler of a kernel agent gets."""

from __future__ import annotations

from struct import Struct
from typing import Final

from necp_replay.abi.client import DEMUX_PATTERN_BYTES, MAX_DEMUX_PATTERNS
from necp_replay.abi.uuid import ZERO_UUID
from necp_replay.events.effects import NexusParameters
from necp_replay.kernel.objects.agent_request import AgentRequest
from necp_replay.kernel.state import KernelState
from necp_replay.releases.profile import Profile


def pack_structure(
    profile: Profile,
    parameters: NexusParameters,
    *,
    transport_protocol: int,
    ethertype: int,
    bits: int,
) -> bytes:
    """``struct necp_client_nexus_parameters`` as a release lays it out.

    ``bits`` are its flags, the first in bit 0. A port reservation shows as 8 bytes ff.

    Source: xnu-6153.11.26, xnu-8019.41.5, xnu-8792.41.9, xnu-10002.61.3.
    """
    content = _PROCESS.pack(parameters.pid, parameters.epid, parameters.euuid)
    if profile.agent_structure_has_reserve:
        content += (b"\xff" if parameters.port_reservation else b"\0") * _RESERVE_BYTES
    content += _TRAFFIC.pack(
        parameters.local_addr,
        parameters.remote_addr,
        parameters.ip_protocol & 0xFF,
        transport_protocol & 0xFF,
        ethertype,
        parameters.traffic_class,
        parameters.policy_id,
    )
    if profile.clients_keep_skip_policy:
        content += _U32.pack(parameters.skip_policy_id or 0)
    if not profile.flows_can_be_demultiplexed:
        return content + _U32.pack(bits)
    content += _DEMULTIPLEXED.pack(
        bits,
        parameters.parent_flow_uuid or ZERO_UUID,
        parameters.demux_patterns or b"",
        parameters.demux_pattern_count or 0,
    )
    return content.ljust(-len(content) % 8 + len(content), b"\0")


def close_request(kernel: KernelState) -> AgentRequest:
    """What an agent gets with the end of a flow that has statistics with a token.

    The token stands where parameters would be. It is what the process wrote into its statistics,
    which counts as zeros.

    Source: necp_process_defunct_list, xnu-8019.80.24.
    """
    profile = kernel.profile
    no_addr = bytes(_SOCKADDR_BYTES)
    parameters = NexusParameters(0, 0, ZERO_UUID, no_addr, no_addr, 0, 0, 0, 0, 0)
    for name in _WHOLE if profile.nexus_parameters_are_whole else ():
        setattr(parameters, name, 0)
    if profile.skywalk_is_published:
        parameters.port_reservation = 0
    if profile.clients_can_forbid_wakes:
        parameters.no_wake_from_sleep = 0
    if profile.flows_can_be_demultiplexed:
        parameters.is_demuxable_parent = parameters.reuse_port = 0
        parameters.parent_flow_uuid, parameters.demux_patterns = ZERO_UUID, b""
        parameters.demux_pattern_count = 0
    if profile.clients_keep_skip_policy:
        parameters.skip_policy_id = 0
    structure = pack_structure(profile, parameters, transport_protocol=0, ethertype=0, bits=0)
    return AgentRequest(parameters, structure)


_PROCESS: Final = Struct("<ii16s")
_RESERVE_BYTES: Final = 8
_SOCKADDR_BYTES: Final = 28
_TRAFFIC: Final = Struct("<28s28sBBHII")
_U32: Final = Struct("<I")
_DEMULTIPLEXED: Final = Struct(f"<H16s{MAX_DEMUX_PATTERNS * DEMUX_PATTERN_BYTES}sB")
"""Flags, the parent's registration, patterns and their count: nothing here is aligned."""
_WHOLE: Final = (
    "transport_protocol",
    "ethertype",
    "is_interpose",
    "is_custom_ether",
    "override_address_selection",
    "use_stable_address",
)
