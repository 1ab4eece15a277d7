"""When the update timer is armed, and what happens where it is pending already."""

from __future__ import annotations

import pytest

from necp_replay.abi.netagent import AgentFlag
from necp_replay.events.effects import TimerArmed
from necp_replay.scenario.answers import CallAnswer
from necp_replay.scenario.system import System
from tests.kernel.builders import effects_of, make_system

LEAVES_ALONE = "xnu-8792.41.9"
ARMS_AGAIN = "xnu-8019.41.5"
MS = 1_000_000


def armed(answer: CallAnswer) -> list[tuple[int, int, bool]]:
    """Deadline, leeway and whether it was pending, for each time that the timer was armed."""
    found = effects_of(answer, TimerArmed)
    return [
        (each.deadline_us, each.leeway_us, each.was_pending)
        for each in found
        if isinstance(each, TimerArmed)
    ]


def test_a_pending_timer_is_armed_again_or_left_alone() -> None:
    for release, again in ((ARMS_AGAIN, [(1_100_000, 500_000, True)]), (LEAVES_ALONE, [])):
        system = make_system(release)
        leeway = 500_000 if again else 50_000
        assert armed(system.update_all_clients()) == [(1_100_000, leeway, False)]
        assert armed(system.update_all_clients()) == again


def test_the_timer_can_be_armed_after_it_fired() -> None:
    system = make_system(LEAVES_ALONE)
    system.update_all_clients()
    system.fire_timer()
    assert armed(system.update_all_clients()) == [(1_100_000, 50_000, False)]


def at_once(system: System) -> list[tuple[int, int, bool]]:
    """An agent that has clients evaluated at once changes."""
    flags = AgentFlag.ACTIVE | AgentFlag.UPDATE_IMMEDIATELY
    agent = system.add_agent("a", flags=0)
    system.fire_timer()
    system.update_all_clients()
    return armed(agent.set_flags(int(flags)))


def test_an_agent_may_have_a_later_timer_fire_at_once() -> None:
    assert at_once(make_system(LEAVES_ALONE)) == [(1_010_000, 10_000, False)]


@pytest.mark.parametrize(("ms", "is_armed"), [(64, True), (65, False)])
def test_a_timer_that_fires_soon_enough_is_left_alone(ms: int, is_armed: bool) -> None:
    system = make_system(LEAVES_ALONE)
    agent = system.add_agent("a", flags=0)
    system.fire_timer()
    system.update_all_clients()
    system.advance(ms * MS)
    flags = AgentFlag.ACTIVE | AgentFlag.UPDATE_IMMEDIATELY
    assert bool(armed(agent.set_flags(int(flags)))) == is_armed
