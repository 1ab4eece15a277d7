"""What inputs pass is decoded; what cannot be decoded without loss is shown as it is."""

from __future__ import annotations

from struct import pack
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from necp_replay.abi.client import ClientAction, ClientParameter
from necp_replay.abi.netagent import MESSAGE_HEADER, NETAGENT
from necp_replay.abi.policy import PolicyTlv, SessionAction, SessionPriority, SessionPriority6153
from necp_replay.abi.tlv import pack_tlv
from necp_replay.events.agents import NetagentMessage, NetagentRegister, NetagentSetopt
from necp_replay.events.inputs import INPUT_NAMES, Input
from necp_replay.events.interfaces import IfaceUpdate
from necp_replay.events.notifications import AssignClientResult, InjectNexusFlow
from necp_replay.events.routes import RouteUpdate
from necp_replay.events.syscalls import (
    Close,
    NecpClientAction,
    NecpMatchPolicy,
    NecpSessionAction,
    NetagentTrigger,
)
from necp_replay.events.user_buffer import UserBuffer, UserPointer
from necp_replay.outcomes.names import StableNames
from necp_replay.outcomes.node import lines_of
from necp_replay.outcomes.render_passed import passed_nodes
from tests.trace import arbitrary

_AGENT = bytes(range(16))
_SOCKADDR = bytes([16, 2, 1, 187, 203, 0, 113, 5]).ljust(28, b"\0")


def _passed(content: bytes, **more: Any) -> UserBuffer:
    return UserBuffer(content.rstrip(b"\0"), len(content), **more)


def _client(action: int, content: bytes) -> Input:
    return NecpClientAction(1, 3, action, None, 0, _passed(content), len(content))


def _session(action: int, content: bytes) -> Input:
    return NecpSessionAction(1, 4, action, _passed(content), len(content), UserBuffer(b"", 4), 4)


_NETAGENT = NETAGENT.pack(_AGENT, b"WiFi", b"Test", b"d", 0x3, 2) + b"xy"

