"""The message that tells a client what its flow was assigned."""

from __future__ import annotations

import pytest

from necp_replay.events.notifications import CreateNexusAssignMessage
from necp_replay.events.outcome import AssignMessage
from tests.kernel.builders import make_system

NEXUS = bytes(range(16))
NONE = bytes(16)


@pytest.mark.parametrize(
    ("event", "message"),
    [
        (CreateNexusAssignMessage(NONE, port=7), None),
        (CreateNexusAssignMessage(NONE, key=b"\xaa", key_length=0), None),
        (CreateNexusAssignMessage(NONE, key=b"\xaa"), "6601000000aa"),
        (CreateNexusAssignMessage(NONE, flow_adv_index=0), "670400000000000000"),
        (
            CreateNexusAssignMessage(NEXUS, port=7),
            "6410000000" + NEXUS.hex() + "650400000007000000",
        ),
        (CreateNexusAssignMessage(NONE, local=b"\x10\x02"), "c81c0000001002" + "00" * 26),
    ],
    ids=["nothing", "empty key", "key", "flow index", "nexus", "short endpoint"],
)
def test_it_has_a_tlv_for_each_thing_assigned(
    event: CreateNexusAssignMessage, message: str | None
) -> None:
    answer = make_system().submit(event).answer
    assert answer == AssignMessage(None if message is None else bytes.fromhex(message))
