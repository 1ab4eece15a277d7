"""Turns the result of a session's policy into a plan for kernel policies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from necp_replay.abi.client import IFXNAMSIZ
from necp_replay.abi.policy import (
    IP_TUNNEL_MAX_BYTES,
    IP_TUNNEL_SECONDARY_RESULT_BYTES,
    RESULT_SERVICE,
    PolicyResult,
)
from necp_replay.abi.uuid import UUID_BYTES
from necp_replay.kernel.objects.kernel_policy import PolicyConditions
from necp_replay.kernel.objects.session_policy import SessionPolicy
from necp_replay.kernel.policy.condition_bytes import name_in, result_parameter_of, type_of
from necp_replay.kernel.policy.route_rules import create_route_rule, is_about_sockets
from necp_replay.kernel.state import KernelState


class ResultPlan:
    """The result that kernel policies get, and which kernel policies there are.

    ``at_sockets`` makes a socket policy. The others make IP output policies: ``for_any_packet`` one
    with the same conditions (if ``for_socketless_packets``, only for packets that no socket policy
    marked), ``for_marked_packets`` one for packets that the socket policy marked, and
    ``for_looped_packets`` two for packets that come back from a tunnel.
    """

    __slots__ = (
        "at_sockets",
        "for_any_packet",
        "for_looped_packets",
        "for_marked_packets",
        "for_socketless_packets",
        "last_interface_index",
        "parameter",
        "result",
        "secondary_result",
        "service_data",
    )

    def __init__(self, result: int) -> None:
        self.result = result
        self.parameter = 0
        self.service_data = 0
        self.secondary_result = 0
        self.last_interface_index = 0
        self.at_sockets = False
        self.for_any_packet = False
        self.for_socketless_packets = False
        self.for_marked_packets = False
        self.for_looped_packets = False


def apply_result(
    kernel: KernelState, policy: SessionPolicy, conditions: PolicyConditions
) -> ResultPlan:
    """The plan for a policy's result. The policy remembers the ids that this creates.

    A parameter that is longer than its kind allows is not read.

    Source: necp_policy_apply, necp_policy_get_result_parameter, xnu-4570.51.1.
    """
    result = type_of(policy.result)
    plan = ResultPlan(result)
    _PLANNERS[result](kernel, policy, conditions, plan)
    return plan


def _pass(
    kernel: KernelState, policy: SessionPolicy, conditions: PolicyConditions, plan: ResultPlan
) -> None:
    """The flags are kept, and mean nothing to the kernel."""
    if kernel.profile.pass_has_flags:
        plan.parameter = _uint32_parameter(policy)
    _at_every_layer(conditions, plan)


def _at_every_layer(conditions: PolicyConditions, plan: ResultPlan) -> None:
    if conditions.has_socket_conditions:
        plan.at_sockets = plan.for_marked_packets = True
    elif conditions.has_ip_conditions:
        plan.at_sockets = plan.for_marked_packets = plan.for_any_packet = True


def _drop(
    kernel: KernelState, policy: SessionPolicy, conditions: PolicyConditions, plan: ResultPlan
) -> None:
    if kernel.profile.drops_have_flags:
        plan.parameter = _uint32_parameter(policy)
    if conditions.has_socket_conditions:
        plan.at_sockets = True
    elif conditions.has_ip_conditions:
        plan.at_sockets = plan.for_any_packet = plan.for_socketless_packets = True


def _skip(
    kernel: KernelState, policy: SessionPolicy, conditions: PolicyConditions, plan: ResultPlan
) -> None:
    """The order to skip to, 0 for the rest of the session.

    Kernel quirk: an order of more than four bytes is not read, and counts as 0. No trace shows it.
    """
    plan.parameter = _uint32_parameter(policy)
    if conditions.has_socket_conditions:
        plan.at_sockets = plan.for_marked_packets = True
    elif conditions.has_ip_conditions:
        plan.at_sockets = plan.for_any_packet = True


def _control_unit(
    kernel: KernelState, policy: SessionPolicy, conditions: PolicyConditions, plan: ResultPlan
) -> None:
    plan.parameter = _uint32_parameter(policy)
    plan.at_sockets = True


def _ip_tunnel(
    kernel: KernelState, policy: SessionPolicy, conditions: PolicyConditions, plan: ResultPlan
) -> None:
    """The interface of the tunnel, and what happens to packets that come back from it.

    Kernel quirk: a tunnel whose interface does not exist is applied, and leads to interface 0.
    Measured in policy_result_tunnel_missing.
    """
    parameter = result_parameter_of(policy.result)
    if len(parameter) <= IP_TUNNEL_MAX_BYTES:
        secondary_result, name = (
            parameter[:IP_TUNNEL_SECONDARY_RESULT_BYTES],
            parameter[IP_TUNNEL_SECONDARY_RESULT_BYTES:],
        )
        interface = kernel.interfaces.find_by_name(name_in(name))
        plan.parameter = 0 if interface is None else interface.index
        plan.secondary_result = int.from_bytes(secondary_result, "little")
        if plan.secondary_result:
            plan.last_interface_index = plan.parameter
    _at_every_layer(conditions, plan)
    plan.for_looped_packets = plan.at_sockets and plan.secondary_result != 0


def _service(
    kernel: KernelState, policy: SessionPolicy, conditions: PolicyConditions, plan: ResultPlan
) -> None:
    """A service, and its data if all four bytes of them are given."""
    parameter = result_parameter_of(policy.result)
    if len(parameter) > RESULT_SERVICE.size:
        return
    _service_id(kernel, policy, plan, parameter[:UUID_BYTES])
    if len(parameter) == RESULT_SERVICE.size:
        plan.service_data = int.from_bytes(parameter[UUID_BYTES:], "little")


def _use_netagent(
    kernel: KernelState, policy: SessionPolicy, conditions: PolicyConditions, plan: ResultPlan
) -> None:
    parameter = result_parameter_of(policy.result)
    if len(parameter) <= UUID_BYTES:
        _service_id(kernel, policy, plan, parameter)


def _at_sockets(
    kernel: KernelState, policy: SessionPolicy, conditions: PolicyConditions, plan: ResultPlan
) -> None:
    plan.at_sockets = True


def _socket_scoped(
    kernel: KernelState, policy: SessionPolicy, conditions: PolicyConditions, plan: ResultPlan
) -> None:
    """The interface that sockets are scoped to.

    Kernel quirk: if the interface does not exist, the policy counts as applied without a kernel
    policy. Measured in policy_result_scoped_missing.
    """
    name = result_parameter_of(policy.result)
    if len(name) > IFXNAMSIZ:
        return
    interface = kernel.interfaces.find_by_name(name_in(name))
    if interface is not None:
        plan.parameter = interface.index
        plan.at_sockets = True


def _route_rules(
    kernel: KernelState, policy: SessionPolicy, conditions: PolicyConditions, plan: ResultPlan
) -> None:
    policy.applied_route_rules_id = create_route_rule(kernel, policy.route_rules)
    plan.parameter = policy.applied_route_rules_id
    profile = kernel.profile
    if (
        not profile.route_rules_reach_packets
        or conditions.has_socket_conditions
        or (profile.socket_rules_stay_at_sockets and is_about_sockets(policy.route_rules))
    ):
        plan.at_sockets = True
    elif conditions.has_ip_conditions:
        plan.at_sockets = plan.for_any_packet = plan.for_socketless_packets = True


_Planner = Callable[[KernelState, SessionPolicy, PolicyConditions, ResultPlan], None]

_PLANNERS: Final[dict[int, _Planner]] = {
    PolicyResult.PASS: _pass,
    PolicyResult.SKIP: _skip,
    PolicyResult.DROP: _drop,
    PolicyResult.SOCKET_DIVERT: _control_unit,
    PolicyResult.SOCKET_FILTER: _control_unit,
    PolicyResult.IP_TUNNEL: _ip_tunnel,
    PolicyResult.TRIGGER: _service,
    PolicyResult.TRIGGER_IF_NEEDED: _service,
    PolicyResult.TRIGGER_SCOPED: _service,
    PolicyResult.NO_TRIGGER_SCOPED: _service,
    PolicyResult.SOCKET_SCOPED: _socket_scoped,
    PolicyResult.ROUTE_RULES: _route_rules,
    PolicyResult.USE_NETAGENT: _use_netagent,
    PolicyResult.NETAGENT_SCOPED: _use_netagent,
    PolicyResult.REMOVE_NETAGENT: _use_netagent,
    PolicyResult.SCOPED_DIRECT: _at_sockets,
    PolicyResult.ALLOW_UNENTITLED: _at_sockets,
}
"""One row for each result that :func:`~.validate.result_is_valid` accepts."""


def _uint32_parameter(policy: SessionPolicy) -> int:
    parameter = result_parameter_of(policy.result)
    return int.from_bytes(parameter, "little") if len(parameter) <= 4 else 0


def _service_id(
    kernel: KernelState, policy: SessionPolicy, plan: ResultPlan, service_uuid: bytes
) -> None:
    plan.parameter = kernel.policies.uuid_ids.create_service(service_uuid)
    policy.applied_result_uuid = service_uuid
    plan.at_sockets = True
