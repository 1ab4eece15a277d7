"""When a flow is told to use ECN."""

from __future__ import annotations

import pytest

from necp_replay.abi.client import ClientParameterFlag
from necp_replay.abi.interface import IFEF_ECN_DISABLE, IFEF_ECN_ENABLE
from necp_replay.abi.tcp_cache import EcnHeuristics
from tests.kernel.heuristics.world import MINUTE_NS, Verdict, World, make_world

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
def test_client_then_interface_then_sysctl_decide_about_ecn(
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
def test_ecn_is_avoided_for_an_hour_once_a_count_reaches_its_limit(
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


def test_every_further_count_doubles_the_time() -> None:
    world = make_world()
    for _ in range(3):
        world.tell_ecn(E.DROP_RST)
    world.system.advance(239 * MINUTE_NS)
    assert not world.verdict().ecn
    world.system.advance(MINUTE_NS)
    assert world.verdict().ecn


def test_of_several_bits_the_first_counts() -> None:
    world = make_world()
    world.tell_ecn(E.LOSS | E.DROP_RST | E.AGGRESSIVE)
    assert world.verdict().ecn


def test_success_of_a_platform_binary_resets_the_losses() -> None:
    world = make_world()
    world.tell_ecn(E.LOSS)
    world.tell_ecn(E.SUCCESS)
    world.tell_ecn(E.LOSS)
    assert world.verdict().ecn


def test_success_of_other_binaries_is_ignored() -> None:
    world = make_world(platform_binary=False)
    world.tell_ecn(E.LOSS)
    world.tell_ecn(E.SUCCESS)
    world.tell_ecn(E.LOSS)
    assert not world.verdict().ecn


def test_networks_are_told_apart_by_their_signature() -> None:
    world = make_world()
    world.tell_ecn(E.AGGRESSIVE)
    assert not world.verdict(local="192.0.2.99:1").ecn


def test_without_a_signature_the_local_address_tells_networks_apart() -> None:
    world = make_world(signature=b"")
    world.tell_ecn(E.AGGRESSIVE)
    assert world.verdict(local="192.0.2.99:1").ecn
    assert not world.verdict(local="192.0.2.10:2").ecn


def test_the_sysctl_turns_all_heuristics_off() -> None:
    world = make_world()
    world.tell_ecn(E.AGGRESSIVE)
    world.system.set_sysctl("disable_tcp_heuristics", 1)
    assert world.verdict().ecn


def test_the_time_is_that_of_the_sysctl_at_the_count() -> None:
    world = make_world()
    world.system.set_sysctl("tcp_ecn_timeout", 1)
    world.tell_ecn(E.AGGRESSIVE)
    world.system.advance(MINUTE_NS)
    assert world.verdict().ecn


def _count_to_the_end(world: World) -> None:
    for _ in range(20):
        world.tell_ecn(E.DROP_RST)


def test_counts_stop_at_nine_and_start_anew_once_the_time_is_over() -> None:
    world = make_world()
    _count_to_the_end(world)
    world.system.advance(256 * 60 * MINUTE_NS - 1_000_000)
    assert not world.verdict().ecn
    world.system.advance(1_000_000)
    assert world.verdict().ecn
    world.tell_ecn(E.DROP_RST)
    world.system.advance(60 * MINUTE_NS)
    assert world.verdict().ecn


def test_without_a_route_a_flow_is_told_nothing() -> None:
    world = make_world()
    world.system.delete_route("0.0.0.0/0@en0")
    world.system.fire_timer()
    assert world.verdict() == Verdict(ecn=False, tfo=True, cookie=b"")
