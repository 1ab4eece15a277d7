"""Drops traffic whose route leads over an interface with a property that the client may not use."""

from __future__ import annotations

from typing import Final, NamedTuple

from necp_replay.abi.client import ClientParameterFlag, LaterParameterFlag, ResultReason
from necp_replay.abi.policy import PolicyResult
from necp_replay.kernel.interfaces.condition import is_constrained, is_ultra_constrained
from necp_replay.kernel.interfaces.functional_type import is_expensive
from necp_replay.kernel.objects.parameter_evaluation import ParameterEvaluation
from necp_replay.kernel.objects.process import Process
from necp_replay.kernel.objects.route import Route
from necp_replay.kernel.policy.delegation import Identity
from necp_replay.kernel.policy.interface_denied import (
    NETWORK_ULTRA_CONSTRAINED,
    post_network_denied,
)
from necp_replay.kernel.state import KernelState

ULTRA_CONSTRAINED_ENTITLEMENT: Final = "com.apple.private.network.ultraconstrained"


class RouteQuestion(NamedTuple):
    """Who asks: the process, for whom it asks, with which flags, and whether it hears the reason.

    Only the evaluation of a client's own result tells a reason.
    """

    process: Process
    identity: Identity
    client_flags: int
    hears_why: bool


def drop_prohibited_route(
    kernel: KernelState, match: ParameterEvaluation, asks: RouteQuestion
) -> ResultReason | None:
    """Turn the result into a drop if the route's interface has a property that is prohibited.

    Returns why, or None where nothing is prohibited.

    Source: necp_application_find_policy_match_internal, xnu-6153.11.26, xnu-11215.1.10.
    """
    if match.route is None:
        return None
    reason = _prohibition(kernel, match.route, asks)
    if reason is None or not _may_be_prohibited(kernel, asks.client_flags):
        return None
    match.reason = int(reason)
    match.result.routing_result = _DROP
    match.result.routing_result_parameter = 0
    if (
        reason is ResultReason.ULTRA_CONSTRAINED_NOT_ALLOWED
        and asks.hears_why
        and kernel.profile.ultra_constrained_denial_is_posted
    ):
        post_network_denied(kernel, asks.identity, NETWORK_ULTRA_CONSTRAINED)
    return reason


def _prohibition(kernel: KernelState, route: Route, asks: RouteQuestion) -> ResultReason | None:
    """The first property of the route's interface that is prohibited."""
    flags, interface = asks.client_flags, route.interface
    if flags & _PROHIBIT_EXPENSIVE and is_expensive(interface):
        return ResultReason.EXPENSIVE_PROHIBITED
    if flags & _PROHIBIT_CONSTRAINED and is_constrained(interface):
        return ResultReason.CONSTRAINED_PROHIBITED
    if (
        not flags & _ALLOW_ULTRA_CONSTRAINED
        and is_ultra_constrained(interface)
        and kernel.profile.ultra_constrained_needs_permission
        and ULTRA_CONSTRAINED_ENTITLEMENT not in asks.process.entitlements
    ):
        return ResultReason.ULTRA_CONSTRAINED_NOT_ALLOWED
    return None


def _may_be_prohibited(kernel: KernelState, client_flags: int) -> bool:
    """Whether a route is dropped for a property that is prohibited."""
    profile = kernel.profile
    if client_flags & _LISTENER and profile.listeners_may_use_prohibited_routes:
        return False
    if client_flags & _BROWSE and profile.browsers_may_use_prohibited_routes:
        return False
    return profile.prohibited_routes_are_dropped


_LISTENER: Final = int(ClientParameterFlag.LISTENER)
_BROWSE: Final = int(ClientParameterFlag.BROWSE)
_PROHIBIT_EXPENSIVE: Final = int(ClientParameterFlag.PROHIBIT_EXPENSIVE)
_PROHIBIT_CONSTRAINED: Final = int(ClientParameterFlag.PROHIBIT_CONSTRAINED)
_ALLOW_ULTRA_CONSTRAINED: Final = int(LaterParameterFlag.ALLOW_ULTRA_CONSTRAINED)
_DROP: Final = int(PolicyResult.DROP)
