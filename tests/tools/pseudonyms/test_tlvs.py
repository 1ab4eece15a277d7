"""Structures of later releases: what identifies somebody has a pseudonym, and numbers stay."""

from __future__ import annotations

import struct
from dataclasses import replace

import pytest

from necp_replay.abi.client import (
    MAX_DEMUX_PATTERNS,
    ClientAction,
    ClientParameter,
    ClientResult,
    FlowFlag,
)
from necp_replay.abi.client_structs import INTERFACE_OPTION, STATISTICS_REQUEST
from necp_replay.abi.dumped_conditions import DumpedCondition
from necp_replay.abi.policy import PolicyCondition, PolicyTlv, RouteRuleAction, RouteRuleFlag
from necp_replay.abi.tlv import pack_tlv
from necp_replay.abi.uuid import as_client_id, as_flow_id, is_flow_id
from necp_replay.events.syscalls import NecpClientAction
from necp_replay.events.user_buffer import UserBuffer
from necp_replay.releases.lineage import NEWEST, OLDEST, RELEASES
from necp_replay.tools.pseudonyms import tlvs
from necp_replay.tools.pseudonyms.calls import rename_call
from necp_replay.tools.pseudonyms.keyed import Keyed
from necp_replay.tools.pseudonyms.names import KEPT_ENTITLEMENTS, Collector, Pseudonyms

AGENT = bytes(range(1, 17))
PATTERN = struct.pack("<HH32s32s", 4, 2, b"\xff\xff", b"\xab\xcd")


def names_of(release: str = NEWEST, *addresses: bytes) -> Pseudonyms:
    collected = Collector(RELEASES[release], addresses=set(addresses))
    return Pseudonyms(Keyed.from_seed(1), collected, renames_interfaces=True)


def test_an_option_of_a_result_has_its_agents_pseudonym() -> None:
    names = names_of()
    option = pack_tlv(ClientResult.INTERFACE_OPTION, INTERFACE_OPTION.pack(4, 2, AGENT))
    assert tlvs.results(names, option) == pack_tlv(
        ClientResult.INTERFACE_OPTION, INTERFACE_OPTION.pack(4, 2, names.uuid(AGENT))
    )


def test_patterns_keep_their_masks_wherever_they_stand() -> None:
    names = names_of()
    one = tlvs.parameters(names, pack_tlv(ClientParameter.FLOW_DEMUX_PATTERN, PATTERN))[5:]
    assert one[:36] == PATTERN[:36]
    assert one[36:38] != PATTERN[36:38]
    all_of_them = tlvs.demux_patterns(names, PATTERN * MAX_DEMUX_PATTERNS)
    assert all_of_them == one * MAX_DEMUX_PATTERNS


@pytest.mark.parametrize("release", [OLDEST, NEWEST])
def test_the_interface_of_a_rule_that_needs_an_agent_has_its_pseudonym(release: str) -> None:
    names = names_of(release)
    rule = bytes((RouteRuleAction.DENY_INTERFACE, RouteRuleFlag.NETAGENT)) + AGENT + b"en0\0"
    renamed = tlvs.policy(names, pack_tlv(PolicyTlv.ROUTE_RULE, rule))[5:]
    assert renamed[2:18] == names.uuid(AGENT)
    assert b"en0" not in renamed
    if release == NEWEST:
        assert renamed[18:] == tlvs.interface_name(names, b"en0\0")


@pytest.mark.parametrize("flags", [None, 0, 1])
def test_conditions_of_a_dump_have_the_same_pseudonyms_with_flags(flags: int | None) -> None:
    names = names_of()
    conditions = [
        DumpedCondition(PolicyCondition.UID, flags, 4, bytes((1, 2, 3, 4))),
        DumpedCondition(PolicyCondition.DOMAIN, flags, 13, b"corp.example\0"),
    ]
    expected = [bytes((1, 2, 3, 4)), names.domain(b"corp.example") + b"\0"]

    def dump(values: list[bytes]) -> bytes:
        packed = b"".join(each.pack(v) for each, v in zip(conditions, values, strict=True))
        return pack_tlv(PolicyTlv.POLICY_DUMP, pack_tlv(PolicyTlv.POLICY_CONDITION, packed))

    assert tlvs.policy_dump(names, dump([each.value for each in conditions])) == dump(expected)


@pytest.mark.parametrize("address", [b"", b"\x10\x02\x01\xbb\xc0\0\2\x4d" + bytes(8)])
def test_the_protocol_of_a_flow_stays(address: bytes) -> None:
    flags = FlowFlag.OVERRIDE_IP_PROTOCOL | (FlowFlag.OVERRIDE_ADDRESS if address else 0)
    request = struct.pack("<16s16sHH", AGENT, bytes(16), flags, 0) + address + b"\x11"
    buffer = UserBuffer(request, len(request))
    call = NecpClientAction(1, 3, ClientAction.ADD_FLOW, None, 0, buffer, len(request))
    renamed = rename_call(names_of(), call).buffer.content
    assert renamed[-1:] == b"\x11"
    assert not address or address[4:8] not in renamed


def test_a_request_for_statistics_of_a_nexus_stays_and_another_buffer_does_not() -> None:
    request = STATISTICS_REQUEST.pack(0xBF, 1, 1, 300, 0)
    for content, stays in ((request, True), (b"what nobody reads", False)):
        buffer = UserBuffer(content, len(content))
        call = NecpClientAction(
            1, 3, ClientAction.REQUEST_NEXUS_INSTANCE, None, 0, buffer, len(content)
        )
        renamed = rename_call(names_of(), call).buffer
        assert (renamed == replace(buffer, content=content.rstrip(b"\0"))) is stays


@pytest.mark.parametrize("name", KEPT_ENTITLEMENTS)
def test_entitlements_that_the_kernel_asks_for_stay(name: str) -> None:
    assert names_of().text(tlvs.ENTITLEMENT, name.encode()) == name.encode()


def test_ids_that_nobody_generated_stay_those_of_clients_or_of_registrations() -> None:
    names = names_of()
    for number in range(64):
        one = as_client_id(bytes([number]) * 16)
        for uuid in (one, as_flow_id(one)):
            if any(uuid):
                assert is_flow_id(names.uuid(uuid)) is is_flow_id(uuid)


def test_the_address_of_the_coprocessor_stays_and_others_do_not() -> None:
    coprocessor = bytes.fromhex("fe80000000000000aede48fffe334455")
    other = coprocessor[:8] + bytes.fromhex("0123456789abcdef")
    names = names_of(NEWEST, coprocessor, other)
    assert names.ipv6(coprocessor) == coprocessor
    assert names.ipv6(other) != other
