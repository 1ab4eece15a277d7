"""Makes the TLVs that tell a process what was assigned to a flow: a nexus and endpoints."""

from __future__ import annotations

from struct import Struct
from typing import Final

from necp_replay.abi.client import (
    CLIENT_ENDPOINT_BYTES,
    RESULT_NEXUS_FLOW_STATS,
    ClientResult,
)
from necp_replay.abi.integers import U32_MAX, U64_MAX
from necp_replay.abi.tlv import pack_tlv
from necp_replay.events.notifications import CreateNexusAssignMessage
from necp_replay.events.user_buffer import OUT_BUFFER_DIGEST_BYTES
from necp_replay.kernel.allocation import check_allocation
from necp_replay.kernel.description import Description
from necp_replay.kernel.exceptions import NotModelled

FLOWADV_IDX_INVALID: Final = 0xFFFFFFFF
"""``NECP_FLOWADV_IDX_INVALID``: no flow advisory index."""


def create_nexus_assign_message(
    nexus_instance: bytes,
    nexus_port: int,
    key: bytes | None,
    key_length: int,
    local_endpoint: bytes | None,
    remote_endpoint: bytes | None,
    flow_adv_index: int,
    ether: bytes | None = None,
    flow_stats: int = 0,
    port_bytes: int = 4,
) -> bytes | None:
    """The TLVs of an assignment, None if there are none.

    - ``nexus_instance``: 16 bytes. If all are zero, there is no nexus, and ``nexus_port`` is left
      out too.
    - ``port_bytes``: how many bytes of the port there are.
    - ``key``, ``key_length``: a TLV with the first ``key_length`` bytes of the key.
    - Endpoints: 28-byte sockaddr unions.
    - ``ether``: 6 bytes of a local address of Ethernet.
    - ``flow_stats``: an address of statistics in the kernel, 0 for none.
    - ``flow_adv_index``: the index of the flow advisory, or FLOWADV_IDX_INVALID for none.

    Kernel quirk: the length of the key is not checked, so a length that is too large copies the
    kernel memory after the key. The model has zeros there. More than 64 KiB of it, which no record
    shows, is not modelled.

    Source: necp_create_nexus_assign_message, xnu-4570.51.1, xnu-6153.11.26.
    """
    tlvs: list[bytes] = []
    flow_adv_index &= 0xFFFFFFFF
    key_length &= 0xFFFFFFFF
    if any(nexus_instance):
        tlvs.append(pack_tlv(ClientResult.NEXUS_INSTANCE, nexus_instance))
        tlvs.append(pack_tlv(ClientResult.NEXUS_PORT, _U32.pack(nexus_port & U32_MAX)[:port_bytes]))
    if flow_adv_index != FLOWADV_IDX_INVALID:
        tlvs.append(pack_tlv(ClientResult.NEXUS_PORT_FLOW_INDEX, _U32.pack(flow_adv_index)))
    if key is not None and key_length > 0:
        check_allocation(key_length, "necp_create_nexus_assign_message")
        if key_length > max(len(key), OUT_BUFFER_DIGEST_BYTES):
            raise NotModelled("a nexus key is followed by more than 64 KiB of kernel memory")
        tlvs.append(pack_tlv(ClientResult.NEXUS_KEY, key[:key_length].ljust(key_length, b"\0")))
    for type_, endpoint in (
        (ClientResult.LOCAL_ENDPOINT, local_endpoint),
        (ClientResult.REMOTE_ENDPOINT, remote_endpoint),
    ):
        if endpoint is not None:
            tlvs.append(pack_tlv(type_, endpoint[:CLIENT_ENDPOINT_BYTES]))
    if ether is not None:
        content = ether[:_ETHER_BYTES].ljust(_ETHER_BYTES, b"\0")
        tlvs.append(pack_tlv(ClientResult.LOCAL_ETHER_ADDR, content))
    if flow_stats:
        content = _U64.pack(flow_stats & U64_MAX)
        tlvs.append(pack_tlv(RESULT_NEXUS_FLOW_STATS, content))
    return b"".join(tlvs) or None


_U32: Final = Struct("<I")
_U64: Final = Struct("<Q")
_ETHER_BYTES: Final = 6

CREATE_NEXUS_ASSIGN_MESSAGE: Final = Description(
    subject=CreateNexusAssignMessage,
    handler=create_nexus_assign_message,
    function="necp_create_nexus_assign_message",
    summary="Makes the TLVs that tell a process what was assigned to a flow.",
    answer="the TLVs, or none",
    other_facts=("nexus_port_bytes",),
)
