"""Evaluates a client: makes the part of a result that clients with the same parameters share.

Idea. The result of a client depends on its process, its parameters and the system, and only to a
small part on the client itself: its id, whether it is defunct, whether it is in the background.
Thousands of clients can have the same process and parameters. So the work is split. What does not
depend on the client is made here, as TLVs that are ready to be stored. The rest is in
``update.py``.

Steps, in the kernel's order: parse the parameters, choose the interface that they ask for and
evaluate the parameters on it (``calculate.py``), and write TLVs for the route, the policy's agents
and the interfaces.

Invariants. A :class:`~necp_replay.kernel.objects.shared_result.SharedResult` is not changed after
it was made, but for one thing: the MTU of its route is the one value of a route that changes often
and decides nothing, so the TLVs with it are written again where it is another one. As long as the
system stays the same otherwise, making a result again has the same outcome and effects. So it is
cached (``evaluation_cache.py``).

One group of TLVs cannot be shared if the buffer is nearly full: which agents of interfaces fit
depends on the length of the client's own TLVs. Then each client writes them itself.

Cost: the choice of an interface compares each interface with the parameters once. Everything else
does not depend on the number of interfaces or clients.
"""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client import ClientParameterFlag, ClientResultFlag
from necp_replay.abi.policy import PolicyResult
from necp_replay.abi.uuid import ZERO_UUID
from necp_replay.kernel.flows.interface_flows import find_flow_interfaces
from necp_replay.kernel.objects.aggregate_result import AggregateResult
from necp_replay.kernel.objects.client import Client
from necp_replay.kernel.objects.client_options import ClientOptions
from necp_replay.kernel.objects.parameter_evaluation import ParameterEvaluation
from necp_replay.kernel.objects.parsed_parameters import ParsedParameters
from necp_replay.kernel.objects.process import Process
from necp_replay.kernel.objects.shared_result import SharedResult
from necp_replay.kernel.parameters.parse import parse_client_parameters
from necp_replay.kernel.policy.evaluate_parameters import evaluate_parameters
from necp_replay.kernel.results.calculate import calculate
from necp_replay.kernel.results.interfaces import result_interfaces
from necp_replay.kernel.results.tlv_writer import U32_TLV
from necp_replay.kernel.results.tlvs import (
    RESULT_START_BYTES,
    append_interface_agents,
    append_interfaces,
    append_path_of_route,
    append_policy_agents,
    append_routing,
    interface_agents_fit,
)
from necp_replay.kernel.state import KernelState


def evaluate_client(kernel: KernelState, process: Process, client: Client) -> SharedResult:
    """Evaluate a client for a process, or take the result from the cache."""
    if client.failed_trigger is not None and client.failed_trigger.agent != ZERO_UUID:
        # The result depends on the client, and its evaluation may change the client.
        return _make_shared_result(kernel, process, client)
    parsed = client.parsed_parameters
    if parsed is not None and parsed.resolver_tag is not None:
        # A tag can be for one client alone.
        return _make_shared_result(kernel, process, client)
    cache = kernel.client_evaluations
    parameters = bytes(client.parameters)
    key = (process.pid, kernel.asked_caller, parameters)
    shared = cache.recall(key, kernel.effects, client.parameters)
    if shared is None:
        started = len(kernel.effects)
        shared = _make_shared_result(kernel, process, client)
        cache.store(key, shared, kernel.effects[started:], parameters, client.parameters)
    elif shared.route is not None and shared.route.mtu != shared.route_mtu:
        _write_path(kernel, shared)
    return shared


def scope_to_required_interface(result: AggregateResult, required_interface_index: int) -> None:
    """Scope a result to the interface that the parameters ask for, if policies decided nothing."""
    if (
        required_interface_index == result.routed_interface_index
        and result.routing_result in _NO_ROUTING
    ):
        result.routing_result = _SOCKET_SCOPED
        result.routing_result_parameter = result.routed_interface_index


def satisfied_flag(parsed: ParsedParameters, result: AggregateResult) -> int:
    """The flag SATISFIED, or 0."""
    if parsed.flags & _LISTENER:
        # Listeners are satisfied without a route, as long as they are not dropped.
        return 0 if result.routing_result == _DROP else _SATISFIED
    return _SATISFIED if result.routed_interface_index != 0 else 0


def own_flag(client: Client) -> int:
    """The flag that depends on the client, DEFUNCT, or 0."""
    return _DEFUNCT if client.defunct else 0


