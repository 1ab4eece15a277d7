"""ADD_FLOW with an address or a protocol of its own, in releases with Skywalk."""

from __future__ import annotations

import pytest

from necp_replay.abi.client import ClientAction, FlowFlag
from necp_replay.abi.client_structs import ADD_FLOW_REQUEST
from necp_replay.abi.errno import Errno
from necp_replay.abi.uuid import ZERO_UUID
from necp_replay.events.snapshot import FlowSnapshot
from necp_replay.scenario.addresses import sockaddr
from tests.kernel.client_actions.skywalk import AGENT, World, make_world

BEFORE = "xnu-8796.141.3"
KEEPS = "xnu-10002.1.13"
OTHER = sockaddr("203.0.113.9:80")
FLAGS = int(FlowFlag.ALLOW_NEXUS | FlowFlag.OVERRIDE_ADDRESS)


def flow_with(world: World, address: bytes) -> FlowSnapshot:
    """The nexus flow of a request with this address at its end."""
    request = ADD_FLOW_REQUEST.pack(AGENT, ZERO_UUID, FLAGS, 0) + address
    client = world.client
    assert client.fd.action(ClientAction.ADD_FLOW, client.client_id, request).errno == Errno.OK
    registrations = world.shown().registrations
    assert registrations is not None
    return registrations[0].flows[0]


@pytest.mark.parametrize(
    ("release", "address", "kept"),
    [
        (BEFORE, OTHER, False),
        (KEEPS, OTHER, True),
        (KEEPS, bytes(16), True),
        (KEEPS, OTHER[:15], False),
        (KEEPS, b"\x1d" + OTHER[1:] + b"\0", False),
        (KEEPS, b"\x1c" + OTHER[1:16], False),
    ],
    ids=["before", "an address", "length 0", "cut short", "too long", "longer than the buffer"],
)
def test_later_releases_keep_the_address(release: str, address: bytes, kept: bool) -> None:
    flow = flow_with(make_world(release), address)
    assert bool(flow.assigned_results_length) is kept
    is_whole = kept and address[0]
    assert flow.remote_addr == (OTHER if is_whole else bytes(28))
    assert flow.assigned == 0
