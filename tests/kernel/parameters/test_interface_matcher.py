"""Comparing interfaces with parameters, compared with walking every chain of delegates."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from necp_replay.abi.client import ClientParameter
from necp_replay.abi.log import LOG_DEBUG, LOG_NOTICE
from necp_replay.abi.tlv import pack_tlv
from necp_replay.events.agents import NetagentRegister
from necp_replay.events.interfaces import IfaceUpdate
from necp_replay.kernel.agents.handle import handle_agent
from necp_replay.kernel.objects.interface import Interface
from necp_replay.kernel.objects.parsed_parameters import LISTED_FIELDS, ParsedParameters
from necp_replay.kernel.parameters.interface_matcher import InterfaceMatcher
from necp_replay.kernel.state import KernelState
from necp_replay.releases.xnu_4570 import XNU_4570_51_1
from necp_replay.scenario.system import InterfaceHandle
from tests.examples import examples
from tests.kernel.builders import make_system
from tests.kernel.parameters.plain_match import matches, preferred_count
from tests.work import lines_run, worst_growth

KNOWN, OTHER, UNKNOWN = b"\1" * 16, b"\2" * 16, b"\3" * 16
AGENT_TYPES = st.sampled_from(((b"D", b"T"), (b"D", b""), (b"", b"U"), (b"X", b"Y")))
agents = st.sampled_from((KNOWN, OTHER, UNKNOWN))
small_lists = {
    "prohibited_interface_types": st.sampled_from((0, 2, 3)),
    "prohibited_interfaces": st.sampled_from((b"en0", b"en1", b"en9")),
    **dict.fromkeys(("required_agents", "prohibited_agents", "preferred_agents"), agents),
    "required_agent_types": AGENT_TYPES,
    "prohibited_agent_types": AGENT_TYPES,
    "preferred_agent_types": AGENT_TYPES,
}


@st.composite
def interfaces(draw: st.DrawFn) -> list[Interface]:
    """Interfaces of which each may delegate to an earlier one, in any order."""
    made: list[Interface] = []
    for index in range(draw(st.integers(1, 8))):
        ifp = Interface(index + 1, f"en{index}", family=draw(st.sampled_from((0, 2))))
        ifp.agents = draw(st.lists(st.sampled_from((KNOWN, OTHER, UNKNOWN, bytes(16))), max_size=3))
        ifp.delegate = draw(st.sampled_from((None, *made)))
        made.append(ifp)
    return list(draw(st.permutations(made)))


@st.composite
def parameters(draw: st.DrawFn) -> ParsedParameters:
    parsed = ParsedParameters()
    parsed.valid_fields = LISTED_FIELDS
    for field in draw(st.sets(st.sampled_from(sorted(small_lists)), max_size=3)):
        setattr(parsed, field, tuple(draw(st.lists(small_lists[field], min_size=1, max_size=2))))
    return parsed


def make_kernel(debug: int) -> KernelState:
    """A kernel with two agents, of the types (D, T) and (D, U)."""
    kernel = KernelState(XNU_4570_51_1.profile)
    for uuid, type_ in ((KNOWN, b"T"), (OTHER, b"U")):
        handle_agent(kernel, NetagentRegister(type_.decode(), uuid, b"D", type_, b"", 3))
    kernel.effects.clear()
    kernel.agents.debug = debug
    return kernel


@settings(max_examples=examples(60, thorough=500), deadline=None)
@given(interfaces(), parameters(), st.sampled_from((LOG_NOTICE, LOG_DEBUG)))
def test_interfaces_match_and_log_as_if_every_chain_were_walked(
    those: list[Interface], parsed: ParsedParameters, debug: int
) -> None:
    kernel = make_kernel(debug)
    matcher = InterfaceMatcher(kernel, parsed)
    for ifp in those:
        found = (matcher.matches(ifp), matcher.preferred_count(ifp))
        effects = list(kernel.effects)
        kernel.effects.clear()
        expected = (matches(kernel, ifp, parsed), preferred_count(kernel, ifp, parsed))
        assert (found, effects) == (expected, kernel.effects)
        kernel.effects.clear()


PARAMETERS = {
    "no condition": b"",
    "prohibited interface": pack_tlv(ClientParameter.PROHIBIT_INTERFACE, b"nosuch0\0"),
    "prohibited type": pack_tlv(ClientParameter.PROHIBIT_IF_TYPE, b"\4"),
    "prohibited agent": pack_tlv(ClientParameter.PROHIBIT_AGENT, UNKNOWN),
    "prohibited agent type": pack_tlv(ClientParameter.PROHIBIT_AGENT_TYPE, b"D".ljust(64, b"\0")),
    "preferred agent": pack_tlv(ClientParameter.PREFER_AGENT, UNKNOWN),
}


def work_of_the_timer(extra: bytes, count: int) -> int:
    """Evaluate five multipath clients with ``count`` interfaces, each delegating to the last."""
    system = make_system()
    made: list[InterfaceHandle] = []
    for number in range(count):
        delegate = made[-1] if made else None
        made.append(
            system.add_interface(f"en{number}", 10 + number, delegate=delegate, agents=[KNOWN])
        )
    system.order_interfaces(*made)
    system.add_route("default", made[0], gateway="192.0.2.1")
    fd = system.add_process(100).necp_open()
    for _ in range(5):
        fd.add(multipath=True, extra=extra)
    made[0].update(IfaceUpdate(0, mtu=1400))
    system.update_all_clients()
    return lines_run(system.fire_timer)


@pytest.mark.parametrize("kind", PARAMETERS)
def test_a_chain_of_twice_as_many_interfaces_is_about_twice_the_work(kind: str) -> None:
    growth = worst_growth(lambda count: work_of_the_timer(PARAMETERS[kind], count), (40, 80, 160))
    assert growth < 2.3
