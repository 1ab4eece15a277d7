"""Statistics of flows in arenas, and the timers that collect them and drop arenas."""

from __future__ import annotations

import pytest

from necp_replay.abi.client import ClientParameter
from necp_replay.abi.errno import Errno
from necp_replay.abi.tlv import pack_tlv
from necp_replay.events.effects import AgentMessage, KernelAgentMessage
from necp_replay.events.outcome import TimerAnswer
from tests.kernel.builders import effects_of, log_functions
from tests.kernel.client_actions.skywalk import (
    AGENT,
    ALLOW_NEXUS,
    FIRST_ADDRESS,
    LATER_SIZES,
    STATISTICS_QUIC,
    add_flow,
    make_world,
    timers,
)

CUT_SHORT = b"\x0c\xff\0\0\0"
"""A TLV that passes the end."""


def test_each_flow_has_statistics_of_its_own_and_the_lowest_free_ones() -> None:
    world = make_world()
    first, address = add_flow(world.client)
    _, second = add_flow(world.client)
    assert (address, second) == (FIRST_ADDRESS, FIRST_ADDRESS + 152)
    first.remove_flow()
    _, third = add_flow(world.client)
    assert third == FIRST_ADDRESS


def test_later_releases_have_longer_statistics() -> None:
    world = make_world(LATER_SIZES)
    assert add_flow(world.client)[1] == 0
    assert add_flow(world.client, size_bytes=152)[1] == FIRST_ADDRESS
    assert add_flow(world.client, size_bytes=152)[1] == FIRST_ADDRESS + 160


@pytest.mark.parametrize(
    ("kind", "size_bytes", "version"), [(0, 144, 1), (4, 144, 1), (1, 143, 1), (1, 144, 2)]
)
def test_what_is_asked_wrongly_is_not_given(kind: int, size_bytes: int, version: int) -> None:
    world = make_world()
    flow, address = add_flow(world.client, kind, size_bytes=size_bytes, version=version)
    assert (flow.added is not None and flow.added.errno, address) == (Errno.OK, 0)
    assert world.fd().stats_arenas == 1


def test_an_arena_has_room_for_512_flows() -> None:
    world = make_world()
    addresses = [add_flow(world.client)[1] for _ in range(514)]
    assert addresses[511:] == [FIRST_ADDRESS + 511 * 152, 0, 0]


@pytest.mark.parametrize(
    ("release", "size_bytes", "parameters", "logs"),
    [
        ("xnu-8796.141.3", 144, CUT_SHORT, 0),
        (LATER_SIZES, 152, CUT_SHORT, 1),
        (LATER_SIZES, 152, pack_tlv(ClientParameter.FLAGS, bytes(4)) + CUT_SHORT, 0),
        (LATER_SIZES, 152, pack_tlv(ClientParameter.IP_PROTOCOL, b"\6\0") + CUT_SHORT, 1),
        (LATER_SIZES, 144, CUT_SHORT, 0),
    ],
    ids=["before", "cut short", "behind the flags", "behind others", "no statistics"],
)
def test_later_releases_read_the_parameters_up_to_the_flags(
    release: str, size_bytes: int, parameters: bytes, logs: int
) -> None:
    fd = make_world(release).laptop.fd
    flow, _ = add_flow(fd.add(parameters), size_bytes=size_bytes)
    assert flow.added is not None
    assert list(log_functions(flow.added)).count("necp_find_netstat_initial_properties") == logs


def test_statistics_are_collected_as_long_as_there_are_some() -> None:
    world = make_world()
    flow, _ = add_flow(world.client)
    system = world.laptop.system
    assert timers(system.fire_timer("collect_stats")) == ["collect_stats"]
    flow.remove_flow()
    last = system.fire_timer("collect_stats")
    assert (last.answer, timers(last)) == (TimerAnswer(fired=True), [])
    assert system.fire_timer("collect_stats").answer == TimerAnswer(fired=False)


def test_an_arena_without_flows_is_dropped_by_a_timer() -> None:
    world = make_world()
    add_flow(world.client)
    assert timers(world.client.remove()) == ["close_empty_arenas"]
    assert world.fd().stats_arenas == 1
    world.laptop.system.fire_timer("close_empty_arenas")
    assert (world.fd().stats_arenas, world.fd().stats_arena_active) == (0, 0)
    assert world.laptop.system.snapshot().necp_arena_count == 0


def test_an_arena_with_flows_of_other_clients_stays() -> None:
    world = make_world()
    other = world.laptop.fd.add(remote="198.18.0.2:443")
    add_flow(world.client)
    add_flow(other)
    assert timers(world.client.remove()) == []
    assert timers(other.remove()) == ["close_empty_arenas"]


def test_a_defunct_process_gets_a_new_arena_for_new_flows() -> None:
    world = make_world()
    add_flow(world.client)
    world.laptop.fd.defunct()
    shown = world.fd()
    assert (shown.stats_arena_active, shown.stats_arenas) == (0, 1)
    assert add_flow(world.client)[1] == FIRST_ADDRESS + 0x100_0000
    assert world.fd().stats_arenas == 2


def test_closing_the_fd_drops_all_arenas() -> None:
    world = make_world()
    add_flow(world.client)
    world.laptop.fd.close()
    assert world.laptop.system.snapshot().necp_arena_count == 0


@pytest.mark.parametrize(("kind", "has_token"), [(1, False), (STATISTICS_QUIC, True)])
def test_the_end_of_a_flow_with_quic_statistics_carries_a_token(kind: int, has_token: bool) -> None:
    world = make_world()
    add_flow(world.client, kind, flags=ALLOW_NEXUS, agent=AGENT)
    (message,) = effects_of(world.laptop.fd.defunct(), AgentMessage)
    assert isinstance(message, AgentMessage)
    assert isinstance(message.delivery, KernelAgentMessage)
    assert (message.delivery.nexus_parameters is not None) == has_token
