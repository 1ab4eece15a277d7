"""Counting how often an agent was used."""

from __future__ import annotations

import struct

from necp_replay.abi.client import ClientAction
from necp_replay.events.outcome import ActionBuffers
from tests.kernel.agents.world import A1, make_system, only_agent, register


def test_each_use_returns_the_count_before_it() -> None:
    system = make_system()
    register(system)
    client = system.add_process(7).necp_open().add()
    use = struct.pack("<16sQ", A1, 0)
    answers = [
        client.fd.action(ClientAction.AGENT_USE, client.client_id, use).answer for _ in range(2)
    ]
    buffers = [answer.buffer for answer in answers if isinstance(answer, ActionBuffers)]
    assert buffers == [A1, A1 + b"\1"]
    assert only_agent(system).use_count == 2
