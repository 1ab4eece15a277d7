"""When a flow is told to use ECN, and what stops that."""

from __future__ import annotations

import pytest

from necp_replay.abi.client import ClientParameterFlag
from necp_replay.abi.interface import IFEF_ECN_DISABLE, IFEF_ECN_ENABLE
from necp_replay.abi.tcp_cache import EcnHeuristics
from tests.kernel.heuristics.world import MINUTE_NS, FlowHeuristics, HeuristicsSystem, make_world

LISTENER = int(ClientParameterFlag.LISTENER)
E = EcnHeuristics

WHO_DECIDES = {
    "nobody": (0, 0, None, False),
    "client": (ClientParameterFlag.ECN_ENABLE, IFEF_ECN_DISABLE, None, True),
    "client against": (ClientParameterFlag.ECN_DISABLE, IFEF_ECN_ENABLE, "tcp_ecn_inbound", False),
    "interface": (0, IFEF_ECN_ENABLE, None, True),
    "interface against": (0, IFEF_ECN_DISABLE, "tcp_ecn_inbound", False),
    "inbound sysctl, though not listening": (0, 0, "tcp_ecn_inbound", True),
    "outbound sysctl, not listening": (0, 0, "tcp_ecn_outbound", False),
    "outbound sysctl, though listening": (LISTENER, 0, "tcp_ecn_outbound", True),
    "inbound sysctl, listening": (LISTENER, 0, "tcp_ecn_inbound", False),
}


@pytest.mark.parametrize(
    ("flags", "eflags", "sysctl", "ecn"), WHO_DECIDES.values(), ids=WHO_DECIDES.keys()
)
def test_the_client_decides_about_ecn_then_the_interface_then_a_sysctl(
    flags: int, eflags: int, sysctl: str | None, ecn: bool
) -> None:
    world = make_world(flags=int(flags), eflags=eflags)
    if sysctl is not None:
        world.system.set_sysctl(sysctl, 1)
    assert world.verdict().ecn is ecn


LIMITS = {
    "loss": (E.LOSS, 2),
    "reset after data": (E.DROP_RST, 1),
    "dropped after retransmits": (E.DROP_RXMT, 4),
    "reset of a SYN": (E.SYN_RST, 4),
    "aggressive": (E.AGGRESSIVE, 1),
}


@pytest.mark.parametrize(("bit", "limit"), LIMITS.values(), ids=LIMITS.keys())
def test_ecn_is_off_for_an_hour_once_a_counter_reaches_its_limit(
    bit: EcnHeuristics, limit: int
) -> None:
    world = make_world()
    seen = []
    for _ in range(limit):
        seen.append(world.verdict().ecn)
        world.tell_ecn(bit)
    assert seen == [True] * limit
    assert not world.verdict().ecn
    world.system.advance(60 * MINUTE_NS - 1_000_000)
    assert not world.verdict().ecn
    world.system.advance(1_000_000)
    assert world.verdict().ecn


def test_every_further_count_doubles_the_backoff() -> None:
    world = make_world()
    for _ in range(3):
        world.tell_ecn(E.DROP_RST)
    world.system.advance(239 * MINUTE_NS)
    assert not world.verdict().ecn
    world.system.advance(MINUTE_NS)
    assert world.verdict().ecn


def test_of_several_bits_only_the_first_is_counted() -> None:
    world = make_world()
    world.tell_ecn(E.LOSS | E.DROP_RST | E.AGGRESSIVE)
    assert world.verdict().ecn


def test_a_platform_binary_that_reports_success_resets_the_counters() -> None:
    world = make_world()
    world.tell_ecn(E.LOSS)
    world.tell_ecn(E.SUCCESS)
    world.tell_ecn(E.LOSS)
    assert world.verdict().ecn


def test_success_is_ignored_from_other_binaries() -> None:
    world = make_world(platform_binary=False)
    world.tell_ecn(E.LOSS)
    world.tell_ecn(E.SUCCESS)
    world.tell_ecn(E.LOSS)
    assert not world.verdict().ecn


def test_a_network_is_known_by_the_signature_of_its_interface() -> None:
    world = make_world()
    world.tell_ecn(E.AGGRESSIVE)
    assert not world.verdict(local="192.0.2.99:1").ecn


def test_a_network_without_a_signature_is_known_by_the_local_address() -> None:
    world = make_world(signature=b"")
    world.tell_ecn(E.AGGRESSIVE)
    assert world.verdict(local="192.0.2.99:1").ecn
    assert not world.verdict(local="192.0.2.10:2").ecn


def test_the_sysctl_turns_all_heuristics_off() -> None:
    world = make_world()
    world.tell_ecn(E.AGGRESSIVE)
    world.system.set_sysctl("disable_tcp_heuristics", 1)
    assert world.verdict().ecn


def test_the_backoff_has_the_length_of_the_sysctl_when_it_starts() -> None:
    world = make_world()
    world.system.set_sysctl("tcp_ecn_timeout", 1)
    world.tell_ecn(E.AGGRESSIVE)
    world.system.advance(MINUTE_NS)
    assert world.verdict().ecn


def _count_to_the_end(world: HeuristicsSystem) -> None:
    for _ in range(20):
        world.tell_ecn(E.DROP_RST)


def test_counters_stop_at_nine_and_are_reset_after_the_backoff() -> None:
    world = make_world()
    _count_to_the_end(world)
    world.system.advance(256 * 60 * MINUTE_NS - 1_000_000)
    assert not world.verdict().ecn
    world.system.advance(1_000_000)
    assert world.verdict().ecn
    world.tell_ecn(E.DROP_RST)
    world.system.advance(60 * MINUTE_NS)
    assert world.verdict().ecn


def test_a_flow_of_a_client_without_a_route_gets_no_flags() -> None:
    world = make_world()
    world.system.delete_route("0.0.0.0/0@en0")
    world.system.fire_timer()
    assert world.verdict() == FlowHeuristics(ecn=False, tfo=True, cookie=b"")
