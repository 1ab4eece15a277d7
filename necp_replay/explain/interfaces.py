"""Which interface a client's parameters ask for, told: what rejected each, and which was chosen.

Each parameter is put to the kernel's own matching alone, so whatever is said here of a rejection
is what the kernel says.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from necp_replay.abi.address_text import address_text
from necp_replay.abi.client import ClientParameterFlag
from necp_replay.explain.describe import (
    agent_text,
    agent_type_text,
    bytes_text,
    index_text,
    interface_text,
    listed,
    type_text,
)
from necp_replay.explain.model import InterfaceCheck, InterfaceExplanation
from necp_replay.kernel.interfaces.functional_type import functional_type, is_expensive
from necp_replay.kernel.objects.parsed_parameters import (
    INTERESTING_INTERFACE_FIELDS,
    PREFERRED_INTERFACE_FIELDS,
    SCOPED_INTERFACE_FIELDS,
    ParsedParameters,
)
from necp_replay.kernel.parameters.interface_match import (
    find_matching_interface_index,
    ifnet_matches_parameters,
    may_use_unordered_interfaces,
)
from necp_replay.kernel.sockaddr import address_of

if TYPE_CHECKING:
    from necp_replay.kernel.objects.interface import Interface
    from necp_replay.kernel.state import KernelState


def explain_interfaces(kernel: KernelState, parsed: ParsedParameters) -> InterfaceExplanation:
    """Tell how the kernel chooses among its interfaces; the choice itself is the kernel's."""
    is_met, index = find_matching_interface_index(kernel, parsed)
    chosen = index_text(kernel, index) if index else None
    fields = parsed.valid_fields
    bound = _bound_interface(kernel, parsed)
    if bound is not None:
        because = "the parameters bind the traffic to it, whatever else they ask for"
        return InterfaceExplanation(chosen, is_met, because, ())
    if not fields & INTERESTING_INTERFACE_FIELDS:
        return InterfaceExplanation(None, is_met, "no parameter asks for an interface", ())
    checks = tuple(_checks(kernel, parsed, index))
    return InterfaceExplanation(chosen, is_met, _because(kernel, parsed, index, checks), checks)


def _bound_interface(kernel: KernelState, parsed: ParsedParameters) -> Interface | None:
    found = None
    for name in parsed.bound_interfaces:
        found = kernel.interfaces.find_by_name(name) or found
    return found


def _because(
    kernel: KernelState, parsed: ParsedParameters, index: int, checks: tuple[InterfaceCheck, ...]
) -> str:
    fields = parsed.valid_fields
    only_prohibits = not fields & SCOPED_INTERFACE_FIELDS
    if index == 0:
        if only_prohibits and not kernel.interfaces.ordered:
            return "the parameters only prohibit, and no interface is primary"
        if only_prohibits and checks and checks[0].parameter is None:
            return f"the parameters only prohibit, and the primary {checks[0].interface} will do"
        if not fields & ~PREFERRED_INTERFACE_FIELDS:
            return "the parameters only prefer, and no interface meets a preference"
        return "every interface is rejected, so the client fails"
    if fields & PREFERRED_INTERFACE_FIELDS:
        return "it meets the most preferences of those that will do, and is the first that does"
    if next((check.is_ordered for check in checks if check.is_chosen), False):
        return "it is the first in order that will do"
    return "no ordered interface will do, and it is the first of the others that does"


def _checks(kernel: KernelState, parsed: ParsedParameters, chosen: int) -> Iterator[InterfaceCheck]:
    """Every interface, the ordered ones first: each is a candidate, or was rejected."""
    ordered = kernel.interfaces.ordered
    others = [ifp for ifp in kernel.interfaces.head if ifp not in ordered]
    considers_others = may_use_unordered_interfaces(parsed) and not any(
        ifnet_matches_parameters(kernel, ifp, parsed) for ifp in ordered
    )
    for ifp in (*ordered, *others):
        rejection = _rejection(kernel, ifp, parsed)
        yield InterfaceCheck(
            interface=interface_text(ifp),
            is_ordered=ifp in ordered,
            is_considered=ifp in ordered or considers_others,
            is_chosen=ifp.index == chosen and ifp.attached,
            parameter=None if rejection is None else rejection.parameter,
            asked="" if rejection is None else rejection.asked,
            actual="" if rejection is None else rejection.actual,
            preferences_met=_preferences_met(kernel, ifp, parsed),
        )


class _Ask(NamedTuple):
    """One parameter alone, and how to say what it asks for and what an interface has."""

    parameter: str
    asked: str
    actual: str
    alone: ParsedParameters


