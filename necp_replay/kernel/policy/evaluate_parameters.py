"""Evaluates parameters: which policies match, and where the traffic goes.

Idea. An evaluation answers one question: if this process sent traffic with these parameters now,
what would happen to it? The parameters are those of a client, of a client on the interface of one
of its flows, or of ``necp_match_policy``. The steps are the kernel's, in its order:

1. Drop-all. If it is on and there is no policy, everything is dropped, and nothing is read.
2. Read the parameters (``parameter_reading.py``).
3. Decide for whom the traffic is (``delegation.py``), and which interface it is bound to.
4. Find the policies that match (``match.py``) and store what they decide (``matched_result.py``).
5. Look up the route (``traffic_route.py``), on the interface that the policies scope it to.
6. Derive flags from the route (``result_flags.py``).
7. Apply route rules, and what is prohibited (``prohibited_route.py``): a drop can still come of it.

Invariants. An evaluation answers no error. It changes the state in few places: bytes of the
parameters, the answers that custom entitlements keep, and ids of aggregates of route rules. So
callers may cache it while the system stays as it is (``evaluation_cache.py``).

Cost. Reading is cached by the parameters, and routes by address and scope. What is
left is the walk over the policies that may match (``candidates.py``).
"""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client import (
    ClientParameterFlag,
    ClientResultFlag,
    ResultReason,
)
from necp_replay.abi.interface import (
    IFRTYPE_FUNCTIONAL_LOOPBACK,
    IFRTYPE_FUNCTIONAL_UNKNOWN,
)
from necp_replay.abi.log import LOG_ERR
from necp_replay.abi.policy import POLICY_ID_NO_MATCH, DropFlag, PolicyResult
from necp_replay.kernel.exceptions import KernelPanic
from necp_replay.kernel.interfaces.functional_type import functional_type
from necp_replay.kernel.objects.aggregate_result import AggregateResult
from necp_replay.kernel.objects.matched_policies import RuleIds
from necp_replay.kernel.objects.parameter_evaluation import ParameterEvaluation
from necp_replay.kernel.objects.process import Process
from necp_replay.kernel.objects.socket_info import NO_ADDRESS
from necp_replay.kernel.policy.ask_policies import PolicyQuestion, ask_policies
from necp_replay.kernel.policy.delegation import Identity, claim_delegations
from necp_replay.kernel.policy.exemptions import (
    Refusal,
    drop_order,
    is_coprocessor_traffic,
    is_loopback,
    may_not_use_loopback,
)
from necp_replay.kernel.policy.explanation import MatchExplanation
from necp_replay.kernel.policy.interface_denied import post_local_network_denied
from necp_replay.kernel.policy.parameter_reading import (
    ParameterReading,
    end_strings,
    read_parameters,
)
from necp_replay.kernel.policy.prohibited_route import drop_prohibited_route, enforce_route_rules
from necp_replay.kernel.policy.result_flags import (
    address_family_flags,
    destination_flags,
    interface_flags,
    recommended_mss,
    tells_default_routes,
)
from necp_replay.kernel.policy.socket_info import NO_PORTS, Ports
from necp_replay.kernel.policy.traffic_route import (
    TrafficRoute,
    find_traffic_route,
    is_unspecified,
    validate_local_address,
)
from necp_replay.kernel.quirk import Quirk
from necp_replay.kernel.state import KernelState


