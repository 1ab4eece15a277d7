"""The interface that a client's parameters ask for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from necp_replay.abi.client import UUID_BYTES, ClientParameterFlag
from necp_replay.abi.interface import IFRTYPE_FUNCTIONAL_INTCOPROC, IFRTYPE_FUNCTIONAL_WIFI_AWDL
from necp_replay.kernel.agents.lookup import get_domain_and_type
from necp_replay.kernel.interfaces.functional_type import functional_type, is_expensive
from necp_replay.kernel.objects.interface import Interface
from necp_replay.kernel.objects.parsed_parameters import (
    INTERESTING_INTERFACE_FIELDS,
    PREFERRED_INTERFACE_FIELDS,
    SCOPED_INTERFACE_FIELDS,
    ParsedParameters,
)
from necp_replay.kernel.quirk import Quirk
from necp_replay.kernel.state import KernelState


def find_matching_interface_index(
    kernel: KernelState, parsed: ParsedParameters
) -> tuple[bool, int]:
    """Whether the parameters can be met, and the index of the interface to scope to, 0 for none.

    A bound interface wins over everything, and is not checked against the other parameters.

    Source: necp_find_matching_interface_index, xnu-4570.51.1.
    """
    bound_index = _bound_interface_index(kernel, parsed)
    fields = parsed.valid_fields
    if bound_index != 0 or not fields & INTERESTING_INTERFACE_FIELDS:
        return True, bound_index
    ordered = kernel.interfaces.ordered
    if not fields & SCOPED_INTERFACE_FIELDS and (
        not ordered or ifnet_matches_parameters(kernel, ordered[0], parsed)
    ):
        # Parameters that only prohibit leave a client unscoped when the primary interface will do.
        return True, 0
    index, preferred_count = _best_interface(kernel, ordered, parsed)
    if index == 0 and may_use_unordered_interfaces(parsed):
        unordered = [ifp for ifp in kernel.interfaces.head if ifp not in ordered]
        index, preferred_count = _best_interface(kernel, unordered, parsed)
    if preferred_count == 0 and not fields & ~PREFERRED_INTERFACE_FIELDS:
        return True, 0
    return index != 0, index


def ifnet_matches_parameters(
    kernel: KernelState,
    ifp: Interface,
    parsed: ParsedParameters,
    *,
    ignore_require_if: bool = False,
) -> bool:
    """Whether an interface has what the parameters require and nothing that they prohibit.

    What is prohibited must not be of a delegate either; what is required must be the interface's.

    Source: necp_ifnet_matches_parameters, xnu-4570.51.1.
    """
    address = parsed.local_interface_addr
    if address is not None and not kernel.interfaces.ifa_with_address_scoped(address, ifp.index):
        return False
    if parsed.flags & _PROHIBIT_EXPENSIVE and is_expensive(ifp):
        return False
    required_type = parsed.required_interface_type
    if required_type and not ignore_require_if and functional_type(ifp) != required_type:
        return False
    for prohibited_type in parsed.prohibited_interface_types:
        if _matches_type(ifp, prohibited_type):
            return False
    for name in parsed.prohibited_interfaces:
        if _matches_name(ifp, name):
            return False
    for agent in parsed.required_agents:
        if agent not in ifp.agents:
            return False
    for agent in parsed.prohibited_agents:
        if _matches_agent(ifp, agent):
            return False
    for domain, type_ in parsed.required_agent_types:
        if not _has_agent_type(kernel, ifp, domain, type_):
            return False
    for domain, type_ in parsed.prohibited_agent_types:
        if _matches_agent_type(kernel, ifp, domain, type_):
            return False
    return True


def may_use_unordered_interfaces(parsed: ParsedParameters) -> bool:
    """Whether interfaces that are not candidates for primary come into question.

    Source: necp_interface_type_is_primary_eligible, xnu-4570.51.1.
    """
    required_type = parsed.required_interface_type
    return bool(parsed.valid_fields & SCOPED_INTERFACE_FIELDS) and (
        required_type == 0 or required_type in _NEVER_PRIMARY_TYPES
    )


def agent_type_names(kernel: KernelState, agent: bytes) -> tuple[bytes, bytes] | None:
    """An agent's domain and type as the contents of C strings; None for an unknown agent."""
    domain_and_type = get_domain_and_type(kernel, agent)
    if domain_and_type is None:
        return None
    domain, type_ = domain_and_type
    return domain.partition(b"\0")[0], type_.partition(b"\0")[0]


