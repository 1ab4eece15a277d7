"""When a flow is told to use TCP Fast Open, and with which cookie."""

from __future__ import annotations

import pytest

from necp_replay.abi.tcp_cache import TfoHeuristics
from necp_replay.events.effects import MemoryCorruption
from necp_replay.events.outcome import Panicked
from necp_replay.releases.xnu_4570 import XNU_4570_41_2
from tests.kernel.heuristics.world import ECN_AND_TFO, MINUTE_NS, make_world

T = TfoHeuristics
COOKIE = b"\xcc" * 8


def test_fast_open_is_blocked_unless_the_client_asks_for_it() -> None:
    assert not make_world(flags=0).verdict().tfo
    assert make_world().verdict().tfo


LIMITS = {
    "data lost": (T.LOSS, 2),
    "request lost": (T.LOSS_REQ, 2),
    "data reset": (T.RST_DATA, 2),
    "request reset": (T.RST_REQ, 2),
    "middlebox": (T.MIDDLEBOX, 1),
}


@pytest.mark.parametrize(("bit", "limit"), LIMITS.values(), ids=LIMITS.keys())
def test_fast_open_is_off_for_an_hour_once_a_counter_reaches_its_limit(
    bit: TfoHeuristics, limit: int
) -> None:
    world = make_world()
    seen = []
    for _ in range(limit):
        seen.append(world.verdict().tfo)
        world.tell_tfo(bit)
    assert seen == [True] * limit
    world.system.advance(60 * MINUTE_NS)
    assert not world.verdict().tfo
    world.system.advance(1_000_000)
    assert world.verdict().tfo


def test_the_second_backoff_is_twice_as_long() -> None:
    world = make_world()
    world.tell_tfo(T.MIDDLEBOX)
    world.system.advance(60 * MINUTE_NS + 1_000_000)
    assert world.verdict().tfo
    world.tell_tfo(T.MIDDLEBOX)
    world.system.advance(120 * MINUTE_NS)
    assert not world.verdict().tfo
    world.system.advance(1_000_000)
    assert world.verdict().tfo


def test_the_time_of_use_in_between_shortens_the_next_backoff() -> None:
    world = make_world()
    world.tell_tfo(T.MIDDLEBOX)
    world.system.advance(60 * MINUTE_NS + 1_000_000)
    assert world.verdict().tfo
    world.system.advance(100 * MINUTE_NS)
    world.tell_tfo(T.MIDDLEBOX)
    world.system.advance(20 * MINUTE_NS)
    assert not world.verdict().tfo
    world.system.advance(1_000_000)
    assert world.verdict().tfo


def test_a_use_longer_than_the_backoff_resets_its_length() -> None:
    world = make_world()
    world.tell_tfo(T.MIDDLEBOX)
    world.system.advance(60 * MINUTE_NS + 1_000_000)
    assert world.verdict().tfo
    world.system.advance(121 * MINUTE_NS)
    world.tell_tfo(T.MIDDLEBOX)
    world.system.advance(60 * MINUTE_NS + 1_000_000)
    assert world.verdict().tfo


@pytest.mark.parametrize(("success", "tfo"), [(T.SUCCESS, True), (T.SUCCESS_REQ, False)])
def test_success_of_a_request_does_not_reset_the_counter_of_lost_data(
    success: TfoHeuristics, tfo: bool
) -> None:
    world = make_world()
    world.tell_tfo(T.LOSS)
    world.tell_tfo(success)
    world.tell_tfo(T.LOSS)
    assert world.verdict().tfo is tfo


@pytest.mark.parametrize(("success", "tfo"), [(T.SUCCESS, False), (T.SUCCESS_REQ, True)])
def test_other_binaries_may_report_only_the_success_of_requests(
    success: TfoHeuristics, tfo: bool
) -> None:
    world = make_world(platform_binary=False)
    world.tell_tfo(T.LOSS_REQ)
    world.tell_tfo(success)
    world.tell_tfo(T.LOSS_REQ)
    assert world.verdict().tfo is tfo


def test_a_cookie_is_given_only_for_its_server() -> None:
    world = make_world()
    world.tell_tfo(cookie=COOKIE)
    assert world.verdict().cookie == COOKIE
    assert world.verdict(remote="198.51.100.2:443").cookie == b""


def test_a_shorter_cookie_replaces_a_longer_one() -> None:
    world = make_world()
    world.tell_tfo(cookie=COOKIE)
    world.tell_tfo(cookie=b"\xdd" * 4)
    assert world.verdict().cookie == b"\xdd" * 4


def test_a_blocked_flow_gets_no_cookie() -> None:
    world = make_world()
    world.tell_tfo(T.MIDDLEBOX, COOKIE)
    verdict = world.verdict()
    assert (verdict.tfo, verdict.cookie) == (False, b"")


def test_newer_releases_cut_a_cookie_to_sixteen_bytes() -> None:
    world = make_world()
    answer = world.tell_tfo(cookie=b"\xcc" * 16, length=255)
    assert (answer.errno, answer.effects) == (0, ())
    assert world.verdict().cookie == b"\xcc" * 16


def test_older_releases_write_a_long_cookie_past_its_allocation() -> None:
    world = make_world(XNU_4570_41_2.profile)
    answer = world.tell_tfo(cookie=b"\xcc" * 16, length=255)
    (corruption,) = answer.effects
    assert isinstance(corruption, MemoryCorruption)
    assert (answer.errno, corruption.what, corruption.extent_bytes) == (0, "overflow", 239)


@pytest.mark.parametrize(("length", "effects"), [(16, 0), (17, 0), (24, 0), (25, 1)])
def test_eight_bytes_more_than_sixteen_fit_into_the_padding_of_the_entry(
    length: int, effects: int
) -> None:
    world = make_world(XNU_4570_41_2.profile)
    assert len(world.tell_tfo(cookie=b"\xcc" * 16, length=length).effects) == effects


def test_older_releases_panic_when_they_read_a_long_cookie() -> None:
    world = make_world(XNU_4570_41_2.profile)
    world.tell_tfo(cookie=b"\xcc" * 16, length=17)
    world.add_flow()
    assert isinstance(world.client.copy_result().answer, Panicked)


def test_local_and_remote_address_may_be_of_different_families() -> None:
    world = make_world(flags=ECN_AND_TFO)
    world.add_flow(remote="[2001:db8::1]:443")
    world.tell_tfo(cookie=COOKIE)
    assert world.verdict(remote="[2001:db8::1]:443").cookie == COOKIE
    assert world.verdict().cookie == b""
