"""Explains the choice of an interface: which parameter rejected each one, and which was chosen.

The kernel's matching answers yes or no for all parameters together. To find the one that rejects
an interface, it is called with one parameter at a time, in the order in which it checks them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from necp_replay.abi.address_text import address_text, ip_text
from necp_replay.abi.client import ClientParameterFlag, LaterParameterFlag
from necp_replay.abi.interface import IFXF_LOW_LATENCY
from necp_replay.explain.describe import (
    agent_text,
    agent_type_text,
    bytes_text,
    index_text,
    interface_text,
    listed,
    type_text,
)
from necp_replay.explain.explanation import InterfaceCheck, InterfaceExplanation
from necp_replay.kernel.interfaces.condition import is_constrained, is_ultra_constrained
from necp_replay.kernel.interfaces.functional_type import functional_type, is_expensive
from necp_replay.kernel.objects.parsed_parameters import (
    INTERESTING_INTERFACE_FIELDS,
    LISTED_FIELDS,
    PREFERRED_INTERFACE_FIELDS,
    SCOPED_INTERFACE_FIELDS,
    ParsedField,
    ParsedParameters,
)
from necp_replay.kernel.parameters.interface_match import (
    compares_unordered,
    find_matching_interface_index,
    ifnet_matches_parameters,
    prohibited_properties,
)
from necp_replay.kernel.sockaddr import address_of

if TYPE_CHECKING:
    from necp_replay.kernel.objects.interface import Interface
    from necp_replay.kernel.state import KernelState
    from necp_replay.releases.profile import Profile


def explain_interfaces(kernel: KernelState, parsed: ParsedParameters) -> InterfaceExplanation:
    """Explain which interface the parameters ask for; the kernel's own function chooses it."""
    is_met, index, ask_policies = find_matching_interface_index(kernel, parsed)
    chosen = index_text(kernel, index) if index else None
    fields = parsed.valid_fields
    bound = _bound_interface(kernel, parsed)
    if bound is not None:
        because = "the parameters bind the traffic to it, so nothing else decides"
        return InterfaceExplanation(chosen, is_met, because, ())
    if not fields & INTERESTING_INTERFACE_FIELDS:
        return InterfaceExplanation(None, is_met, "no parameter asks for an interface", ())
    checks = tuple(_checks(kernel, parsed, index))
    if ask_policies:
        because = "every interface is rejected; policies may name the agents that are required"
    else:
        because = _because(kernel, parsed, index, checks)
    return InterfaceExplanation(chosen, is_met, because, checks)


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
            return (
                f"the parameters only prohibit, and the primary {checks[0].interface} is acceptable"
            )
        if not fields & ~PREFERRED_INTERFACE_FIELDS:
            return "the parameters only prefer, and no interface meets a preference"
        return "every interface is rejected, so the client fails"
    if fields & PREFERRED_INTERFACE_FIELDS:
        return "it is the first acceptable one that meets the most preferences"
    if next((check.is_ordered for check in checks if check.is_chosen), False):
        return "it is the first acceptable one in the order"
    return "no ordered interface is acceptable, and it is the first acceptable one of the others"


def _checks(kernel: KernelState, parsed: ParsedParameters, chosen: int) -> Iterator[InterfaceCheck]:
    """Check every interface, the ordered ones first."""
    ordered = kernel.interfaces.ordered
    others = [ifp for ifp in kernel.interfaces.head if ifp not in ordered]
    one_matches = False
    for ifp in (*ordered, *others):
        rejection = _rejection(kernel, ifp, parsed)
        is_ordered = ifp in ordered
        one_matches = one_matches or (is_ordered and rejection is None)
        is_compared = is_ordered or compares_unordered(kernel, parsed, ifp, one_matches=one_matches)
        yield InterfaceCheck(
            interface=interface_text(ifp),
            is_ordered=is_ordered,
            is_considered=is_compared,
            is_chosen=ifp.index == chosen and ifp.attached,
            parameter=None if rejection is None else rejection.parameter,
            asked="" if rejection is None else rejection.asked,
            actual="" if rejection is None else rejection.actual,
            preferences_met=_preferences_met(kernel, ifp, parsed),
        )