CASES: dict[str, tuple[Input, list[str]]] = {
    "parameters of a client": (
        _client(
            ClientAction.ADD,
            pack_tlv(ClientParameter.REMOTE_ADDRESS, b"\0" + _SOCKADDR)
            + pack_tlv(ClientParameter.FLAGS, pack("<I", 9)),
        ),
        [
            "buffer: 43 bytes",
            "  REMOTE_ADDRESS: 203.0.113.5:443 prefix 0",
            "  FLAGS: 0x00000009 MULTIPATH|LISTENER",
        ],
    ),
    "zeros after parameters": (
        _client(ClientAction.ADD, pack_tlv(ClientParameter.PID, pack("<I", 256)) + bytes(11)),
        ["buffer: 20 bytes", "  PID: 256", "  zeros: 11 bytes"],
    ),
    "parameters that are none": (
        _client(ClientAction.ADD, b"\x0a\xff\xff\xff\xff\x01"),
        ["buffer: 6 bytes", "  not a whole TLV: 6 bytes 0x0affffffff01"],
    ),
    "a buffer to be filled": (_client(ClientAction.COPY_RESULT, bytes(512)), ["buffer: 512 bytes"]),
    "an agent's use": (
        _client(ClientAction.AGENT_USE, _AGENT + bytes(8)),
        ["buffer: 24 bytes", f"  agent_uuid: {_AGENT.hex()}", "  out_use_count: 0"],
    ),
    "a flow": (
        _client(
            ClientAction.ADD_FLOW,
            _AGENT + bytes(16) + pack("<HH", 0x14, 1) + b"\x01" * 24 + _SOCKADDR + b"\x09",
        ),
        [
            "buffer: 89 bytes",
            f"  agent_uuid: {_AGENT.hex()}",
            "  registration_id: zero",
            "  flags: 0x00000014 BROWSE|OVERRIDE_ADDRESS",
            "  stats_request_count: 1",
            f"  stats_requests: 0x{'01' * 24}",
            "  address: 203.0.113.5:443",
            "  rest: 0x09",
        ],
    ),
    "a flow that is cut short": (
        _client(ClientAction.ADD_FLOW, _AGENT + bytes(19)),
        ["buffer: 35 bytes", f"  content: 0x{_AGENT.hex()}"],
    ),
    "an interface": (
        NecpClientAction(1, 3, ClientAction.COPY_INTERFACE, UserBuffer(b"\x04", 4), 4),
        ["interface_index: 4"],
    ),
    "an interface and an address": (
        NecpClientAction(
            1,
            3,
            ClientAction.GET_INTERFACE_ADDRESS,
            UserBuffer(b"\x04", 4),
            4,
            _passed(_SOCKADDR[:16]),
            16,
        ),
        ["interface_index: 4", "buffer: 16 bytes", "  value: 203.0.113.5:443"],
    ),
    "a pointer in a buffer": (
        NecpClientAction(
            1,
            3,
            ClientAction.UPDATE_CACHE,
            buffer=UserBuffer(
                pack("<BBHI", 1, 1, 0, 1), 16, pointers=(UserPointer(8, UserBuffer(b"\x09", 1)),)
            ),
            buffer_size=16,
        ),
        [
            "buffer: 16 bytes",
            "  necp_cache_buf_type: 1 ECN",
            "  necp_cache_buf_ver: 1",
            "  necp_cache_buf_size: 1",
            "  necp_cache_buf_addr: leads to 1 bytes",
            "    content: 0x09",
        ],
    ),
    "a pointer that is NULL": (
        NecpClientAction(
            1,
            3,
            ClientAction.UPDATE_CACHE,
            buffer=UserBuffer(pack("<BBHI", 1, 1, 0, 1), 16, pointers=(UserPointer(8, None),)),
            buffer_size=16,
        ),
        [
            "buffer: 16 bytes",
            "  necp_cache_buf_type: 1 ECN",
            "  necp_cache_buf_ver: 1",
            "  necp_cache_buf_size: 1",
            "  necp_cache_buf_addr: NULL",
        ],
    ),
    "a policy": (
        _session(
            SessionAction.POLICY_ADD,
            pack_tlv(PolicyTlv.POLICY_ORDER, pack("<I", 10))
            + pack_tlv(PolicyTlv.POLICY_CONDITION, b"\x03\x01example.com")
            + pack_tlv(PolicyTlv.POLICY_CONDITION, b"\x0c\x00\x18" + _SOCKADDR)
            + pack_tlv(PolicyTlv.POLICY_CONDITION, b"\x0a\x00" + pack("<II", 1, 9))
            + pack_tlv(PolicyTlv.POLICY_CONDITION, b"\x63\x00")
            + pack_tlv(PolicyTlv.POLICY_RESULT, b"\x02" + pack("<I", 7))
            + pack_tlv(PolicyTlv.ROUTE_RULE, b"\x01\x03en0")
            + pack_tlv(77, b"?"),
        ),
        [
            "in_buffer: 111 bytes",
            "  POLICY_ORDER: 10",
            '  POLICY_CONDITION: DOMAIN NEGATIVE "example.com"',
            "  POLICY_CONDITION: LOCAL_ADDR 203.0.113.5:443 prefix 24",
            "  POLICY_CONDITION: TRAFFIC_CLASS 1 to 9",
            "  POLICY_CONDITION: 2 bytes 0x6300",
            "  POLICY_RESULT: SKIP 7",
            '  ROUTE_RULE: DENY_INTERFACE CELLULAR|WIFI "en0"',
            "  type 77: 1 bytes 0x3f",
            "out_buffer: 4 bytes",
        ],
    ),
    "a session's priority": (
        _session(SessionAction.SET_SESSION_PRIORITY, pack("<I", 3)),
        [
            "in_buffer: 4 bytes",
            "  value: 3 HIGH",
            "out_buffer: 4 bytes",
        ],
    ),
    "what to match": (
        NecpMatchPolicy(1, _passed(pack_tlv(ClientParameter.UID, pack("<I", 501))), 9, None),
        ["parameters: 9 bytes", "  UID: 501"],
    ),
    "an agent to trigger": (
        NetagentTrigger(1, UserBuffer(_AGENT, 16, mapped=4, readonly=True), 20),
        [
            "agent_uuid: 20 bytes, 16 bytes given, mapped up to 4, read-only",
            f"  content: 0x{_AGENT.hex()}",
        ],
    ),
    "an unmapped buffer": (
        NecpClientAction(1, 3, 1, buffer=UserBuffer(unmapped=True), buffer_size=9),
        ["buffer: unmapped, 9 bytes"],
    ),
    "no buffer of some length": (
        NecpClientAction(1, 3, 1, buffer_size=9),
        ["buffer: NULL, 9 bytes"],
    ),
    "an agent registered by option": (
        NetagentSetopt("a", 1, _NETAGENT),
        [
            "option: REGISTER",
            "data: 218 bytes",
            f"  netagent_uuid: {_AGENT.hex()}",
            '  netagent_domain: "WiFi"',
            '  netagent_type: "Test"',
            '  netagent_desc: "d"',
            "  netagent_flags: 0x00000003 REGISTERED|ACTIVE",
            "  netagent_data_size: 2",
            "  data: 2 bytes 0x7879",
        ],
    ),
    "an agent's message": (
        NetagentMessage("a", MESSAGE_HEADER.pack(11, 1, 7, 3, 16) + _AGENT),
        [
            "hex: 32 bytes",
            "  message_type: 11 ASSIGN_NEXUS",
            "  message_flags: 0x01",
            "  message_id: 7",
            "  message_error: 3 INVALID_DATA",
            "  message_payload_length: 16",
            "  payload: 16 bytes",
            f"    client_id: {_AGENT.hex()}",
        ],
    ),
    "an agent's texts and flags": (
        NetagentRegister("a", domain=b"WiFi", type=b"\x1b[1m", flags=0x10),
        ['domain: "WiFi"', "type: 0x1b5b316d", "flags: 0x00000010 VOLUNTARY"],
    ),
    "flags of an interface": (
        IfaceUpdate(4, flags=0x8001, eflags=0x4000),
        ["flags: 0x00008001 UP|MULTICAST", "eflags: 0x00004000 EXPENSIVE"],
    ),
    "flags of a route": (
        RouteUpdate("r", flags_set=("GATEWAY", "x\n"), flags_clear=1),
        ["flags_set: GATEWAY|x\\n", "flags_clear: 0x00000001 UP"],
    ),
    "addresses of a flow": (
        InjectNexusFlow(_AGENT, local=_SOCKADDR),
        ["local: 203.0.113.5:443"],
    ),
    "a result": (
        AssignClientResult(_AGENT, _AGENT, pack_tlv(10, pack("<I", 1500))),
        ["results: 9 bytes", "  EFFECTIVE_MTU: 1500"],
    ),
    "what its title says in full": (Close(1, 3), []),
}


