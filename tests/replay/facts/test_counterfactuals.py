"""Machines with facts of two releases: the limit of a record holds in each of them."""

from __future__ import annotations

import gc

import pytest

from necp_replay.abi.client import ClientParameter
from necp_replay.abi.tlv import pack_tlv
from necp_replay.engines.recorder import Recorder
from necp_replay.errors import EngineError
from necp_replay.events.inputs import Step
from necp_replay.kernel.machine import Machine
from necp_replay.releases.lineage import RELEASES
from necp_replay.replay.facts.counterfactuals import Counterfactuals
from necp_replay.scenario import System

OLD, NEW = RELEASES["xnu-4570.41.2"], RELEASES["xnu-4570.51.1"]


def slow_steps() -> list[Step]:
    """Steps of which the last takes a tenth of a second."""
    steps: list[Step] = []
    system = System(Recorder(Machine(OLD), lambda step, outcome: steps.append(step)), "slow")
    agent = system.add_agent("a1", flags=0x23).uuid
    client = system.add_process(pid=100).necp_open().add(remote="203.0.113.5:443")
    client.agent_action(pack_tlv(ClientParameter.ASSERT_AGENT, agent) * 5_000)
    return steps


@pytest.mark.parametrize("facts", [(), ("remove_unknown_client_is_error",)])
def test_a_record_that_takes_too_long_is_an_error(facts: tuple[str, ...]) -> None:
    *quick, slow = slow_steps()
    machines = Counterfactuals(OLD, NEW, facts, record_limit_s=0.01)
    for step in quick:
        machines.submit(step)
    gc.disable()
    with pytest.raises(EngineError, match=f"record {len(quick) + 1} takes longer than 0.01 s"):
        machines.submit(slow)
    gc.enable()


def test_without_a_limit_every_machine_answers() -> None:
    machines = Counterfactuals(OLD, NEW, ("remove_unknown_client_is_error",))
    for step in slow_steps():
        assert len({outcome.errno for outcome in machines.submit(step)}) == 1
