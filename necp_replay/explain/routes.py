"""Explains the route: which routes were looked up, which was used, and what route rules say."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Final

from necp_replay.abi.address_text import address_text
from necp_replay.abi.client import ClientParameterFlag
from necp_replay.abi.policy import PolicyResult, RouteRuleAction
from necp_replay.explain.describe import (
    index_text,
    interface_text,
    listed,
    result_text,
    route_shown,
    type_text,
)
from necp_replay.explain.explanation import RouteExplanation, RouteLookup, RouteRuleCheck
from necp_replay.kernel.objects.matched_policies import NO_RULE
from necp_replay.kernel.policy.result_flags import tells_default_routes
from necp_replay.kernel.policy.route_agents import rules_in_order
from necp_replay.kernel.policy.route_rule_kinds import ROUTE_RULE_KINDS
from necp_replay.kernel.policy.route_rules import (
    DECIDING,
    DENYING,
    counts_for,
    is_lqm_abort,
    route_is_allowed,
)
from necp_replay.kernel.policy.traffic_route import is_unspecified
from necp_replay.kernel.routing.table import RouteFamily, RouteTable

if TYPE_CHECKING:
    from necp_replay.kernel.objects.aggregate_result import AggregateResult
    from necp_replay.kernel.objects.interface import Interface
    from necp_replay.kernel.objects.matched_policies import RuleIds
    from necp_replay.kernel.objects.route import Route
    from necp_replay.kernel.policy.explanation import MatchExplanation
    from necp_replay.kernel.policy.route_rule_table import KernelRouteRule
    from necp_replay.kernel.state import KernelState


class RecordingRouteTable(RouteTable):
    """A routing table that passes every call on to another one, and records the look-ups."""

    __slots__ = ("_behind", "lookups")

    def __init__(self, behind: RouteTable) -> None:
        # RouteTable's own constructor is not called: this table has no routes of its own.
        self._behind = behind
        self.by_id = behind.by_id
        self.lookups: list[tuple[bytes, int, Route | None]] = []

    def lookup_scoped(self, sockaddr: bytes, ifscope: int) -> Route | None:
        """Look up a route, and record the look-up."""
        route = self._behind.lookup_scoped(sockaddr, ifscope)
        self.lookups.append((sockaddr, ifscope, route))
        return route

    def max_mtu(self, route: Route) -> int:
        """The largest MTU of a route and its interface, in bytes."""
        return self._behind.max_mtu(route)

    def family(self, family: int) -> RouteFamily:
        """The routes of an address family."""
        return self._behind.family(family)

    def changed(self) -> None:
        """Drop cached look-ups."""
        self._behind.changed()


def explain_route(
    kernel: KernelState,
    why: MatchExplanation,
    lookups: list[tuple[bytes, int, Route | None]],
    result: AggregateResult,
    client_flags: int,
    *,
    want_flags: bool,
) -> RouteExplanation:
    """Explain the route that the kernel traced in ``why``, and the look-ups it made."""
    route = why.route if why.route is not None else why.route_given_up
    rule_ids = why.matched.applied_rule_ids if why.matched is not None else NO_RULE
    skips_lookup = bool(client_flags & _LISTENER) and not is_unspecified(why.local_addr)
    routed = result.routed_interface_index
    # The last two look-ups are for the flags HAS_IPV4 and HAS_IPV6, where these are told.
    tells_families = want_flags and tells_default_routes(
        kernel.profile, routed, why.output_interface_index
    )
    first_for_flags = len(lookups) - (2 if tells_families else 0)
    return RouteExplanation(
        scope=index_text(kernel, why.output_interface_index),
        scope_because=_scope_text(kernel, why),
        lookups=tuple(
            RouteLookup(
                _purpose(why, sockaddr, is_for_flag=position >= first_for_flags),
                position >= first_for_flags,
                address_text(sockaddr) if not is_unspecified(sockaddr) else _default(sockaddr),
                index_text(kernel, scope),
                None if found is None else route_shown(found),
            )
            for position, (sockaddr, scope, found) in enumerate(lookups)
        ),
        decided=None if why.route is None else route_shown(why.route),
        routed_interface=index_text(kernel, routed) if routed else None,
        because=_routed_text(kernel, why, routed, skips_lookup=skips_lookup),
        local_address=_local_text(kernel, why, routed, route),
        rules=_rules(kernel, why, rule_ids),
        is_denied=why.is_denied_by_route_rules,
        prohibited=why.prohibited,
    )


def _scope_text(kernel: KernelState, why: MatchExplanation) -> str:
    decisive = why.matched.policy if why.matched is not None else None
    if decisive is not None and decisive.result in _SCOPING:
        result = result_text(kernel, decisive.result, decisive.result_parameter)
        return f"policy {decisive.id} says {result}"
    if why.bound_interface_index:
        return "the traffic is bound to that interface"
    return "nothing binds the traffic to an interface"


def _purpose(why: MatchExplanation, sockaddr: bytes, *, is_for_flag: bool) -> str:
    if is_for_flag:
        return "HAS_IPV6" if sockaddr[1] == _AF_INET6 else "HAS_IPV4"
    if is_unspecified(why.remote_addr):
        return "because there is no remote address"
    return "remote address"


def _default(sockaddr: bytes) -> str:
    return "IPv6 default" if sockaddr[1] == _AF_INET6 else "IPv4 default"


def _routed_text(
    kernel: KernelState, why: MatchExplanation, routed: int, *, skips_lookup: bool
) -> str:
    if why.route_given_up is not None:
        return "the route is not used, because the local address is not on its interface"
    if skips_lookup:
        if not routed:
            return "a listener on an address needs no route, and nothing names an interface"
        return "a listener on an address needs no route: the interface it is bound to is used"
    if why.route is None:
        return "there is no such route"
    if routed != why.route.interface.index:
        return (
            "the remote address is this machine's own, so the interface that the traffic is bound"
            f" to is used, instead of {interface_text(why.route.interface)}"
        )
    return "it is the interface of the route"


def _local_text(
    kernel: KernelState, why: MatchExplanation, routed: int, route: Route | None
) -> str | None:
    if is_unspecified(why.local_addr):
        return None
    text = address_text(why.local_addr)
    if routed == 0:
        where = "it" if route is None else interface_text(route.interface)
        return f"{text} is not an address of {where}" if route is not None else None
    name = index_text(kernel, routed)
    if routed == kernel.interfaces.loopback.index:
        return f"{text} is not looked for on {name}, the loopback interface"
    return f"{text} is an address of {name}"


def _rules(
    kernel: KernelState, why: MatchExplanation, rule_ids: RuleIds
) -> tuple[RouteRuleCheck, ...]:
    """The route rules that were asked, up to the first that denies the route's interface."""
    checks: list[RouteRuleCheck] = []
    if why.route is None or rule_ids == NO_RULE:
        return ()
    rules, interface = kernel.policies.route_rules, why.route.interface
    in_order = rules_in_order(kernel, rule_ids)
    for part in chain.from_iterable(rules.parts_of(rule_id) for rule_id in in_order):
        rule = rules.find(part)
        if rule is None:
            continue
        is_allowed, type_named = route_is_allowed(kernel, None, interface, part, why.agent_ids)
        action, because = _rule_text(kernel, rule, interface)
        if not counts_for(rule, why.agent_ids):
            because = "no policy names the agent that the rule needs"
        elif action == RouteRuleAction.DENY_INTERFACE_WITH_TYPE.name and not is_allowed:
            because += f"; the result tells that {type_text(type_named)} is denied"
        checks.append(RouteRuleCheck(part, action, because, is_allowed))
        if not is_allowed:
            break
    return tuple(checks)


