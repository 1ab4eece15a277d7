"""The flags of a result that follow from its route: local, direct, IPv4, IPv6 and so on."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.aggregate_result import (
    RECOMMENDED_MSS_LOW,
    RECOMMENDED_MSS_MEDIUM,
    RECOMMENDED_MSS_NONE,
)
from necp_replay.abi.client import SOCKADDR_UNION_BYTES, ClientParameterFlag, ClientResultFlag
from necp_replay.abi.interface import IFEF_PROBE_CONNECTIVITY, IFF_POINTOPOINT, IFT_CELLULAR
from necp_replay.abi.route import RouteFlag
from necp_replay.abi.sockaddr import AF_INET, AF_INET6
from necp_replay.kernel.interfaces.condition import (
    has_bad_link,
    has_link_heuristics,
    is_low_power,
)
from necp_replay.kernel.interfaces.nat64 import has_nat64, packed_prefixes
from necp_replay.kernel.objects.interface import Interface
from necp_replay.kernel.objects.matched_policies import NO_RULE, RuleIds
from necp_replay.kernel.objects.parameter_evaluation import NO_GATEWAYS, ParameterEvaluation
from necp_replay.kernel.objects.route import Route
from necp_replay.kernel.policy.policy_answers import FamilyAnswer
from necp_replay.kernel.policy.route_rules import update_qos_marking
from necp_replay.kernel.policy.traffic_route import (
    ANY_IPV4,
    ANY_IPV6,
    TrafficRoute,
    interface_form,
    is_unspecified,
    unless_translated,
)
from necp_replay.kernel.state import KernelState
from necp_replay.releases.facts.matching import DefaultRoutesTold
from necp_replay.releases.profile import Profile


def destination_flags(kernel: KernelState, evaluation: TrafficRoute, remote_addr: bytes) -> int:
    """IS_LOCAL, IS_DIRECT and IS_GLOBAL_INTERNET, by the remote address and the route to it.

    Source: necp_application_find_policy_match_internal, xnu-4570.51.1, xnu-8019.41.5.
    """
    route = evaluation.route
    direct = 0
    if route is not None:
        if route.flags & _RTF_LOCAL:
            return _LOCAL_AND_DIRECT
        if route.flags & _RTF_GLOBAL and kernel.profile.global_routes_are_told:
            direct = _IS_GLOBAL_INTERNET
        elif is_direct(route):
            direct = _IS_DIRECT
    index = evaluation.routed_interface_index
    if index != 0 and _is_interface_address(kernel, remote_addr, index):
        return _LOCAL_AND_DIRECT
    return direct


def interface_flags(
    kernel: KernelState,
    interface: Interface,
    client_flags: int,
    rule_ids: RuleIds,
    agent_ids: tuple[int, ...] = (),
) -> int:
    """PROBE_CONNECTIVITY, LINK_QUALITY_ABORT, ALLOW_QOS_MARKING and flags of power and link.

    That is INTERFACE_LOW_POWER and LINK_HEURISTICS. They follow from the route's interface.
    ``agent_ids`` are those that route rules may need.

    Source: necp_application_find_policy_match_internal, xnu-4570.51.1, xnu-4903.221.2,
    xnu-11417.121.6.
    """
    flags = 0
    if interface.eflags & IFEF_PROBE_CONNECTIVITY:
        flags = int(ClientResultFlag.PROBE_CONNECTIVITY)
    if client_flags & _DISCRETIONARY and has_bad_link(interface):
        flags |= _LINK_QUALITY_ABORT
    is_marked = _marks_once if kernel.policies.debug <= 1 else _marks
    if is_marked(kernel, interface, rule_ids, agent_ids):
        flags |= _ALLOW_QOS_MARKING
    if is_low_power(interface) and kernel.profile.result_has_low_power:
        flags |= _LOW_POWER
    if has_link_heuristics(kernel.profile, interface):
        flags |= _LINK_HEURISTICS
    return flags


def _marks(
    kernel: KernelState, interface: Interface, rule_ids: RuleIds, agent_ids: tuple[int, ...]
) -> bool:
    return any(update_qos_marking(kernel, interface, rule_id, agent_ids) for rule_id in rule_ids)


def _marks_once(
    kernel: KernelState, interface: Interface, rule_ids: RuleIds, agent_ids: tuple[int, ...]
) -> bool:
    """Whether one of the rules marks traffic over the interface; asked once, as nothing is logged.

    Evaluations with other parameters often have the same rules and the same interface.
    """
    if rule_ids == NO_RULE:
        return False
    key = (rule_ids, interface.index, agent_ids)
    answer = kernel.marking_answers.entries.get(key)
    if answer is None:
        answer = _marks(kernel, interface, rule_ids, agent_ids)
        kernel.marking_answers.store(key, answer)
    return answer


def recommended_mss(interface: Interface) -> int:
    """The segment size that a cellular interface recommends, 0 if it recommends none.

    Source: necp_application_find_policy_match_internal, xnu-4570.51.1.
    """
    if interface.type != IFT_CELLULAR or interface.cell_mss_recommended is None:
        return 0
    return _RECOMMENDED_MSS.get(interface.cell_mss_recommended, 0)


def tells_default_routes(profile: Profile, routed_index: int, output_index: int) -> bool:
    """Whether a result has the default routes of the routed interface, or of the bound one.

    Source: necp_application_find_policy_match_internal, xnu-4570.51.1, xnu-10002.1.13,
    xnu-10002.41.9.
    """
    told = profile.default_routes_told
    if routed_index or told is DefaultRoutesTold.ALWAYS:
        return True
    return bool(output_index) and told is DefaultRoutesTold.ROUTED_OR_BOUND


def address_family_flags(
    kernel: KernelState, interface_index: int, match: ParameterEvaluation
) -> int:
    """HAS_IPV4, HAS_IPV6 and HAS_NAT64, by the default routes of an interface.

    Stores the gateways of these routes and the NAT64 prefixes in ``match``, where the release tells
    them.

    Source: necp_application_find_policy_match_internal, xnu-4570.51.1, xnu-4903.221.2.
    """
    answer = kernel.family_answers.entries.get(interface_index)
    if answer is None:
        answer = _address_families(kernel, interface_index)
        kernel.family_answers.store(interface_index, answer)
    flags, nat64_prefixes, match.gateways = answer
    if nat64_prefixes:
        match.result.nat64_prefixes = nat64_prefixes
    return flags


def _address_families(kernel: KernelState, interface_index: int) -> FamilyAnswer:
    lookup, profile = kernel.routes.lookup_scoped, kernel.profile
    flags, nat64_prefixes, gateways = 0, b"", NO_GATEWAYS
    ipv4_route = lookup(ANY_IPV4, interface_index)
    if unless_translated(kernel, ipv4_route) is not None:
        flags = _HAS_IPV4
    ipv6_route = lookup(ANY_IPV6, interface_index)
    if ipv6_route is not None:
        flags |= _HAS_IPV6
        if has_nat64(ipv6_route.interface) and profile.result_has_nat64:
            flags |= _HAS_NAT64
            if profile.result_has_nat64_prefixes:
                nat64_prefixes = packed_prefixes(ipv6_route.interface)
    if profile.result_has_gateways:
        gateways = (_gateway(ipv4_route, AF_INET), _gateway(ipv6_route, AF_INET6))
    return flags, nat64_prefixes, gateways


def _gateway(route: Route | None, family: int) -> bytes | None:
    """The gateway of a default route, None without one or if it is unspecified."""
    if route is None or route.gateway is None or route.gateway[1] != family:
        return None
    gateway = route.gateway.ljust(SOCKADDR_UNION_BYTES, b"\0")
    return None if is_unspecified(gateway) else gateway


def _is_interface_address(
    kernel: KernelState, remote_addr: bytes, routed_interface_index: int
) -> bool:
    """Whether an address is one of the routed interface or of the loopback interface."""
    if is_unspecified(remote_addr):
        return False
    if kernel.profile.local_remote_address_is_sanitised:
        remote_addr = interface_form(remote_addr)
    ifa = kernel.interfaces.ifa_with_address(remote_addr)
    if ifa is None:
        return False
    index = ifa.interface.index
    return index == routed_interface_index or index == kernel.interfaces.loopback.index


def is_direct(route: Route) -> bool:
    """Whether the destination is on the same link. Never for a point-to-point interface."""
    if route.flags & _RTF_GATEWAY or route.ifa is None:
        return False
    return not route.ifa.interface.flags & IFF_POINTOPOINT


_RTF_GATEWAY: Final = int(RouteFlag.GATEWAY)
_RTF_LOCAL: Final = int(RouteFlag.LOCAL)
_RTF_GLOBAL: Final = int(RouteFlag.GLOBAL)

_IS_DIRECT: Final = int(ClientResultFlag.IS_DIRECT)
_IS_GLOBAL_INTERNET: Final = int(ClientResultFlag.IS_GLOBAL_INTERNET)
_LOCAL_AND_DIRECT: Final = int(ClientResultFlag.IS_LOCAL | ClientResultFlag.IS_DIRECT)
_HAS_IPV4: Final = int(ClientResultFlag.HAS_IPV4)
_HAS_IPV6: Final = int(ClientResultFlag.HAS_IPV6)
_HAS_NAT64: Final = int(ClientResultFlag.HAS_NAT64)
_LOW_POWER: Final = int(ClientResultFlag.INTERFACE_LOW_POWER)
_LINK_HEURISTICS: Final = int(ClientResultFlag.LINK_HEURISTICS)
_LINK_QUALITY_ABORT: Final = int(ClientResultFlag.LINK_QUALITY_ABORT)
_ALLOW_QOS_MARKING: Final = int(ClientResultFlag.ALLOW_QOS_MARKING)
_DISCRETIONARY: Final = int(ClientParameterFlag.DISCRETIONARY)

_RECOMMENDED_MSS: Final = {
    0: RECOMMENDED_MSS_NONE,
    1: RECOMMENDED_MSS_MEDIUM,
    2: RECOMMENDED_MSS_LOW,
}
"""From what an interface recommends (``IF_CELL_UL_MSS_RECOMMENDED_*``) to what a result says."""
