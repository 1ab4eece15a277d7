"""Adding agents to an interface and removing them, and the events about it."""

from necp_replay.events.agents import NetagentRegister
from necp_replay.events.effects import Effect, KernelEvent, TimerArmed
from necp_replay.events.inputs import Step
from necp_replay.events.interfaces import IfaceAddAgent, IfaceAttach, IfaceDelAgent, IfaceUpdate
from necp_replay.events.outcome import Outcome
from necp_replay.kernel.machine import Machine
from necp_replay.releases.names import find_release
from necp_replay.releases.xnu_4570 import XNU_4570_51_1

AGENT, UNREGISTERED = b"\xaa" * 16, b"\xbb" * 16


def _machine() -> Machine:
    machine = Machine(XNU_4570_51_1.profile)
    machine.submit(Step(IfaceAttach(4, "en0", functional_type=3)))
    machine.submit(Step(NetagentRegister("agent", uuid=AGENT)))
    return machine


def _kinds(effects: tuple[Effect, ...]) -> list[type]:
    return [type(effect) for effect in effects]


def test_adding_and_removing_a_registered_agent_posts_an_event() -> None:
    machine = _machine()
    for event in (IfaceAddAgent(4, AGENT), IfaceDelAgent(4, AGENT)):
        outcome = machine.submit(Step(event))
        assert outcome.errno == 0
        assert _kinds(outcome.effects) == [TimerArmed, KernelEvent]
        assert outcome.effects[1] == KernelEvent(1, 9, 4, AGENT)


def test_adding_or_removing_an_agent_twice_posts_no_second_event() -> None:
    machine = _machine()
    machine.submit(Step(IfaceAddAgent(4, AGENT)))
    assert machine.submit(Step(IfaceAddAgent(4, AGENT))) == Outcome(errno=0)
    machine.submit(Step(IfaceDelAgent(4, AGENT)))
    assert machine.submit(Step(IfaceDelAgent(4, AGENT))) == Outcome(errno=0)


def test_an_agent_that_is_not_registered_is_added_without_an_event() -> None:
    assert _machine().submit(Step(IfaceAddAgent(4, UNREGISTERED))) == Outcome(errno=0)


def test_adding_an_agent_to_an_index_without_an_interface_is_enxio() -> None:
    for event in (IfaceAddAgent(9, AGENT), IfaceDelAgent(9, AGENT)):
        assert _machine().submit(Step(event)) == Outcome(errno=6)


def test_an_interface_has_room_for_64_agents() -> None:
    machine = _machine()
    for number in range(64):
        assert machine.submit(Step(IfaceAddAgent(4, bytes([number + 1] * 16)))).errno == 0
    assert machine.submit(Step(IfaceAddAgent(4, b"\xfe" * 16))).errno == 12
    machine.submit(Step(IfaceDelAgent(4, b"\x07" * 16)))
    assert machine.submit(Step(IfaceAddAgent(4, b"\xfe" * 16))).errno == 0


def test_the_whole_list_of_agents_is_replaced_without_an_event() -> None:
    outcome = _machine().submit(Step(IfaceUpdate(4, agents=(AGENT,))))
    assert (outcome.errno, outcome.effects) == (0, ())


def test_later_releases_post_an_event_for_an_id_that_is_not_registered() -> None:
    machine = Machine(find_release("xnu-8020.101.4", under_way=True))
    machine.submit(Step(IfaceAttach(4, "en0", functional_type=3)))
    for event in (IfaceAddAgent(4, UNREGISTERED), IfaceDelAgent(4, UNREGISTERED)):
        outcome = machine.submit(Step(event))
        assert outcome.effects[1] == KernelEvent(1, 9, 4, UNREGISTERED)