def _rule_text(kernel: KernelState, rule: KernelRouteRule, interface: Interface) -> tuple[str, str]:
    name = interface_text(interface)
    indices = [interface.index]
    if interface.delegate is not None:
        indices.append(interface.delegate.index)
    for index, action in rule.exceptions:
        if action in DECIDING and index in indices:
            return _action_text(action), f"the rule names {index_text(kernel, index)}"
    kinds = [
        (action, kind.words)
        for kind in ROUTE_RULE_KINDS
        if (action := kind.action_of(rule)) in DECIDING
        and kind.denies(kernel.profile, interface)
        and (action != RouteRuleAction.DENY_LQM_ABORT or is_lqm_abort(interface))
    ]
    if kinds:
        denying = [kind for kind in kinds if kind[0] in _DENYING]
        decisive = denying or kinds
        kind_names = listed(kind for _, kind in decisive)
        return _action_text(decisive[0][0]), f"{name} is {kind_names}"
    return _action_text(rule.default_action), "by default"


def _action_text(action: int) -> str:
    try:
        return RouteRuleAction(action).name
    except ValueError:
        return f"action {action}"


_AF_INET6: Final = 30
_LISTENER: Final = int(ClientParameterFlag.LISTENER)
_SCOPING: Final = (int(PolicyResult.SOCKET_SCOPED), int(PolicyResult.IP_TUNNEL))
_DENYING: Final = (*DENYING, RouteRuleAction.DENY_LQM_ABORT)
