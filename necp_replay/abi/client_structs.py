"""Layouts that client actions copy between kernel and process (bsd/net/necp.h, necp_client.c)."""

from __future__ import annotations

import enum
from struct import Struct
from typing import Final

from necp_replay.abi.client import (
    ADD_FLOW_BYTES,
    AGENT_USE_PARAMETERS_BYTES,
    CACHE_BUFFER_BYTES,
    FLOW_HEADER_BYTES,
    INTERFACE_DETAILS_BYTES,
    PROTOCTL_EVENT_TLV_BYTES,
)


class InterfaceFlag(enum.IntFlag):
    """``NECP_INTERFACE_FLAG_*``: flags of ``struct necp_interface_details``."""

    EXPENSIVE = 0x1
    TXSTART = 0x2
    NOACKPRI = 0x4
    THREE_CARRIER_AGGREGATION = 0x8
    LOW_POWER = 0x10
    MPK_LOG = 0x20
    CONSTRAINED = 0x40
    HAS_NETMASK = 0x80
    HAS_BROADCAST = 0x100
    SUPPORTS_MULTICAST = 0x200
    HAS_DNS = 0x400
    HAS_NAT64 = 0x800
    IPV4_ROUTABLE = 0x1000
    IPV6_ROUTABLE = 0x2000
    ULTRA_CONSTRAINED = 0x4000


INTERFACE_DETAILS: Final = Struct(
    "<"
    "24s"  # name @0
    "I"  # index @24
    "I"  # generation @28
    "I"  # functional_type @32
    "I"  # delegate_index @36
    "I"  # flags @40
    "I"  # mtu @44
    "20s"  # ipv4_signature.signature @48
    "B"  # ipv4_signature.signature_len @68
    "20s"  # ipv6_signature.signature @69
    "B"  # ipv6_signature.signature_len @89
    "2x"
)
"""``struct necp_interface_details``."""
assert INTERFACE_DETAILS.size == INTERFACE_DETAILS_BYTES

INTERFACE_IPV4_DETAILS: Final = Struct(
    "<"
    "4s"  # ipv4_netmask @92
    "4s"  # ipv4_broadcast @96
)
"""What follows in ``struct necp_interface_details`` from xnu-6153 on."""

APPLICATION_ID: Final = Struct("<I16sI")
"""``necp_application_id_t``: a user, an executable and a persona."""
INTERFACE_SEGMENTS: Final = Struct("<II")
"""``tso_max_segment_size_v4`` and ``_v6``, from xnu-8792 on."""

INTERFACE_CHECKSUMS: Final = Struct("<I")
"""``hwcsum_flags``, from xnu-10002 on."""

INTERFACE_RADIO: Final = Struct("<BB2x")
"""``radio_type`` and ``radio_channel`` at the end of the structure, from xnu-8019 on."""

INTERFACE_OPTION: Final = Struct("<II16s")
"""``struct necp_client_interface_option``: an index, a generation and an agent."""

NSTAT_COUNTS: Final = Struct(
    "<"
    "4Q"  # nstat_rxpackets, rxbytes, txpackets, txbytes @0
    "48x"  # six byte counters by kind of interface @32
    "8I"  # nstat_rxduplicatebytes to nstat_var_rtt @80
)
"""``struct nstat_counts``, of which COPY_ROUTE_STATISTICS leaves the middle zero."""
assert NSTAT_COUNTS.size == 112

NECP_STAT_COUNTS: Final = Struct(
    "<"
    "4Q"  # necp_stat_rxpackets, rxbytes, txpackets, txbytes @0
    "8I"  # necp_stat_rxduplicatebytes to necp_stat_var_rtt @32
    "I"  # necp_stat_route_flags @64
    "4x"
)
"""``struct necp_stat_counts`` with route flags."""
assert NECP_STAT_COUNTS.size == 72

CACHE_BUFFER: Final = Struct(
    "<"
    "B"  # necp_cache_buf_type @0
    "B"  # necp_cache_buf_ver @1
    "2x"
    "I"  # necp_cache_buf_size @4
    "Q"  # necp_cache_buf_addr @8
)
"""``necp_cache_buffer``."""
CACHE_BUFFER_ADDR_OFFSET: Final = 8
assert CACHE_BUFFER.size == CACHE_BUFFER_BYTES

AGENT_USE_PARAMETERS: Final = Struct(
    "<"
    "16s"  # agent_uuid @0
    "Q"  # out_use_count @16
)
"""``struct necp_agent_use_parameters``."""
assert AGENT_USE_PARAMETERS.size == AGENT_USE_PARAMETERS_BYTES

ADD_FLOW_REQUEST: Final = Struct(
    "<"
    "16s"  # agent_uuid @0
    "16s"  # registration_id @16
    "H"  # flags @32
    "H"  # stats_request_count @34
)
"""``struct necp_client_add_flow``, packed. Requests of statistics follow, then an address."""
ADD_FLOW_ID_OFFSET: Final = 16
assert ADD_FLOW_REQUEST.size == ADD_FLOW_BYTES

ADD_FLOW_STATS_AT: Final = 32
"""Where what follows the id of the registration begins: flags, and requests of statistics."""
ADD_FLOW_STATS_ADDRESS_AT: Final = ADD_FLOW_BYTES + 16
"""Where the address of the first statistics stands."""
FLOW_STATISTICS: Final = Struct("<III4xQ")
"""``struct necp_client_flow_stats``: type, version, size, and address."""
STATISTICS_REQUEST: Final = Struct("<IIIIQ")
"""``struct necp_stats_bufreq``: an id, and then the same."""

FLOW_HEADER: Final = Struct(
    "<"
    "BI"  # outer_header @0
    "BI"  # flags_tlv_header @5
    "I"  # flags_value @10
    "BI"  # interface_tlv_header @14
    "II"  # interface_value: generation, index @19
)
"""``struct necp_client_flow_header``, packed."""
assert FLOW_HEADER.size == FLOW_HEADER_BYTES

FLOW_AGENT: Final = Struct(
    "<"
    "BI"  # agent_tlv_header @27
    "I16s"  # agent_value: generation, netagent_uuid @32
)
"""What follows the flow header in ``struct necp_client_nexus_flow_header``."""
assert FLOW_AGENT.size == 25

PROTOCTL_EVENT: Final = Struct(
    "<"
    "BI"  # protoctl_tlv_header @0
    "III"  # protoctl_event: code, val, tcp_seq_num @5
)
"""``struct necp_client_flow_protoctl_event_header``, packed."""
assert PROTOCTL_EVENT.size == PROTOCTL_EVENT_TLV_BYTES

CLIENT_COUNT: Final = Struct("<I")
"""``client_count`` of ``struct necp_client_list``, which the ids follow."""

OBSERVER_UPDATE: Final = Struct("<I")
"""``update_type`` of ``struct necp_client_observer_update``, which TLVs follow."""

SIGNABLE: Final = Struct("<16sI")
"""``struct necp_client_signable``: the client's id and the type of what is signed."""

HOST_NAME_LENGTH: Final = Struct("<I")
"""``hostname_length`` of ``struct necp_client_resolver_answer``, which follows an address."""

INTERFACE_INDEX: Final = Struct("<I")
"""What COPY_INTERFACE takes where others take a client id."""