def evaluate_parameters(
    kernel: KernelState,
    process: Process,
    parameters: bytearray,
    *,
    required_interface_index: int,
    local_addr: bytes | None,
    remote_addr: bytes | None,
    ignore_address: bool,
    want_flags: bool,
    tells_reason: bool = False,
    why: MatchExplanation | None = None,
) -> ParameterEvaluation:
    """Evaluate parameters for a process. Raises KernelPanic.

    ``local_addr`` and ``remote_addr`` are 28-byte sockaddr unions, used for addresses that the
    parameters do not name. With ``ignore_address``, those of the parameters are not used.
    ``tells_reason``: the caller has a place for the reason of a drop. ``why`` is filled in.

    Writes a zero into the last byte of each DOMAIN and ACCOUNT value of ``parameters``, and of each
    URL where releases know them, unless all is dropped without a look.

    Source: necp_application_find_policy_match_internal, xnu-4570.51.1, xnu-6153.41.3.
    """
    match = ParameterEvaluation(AggregateResult())
    if _is_dropped_unread(kernel, process):
        match.result.routing_result = _DROP
        if why is not None:
            why.ended_unread = True
        return match
    reading = read_parameters(given := bytes(parameters))
    end_strings(kernel.profile, reading, parameters)
    identity = Identity(process)
    if reading.delegations or reading.has_invalid_length:
        _claim_identity(kernel, process, identity, reading)
    bound_index = required_interface_index
    if reading.bound_interfaces:
        bound_index = _bound_interface_index(kernel, reading, required_interface_index)
    uses_endpoint = not ignore_address and remote_addr is None
    chosen = _unread_addresses if ignore_address else _chosen_addresses
    local_addr, remote_addr, _ = addresses = chosen(kernel, reading, local_addr, remote_addr)
    if why is not None:
        why.record_question(identity, bound_index, local_addr, remote_addr)
    if _ends_before_policies(kernel, process, match, bound_index, local_addr, remote_addr, why):
        return match
    question = PolicyQuestion(
        identity, given, reading, bound_index, *addresses, want_flags, uses_endpoint
    )
    rule_ids = ask_policies(kernel, question, match, why)
    if rule_ids is None:
        _pass_loopback(kernel, match, why, want_flags=want_flags)
        return match

    result = match.result
    if result.routing_result == _DROP and kernel.profile.drops_have_flags:
        _tell_local_network(kernel, identity, match)
    output_index = _output_interface_index(kernel, result, bound_index)
    traffic = _evaluate_route(kernel, reading, output_index, bound_index, local_addr, remote_addr)
    result.routed_interface_index = traffic.routed_interface_index
    match.route = traffic.route
    if want_flags:
        output = traffic, output_index
        match.flags = _evaluate_flags(kernel, reading, match, output, remote_addr, rule_ids)
    is_denied = enforce_route_rules(kernel, identity, match, rule_ids)
    prohibited = drop_prohibited_route(
        kernel, identity, match, reading.client_flags, tells_reason=tells_reason
    )
    if why is not None:
        why.record_route(output_index, traffic, match, is_denied=is_denied, prohibited=prohibited)
    return match


def _ends_before_policies(
    kernel: KernelState,
    process: Process,
    match: ParameterEvaluation,
    bound_index: int,
    local_addr: bytes,
    remote_addr: bytes,
    why: MatchExplanation | None,
) -> bool:
    """Store the result of traffic that passes or is dropped without a look at policies.

    Source: necp_application_find_policy_match_internal, xnu-8792.41.9, xnu-11215.1.10.
    """
    if is_coprocessor_traffic(kernel, remote_addr, bound_index):
        _pass(match, bound_index)
        return True
    if not may_not_use_loopback(kernel, process) or not is_loopback(
        kernel, local_addr, remote_addr, bound_index
    ):
        return False
    match.result.policy_id = match.result.skip_policy_id = POLICY_ID_NO_MATCH
    match.result.routing_result = _DROP
    if why is not None:
        why.refusal = Refusal.LOOPBACK_DENIED
    return True


def _claim_identity(
    kernel: KernelState, process: Process, identity: Identity, reading: ParameterReading
) -> None:
    if reading.delegations:
        claim_delegations(kernel, process, identity, reading.delegations)
    if reading.has_invalid_length:
        kernel.log(LOG_ERR, "necp_application_find_policy_match_internal")