@pytest.mark.parametrize(("event", "lines"), CASES.values(), ids=CASES)
def test_what_an_input_passes_is_decoded(event: Input, lines: list[str]) -> None:
    assert list(lines_of(passed_nodes(event, StableNames()))) == lines


@pytest.mark.parametrize("kind", INPUT_NAMES.values(), ids=INPUT_NAMES)
@settings(max_examples=25)
@given(data=st.data())
def test_every_input_is_shown_in_printable_lines(kind: type, data: st.DataObject) -> None:
    event = data.draw(arbitrary.events_of(kind))
    for line in lines_of(passed_nodes(event, StableNames())):
        assert line.isprintable()


@given(st.sampled_from(SessionAction), st.binary(max_size=60))
def test_any_bytes_passed_to_a_session_are_shown(action: SessionAction, content: bytes) -> None:
    for line in lines_of(passed_nodes(_session(action, content), StableNames())):
        assert line.isprintable()


def test_generated_ids_go_by_their_names() -> None:
    names = StableNames()
    names.learn_ids([_AGENT])
    (node,) = passed_nodes(_client(ClientAction.AGENT_USE, _AGENT + bytes(8)), names)
    assert node.children[0].value == "#1"


def test_a_priority_has_the_name_that_the_release_gives_it() -> None:
    event = _session(SessionAction.SET_SESSION_PRIORITY, pack("<I", 4))
    shown = [
        [*lines_of(passed_nodes(event, StableNames(priorities)))][1]
        for priorities in (SessionPriority, SessionPriority6153)
    ]
    assert shown == ["  value: 4 DEFAULT", "  value: 4 HIGH_1"]