def _make_shared_result(kernel: KernelState, process: Process, client: Client) -> SharedResult:
    """The part of an update that needs only the process and the parameters.

    Source: necp_update_client_result, xnu-4570.51.1.
    """

    def evaluate(required_interface_index: int) -> ParameterEvaluation:
        return evaluate_parameters(
            kernel,
            process,
            client.parameters,
            required_interface_index=required_interface_index,
            local_addr=None,
            remote_addr=None,
            ignore_address=False,
            want_flags=True,
            tells_reason=True,
        )

    given = parse_client_parameters(kernel, client)
    shared = SharedResult(given)
    if given.is_refused:
        shared.result = AggregateResult()
        return shared
    calculate(kernel, shared, evaluate)
    parsed, result = shared.parsed, shared.result
    required_interface_index = shared.required_interface_index
    if parsed.flags & _SEVERAL_INTERFACES:
        shared.allows_multiple_flows = _allows_multiple_flows(kernel, parsed, result)
    if required_interface_index != 0:
        scope_to_required_interface(result, required_interface_index)
    shared.flags |= satisfied_flag(parsed, result)

    tunnel_interface_index = shared.tunnel_interface_index
    append_routing(shared.routing, result, tunnel_interface_index)
    _write_path(kernel, shared)
    options = None
    if kernel.profile.skywalk_is_published:
        most = kernel.profile.max_interface_options if shared.allows_multiple_flows else 1
        options = shared.options = ClientOptions(parsed.flags, most=most)
    if result.netagents:
        append_policy_agents(shared.rest, kernel, parsed, result, client.failed_trigger, options)
    shared.interfaces = result_interfaces(
        kernel, result, required_interface_index, tunnel_interface_index
    )
    shared.time_delta_at = append_interfaces(
        shared.rest,
        shared.interfaces,
        with_time_delta=kernel.profile.result_has_interface_time_delta,
    )
    if parsed.flags & _SEVERAL_INTERFACES:
        shared.flow_interfaces = find_flow_interfaces(
            kernel, parsed, result, client.failed_trigger, shared.interfaces.direct, options
        )
    used_bytes = _OWN_BYTES + len(shared.routing) + len(shared.path) + len(shared.rest)
    shared.is_whole = interface_agents_fit(
        shared.interfaces, kernel.profile.client_result_max_bytes - used_bytes
    )
    if shared.is_whole:
        append_interface_agents(
            shared.rest, kernel, parsed, shared.interfaces, client.failed_trigger, options
        )
        if shared.is_met and shared.time_delta_at is None:
            shared.tail = bytes(shared.routing + shared.path + shared.rest)
    return shared


def _write_path(kernel: KernelState, shared: SharedResult) -> None:
    """Write the TLVs of the route, for the first time or because its MTU is another one."""
    route = shared.route
    shared.path.clear()
    append_path_of_route(shared.path, kernel, route, shared)
    shared.route_mtu = 0 if route is None else route.mtu
    if shared.tail is not None:
        shared.tail = bytes(shared.routing + shared.path + shared.rest)


def _allows_multiple_flows(
    kernel: KernelState, parsed: ParsedParameters, result: AggregateResult
) -> bool:
    if parsed.flags & _MULTIPATH:
        return True
    if parsed.flags & _BROWSE and kernel.profile.browsers_have_options:
        return True
    return bool(parsed.flags & _LISTENER) and result.routing_result != _SOCKET_SCOPED


_OWN_BYTES: Final = RESULT_START_BYTES + 4 * U32_TLV.size
"""The longest that a client's own TLVs can be: the start, a reason, two about the background, and
an MTU."""

# Plain numbers: operations on enumeration members cost several times as much.
_MULTIPATH: Final = int(ClientParameterFlag.MULTIPATH)
_LISTENER: Final = int(ClientParameterFlag.LISTENER)
_BROWSE: Final = int(ClientParameterFlag.BROWSE)
_SEVERAL_INTERFACES: Final = _MULTIPATH | _LISTENER | _BROWSE
_DEFUNCT: Final = int(ClientResultFlag.DEFUNCT)
_SATISFIED: Final = int(ClientResultFlag.SATISFIED)
_DROP: Final = int(PolicyResult.DROP)
_SOCKET_SCOPED: Final = int(PolicyResult.SOCKET_SCOPED)
_NO_ROUTING: Final = (int(PolicyResult.NONE), int(PolicyResult.PASS))
