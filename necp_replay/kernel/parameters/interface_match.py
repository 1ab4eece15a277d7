"""Chooses the interface that a client's parameters ask for.

The order of the rules: a bound interface; none, if no parameter is about interfaces; none, if
parameters only prohibit and the primary interface matches; else the first ordered interface that
matches and meets most preferences; else, for some parameters, the first of the others. From
xnu-4903 on, agents of policies may meet what no interface meets. From xnu-6153 on, the others also
count where they meet more preferences.
"""

from __future__ import annotations

from collections.abc import Iterable
from struct import Struct
from typing import Final, NamedTuple

from necp_replay.abi.client import ClientParameterFlag
from necp_replay.abi.interface import (
    IFRTYPE_FUNCTIONAL_COMPANIONLINK,
    IFRTYPE_FUNCTIONAL_INTCOPROC,
    IFRTYPE_FUNCTIONAL_WIFI_AWDL,
)
from necp_replay.abi.sockaddr import AF_INET6
from necp_replay.kernel.objects.interface import Interface
from necp_replay.kernel.objects.parsed_parameters import (
    AVOIDED_AGENT_FIELDS,
    INTERESTING_INTERFACE_FIELDS,
    INTERFACE_ONLY_FIELDS,
    PREFERRED_INTERFACE_FIELDS,
    SCOPED_INTERFACE_FIELDS,
    ParsedField,
    ParsedParameters,
)
from necp_replay.kernel.parameters.interface_matcher import InterfaceMatcher, bound_interface_index
from necp_replay.kernel.quirk import Quirk
from necp_replay.kernel.state import KernelState
from necp_replay.releases.facts.parameters import InterfaceSearch


class InterfaceChoice(NamedTuple):
    """Which interface the parameters ask for: ``interface_index``, 0 for none in particular.

    ``is_met`` says whether they can be met. With ``ask_policies`` no interface meets them, and the
    agents that they require must be among those of policies.
    """

    is_met: bool
    interface_index: int
    ask_policies: bool = False


def find_matching_interface_index(kernel: KernelState, parsed: ParsedParameters) -> InterfaceChoice:
    """Choose the interface to scope a client to.

    A bound interface is taken without comparing it with the other parameters.

    Source: necp_find_matching_interface_index, xnu-4570.51.1, xnu-4903.221.2, xnu-7195.50.7.100.1.
    """
    bound_index = bound_interface_index(kernel, parsed) if parsed.bound_interfaces else 0
    if bound_index != 0:
        return InterfaceChoice(is_met=True, interface_index=bound_index)
    fields = parsed.valid_fields
    if not fields & INTERESTING_INTERFACE_FIELDS and not (
        parsed.flags & _PROHIBITED_PROPERTIES and kernel.profile.interface_search is _BEST_MATCH
    ):
        return _ANY_INTERFACE
    ordered = kernel.interfaces.ordered
    matcher = InterfaceMatcher(kernel, parsed)
    if not fields & SCOPED_INTERFACE_FIELDS and (
        not ordered or matcher.matches(ordered[0]) or _remote_scope_matches(kernel, matcher)
    ):
        # Parameters that only prohibit do not scope a client if the primary interface matches.
        return _ANY_INTERFACE
    if kernel.profile.interface_search is _BEST_MATCH:
        index, preferred_count = _best_match(kernel, matcher, ordered)
    else:
        index, preferred_count = _best_interface(matcher, ordered)
        if index == 0 and may_use_unordered_interfaces(kernel, parsed):
            index, preferred_count = _best_interface(matcher, _unordered(kernel))
    if preferred_count == 0 and _only_prefers(kernel, fields):
        return _ANY_INTERFACE
    if (
        index == 0
        and not fields & INTERFACE_ONLY_FIELDS
        and kernel.profile.policies_may_meet_agent_requirements
    ):
        # Kernel quirk: prohibitions that exclude every interface are forgotten. Measured in
        # select_prohibit_iface.
        return InterfaceChoice(is_met=True, interface_index=0, ask_policies=True)
    return InterfaceChoice(is_met=index != 0, interface_index=index)


def _remote_scope_matches(kernel: KernelState, matcher: InterfaceMatcher) -> bool:
    """Whether the scope id of the remote address leads to an interface that is allowed.

    Source: necp_find_matching_interface_index, xnu-10063.121.3.
    """
    remote = matcher.parsed.remote_addr
    if remote[1] != AF_INET6 or not kernel.profile.remote_scope_chooses_interface:
        return False
    (scope_id,) = _SCOPE_ID.unpack_from(remote, SCOPE_ID_OFFSET)
    ifp = kernel.interfaces.by_index.get(scope_id)
    return ifp is not None and matcher.matches(ifp)


