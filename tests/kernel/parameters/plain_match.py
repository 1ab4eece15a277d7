"""Interfaces compared with parameters the slow way: each chain of delegates is walked again."""

from __future__ import annotations

from collections.abc import Iterator

from necp_replay.kernel.agents.lookup import get_names
from necp_replay.kernel.interfaces.functional_type import functional_type
from necp_replay.kernel.objects.interface import Interface
from necp_replay.kernel.objects.parsed_parameters import ParsedParameters
from necp_replay.kernel.state import KernelState


def matches(kernel: KernelState, ifp: Interface, parsed: ParsedParameters) -> bool:
    """Whether an interface has what is required, and it and its delegates nothing prohibited."""
    chain = list(_chain(ifp))
    return (
        not any(
            functional_type(kernel.profile, each) == type_
            for type_ in parsed.prohibited_interface_types
            for each in chain
        )
        and not any(
            each.name.encode() == name for name in parsed.prohibited_interfaces for each in chain
        )
        and all(agent in ifp.agents for agent in parsed.required_agents)
        and not any(agent in each.agents for agent in parsed.prohibited_agents for each in chain)
        and all(_has_type(kernel, ifp, type_) for type_ in parsed.required_agent_types)
        and not any(
            _has_type(kernel, each, type_)
            for type_ in parsed.prohibited_agent_types
            for each in chain
        )
    )


def preferred_count(kernel: KernelState, ifp: Interface, parsed: ParsedParameters) -> int:
    """How many preferences an interface or a delegate meets."""
    chain = list(_chain(ifp))
    return sum(
        any(agent in each.agents for each in chain) for agent in parsed.preferred_agents
    ) + sum(
        any(_has_type(kernel, each, type_) for each in chain)
        for type_ in parsed.preferred_agent_types
    )


def _chain(ifp: Interface) -> Iterator[Interface]:
    each: Interface | None = ifp
    while each is not None:
        yield each
        each = each.delegate


def _has_type(kernel: KernelState, ifp: Interface, agent_type: tuple[bytes, bytes]) -> bool:
    domain, type_ = agent_type
    for agent in ifp.agents:
        names = get_names(kernel, agent) if any(agent) else None
        if names is not None and domain in (b"", names[0]) and type_ in (b"", names[1]):
            return True
    return False