class _Requirement(NamedTuple):
    """One parameter of the client, in words and as parameters with only this one (``alone``).

    ``asked`` is what it asks for, ``actual`` what the interface has.
    """

    parameter: str
    asked: str
    actual: str
    alone: ParsedParameters


def _rejection(
    kernel: KernelState, ifp: Interface, parsed: ParsedParameters
) -> _Requirement | None:
    """The first parameter that rejects an interface, or None."""
    for requirement in _requirements(kernel, ifp, parsed):
        if not ifnet_matches_parameters(kernel, ifp, requirement.alone):
            return requirement
    return None


def _requirements(
    kernel: KernelState, ifp: Interface, parsed: ParsedParameters
) -> Iterator[_Requirement]:
    """The parameters that can reject an interface, in the order in which the kernel checks them."""
    if parsed.local_interface_addr is not None:
        addresses = listed(_address_of(ifa.sockaddr) for ifa in ifp.addresses)
        requirement = _Requirement(
            "LOCAL_ADDRESS", address_text(parsed.local_addr), addresses, _nothing_asked()
        )
        requirement.alone.local_interface_addr = parsed.local_interface_addr
        yield requirement
    yield from _special_interfaces(kernel, ifp, parsed)
    prohibited = prohibited_properties(kernel, parsed, ifp)
    for flag, property_, has_property in _PROHIBITED:
        if prohibited & flag:
            actual = property_ if has_property(kernel.profile, ifp) else f"not {property_}"
            # The kernel may take one prohibition for both.
            given = ClientParameterFlag(flag if parsed.flags & flag else parsed.flags & _ALL)
            requirement = _Requirement(
                str(given.name), f"not {property_}", actual, _nothing_asked()
            )
            requirement.alone.flags = int(flag)
            yield requirement
    type_ = parsed.required_interface_type
    if type_:
        actual = type_text(functional_type(kernel.profile, ifp))
        requirement = _Requirement("REQUIRE_IF_TYPE", type_text(type_), actual, _nothing_asked())
        requirement.alone.required_interface_type = type_
        yield requirement
    for type_ in parsed.prohibited_interface_types:
        actual = _chain(ifp, lambda each: type_text(functional_type(kernel.profile, each)))
        requirement = _Requirement(
            "PROHIBIT_IF_TYPE", f"not {type_text(type_)}", actual, _nothing_asked()
        )
        requirement.alone.prohibited_interface_types = (type_,)
        yield requirement
    for name in parsed.prohibited_interfaces:
        actual = _chain(ifp, interface_text)
        requirement = _Requirement(
            "PROHIBIT_INTERFACE", f"not {bytes_text(name)}", actual, _nothing_asked()
        )
        requirement.alone.prohibited_interfaces = (name,)
        yield requirement
    yield from _agent_requirements(kernel, ifp, parsed)


def _agent_requirements(
    kernel: KernelState, ifp: Interface, parsed: ParsedParameters
) -> Iterator[_Requirement]:
    own = _agents(kernel, ifp)
    all_agents = _chain(ifp, lambda each: _agents(kernel, each))
    for agent in parsed.required_agents:
        requirement = _Requirement(
            "REQUIRE_AGENT", agent_text(kernel, agent), own, _nothing_asked()
        )
        requirement.alone.required_agents = (agent,)
        yield requirement
    for agent in parsed.prohibited_agents:
        asked = f"not {agent_text(kernel, agent)}"
        requirement = _Requirement("PROHIBIT_AGENT", asked, all_agents, _nothing_asked())
        requirement.alone.prohibited_agents = (agent,)
        yield requirement
    for agent_type in parsed.required_agent_types:
        asked = agent_type_text(*agent_type)
        requirement = _Requirement("REQUIRE_AGENT_TYPE", asked, own, _nothing_asked())
        requirement.alone.required_agent_types = (agent_type,)
        yield requirement
    for agent_type in parsed.prohibited_agent_types:
        asked = f"not {agent_type_text(*agent_type)}"
        requirement = _Requirement("PROHIBIT_AGENT_TYPE", asked, all_agents, _nothing_asked())
        requirement.alone.prohibited_agent_types = (agent_type,)
        yield requirement