def _is_dropped_unread(kernel: KernelState, process: Process) -> bool:
    policies = kernel.policies
    if policies.application_policies_count > 0 or policies.drop_management_order:
        return False
    return policies.drop_all_order > 0 or (
        policies.drop_unentitled_order > 0 and drop_order(kernel, process) > 0
    )


def _pass_loopback(
    kernel: KernelState,
    match: ParameterEvaluation,
    why: MatchExplanation | None,
    *,
    want_flags: bool,
) -> None:
    """Pass traffic to this system without a look at policies and routes. Raises KernelPanic.

    Source: necp_application_find_policy_match_internal, xnu-6153.41.3.
    """
    if not want_flags:
        raise KernelPanic(
            "necp_application_find_policy_match_internal", "flags have no place to be stored"
        )
    if why is not None:
        why.is_loopback = True
    _pass(match, kernel.interfaces.loopback.index)
    match.flags = int(ClientResultFlag.IS_LOCAL | ClientResultFlag.IS_DIRECT)


def _pass(match: ParameterEvaluation, interface_index: int) -> None:
    match.result.policy_id = match.result.skip_policy_id = POLICY_ID_NO_MATCH
    match.result.routing_result = PolicyResult.PASS
    match.result.routed_interface_index = interface_index


def _ports_alone(reading: ParameterReading, local: bytes | None, remote: bytes | None) -> Ports:
    """The ports of endpoints without an address, None where the flow has an address."""
    return (
        reading.local_port if local is None else None,
        reading.remote_port if remote is None else None,
    )


def _unread_addresses(
    kernel: KernelState, reading: ParameterReading, local: bytes | None, remote: bytes | None
) -> tuple[bytes, bytes, Ports]:
    """The addresses that were given; those of the parameters are ignored."""
    return local or NO_ADDRESS, remote or NO_ADDRESS, NO_PORTS


def _chosen_addresses(
    kernel: KernelState, reading: ParameterReading, local: bytes | None, remote: bytes | None
) -> tuple[bytes, bytes, Ports]:
    """The addresses of the parameters or of the flow, whichever take precedence.

    With them the ports of endpoints without an address, in releases where policies see these.
    """
    ports = NO_PORTS
    if (reading.local_port or reading.remote_port) and kernel.profile.policies_see_ports_alone:
        ports = _ports_alone(reading, local, remote)
    return (
        _chosen_address(kernel, reading.local_addr, local),
        _chosen_address(kernel, reading.remote_addr, remote),
        ports,
    )


def _chosen_address(kernel: KernelState, given: bytes | None, of_flow: bytes | None) -> bytes:
    """The address of the parameters or of the flow. If both give one, the release decides."""
    if given and of_flow and given != of_flow:
        return of_flow if kernel.profile.flow_addresses_win else given
    return given or of_flow or NO_ADDRESS


def _bound_interface_index(kernel: KernelState, reading: ParameterReading, required: int) -> int:
    """The last interface named that exists, else the one required."""
    for name in reversed(reading.bound_interfaces):
        interface = kernel.interfaces.find_by_name(name)
        if interface is not None:
            return interface.index
    return required


def _tell_local_network(
    kernel: KernelState, identity: Identity, match: ParameterEvaluation
) -> None:
    """Report that traffic to the local network is dropped, if the policy's flags say so.

    Kernel quirk: where traffic is refused before policies are evaluated, the parameter is that of
    the policy that matched, which need not be flags. No vector shows it.

    Source: necp_application_find_policy_match_internal, xnu-7195.50.7.100.1, xnu-10063.101.15.
    """
    flags = match.result.routing_result_parameter
    if flags & DropFlag.LOCAL_NETWORK:
        is_suppressed = kernel.profile.alerts_can_be_suppressed and flags & DropFlag.SUPPRESS_ALERTS
        if not is_suppressed:
            post_local_network_denied(kernel, identity)
        match.reason = int(ResultReason.LOCAL_NETWORK_PROHIBITED)


