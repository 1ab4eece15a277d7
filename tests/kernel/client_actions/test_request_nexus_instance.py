"""REQUEST_NEXUS_INSTANCE."""

from __future__ import annotations

from necp_replay.abi.client import ClientAction
from necp_replay.abi.client_structs import STATISTICS_REQUEST
from necp_replay.abi.errno import Errno
from necp_replay.abi.netagent import AgentMessageType
from necp_replay.scenario.buffers import room
from tests.kernel.builders import log_functions
from tests.kernel.client_actions.skywalk import (
    AGENT,
    FIRST_ADDRESS,
    STATISTICS_TCP,
    address_at,
    make_world,
    messages,
    timers,
)

FUNCTION = "necp_client_request_nexus"
REQUEST_ID = 0xBF
INACTIVE = 0x81


def statistics(size_bytes: int = 144, identity: int = REQUEST_ID) -> bytes:
    return STATISTICS_REQUEST.pack(identity, STATISTICS_TCP, 1, size_bytes, 0)


def test_the_agent_is_asked_and_the_flow_waits_for_it() -> None:
    world = make_world()
    answer = world.client.request_nexus()
    assert (answer.errno, messages(answer)) == (Errno.OK, [AgentMessageType.REQUEST_NEXUS])
    shown = world.shown()
    assert shown.legacy_client_is_flow == 1
    (registration,) = shown.registrations or ()
    (flow,) = registration.flows
    assert (flow.nexus_agent, flow.interface_index, flow.assigned) == (AGENT, 4, 0)
    assert registration.last_interface_details == 0x8_00000004
    assert world.laptop.system.snapshot().necp_nexus_flow_count == 1


def test_what_a_kernel_agent_hands_back_is_assigned_at_once() -> None:
    world = make_world()
    world.results(b"\x64\1\0\0\0\7")
    world.client.request_nexus()
    (registration,) = world.shown().registrations or ()
    assert registration.flows[0].assigned_results == b"\x64\1\0\0\0\7"


def test_without_an_agent_among_the_options_the_net_is_down() -> None:
    world = make_world()
    world.laptop.wifi.update(agents=())
    client = world.laptop.fd.add(remote="198.18.0.2:443")
    answer = client.request_nexus()
    assert (answer.errno, log_functions(answer)) == (Errno.ENETDOWN, [FUNCTION])


def test_a_registration_stays_although_its_agent_refuses() -> None:
    world = make_world()
    world.agent.set_flags(INACTIVE)
    answer = world.client.request_nexus()
    assert (answer.errno, log_functions(answer)) == (Errno.EINVAL, [FUNCTION] * 2)
    assert len(world.shown().registrations or ()) == 1


def test_statistics_are_given_in_the_buffer() -> None:
    world = make_world()
    answer = world.client.request_nexus(statistics())
    assert address_at(answer, 16) == FIRST_ADDRESS
    assert timers(answer) == ["collect_stats"]
    assert world.fd().stats_arenas == 1


def test_a_request_of_another_size_or_kind_gets_an_arena_and_no_statistics() -> None:
    for request in (statistics(152), statistics(identity=1)):
        world = make_world()
        answer = world.client.request_nexus(request)
        assert (answer.errno, timers(answer)) == (Errno.OK, [])
        assert world.fd().stats_arenas == 1


def test_a_failure_is_logged() -> None:
    fd = make_world().laptop.fd
    action = ClientAction.REQUEST_NEXUS_INSTANCE
    assert fd.action(action, room(15)).errno == Errno.EINVAL
    answer = fd.action(action, b"\xee" * 8 + bytes(8))
    assert (answer.errno, log_functions(answer)) == (Errno.ENOENT, [FUNCTION])


def test_releases_without_skywalk_do_not_handle_it() -> None:
    world = make_world("xnu-8019.61.5")
    answer = world.client.request_nexus()
    assert (answer.errno, log_functions(answer)) == (Errno.EINVAL, ["necp_client_action"])
