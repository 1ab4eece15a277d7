"""Calculates a client's result: chooses an interface, evaluates policies, and checks their agents.

From xnu-4903 on, policies take part in what parameters require, in two ways. If no interface has
the agents that are required, those of policies may meet the requirement. And an agent that a policy
scopes to becomes one of the required agents, in place of types that it has; then everything is
calculated once more.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from necp_replay.abi.aggregate_result import AGENT_USE_FLAG_SCOPE
from necp_replay.abi.client import ClientParameterFlag
from necp_replay.abi.policy import PolicyResult
from necp_replay.abi.uuid import ZERO_UUID
from necp_replay.kernel.agents.lookup import get_names
from necp_replay.kernel.objects.aggregate_result import AggregateResult
from necp_replay.kernel.objects.calculation import Calculation
from necp_replay.kernel.objects.parameter_evaluation import ParameterEvaluation
from necp_replay.kernel.objects.parsed_parameters import (
    REQUIRED_FIELDS,
    ParsedField,
    ParsedParameters,
)
from necp_replay.kernel.parameters.interface_match import find_matching_interface_index
from necp_replay.kernel.parameters.interface_matcher import bound_interface_index
from necp_replay.kernel.parameters.parse import NO_AGENT_TYPE, up_to
from necp_replay.kernel.quirk import Quirk
from necp_replay.kernel.state import KernelState

_Entry = TypeVar("_Entry")

Evaluate = Callable[[int], ParameterEvaluation]
"""Evaluates the parameters on an interface, by its index; 0 for none in particular."""


def calculate(kernel: KernelState, calculation: Calculation, evaluate: Evaluate) -> None:
    """Fill in a calculation, twice if policies scope to agents that were not required.

    Kernel quirk: the second time, flags of the first one stay. No vector shows it.

    Source: necp_update_client_result, necp_calculate_client_result, xnu-4903.221.2.
    """
    _calculate_once(kernel, calculation, evaluate)
    use_flags = calculation.result.netagent_use_flags
    if use_flags and any(use_flags):
        with_scoped = _with_scoped_agents(kernel, calculation.parsed, calculation.result)
        if with_scoped is not None:
            calculation.parsed = with_scoped
            _calculate_once(kernel, calculation, evaluate)
    calculation.tunnel_interface_index = calculation.required_interface_index
    if calculation.required_interface_index != 0:
        _forget_implicit_interface(kernel, calculation)


def _forget_implicit_interface(kernel: KernelState, calculation: Calculation) -> None:
    """Forget the interface that parameters led to, if they must name one by the facts.

    Source: necp_update_client_result, xnu-6153.11.26.
    """
    parsed, profile = calculation.parsed, kernel.profile
    is_listener = parsed.flags & _LISTENER
    is_tunnelled = calculation.result.routing_result == _IP_TUNNEL
    if not is_listener and (not is_tunnelled or parsed.valid_fields & REQUIRED_FIELDS):
        return
    if bound_interface_index(kernel, parsed) != 0:
        return
    if is_listener and profile.listeners_are_scoped_by_name_only:
        calculation.required_interface_index = calculation.tunnel_interface_index = 0
    if (
        is_tunnelled
        and not parsed.valid_fields & REQUIRED_FIELDS
        and profile.tunnel_keeps_required_interface_only
    ):
        calculation.tunnel_interface_index = 0


def _calculate_once(kernel: KernelState, calculation: Calculation, evaluate: Evaluate) -> None:
    parsed = calculation.parsed
    choice = find_matching_interface_index(kernel, parsed)
    calculation.required_interface_index = choice.interface_index
    if not choice.is_met:
        # No interface meets the parameters, so the client gets no route and no policy.
        calculation.result = AggregateResult()
        return
    match = evaluate(choice.interface_index)
    calculation.flags |= match.flags
    if match.reason and kernel.profile.result_has_reason:
        calculation.reason = match.reason
    calculation.override_euuid = match.override_euuid or calculation.override_euuid
    calculation.gateways = match.gateways
    if choice.ask_policies and not _agents_meet(kernel, parsed, match.result.used_agents()):
        calculation.result = AggregateResult()
        return
    calculation.result = match.result
    calculation.is_met = True
    calculation.route = match.route


def _agents_meet(kernel: KernelState, parsed: ParsedParameters, agents: Sequence[bytes]) -> bool:
    """Whether the agents of policies meet what is required."""
    return all(required in agents for required in parsed.required_agents) and all(
        any(_is_of_type(kernel, agent, required) for agent in agents)
        for required in parsed.required_agent_types
    )


def _is_of_type(kernel: KernelState, agent: bytes, required: tuple[bytes, bytes]) -> bool:
    names = get_names(kernel, agent)
    return names is not None and all(
        asked in (b"", name) for asked, name in zip(required, names, strict=True)
    )


def _with_scoped_agents(
    kernel: KernelState, parsed: ParsedParameters, result: AggregateResult
) -> ParsedParameters | None:
    """Parameters that require the agents that policies scope to; None if nothing changes.

    Source: necp_update_parsed_parameters, xnu-4903.221.2.
    """
    slots = kernel.profile.parsed_agents_limit
    agents = _padded(parsed.required_agent_slots, ZERO_UUID, slots)
    types = _padded(parsed.required_agent_type_slots, NO_AGENT_TYPE, slots)
    has_types = bool(parsed.valid_fields & ParsedField.REQUIRED_AGENT_TYPE)
    is_changed = False
    for agent, use_flags in zip(result.netagents, result.netagent_use_flags, strict=True):
        if agent == ZERO_UUID:
            break
        if not use_flags & AGENT_USE_FLAG_SCOPE:
            continue
        is_changed |= _require(agents, agent)
        if has_types:
            names = get_names(kernel, agent)
            if names is not None:
                is_changed |= _remove_type(types, names)
    if not is_changed:
        return None
    changed = copy.copy(parsed)
    changed.required_agent_slots, changed.required_agent_type_slots = tuple(agents), tuple(types)
    changed.required_agents = up_to(changed.required_agent_slots, ZERO_UUID)
    changed.required_agent_types = up_to(changed.required_agent_type_slots, NO_AGENT_TYPE)
    if changed.required_agents:
        changed.valid_fields |= ParsedField.REQUIRED_AGENT
    return changed


def _require(agents: list[bytes], agent: bytes) -> bool:
    """Put an agent into the first empty slot, unless it is in one before that."""
    for slot, required in enumerate(agents):
        if required == agent:
            return False
        if required == ZERO_UUID:
            agents[slot] = agent
            return True
    return False


def _remove_type(types: list[tuple[bytes, bytes]], names: tuple[bytes, bytes]) -> bool:
    """Remove a type from an array. Returns whether it was there.

    Kernel quirk: the position is advanced twice, so every second entry is passed over, and the one
    that moves up into the place of a removed entry too.
    """
    is_changed = False
    slot = 0
    while slot < len(types) and types[slot] != NO_AGENT_TYPE:
        if types[slot] == names:
            is_changed = True
            del types[slot]
            types.append(NO_AGENT_TYPE)
            slot += 1
        else:
            slot += 2
    return is_changed


def _padded(entries: tuple[_Entry, ...], empty: _Entry, slots: int) -> list[_Entry]:
    return [*entries, *(empty,) * (slots - len(entries))]


_LISTENER: Final = int(ClientParameterFlag.LISTENER)
_IP_TUNNEL: Final = int(PolicyResult.IP_TUNNEL)

PROHIBITIONS_ARE_FORGOTTEN: Final = Quirk(
    "Prohibitions that exclude every interface are ignored.",
    "necp_calculate_client_result",
    "results/test_calculate.py::test_prohibitions_that_exclude_every_interface_are_ignored",
    fact="policies_may_meet_agent_requirements",
)