def _output_interface_index(kernel: KernelState, result: AggregateResult, bound_index: int) -> int:
    """The interface that policies scope the traffic to, else the one that it is bound to."""
    if result.routing_result not in _SCOPING:
        return bound_index
    if result.routing_result == _SCOPED_DIRECT:
        _scope_to_primary_direct_interface(kernel, result)
    return result.routing_result_parameter


def _scope_to_primary_direct_interface(kernel: KernelState, result: AggregateResult) -> None:
    """Scope to the first ordered interface of a known kind but loopback; drop without one.

    Source: necp_get_primary_direct_interface_index, xnu-4903.221.2.
    """
    result.routing_result = _DROP
    for ifp in kernel.interfaces.ordered:
        if functional_type(kernel.profile, ifp) not in _NOT_DIRECT:
            result.routing_result = _SOCKET_SCOPED
            result.routing_result_parameter = ifp.index
            break


def _evaluate_route(
    kernel: KernelState,
    reading: ParameterReading,
    output_index: int,
    bound_index: int,
    local_addr: bytes,
    remote_addr: bytes,
) -> TrafficRoute:
    if reading.client_flags & _LISTENER and not is_unspecified(local_addr):
        # A listener with an address needs no route: only its own address is validated.
        evaluation = TrafficRoute()
        evaluation.routed_interface_index = output_index
    else:
        evaluation = find_traffic_route(kernel, remote_addr, output_index, bound_index)
    if local_addr is not NO_ADDRESS:
        validate_local_address(kernel, evaluation, local_addr)
    return evaluation


def _evaluate_flags(
    kernel: KernelState,
    reading: ParameterReading,
    match: ParameterEvaluation,
    output: tuple[TrafficRoute, int],
    remote_addr: bytes,
    rule_ids: RuleIds,
) -> int:
    evaluation, output_index = output
    flags = 0
    if not reading.client_flags & _LISTENER:
        flags = destination_flags(kernel, evaluation, remote_addr)
        if evaluation.route is not None:
            interface = evaluation.route.interface
            flags |= interface_flags(
                kernel, interface, reading.client_flags, rule_ids, match.policy_agent_ids
            )
            match.result.mss_recommended = recommended_mss(interface)
    routed_index = evaluation.routed_interface_index
    if tells_default_routes(kernel.profile, routed_index, output_index):
        flags |= address_family_flags(kernel, routed_index, match)
    return flags


_NOT_DIRECT: Final = (IFRTYPE_FUNCTIONAL_UNKNOWN, IFRTYPE_FUNCTIONAL_LOOPBACK)
_INTERPOSE: Final = int(ClientParameterFlag.INTERPOSE)
_LISTENER: Final = int(ClientParameterFlag.LISTENER)
_INBOUND: Final = int(ClientParameterFlag.INBOUND)
_DROP: Final = int(PolicyResult.DROP)
_SOCKET_SCOPED: Final = int(PolicyResult.SOCKET_SCOPED)
_SCOPED_DIRECT: Final = int(PolicyResult.SCOPED_DIRECT)
_SCOPING: Final = (_SOCKET_SCOPED, int(PolicyResult.IP_TUNNEL), _SCOPED_DIRECT)
"""Results whose parameter is the interface on which the route is looked up."""

ENDPOINTS_DO_NOT_ROUTE: Final = Quirk(
    "Endpoint parameters do not influence routing or policies.",
    "necp_application_find_policy_match_internal",
    "results/test_update.py::test_endpoint_parameters_do_not_influence_routing",
)
DROP_ALL_WRITES_NO_ZEROS: Final = Quirk(
    "Evaluation writes no zeros if drop-all is on and there are no application policies.",
    "necp_application_find_policy_match_internal",
    "policy/test_evaluate_parameters.py"
    "::test_drop_all_without_policies_leaves_the_stored_parameters_alone",
)