def _nothing_asked() -> ParsedParameters:
    """Parameters for one requirement alone. Their lists are read, though no parameter was given."""
    parsed = ParsedParameters()
    parsed.valid_fields = LISTED_FIELDS
    return parsed


def _preferences_met(kernel: KernelState, ifp: Interface, parsed: ParsedParameters) -> int:
    """How many preferences an interface meets.

    The kernel has no function for one preference. But an interface has a preferred agent exactly
    if the kernel rejects it when the same agent is prohibited.
    """
    count = 0
    for agent in parsed.preferred_agents:
        alone = _nothing_asked()
        alone.prohibited_agents = (agent,)
        count += not ifnet_matches_parameters(kernel, ifp, alone)
    for agent_type in parsed.preferred_agent_types:
        alone = _nothing_asked()
        alone.prohibited_agent_types = (agent_type,)
        count += not ifnet_matches_parameters(kernel, ifp, alone)
    for agent in parsed.avoided_agents:
        alone = _nothing_asked()
        alone.prohibited_agents = (agent,)
        count += ifnet_matches_parameters(kernel, ifp, alone)
    for agent_type in parsed.avoided_agent_types:
        alone = _nothing_asked()
        alone.prohibited_agent_types = (agent_type,)
        count += ifnet_matches_parameters(kernel, ifp, alone)
    return count


def _chain(ifp: Interface, text: Callable[[Interface], str]) -> str:
    """A text for an interface and for each interface that it delegates to, directly or not."""
    texts = [text(ifp)]
    delegate = ifp.delegate
    while delegate is not None:
        texts.append(f"{text(delegate)} by its delegate {interface_text(delegate)}")
        delegate = delegate.delegate
    return ", ".join(texts)


def _agents(kernel: KernelState, ifp: Interface) -> str:
    return listed(agent_text(kernel, agent) for agent in ifp.agents if any(agent))


def _special_interfaces(
    kernel: KernelState, ifp: Interface, parsed: ParsedParameters
) -> Iterator[_Requirement]:
    """What an interface is that only some parameters may use: they name it, or have a flag."""
    profile = kernel.profile
    if ifp.xflags & IFXF_LOW_LATENCY and profile.low_latency_interfaces_are_named:
        yield _Requirement("BOUND_INTERFACE", "not low-latency", "low-latency", _nothing_asked())
    if (
        profile.ultra_constrained_needs_permission
        and parsed.valid_fields & ParsedField.FLAGS
        and not parsed.flags & _ALLOW_ULTRA_CONSTRAINED
    ):
        actual = (
            "ultra-constrained" if is_ultra_constrained(profile, ifp) else "not ultra-constrained"
        )
        requirement = _Requirement(
            "no ALLOW_ULTRA_CONSTRAINED", "not ultra-constrained", actual, _nothing_asked()
        )
        requirement.alone.valid_fields = int(ParsedField.FLAGS)
        yield requirement


def _address_of(sockaddr: bytes) -> str:
    return ip_text(address_of(sockaddr))


_PROHIBITED: Final[
    tuple[tuple[ClientParameterFlag, str, Callable[[Profile, Interface], bool]], ...]
] = (
    (ClientParameterFlag.PROHIBIT_EXPENSIVE, "expensive", lambda _, ifp: is_expensive(ifp)),
    (ClientParameterFlag.PROHIBIT_CONSTRAINED, "constrained", is_constrained),
)
_ALLOW_ULTRA_CONSTRAINED: Final = int(LaterParameterFlag.ALLOW_ULTRA_CONSTRAINED)
_ALL: Final = int(ClientParameterFlag.PROHIBIT_EXPENSIVE | ClientParameterFlag.PROHIBIT_CONSTRAINED)