def _only_prefers(kernel: KernelState, fields: int) -> bool:
    """Whether parameters with these fields prefer interfaces, and ask for nothing else."""
    if kernel.profile.only_requirements_scope:
        return bool(fields & PREFERRED_INTERFACE_FIELDS) and not fields & _REQUIREMENTS
    return not fields & ~PREFERRED_INTERFACE_FIELDS


def may_use_unordered_interfaces(kernel: KernelState, parsed: ParsedParameters) -> bool:
    """Whether interfaces that are not in the ordered list are compared as well.

    Source: necp_interface_type_is_primary_eligible, xnu-4570.51.1.
    """
    required_type = parsed.required_interface_type
    return bool(parsed.valid_fields & SCOPED_INTERFACE_FIELDS) and (
        required_type == 0 or _needs_no_order(kernel, required_type)
    )


def _needs_no_order(kernel: KernelState, required_type: int) -> bool:
    """Whether an interface of a type is taken though it is not ordered.

    Source: necp_interface_type_should_match_unranked_interfaces, xnu-8792.41.9.
    """
    return required_type in _NEVER_PRIMARY_TYPES or (
        required_type == IFRTYPE_FUNCTIONAL_COMPANIONLINK
        and kernel.profile.companion_links_need_no_order
    )


def ifnet_matches_parameters(kernel: KernelState, ifp: Interface, parsed: ParsedParameters) -> bool:
    """Whether one interface has what the parameters require and nothing that they prohibit.

    Source: necp_ifnet_matches_parameters, xnu-4570.51.1.
    """
    return InterfaceMatcher(kernel, parsed).matches(ifp)


def _unordered(kernel: KernelState) -> list[Interface]:
    in_order = set(kernel.interfaces.ordered)
    return [ifp for ifp in kernel.interfaces.head if ifp not in in_order]


def _best_match(
    kernel: KernelState, matcher: InterfaceMatcher, ordered: list[Interface]
) -> tuple[int, int]:
    """As :func:`_best_interface`, in the way of xnu-6153, over both kinds of interfaces.

    Where the parameters prohibit expensive or constrained interfaces, no interface but the primary
    one may be either. Interfaces that are not ordered must have something that is asked for, and
    count where nothing else matches or where they meet more preferences.

    Source: necp_find_matching_interface_index, xnu-6153.11.26.
    """
    parsed = matcher.parsed
    has_preferred_fields = bool(parsed.valid_fields & PREFERRED_INTERFACE_FIELDS)
    best_index = best_count = 0
    prohibited = parsed.flags & _PROHIBITED_PROPERTIES
    for ifp in ordered:
        if matcher.matches(ifp, prohibited=prohibited):
            count = matcher.preferred_count(ifp)
            if best_index == 0 or count > best_count:
                best_index, best_count = ifp.index, count
                if not has_preferred_fields:
                    break
        if prohibited:
            prohibited = _PROHIBITED_PROPERTIES
    if not _may_be_unordered(kernel, parsed) or (best_index != 0 and not has_preferred_fields):
        return best_index, best_count
    requires_something = _requires_something(parsed)
    for ifp in _unordered(kernel):
        if not matcher.matches(ifp, prohibited=prohibited):
            continue
        preferred, avoided = matcher.preferences(ifp)
        if not (requires_something or preferred):
            continue
        count = preferred + avoided
        if best_index == 0 or count > best_count:
            best_index, best_count = ifp.index, count
            if not has_preferred_fields:
                break
    return best_index, best_count


def compares_unordered(
    kernel: KernelState, parsed: ParsedParameters, ifp: Interface, *, one_matches: bool
) -> bool:
    """Whether an interface without a place in the order is compared with the parameters.

    ``one_matches`` says whether an interface in the order matches.
    """
    if kernel.profile.interface_search is not _BEST_MATCH:
        return not one_matches and may_use_unordered_interfaces(kernel, parsed)
    if not _may_be_unordered(kernel, parsed):
        return False
    if one_matches and not parsed.valid_fields & PREFERRED_INTERFACE_FIELDS:
        return False
    preferred, _ = InterfaceMatcher(kernel, parsed).preferences(ifp)
    return _requires_something(parsed) or bool(preferred)


