"""What TCP's caches do from xnu-6153 on: they log, and hold counters during a backoff of ECN."""

from __future__ import annotations

import pytest

from necp_replay.abi.log import OS_LOG_DEFAULT
from necp_replay.abi.tcp_cache import EcnHeuristics, TfoHeuristics
from necp_replay.events.effects import Log
from necp_replay.releases.xnu_4903 import XNU_4903_270_47
from necp_replay.releases.xnu_6153 import XNU_6153_11_26
from necp_replay.scenario.answers import CallAnswer
from tests.kernel.heuristics.world import MINUTE_NS, HeuristicsSystem, make_world

E = EcnHeuristics
T = TfoHeuristics
RESET = "tcp_heuristic_reset_counters"


def later_world() -> HeuristicsSystem:
    return make_world(XNU_6153_11_26.profile)


def log_functions(answer: CallAnswer) -> list[str | None]:
    records = [effect for effect in answer.effects if isinstance(effect, Log)]
    assert all((record.level, record.os_log_type) == (0, OS_LOG_DEFAULT) for record in records)
    return [record.function for record in records]


def test_a_backoff_and_the_reset_of_a_counter_at_its_limit_are_logged() -> None:
    world = later_world()
    assert not log_functions(world.tell_ecn(E.LOSS))
    assert log_functions(world.tell_ecn(E.LOSS)) == [None]
    assert log_functions(world.tell_ecn(E.SUCCESS)) == [RESET]
    assert not log_functions(world.tell_ecn(E.SUCCESS))


def test_each_counter_of_fast_open_at_its_limit_is_logged_when_it_is_reset() -> None:
    world = later_world()
    assert not log_functions(world.tell_tfo(T.LOSS))
    assert log_functions(world.tell_tfo(T.LOSS)) == [None]
    assert log_functions(world.tell_tfo(T.SUCCESS)) == [RESET, RESET]


def test_older_releases_log_nothing() -> None:
    world = make_world(XNU_4903_270_47.profile)
    assert not world.tell_ecn(E.AGGRESSIVE).effects


@pytest.mark.parametrize("bit", [E.LOSS, E.DROP_RST, E.DROP_RXMT, E.AGGRESSIVE])
def test_nothing_counts_during_a_backoff_of_ecn(bit: EcnHeuristics) -> None:
    world = later_world()
    world.tell_ecn(E.AGGRESSIVE)
    for _ in range(9):
        assert not world.tell_ecn(bit).effects
    world.system.advance(60 * MINUTE_NS)
    assert world.verdict().ecn


def test_a_reset_of_a_syn_counts_during_a_backoff_too() -> None:
    world = later_world()
    world.tell_ecn(E.AGGRESSIVE)
    for _ in range(4):
        world.tell_ecn(E.SYN_RST)
    world.system.advance(59 * MINUTE_NS)
    world.tell_ecn(E.SYN_RST)
    world.system.advance(MINUTE_NS)
    assert not world.verdict().ecn


def test_an_old_backoff_follows_the_clock_when_it_is_asked_for() -> None:
    world = later_world()
    world.tell_ecn(E.AGGRESSIVE)
    for _ in range(3):
        world.system.advance(12 * 24 * 60 * MINUTE_NS)
        assert world.verdict().ecn


def test_a_success_makes_an_entry_with_the_backoff_of_that_time() -> None:
    for profile, minutes in ((XNU_4903_270_47.profile, 1), (XNU_6153_11_26.profile, 60)):
        world = make_world(profile)
        world.tell_tfo(T.SUCCESS)
        world.system.set_sysctl("tcp_ecn_timeout", 1)
        world.tell_tfo(T.MIDDLEBOX)
        world.system.advance(minutes * MINUTE_NS)
        assert not world.verdict().tfo
        world.system.advance(1_000_000)
        assert world.verdict().tfo
