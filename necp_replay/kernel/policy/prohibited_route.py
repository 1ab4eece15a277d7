"""Turns a result into a drop for what its route leads over: denied, prohibited or blocked.

Route rules come first, then properties of the interface that parameters prohibit, or that only some
processes may use.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from necp_replay.abi.client import ClientParameterFlag, LaterParameterFlag, ResultReason
from necp_replay.abi.interface import (
    IFRTYPE_FUNCTIONAL_CELLULAR,
    IFRTYPE_FUNCTIONAL_UNKNOWN,
    IFRTYPE_FUNCTIONAL_WIFI_INFRA,
    IFXF_MANAGEMENT,
)
from necp_replay.abi.policy import PolicyResult
from necp_replay.kernel.interfaces.condition import is_constrained, is_ultra_constrained
from necp_replay.kernel.interfaces.functional_type import is_expensive
from necp_replay.kernel.objects.interface import Interface
from necp_replay.kernel.objects.matched_policies import NO_RULE, RuleIds
from necp_replay.kernel.objects.parameter_evaluation import ParameterEvaluation
from necp_replay.kernel.objects.process import Process
from necp_replay.kernel.policy.delegation import Identity
from necp_replay.kernel.policy.interface_denied import (
    NETWORK_ULTRA_CONSTRAINED,
    post_interface_denied,
    post_network_denied,
)
from necp_replay.kernel.policy.route_agents import (
    add_agent_of_route,
    divert_by_route,
    rules_in_order,
)
from necp_replay.kernel.policy.route_rules import route_is_allowed
from necp_replay.kernel.privileges import has_entitlement
from necp_replay.kernel.state import KernelState


def enforce_route_rules(
    kernel: KernelState, identity: Identity, match: ParameterEvaluation, rule_ids: RuleIds
) -> bool:
    """Turn the result into a drop if a rule denies the route, and post the event about it."""
    if rule_ids == NO_RULE and kernel.policies.debug <= 1:
        return False
    diverts = kernel.policies.route_rules.divert
    name_agents = kernel.policies.route_rules.name_agents
    for rule_id in rules_in_order(kernel, rule_ids):
        allowed, interface_type_denied = _asked_once(kernel, match, rule_id)
        if allowed:
            if diverts:
                divert_by_route(kernel, match, rule_id)
            if name_agents:
                add_agent_of_route(kernel, match, rule_id)
            continue
        _drop(match)
        if interface_type_denied != IFRTYPE_FUNCTIONAL_UNKNOWN:
            match.reason = _REASONS.get(interface_type_denied, match.reason)
            post_interface_denied(kernel, identity, interface_type_denied)
        return True
    return False


def _asked_once(kernel: KernelState, match: ParameterEvaluation, rule_id: int) -> tuple[bool, int]:
    """Whether a rule allows the route, as :func:`route_is_allowed` says; asked once if no log is.

    Evaluations with other parameters often have the same rules and the same interface.
    """
    if kernel.policies.debug > 1:
        return route_is_allowed(kernel, match.route, None, rule_id, match.policy_agent_ids)
    interface_index = None if match.route is None else match.route.interface.index
    key = (rule_id, interface_index, match.policy_agent_ids)
    answer = kernel.rule_answers.entries.get(key)
    if answer is None:
        answer = route_is_allowed(kernel, match.route, None, rule_id, match.policy_agent_ids)
        kernel.rule_answers.store(key, answer)
    return answer


class _Asked(NamedTuple):
    """Whose traffic, with which flags of its parameters, goes over which interface."""

    kernel: KernelState
    process: Process
    client_flags: int
    interface: Interface


class _Prohibition(NamedTuple):
    """A reason not to use a route.

    ``reason`` is its number in the result, None if the result has none. ``text`` says it in words.
    """

    applies: Callable[[_Asked], bool]
    reason: ResultReason | None
    text: str


def drop_prohibited_route(
    kernel: KernelState,
    identity: Identity,
    match: ParameterEvaluation,
    client_flags: int,
    *,
    tells_reason: bool,
) -> str | None:
    """Turn the result into a drop if its route's interface is prohibited or blocked.

    Returns why in words, None if the route may be used. ``tells_reason`` is whether the evaluation
    has a place for the reason; only then the event about the network is posted.

    Source: necp_application_find_policy_match_internal, xnu-6153.11.26, xnu-8796.141.3,
    xnu-10002.41.9, xnu-11215.1.10, xnu-11417.121.6.
    """
    if match.route is None or not kernel.profile.prohibited_routes_are_dropped:
        return None
    asked = _Asked(kernel, identity.process, client_flags, match.route.interface)
    for applies, reason, text in _PROHIBITIONS:
        if not applies(asked):
            continue
        if not _may_be_prohibited(kernel, client_flags):
            return None
        if reason is not None:
            match.reason = int(reason)
        _drop(match)
        if (
            reason is ResultReason.ULTRA_CONSTRAINED_NOT_ALLOWED
            and tells_reason
            and kernel.profile.ultra_constrained_denial_is_posted
        ):
            post_network_denied(kernel, identity, NETWORK_ULTRA_CONSTRAINED)
        return text
    return None


def _drop(match: ParameterEvaluation) -> None:
    match.result.routing_result = _DROP
    match.result.routing_result_parameter = 0


def _may_be_prohibited(kernel: KernelState, client_flags: int) -> bool:
    """Whether a route is dropped for a property of its interface, where releases do that."""
    profile = kernel.profile
    if client_flags & _LISTENER and profile.listeners_may_use_prohibited_routes:
        return False
    return not (client_flags & _BROWSE and profile.browsers_may_use_prohibited_routes)


def _is_expensive(asked: _Asked) -> bool:
    return bool(asked.client_flags & _PROHIBIT_EXPENSIVE) and is_expensive(asked.interface)


def _is_constrained(asked: _Asked) -> bool:
    return bool(asked.client_flags & _PROHIBIT_CONSTRAINED) and is_constrained(
        asked.kernel.profile, asked.interface
    )


def _is_ultra_constrained(asked: _Asked) -> bool:
    return (
        not asked.client_flags & _ALLOW_ULTRA_CONSTRAINED
        and is_ultra_constrained(asked.kernel.profile, asked.interface)
        and not has_entitlement(asked.process, ULTRA_CONSTRAINED_ENTITLEMENT)
    )


def _is_management(asked: _Asked) -> bool:
    """Whether a management interface is closed to the process.

    The kernel does not ask before an interface was made of the subfamily for management.

    Source: necp_route_is_interface_type_allowed, xnu-8796.141.3.
    """
    return (
        asked.kernel.interfaces.management_is_checked
        and bool(asked.kernel.policies.drop_management_order)
        and bool(asked.interface.xflags & IFXF_MANAGEMENT)
        and asked.kernel.profile.management_traffic_can_be_dropped
        and not any(has_entitlement(asked.process, name) for name in MANAGEMENT_ENTITLEMENTS)
    )


ULTRA_CONSTRAINED_ENTITLEMENT: Final = "com.apple.private.network.ultraconstrained"
MANAGEMENT_ENTITLEMENTS: Final = (
    "com.apple.private.network.intcoproc.restricted",
    "com.apple.private.network.management.data",
)
_PROHIBITIONS: Final = (
    _Prohibition(
        _is_expensive,
        ResultReason.EXPENSIVE_PROHIBITED,
        "the interface is expensive, which the parameters prohibit",
    ),
    _Prohibition(
        _is_constrained,
        ResultReason.CONSTRAINED_PROHIBITED,
        "the interface is constrained, which the parameters prohibit",
    ),
    _Prohibition(
        _is_ultra_constrained,
        ResultReason.ULTRA_CONSTRAINED_NOT_ALLOWED,
        "the interface is ultra-constrained: the parameters lack ALLOW_ULTRA_CONSTRAINED and"
        f" the process the entitlement {ULTRA_CONSTRAINED_ENTITLEMENT}",
    ),
    _Prohibition(
        _is_management,
        None,
        "the interface is for management, and the process has neither entitlement to it:"
        f" {' or '.join(MANAGEMENT_ENTITLEMENTS)}",
    ),
)
"""In the order in which reasons count."""

_LISTENER: Final = int(ClientParameterFlag.LISTENER)
_BROWSE: Final = int(ClientParameterFlag.BROWSE)
_PROHIBIT_EXPENSIVE: Final = int(ClientParameterFlag.PROHIBIT_EXPENSIVE)
_PROHIBIT_CONSTRAINED: Final = int(ClientParameterFlag.PROHIBIT_CONSTRAINED)
_ALLOW_ULTRA_CONSTRAINED: Final = int(LaterParameterFlag.ALLOW_ULTRA_CONSTRAINED)
_REASONS: Final = {
    IFRTYPE_FUNCTIONAL_CELLULAR: int(ResultReason.CELLULAR_DENIED),
    IFRTYPE_FUNCTIONAL_WIFI_INFRA: int(ResultReason.WIFI_DENIED),
}
"""Why a route is denied, by the type of interface that a rule named."""
_DROP: Final = int(PolicyResult.DROP)
