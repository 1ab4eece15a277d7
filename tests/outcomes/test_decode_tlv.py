"""The TLVs of results are decoded, except where the text would lose something."""

from __future__ import annotations

import ipaddress
import struct

import pytest

from necp_replay.abi.client import ClientParameterFlag, ClientResult, LaterParameterFlag
from necp_replay.abi.tlv import pack_tlv
from necp_replay.outcomes.decode_tlv import parameter_flags_text, parameter_nodes, result_nodes
from necp_replay.outcomes.names import StableNames
from necp_replay.outcomes.node import lines_of
from necp_replay.scenario.parameters import client_parameters

AGENT = bytes(range(16))
PREFIXES = b"".join(
    struct.pack("<16sI", ipaddress.IPv6Address(address).packed, length)
    for address, length in (("64:ff9b::", 12), ("2001:db8::", 8), ("::", 0), ("::", 4))
)
OPAQUE = {
    ClientResult.FLOW,
    ClientResult.TFO_COOKIE,
    ClientResult.NEXUS_KEY,
    ClientResult.LOCAL_ETHER_ADDR,
    ClientResult.REMOTE_ETHER_ADDR,
    ClientResult.REQUEST_IN_PROCESS_FLOW_DIVERT,
}
"""A flow holds TLVs of its own; the others have no numbers or names in them, or are empty."""


def decoded(kind: ClientResult, value: bytes) -> str:
    """The line of one TLV."""
    return "\n".join(lines_of(result_nodes(pack_tlv(kind, value), StableNames())))


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (
            ClientResult.INTERFACE_OPTION,
            struct.pack("<II", 5, 7) + AGENT,
            f"index 5 generation 7 agent {AGENT.hex()}",
        ),
        (ClientResult.INTERFACE_TIME_DELTA, struct.pack("<I", 35), "35"),
        (ClientResult.FLOW_DIVERT_AGGREGATE_UNIT, struct.pack("<I", 6), "6"),
        (ClientResult.NAT64, PREFIXES, "64:ff9b:: bytes 12, 2001:db8:: bytes 8, none, :: bytes 4"),
        (ClientResult.FLOW_ID, AGENT, AGENT.hex()),
        (ClientResult.FLOW_ID, bytes(16), "zero"),
    ],
)
def test_a_value_is_text(kind: ClientResult, value: bytes, expected: str) -> None:
    assert decoded(kind, value) == f"{kind.name}: {expected}"


@pytest.mark.parametrize("kind", [kind for kind in ClientResult if kind not in OPAQUE])
def test_a_value_of_another_length_is_hex(kind: ClientResult) -> None:
    assert decoded(kind, b"\1" * 300) == f"{kind.name}: 300 bytes 0x{'01' * 300}"


@pytest.mark.parametrize("kind", [kind for kind in ClientResult if kind not in OPAQUE])
def test_every_kind_that_holds_numbers_or_names_is_decoded(kind: ClientResult) -> None:
    lengths = (1, 2, 4, 8, 12, 16, 20, 24, 28, 80)
    assert any("bytes 0x" not in decoded(kind, b"\2" * length) for length in lengths)


def test_flags_of_parameters_have_the_names_of_every_release() -> None:
    flags = ClientParameterFlag.LISTENER | LaterParameterFlag.KNOWN_TRACKER
    assert parameter_flags_text(flags) == "0x00010008 LISTENER|KNOWN_TRACKER"
    assert parameter_flags_text(0x80000000) == "0x80000000"


def test_parameters_that_only_statistics_read_have_names() -> None:
    content = client_parameters(domain_owner="Example", tracker_domain="ads.example.com")
    lines = list(lines_of(parameter_nodes(content, StableNames())))
    assert 'TRACKER_DOMAIN: "ads.example.com\\0"' in lines
    assert 'DOMAIN_OWNER: "Example\\0"' in lines
