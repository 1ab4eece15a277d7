"""What a client has besides its result: a reserved port, and the flow of its parent."""

from __future__ import annotations

from struct import pack

import pytest

from necp_replay.abi.client import LaterParameterFlag
from tests.explain.explained import ExplainedSystem

PORTS, REUSE, DEMUX = "xnu-8019.80.24", "xnu-8792.61.2", "xnu-8792.41.9"
BEFORE_DEMUX = "xnu-8020.140.41"
LOCAL, REMOTE = "192.0.2.10:7", "198.18.0.1:443"
PATTERN = pack("<HH32s32s", 0, 4, b"\xff" * 4, b"abcd")


def office(release: str) -> ExplainedSystem:
    """A system with one interface and one process."""
    world = ExplainedSystem(release)
    world.system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    return world


@pytest.mark.parametrize(
    ("release", "local", "flags", "held"),
    [
        (PORTS, LOCAL, 0, "TCP port 7 of 192.0.2.10 is reserved for it"),
        (PORTS, "0.0.0.0:7", 0, "TCP port 7 of any IPv4 address is reserved for it"),
        (
            REUSE,
            "[::]:7",
            int(LaterParameterFlag.REUSE_LOCAL),
            "TCP port 7 of any IPv6 address is reserved for it, which later listeners on other"
            " addresses may have too",
        ),
    ],
)
def test_the_reserved_port_of_a_listener_is_told(
    release: str, local: str, flags: int, held: str
) -> None:
    world = office(release)
    world.system.add_process(100).necp_open().add(local=local, listener=True, flags=flags)
    assert world.explain().holds == (held,)


def test_the_flow_of_a_parent_is_told_or_why_it_is_not_shared() -> None:
    world = office(DEMUX)
    fd = world.system.add_process(100).necp_open()
    parent = fd.add(remote=REMOTE)
    world.names.name(parent.client_id)

    def held(
        *, local: str | None = LOCAL, protocol: int = 17, transport: int | None = None
    ) -> tuple[str, ...]:
        fd.add(
            local=local,
            remote=REMOTE,
            ip_protocol=protocol,
            transport_protocol=transport,
            parent_id=parent.client_id,
            flow_demux_pattern=[PATTERN],
        )
        return world.explain().holds

    assert held() == ("it shares the flow of its parent #1",)
    refused = "it does not share the flow of its parent #1: "
    assert held(protocol=6) == (refused + "its protocol is not UDP",)
    assert held(transport=6) == (refused + "its transport protocol is not UDP",)
    assert held(local=None) == (refused + "it has no local address",)
    parent.remove()
    assert held() == (refused + "its fd did not have that client",)


def test_a_release_without_patterns_tells_nothing() -> None:
    world = office(BEFORE_DEMUX)
    fd = world.system.add_process(100).necp_open()
    fd.add(remote=REMOTE, parent_id=bytes(16), flow_demux_pattern=[PATTERN])
    assert world.explain().holds == ()