def _rejection(kernel: KernelState, ifp: Interface, parsed: ParsedParameters) -> _Ask | None:
    """The first parameter that an interface fails."""
    for ask in _asks(kernel, ifp, parsed):
        if not ifnet_matches_parameters(kernel, ifp, ask.alone):
            return ask
    return None


def _asks(kernel: KernelState, ifp: Interface, parsed: ParsedParameters) -> Iterator[_Ask]:
    """The parameters about interfaces in the order in which the kernel checks them."""
    if parsed.local_interface_addr is not None:
        addresses = listed(_address_of(ifa.sockaddr) for ifa in ifp.addresses)
        ask = _Ask("LOCAL_ADDRESS", address_text(parsed.local_addr), addresses, ParsedParameters())
        ask.alone.local_interface_addr = parsed.local_interface_addr
        yield ask
    if parsed.flags & _PROHIBIT_EXPENSIVE:
        actual = "expensive" if is_expensive(ifp) else "not expensive"
        ask = _Ask("PROHIBIT_EXPENSIVE", "not expensive", actual, ParsedParameters())
        ask.alone.flags = _PROHIBIT_EXPENSIVE
        yield ask
    type_ = parsed.required_interface_type
    if type_:
        actual = type_text(functional_type(ifp))
        ask = _Ask("REQUIRE_IF_TYPE", type_text(type_), actual, ParsedParameters())
        ask.alone.required_interface_type = type_
        yield ask
    for type_ in parsed.prohibited_interface_types:
        actual = _chain(ifp, lambda each: type_text(functional_type(each)))
        ask = _Ask("PROHIBIT_IF_TYPE", f"not {type_text(type_)}", actual, ParsedParameters())
        ask.alone.prohibited_interface_types = [type_]
        yield ask
    for name in parsed.prohibited_interfaces:
        actual = _chain(ifp, interface_text)
        ask = _Ask("PROHIBIT_INTERFACE", f"not {bytes_text(name)}", actual, ParsedParameters())
        ask.alone.prohibited_interfaces = [name]
        yield ask
    yield from _agent_asks(kernel, ifp, parsed)


def _agent_asks(kernel: KernelState, ifp: Interface, parsed: ParsedParameters) -> Iterator[_Ask]:
    own = _agents(kernel, ifp)
    all_agents = _chain(ifp, lambda each: _agents(kernel, each))
    for agent in parsed.required_agents:
        ask = _Ask("REQUIRE_AGENT", agent_text(kernel, agent), own, ParsedParameters())
        ask.alone.required_agents = [agent]
        yield ask
    for agent in parsed.prohibited_agents:
        asked = f"not {agent_text(kernel, agent)}"
        ask = _Ask("PROHIBIT_AGENT", asked, all_agents, ParsedParameters())
        ask.alone.prohibited_agents = [agent]
        yield ask
    for agent_type in parsed.required_agent_types:
        asked = agent_type_text(*agent_type)
        ask = _Ask("REQUIRE_AGENT_TYPE", asked, own, ParsedParameters())
        ask.alone.required_agent_types = [agent_type]
        yield ask
    for agent_type in parsed.prohibited_agent_types:
        asked = f"not {agent_type_text(*agent_type)}"
        ask = _Ask("PROHIBIT_AGENT_TYPE", asked, all_agents, ParsedParameters())
        ask.alone.prohibited_agent_types = [agent_type]
        yield ask


def _preferences_met(kernel: KernelState, ifp: Interface, parsed: ParsedParameters) -> int:
    """An interface meets a preference exactly where prohibiting the same would reject it."""
    count = 0
    for agent in parsed.preferred_agents:
        alone = ParsedParameters()
        alone.prohibited_agents = [agent]
        count += not ifnet_matches_parameters(kernel, ifp, alone)
    for agent_type in parsed.preferred_agent_types:
        alone = ParsedParameters()
        alone.prohibited_agent_types = [agent_type]
        count += not ifnet_matches_parameters(kernel, ifp, alone)
    return count


def _chain(ifp: Interface, text: Callable[[Interface], str]) -> str:
    """What is said of an interface, and of those it delegates to in turn."""
    texts = [text(ifp)]
    delegate = ifp.delegate
    while delegate is not None:
        texts.append(f"{text(delegate)} by its delegate {interface_text(delegate)}")
        delegate = delegate.delegate
    return ", ".join(texts)


def _agents(kernel: KernelState, ifp: Interface) -> str:
    return listed(agent_text(kernel, agent) for agent in ifp.agents if any(agent))


def _address_of(sockaddr: bytes) -> str:
    return str(ipaddress.ip_address(address_of(sockaddr)))


_PROHIBIT_EXPENSIVE: Final = int(ClientParameterFlag.PROHIBIT_EXPENSIVE)
