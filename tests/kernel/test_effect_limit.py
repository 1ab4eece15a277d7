"""An input has a limited number of effects in every system."""

from __future__ import annotations

import tracemalloc

from necp_replay.abi.client import ClientParameter
from necp_replay.abi.log import LOG_DEBUG
from necp_replay.abi.tlv import pack_tlv
from necp_replay.events.effects import Log
from necp_replay.events.outcome import Absent, TimerAnswer
from necp_replay.scenario.system import InterfaceHandle, System
from tests.kernel.builders import make_system

UNKNOWN_AGENT = b"\3" * 16


def make_talkative_system(interface_count: int) -> System:
    """A client that prohibits agents of a type, and interfaces whose agents are not registered.

    The interfaces are in one chain of delegates. For each interface, the kernel logs each agent in
    the rest of the chain for each of the 14 types prohibited.
    """
    system = make_system()
    made: list[InterfaceHandle] = []
    for number in range(interface_count):
        delegate = made[-1] if made else None
        name, index = f"en{number}", 10 + number
        made.append(system.add_interface(name, index, delegate=delegate, agents=[UNKNOWN_AGENT]))
    system.order_interfaces(*made)
    prohibited = pack_tlv(ClientParameter.PROHIBIT_AGENT_TYPE, b"D".ljust(64, b"\0"))
    system.add_process(100).necp_open().add(multipath=True, extra=prohibited * 14)
    system.set_sysctl("netagent_debug", LOG_DEBUG)
    return system


def test_more_than_a_million_log_records_take_little_memory_and_end_the_machine() -> None:
    system = make_talkative_system(400)
    tracemalloc.start()
    answer = system.fire_timer().answer
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert answer == Absent("the input has more than 1,000,000 effects")
    assert peak_bytes < 32 << 20
    assert isinstance(system.fire_timer().answer, Absent)


def test_fewer_log_records_are_all_effects() -> None:
    answer = make_talkative_system(20).fire_timer()
    assert answer.answer == TimerAnswer(fired=True)
    logged = [effect for effect in answer.effects if isinstance(effect, Log)]
    assert len(logged) > 14 * sum(range(20))