def prohibited_properties(kernel: KernelState, parsed: ParsedParameters, ifp: Interface) -> int:
    """The flags of the properties that an interface must not have."""
    prohibited = parsed.flags & _PROHIBITED_PROPERTIES
    is_first = kernel.interfaces.ordered[:1] == [ifp]
    if prohibited and not is_first and kernel.profile.interface_search is _BEST_MATCH:
        return _PROHIBITED_PROPERTIES
    return prohibited


def _requires_something(parsed: ParsedParameters) -> bool:
    return bool(
        parsed.valid_fields & INTERFACE_ONLY_FIELDS
        or parsed.required_agents
        or parsed.required_agent_types
    )


def _may_be_unordered(kernel: KernelState, parsed: ParsedParameters) -> bool:
    """Whether interfaces that are not ordered are compared, as xnu-6153 asks."""
    if not parsed.valid_fields & (SCOPED_INTERFACE_FIELDS & ~AVOIDED_AGENT_FIELDS):
        return False
    required_type = parsed.required_interface_type
    return (
        required_type == 0
        or _needs_no_order(kernel, required_type)
        or bool(parsed.valid_fields & ParsedField.LOCAL_ADDR)
        or bool(parsed.flags & ClientParameterFlag.LISTENER)
    )


def _best_interface(matcher: InterfaceMatcher, interfaces: Iterable[Interface]) -> tuple[int, int]:
    """The first interface that matches and has most preferences, and how many. Index 0 for none."""
    has_preferred_fields = matcher.parsed.valid_fields & PREFERRED_INTERFACE_FIELDS
    best_index = best_count = 0
    for ifp in interfaces:
        if not matcher.matches(ifp):
            continue
        count = matcher.preferred_count(ifp)
        if best_index == 0 or count > best_count:
            best_index, best_count = ifp.index, count
            if not has_preferred_fields:
                break
    return best_index, best_count


_ANY_INTERFACE: Final = InterfaceChoice(is_met=True, interface_index=0)
_BEST_MATCH: Final = InterfaceSearch.BEST_MATCH
_PROHIBITED_PROPERTIES: Final = int(
    ClientParameterFlag.PROHIBIT_EXPENSIVE | ClientParameterFlag.PROHIBIT_CONSTRAINED
)
_REQUIREMENTS: Final = SCOPED_INTERFACE_FIELDS & ~PREFERRED_INTERFACE_FIELDS
_SCOPE_ID: Final = Struct("<I")
SCOPE_ID_OFFSET: Final = 24
"""Where an IPv6 address has its scope id (``sin6_scope_id``)."""
_NEVER_PRIMARY_TYPES: Final = (IFRTYPE_FUNCTIONAL_WIFI_AWDL, IFRTYPE_FUNCTIONAL_INTCOPROC)

LOCAL_ENDPOINT_CHOOSES_THE_INTERFACE: Final = Quirk(
    "A local endpoint takes part in choosing the interface.",
    "necp_find_matching_interface_index",
    "parameters/test_interface_match.py"
    "::test_a_client_is_scoped_to_the_first_ordered_interface_that_matches",
)
PROHIBITING_DOES_NOT_SCOPE_TO_THE_PRIMARY: Final = Quirk(
    "A client that only prohibits is not scoped when the first ordered interface matches.",
    "necp_find_matching_interface_index",
    "parameters/test_interface_match.py"
    "::test_a_client_that_only_prohibits_is_not_scoped_when_the_primary_interface_matches",
)
PROHIBITING_DOES_NOT_SCOPE_WITHOUT_ORDER: Final = Quirk(
    "A client that only prohibits is not scoped when there is no ordered interface.",
    "necp_find_matching_interface_index",
    "parameters/test_interface_match.py"
    "::test_a_client_that_only_prohibits_is_not_scoped_without_ordered_interfaces",
)
PRIMARY_TYPES_ARE_FOUND_ORDERED_ONLY: Final = Quirk(
    "A client that requires a type which can be primary never gets an unordered interface.",
    "necp_find_matching_interface_index",
    "parameters/test_interface_match.py"
    "::test_requiring_a_type_that_can_be_primary_never_looks_at_unordered_interfaces",
)
BOUND_INTERFACE_IS_NOT_CHECKED: Final = Quirk(
    "A bound interface is not checked against other parameters.",
    "necp_find_matching_interface_index",
    "parameters/test_interface_match.py"
    "::test_a_bound_interface_is_not_checked_against_other_parameters",
)
