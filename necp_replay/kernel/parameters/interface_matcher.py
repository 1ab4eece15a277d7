"""Compares interfaces with a client's parameters.

Idea. What parameters prohibit must not be true of an interface, nor of the interface that it
delegates to, and so on along the chain of delegates. If all interfaces of a system are in one
chain, walking it for each interface is quadratic work. The answer for an interface is yes if it is
true of the interface itself, and otherwise that for its delegate. So answers are kept, and each
interface is asked once.

Invariants. Answers are kept for one evaluation, in which neither interfaces nor agents change. Log
records are those of the walk, too: the kernel can log each look-up of an agent that is not
registered, so an answer includes how many such look-ups it takes. A property test compares both
with the walk.

Cost: one step for each interface and each prohibited or preferred thing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from necp_replay.abi.client import ClientParameterFlag, LaterParameterFlag
from necp_replay.abi.interface import IFXF_LOW_LATENCY
from necp_replay.abi.uuid import ZERO_UUID
from necp_replay.kernel.agents.lookup import log_unknown_agents, peek_names
from necp_replay.kernel.interfaces.condition import is_constrained, is_ultra_constrained
from necp_replay.kernel.interfaces.functional_type import functional_type, is_expensive
from necp_replay.kernel.objects.interface import Interface
from necp_replay.kernel.objects.parsed_parameters import (
    LISTED_FIELDS,
    ParsedField,
    ParsedParameters,
)
from necp_replay.kernel.state import KernelState

Thing = TypeVar("Thing")
"""What an interface may have: a type, a name, an agent, or an agent of a type."""
_Answer = tuple[bool, int]
"""Whether something is true, and how many look-ups of unknown agents it took."""


def bound_interface_index(kernel: KernelState, parsed: ParsedParameters) -> int:
    """The last interface that the parameters name and that exists, 0 without one."""
    index = 0
    for name in parsed.bound_interfaces:
        bound_interface = kernel.interfaces.find_by_name(name)
        if bound_interface is not None:
            index = bound_interface.index
    return index


class InterfaceMatcher:
    """Compares interfaces with ``parsed`` during one evaluation."""

    __slots__ = ("_kernel", "_known", "parsed")

    def __init__(self, kernel: KernelState, parsed: ParsedParameters) -> None:
        self.parsed = parsed
        self._kernel = kernel
        self._known: dict[tuple[object, object], dict[Interface, _Answer]] = {}

    def matches(
        self,
        ifp: Interface,
        *,
        ignore_required_type: bool = False,
        prohibited: int | None = None,
    ) -> bool:
        """Whether an interface has what the parameters require and nothing that they prohibit.

        What is required must be true of the interface itself, which must be the one that they name
        if they name one. ``prohibited`` are the flags of
        prohibited properties that count instead of those of the parameters.

        Kernel quirk: only parameters that have flags, whichever, exclude what is ultra-constrained.

        Source: necp_ifnet_matches_parameters, xnu-4570.51.1, xnu-6153.11.26, xnu-11215.1.10.
        """
        parsed = self.parsed
        if parsed.bound_interfaces and not self._is_bound_one(ifp):
            return False
        address = parsed.local_interface_addr
        if address is not None and not self._kernel.interfaces.ifa_with_address_scoped(
            address, ifp.index
        ):
            return False
        if prohibited is None:
            prohibited = parsed.flags
        if prohibited & _PROHIBIT_EXPENSIVE and is_expensive(ifp):
            return False
        if (
            prohibited & _PROHIBIT_CONSTRAINED
            and is_constrained(self._kernel.profile, ifp)
            and self._kernel.profile.constrained_interfaces_are_known
        ):
            return False
        if not self._has_allowed_latency_and_cost(ifp):
            return False
        required_type = parsed.required_interface_type
        if (
            required_type
            and not ignore_required_type
            and functional_type(self._kernel.profile, ifp) != required_type
        ):
            return False
        return not parsed.valid_fields & LISTED_FIELDS or self._matches_lists(ifp)

    def _is_bound_one(self, ifp: Interface) -> bool:
        """Whether an interface is the one that the parameters name, where the release asks that."""
        if not self._kernel.profile.options_follow_scope:
            return True
        return bound_interface_index(self._kernel, self.parsed) in (0, ifp.index)

    def _has_allowed_latency_and_cost(self, ifp: Interface) -> bool:
        """Whether parameters ask for an interface that only those match which ask for it.

        Kernel quirk: an ultra-constrained interface matches parameters without the TLV of flags.
        No vector shows it.

        Source: necp_ifnet_matches_parameters, xnu-8019.80.24, xnu-11215.1.10.
        """
        parsed, profile = self.parsed, self._kernel.profile
        if (
            ifp.xflags & IFXF_LOW_LATENCY
            and profile.low_latency_interfaces_are_named
            and not bound_interface_index(self._kernel, parsed)
        ):
            return False
        return not (
            parsed.valid_fields & ParsedField.FLAGS
            and not parsed.flags & _ALLOW_ULTRA_CONSTRAINED
            and is_ultra_constrained(profile, ifp)
        )

    def _matches_lists(self, ifp: Interface) -> bool:
        """Whether an interface has all agents that are required and nothing that is prohibited."""
        parsed = self.parsed
        for type_ in parsed.prohibited_interface_types:
            if self._chain_has(ifp, _has_type, type_):
                return False
        for name in parsed.prohibited_interfaces:
            if self._chain_has(ifp, _has_name, name):
                return False
        for agent in parsed.required_agents:
            if agent not in ifp.agents:
                return False
        for agent in parsed.prohibited_agents:
            if self._chain_has(ifp, _has_agent, agent):
                return False
        for agent_type in parsed.required_agent_types:
            has_type, unknown = _has_agent_of_type(self._kernel, ifp, agent_type)
            if unknown:
                log_unknown_agents(self._kernel, unknown)
            if not has_type:
                return False
        for agent_type in parsed.prohibited_agent_types:
            if self._chain_has(ifp, _has_agent_of_type, agent_type):
                return False
        return True

    def preferred_count(self, ifp: Interface) -> int:
        """How many preferences an interface meets.

        That are the preferred agents and agent types that it or a delegate has, and those to avoid
        that neither has.
        """
        preferred, avoided = self.preferences(ifp)
        return preferred + avoided

    def preferences(self, ifp: Interface) -> tuple[int, int]:
        """How many preferred things an interface has, and how many it lacks that it should."""
        parsed = self.parsed
        preferred = avoided = 0
        for agent in parsed.preferred_agents:
            preferred += self._chain_has(ifp, _has_agent, agent)
        for agent_type in parsed.preferred_agent_types:
            preferred += self._chain_has(ifp, _has_agent_of_type, agent_type)
        for agent in parsed.avoided_agents:
            avoided += not self._chain_has(ifp, _has_agent, agent)
        for agent_type in parsed.avoided_agent_types:
            avoided += not self._chain_has(ifp, _has_agent_of_type, agent_type)
        return preferred, avoided

    def _chain_has(
        self,
        ifp: Interface,
        ask: Callable[[KernelState, Interface, Thing], _Answer],
        thing: Thing,
    ) -> bool:
        """Whether an interface, or one that it delegates to, has something."""
        if ifp.delegate is None:
            is_true, unknown = ask(self._kernel, ifp, thing)
            if unknown:
                log_unknown_agents(self._kernel, unknown)
            return is_true
        known = self._known.setdefault((ask, thing), {})
        asked: list[tuple[Interface, int]] = []
        is_true, unknown = False, 0
        each: Interface | None = ifp
        while each is not None:
            answer = known.get(each)
            if answer is None:
                answer = ask(self._kernel, each, thing)
                if answer[0]:
                    known[each] = answer
                else:
                    asked.append((each, answer[1]))
            if each in known:
                is_true, unknown = answer
                break
            each = each.delegate
        for each, unknown_here in reversed(asked):
            unknown += unknown_here
            known[each] = (is_true, unknown)
        log_unknown_agents(self._kernel, unknown)
        return is_true


def _has_type(kernel: KernelState, ifp: Interface, type_: int) -> _Answer:
    return functional_type(kernel.profile, ifp) == type_, 0


def _has_name(kernel: KernelState, ifp: Interface, name: bytes) -> _Answer:
    return ifp.name.encode() == name, 0


def _has_agent(kernel: KernelState, ifp: Interface, agent: bytes) -> _Answer:
    return agent in ifp.agents, 0


def _has_agent_of_type(
    kernel: KernelState, ifp: Interface, agent_type: tuple[bytes, bytes]
) -> _Answer:
    """Whether one of the interface's own agents is of a type. An empty name matches any."""
    domain, type_ = agent_type
    unknown = 0
    for agent in ifp.agents:
        if agent == ZERO_UUID:
            continue
        names = peek_names(kernel, agent)
        if names is None:
            unknown += 1
        elif domain in (b"", names[0]) and type_ in (b"", names[1]):
            return True, unknown
    return False, unknown


_ALLOW_ULTRA_CONSTRAINED: Final = int(LaterParameterFlag.ALLOW_ULTRA_CONSTRAINED)
_PROHIBIT_EXPENSIVE: Final = int(ClientParameterFlag.PROHIBIT_EXPENSIVE)
_PROHIBIT_CONSTRAINED: Final = int(ClientParameterFlag.PROHIBIT_CONSTRAINED)
