"""Steps of clients that only releases under way have."""

from __future__ import annotations

from necp_replay.abi.client import ClientAction
from necp_replay.bench.choices import Choices
from necp_replay.events.syscalls import NecpClientAction
from necp_replay.generate import agents, clients, network
from necp_replay.generate.generator import Generator
from necp_replay.kernel.machine import Machine
from necp_replay.releases.names import find_release

RELEASE = "xnu-7195.101.1"


def test_flows_are_added_and_removed_in_every_way() -> None:
    generator = Generator(Choices(1), 1)
    network.build(generator)
    for _ in range(6):
        agents.register(generator)
        clients.open_fd(generator)
        clients.add(generator)
    for _ in range(300):
        clients.add_flow(generator)
        clients.remove_flow(generator)
    machine = Machine(find_release(RELEASE, under_way=True))
    seen: dict[int, set[int | None]] = {
        ClientAction.ADD_FLOW: set(),
        ClientAction.REMOVE_FLOW: set(),
    }
    told = 0
    for step in generator.steps:
        outcome = machine.submit(step)
        if isinstance(step.input, NecpClientAction) and step.input.action in seen:
            seen[step.input.action].add(outcome.errno)
            told += len(outcome.effects)
    assert {0, 2, 14, 22} <= seen[ClientAction.ADD_FLOW]
    assert {0, 14, 22} <= seen[ClientAction.REMOVE_FLOW]
    assert told > 100
