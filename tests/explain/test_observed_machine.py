"""Which clients a step evaluated."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tests.explain.explained import ExplainedSystem, explain_trace

NEWEST = "xnu-11417.121.6"
MEASURED: Final = Path(__file__).parents[2] / "traces" / "measured"
BACKGROUND: Final = MEASURED / "xnu-7195.101.1" / "named" / "x6153_background.necptrace"


def world_with_client() -> ExplainedSystem:
    """A system with one client, whose update timer is armed."""
    world = ExplainedSystem(NEWEST)
    wifi = world.system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    world.system.add_process(100, "app").necp_open().add(remote="198.18.0.1:443")
    world.system.add_route("default", wifi, gateway="192.0.2.1")
    world.system.update_all_clients()
    return world


def test_only_the_update_timer_evaluates_clients() -> None:
    world = world_with_client()
    world.system.fire_timer("collect_stats")
    assert world.machine.evaluated == ()
    world.system.fire_timer()
    assert len(world.machine.evaluated) == 1


def test_a_process_that_goes_to_the_background_only_arms_the_timer() -> None:
    evaluations = list(explain_trace(BACKGROUND))
    assert evaluations
    assert [text for _, each in evaluations for text in each.disagreements] == []