def _bound_interface_index(kernel: KernelState, parsed: ParsedParameters) -> int:
    index = 0
    for name in parsed.bound_interfaces:
        bound_interface = kernel.interfaces.find_by_name(name)
        if bound_interface is not None:
            index = bound_interface.index
    return index


def _best_interface(
    kernel: KernelState, interfaces: Iterable[Interface], parsed: ParsedParameters
) -> tuple[int, int]:
    """The first of the most preferred interfaces that match, and how many preferences it meets."""
    has_preferred_fields = parsed.valid_fields & PREFERRED_INTERFACE_FIELDS
    best_index = best_count = 0
    for ifp in interfaces:
        if not ifnet_matches_parameters(kernel, ifp, parsed):
            continue
        count = _preferred_count(kernel, ifp, parsed)
        if best_index == 0 or count > best_count:
            best_index, best_count = ifp.index, count
            if not has_preferred_fields:
                break
    return best_index, best_count


def _preferred_count(kernel: KernelState, ifp: Interface, parsed: ParsedParameters) -> int:
    count = sum(_matches_agent(ifp, agent) for agent in parsed.preferred_agents)
    for domain, type_ in parsed.preferred_agent_types:
        count += _matches_agent_type(kernel, ifp, domain, type_)
    return count


def _matches_type(ifp: Interface, type_: int) -> bool:
    return any(functional_type(each) == type_ for each in _with_delegates(ifp))


def _matches_name(ifp: Interface, name: bytes) -> bool:
    return any(each.name.encode() == name for each in _with_delegates(ifp))


def _matches_agent(ifp: Interface, agent: bytes) -> bool:
    return any(agent in each.agents for each in _with_delegates(ifp))


def _matches_agent_type(kernel: KernelState, ifp: Interface, domain: bytes, type_: bytes) -> bool:
    return any(_has_agent_type(kernel, each, domain, type_) for each in _with_delegates(ifp))


def _has_agent_type(kernel: KernelState, ifp: Interface, domain: bytes, type_: bytes) -> bool:
    for agent in ifp.agents:
        if agent == _NO_UUID:
            continue
        names = agent_type_names(kernel, agent)
        if names is not None and domain in (b"", names[0]) and type_ in (b"", names[1]):
            return True
    return False


def _with_delegates(ifp: Interface | None) -> Iterable[Interface]:
    while ifp is not None:
        yield ifp
        ifp = ifp.delegate


_NO_UUID: Final = bytes(UUID_BYTES)
_PROHIBIT_EXPENSIVE: Final = int(ClientParameterFlag.PROHIBIT_EXPENSIVE)
_NEVER_PRIMARY_TYPES: Final = (IFRTYPE_FUNCTIONAL_WIFI_AWDL, IFRTYPE_FUNCTIONAL_INTCOPROC)

LOCAL_ENDPOINT_CHOOSES_THE_INTERFACE: Final = Quirk(
    "A local endpoint does choose the interface.",
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
    "Nor when there is no ordered interface.",
    "necp_find_matching_interface_index",
    "parameters/test_interface_match.py"
    "::test_a_client_that_only_prohibits_is_not_scoped_without_ordered_interfaces",
)
PRIMARY_TYPES_ARE_FOUND_ORDERED_ONLY: Final = Quirk(
    "Requiring a type that can be primary never looks at unordered interfaces.",
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
