"""Explains the flags of a result: why each is set or not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from necp_replay.abi.client import ClientParameterFlag, ClientResultFlag
from necp_replay.abi.interface import IFF_POINTOPOINT
from necp_replay.abi.route import RouteFlag
from necp_replay.explain.describe import index_text, interface_text
from necp_replay.explain.explanation import FlagCheck

if TYPE_CHECKING:
    from necp_replay.kernel.objects.aggregate_result import AggregateResult
    from necp_replay.kernel.objects.client import Client
    from necp_replay.kernel.objects.matched_policies import RuleIds
    from necp_replay.kernel.objects.parameter_evaluation import ParameterEvaluation
    from necp_replay.kernel.objects.route import Route
    from necp_replay.kernel.state import KernelState


def explain_match_flags(
    kernel: KernelState,
    match: ParameterEvaluation,
    rule_ids: RuleIds,
    client_flags: int,
) -> tuple[FlagCheck, ...]:
    """The flags that follow from policies and route.

    The four that every result is about are explained even if they are not set, the others only if
    they are.
    """
    flags = match.flags
    checks = []
    for flag, because in (
        (ClientResultFlag.IS_LOCAL, _local_text(kernel, match, client_flags)),
        (ClientResultFlag.IS_DIRECT, _direct_text(match, client_flags)),
        (ClientResultFlag.HAS_IPV4, _family_text(kernel, match, "IPv4")),
        (ClientResultFlag.HAS_IPV6, _family_text(kernel, match, "IPv6")),
    ):
        checks.append(FlagCheck(str(flag.name), bool(flags & flag), because))
    checks.extend(_rare_flags(match, rule_ids))
    return tuple(checks)


def explain_loopback_flags(match: ParameterEvaluation) -> tuple[FlagCheck, ...]:
    """The flags of loopback traffic that passes without a look at policies."""
    because = "loopback traffic that passes before policies is local and direct"
    return tuple(
        FlagCheck(str(flag.name), True, because)
        for flag in (ClientResultFlag.IS_LOCAL, ClientResultFlag.IS_DIRECT)
        if match.flags & flag
    )


def explain_own_flags(
    client: Client, flags: int, result: AggregateResult, client_flags: int
) -> tuple[FlagCheck, ...]:
    """The flags that follow from the client itself: SATISFIED, and DEFUNCT if it is defunct."""
    is_satisfied = bool(flags & ClientResultFlag.SATISFIED)
    if client_flags & _LISTENER:
        because = f"the client only listens, and is {'not ' if is_satisfied else ''}dropped"
    else:
        because = "the traffic is routed" if result.routed_interface_index else "nothing is routed"
    checks = [FlagCheck("SATISFIED", is_satisfied, because)]
    if client.defunct:
        is_set = bool(flags & ClientResultFlag.DEFUNCT)
        checks.append(FlagCheck("DEFUNCT", is_set, "the client became defunct, and stays so"))
    return tuple(checks)


def flag_disagreements(checks: tuple[FlagCheck, ...], flags: int) -> list[str]:
    """Flags that are set without an explanation, or explained as set but are not."""
    explained = sum(ClientResultFlag[check.name] for check in checks if check.is_set)
    return [
        f"{flag.name} is {'set' if flags & flag else 'not set'}"
        for flag in ClientResultFlag
        if (flags ^ explained) & flag
    ]


def _local_text(kernel: KernelState, match: ParameterEvaluation, client_flags: int) -> str:
    route = match.route
    if client_flags & _LISTENER:
        return "the client only listens"
    if route is not None and route.flags & RouteFlag.LOCAL:
        return f"the route {_route_text(route)} is to this machine (LOCAL)"
    if match.flags & ClientResultFlag.IS_LOCAL:
        return "the remote address is one of the routed interface's, or of the loopback's"
    if match.result.routed_interface_index == 0 and route is None:
        return "nothing is routed"
    routed = index_text(kernel, match.result.routed_interface_index)
    return f"the remote address is not one of {routed}'s, nor of the loopback's"


def _direct_text(match: ParameterEvaluation, client_flags: int) -> str:
    route = match.route
    if client_flags & _LISTENER:
        return "the client only listens"
    if match.flags & ClientResultFlag.IS_LOCAL:
        return "local traffic is direct"
    if route is None:
        return "nothing is routed"
    if match.flags & ClientResultFlag.IS_GLOBAL_INTERNET:
        return f"the route {_route_text(route)} leads to the Internet (GLOBAL)"
    if route.flags & RouteFlag.GATEWAY:
        return f"the route {_route_text(route)} goes through a gateway"
    if route.ifa is None:
        return f"the route {_route_text(route)} has no interface address"
    if route.ifa.interface.flags & IFF_POINTOPOINT:
        return f"{interface_text(route.ifa.interface)} is point-to-point, so it is never direct"
    return f"the route {_route_text(route)} has no gateway"


def _family_text(kernel: KernelState, match: ParameterEvaluation, family: str) -> str:
    flag = ClientResultFlag.HAS_IPV4 if family == "IPv4" else ClientResultFlag.HAS_IPV6
    routed = match.result.routed_interface_index
    if routed == 0:
        return "nothing is routed"
    has = "has an" if match.flags & flag else "has no"
    return f"{index_text(kernel, routed)} {has} {family} default route"


def _rare_flags(match: ParameterEvaluation, rule_ids: RuleIds) -> Iterator[FlagCheck]:
    interface = "" if match.route is None else interface_text(match.route.interface)
    rules = " or ".join(map(str, rule_ids))
    for flag, because in (
        (ClientResultFlag.PROBE_CONNECTIVITY, f"{interface} asks for probing"),
        (
            ClientResultFlag.LINK_QUALITY_ABORT,
            f"the link of {interface} is too bad for discretionary traffic",
        ),
        (
            ClientResultFlag.ALLOW_QOS_MARKING,
            f"route rule {rules} marks traffic on {interface}",
        ),
        (
            ClientResultFlag.HAS_NAT64,
            "the interface of the IPv6 default route has a NAT64 prefix",
        ),
        (
            ClientResultFlag.INTERFACE_LOW_POWER,
            f"{interface}, or what it delegates to, is in low-power mode",
        ),
        (
            ClientResultFlag.LINK_HEURISTICS,
            f"{interface} is cellular and its link is not what it should be",
        ),
        (
            ClientResultFlag.IS_GLOBAL_INTERNET,
            f"the route through {interface} leads to the Internet (GLOBAL)",
        ),
    ):
        if match.flags & flag:
            yield FlagCheck(str(flag.name), True, because)


def _route_text(route: Route) -> str:
    return f"through {interface_text(route.interface)}"


_LISTENER: Final = int(ClientParameterFlag.LISTENER)
