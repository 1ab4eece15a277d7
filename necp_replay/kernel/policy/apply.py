"""Applies the policies of a session: makes, replaces and removes kernel policies.

A policy that a process adds is first only stored in its session. Applying makes up to five kernel
policies of it: one for sockets, which is what clients are compared with, and up to four for IP
packets, one for each suborder. Policies that were deleted lose theirs. Afterwards the arrays that
are searched are rebuilt (``rebuild_arrays.py``), and the update timer is armed.

Cost: one pass over the session's policies, and one over all kernel policies.
"""

from __future__ import annotations

from typing import Final

from necp_replay.abi.log import LOG_DEBUG
from necp_replay.abi.policy import (
    KEV_NECP_POLICIES_CHANGED,
    KEV_NECP_SUBCLASS,
    KEV_NETWORK_CLASS,
    PROC_UUID_NECP_APP_POLICY,
    KernelCondition,
    UuidPolicyOperation,
)
from necp_replay.abi.uuid import ZERO_UUID
from necp_replay.events.effects import KernelEvent, UuidPolicy
from necp_replay.kernel.objects.kernel_policy import (
    KernelIpOutputPolicy,
    KernelSocketPolicy,
    PolicyConditions,
)
from necp_replay.kernel.objects.policy_session import PolicySession
from necp_replay.kernel.objects.session_policy import SessionPolicy
from necp_replay.kernel.policy.apply_conditions import apply_conditions
from necp_replay.kernel.policy.apply_results import ResultPlan, apply_result
from necp_replay.kernel.policy.kernel_policies import (
    add_ip_output_policy,
    add_socket_policy,
)
from necp_replay.kernel.policy.rebuild_arrays import rebuild_arrays
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.update_timer import update_all_clients


def apply_all(kernel: KernelState, session: PolicySession) -> None:
    """Apply all changes of a session, arm the update timer and post the change event.

    Timer and event come even if nothing changed.

    Source: necp_policy_apply_all, xnu-4570.51.1.
    """
    if session.dirty:
        for policy in session.policies:
            _bring_in_line(kernel, session, policy)
        session.policies = [policy for policy in session.policies if not policy.pending_deletion]
        _update_uuid_table(kernel)
        rebuild_arrays(kernel)
        session.set_dirty(dirty=False)
    update_all_clients(kernel)
    kernel.emit(
        KernelEvent(
            KEV_NETWORK_CLASS, KEV_NECP_SUBCLASS, KEV_NECP_POLICIES_CHANGED, _NO_CHANGED_COUNT
        )
    )
    if kernel.policies.debug:
        kernel.log(LOG_DEBUG, "necp_policy_apply_all")


_NO_CHANGED_COUNT: Final = bytes(4)
"""The payload of the change event. It has room for a count, which the kernel always leaves 0."""

# The order among the IP output policies of one policy: those for packets from a tunnel come first,
# and of each two the one with a condition on the policy id ("ID").
_SUBORDER_ID_TUNNEL: Final = 0
_SUBORDER_NON_ID_TUNNEL: Final = 1
_SUBORDER_ID: Final = 2
_SUBORDER_NON_ID: Final = 3


def _bring_in_line(kernel: KernelState, session: PolicySession, policy: SessionPolicy) -> None:
    """Apply, unapply or reapply one policy. The caller drops those marked for deletion."""
    if policy.pending_deletion:
        if policy.applied:
            _unapply(kernel, policy)
        if kernel.policies.debug:
            kernel.log(LOG_DEBUG, "necp_policy_delete")
    elif not policy.applied:
        _apply(kernel, session, policy)
    elif policy.pending_update:
        _unapply(kernel, policy)
        _apply(kernel, session, policy)


def _apply(kernel: KernelState, session: PolicySession, policy: SessionPolicy) -> None:
    """Make a policy's kernel policies (``necp_policy_apply``)."""
    conditions = apply_conditions(kernel, policy)
    plan = apply_result(kernel, policy, conditions)
    if plan.at_sockets:
        policy.kernel_socket_policy = _add_socket_policy(kernel, session, policy, conditions, plan)
    if plan.for_any_packet:
        if plan.for_socketless_packets:
            # The id to compare is 0, which packets have if no socket policy marked them.
            conditions.mask |= KernelCondition.POLICY_ID
        ip_policy = _new_ip_output_policy(session, policy, _SUBORDER_NON_ID)
        ip_policy.result, ip_policy.result_parameter = plan.result, plan.parameter
        _add_ip_output_policy(kernel, policy, ip_policy, conditions)
    if plan.for_marked_packets:
        ip_policy = _new_ip_output_policy(session, policy, _SUBORDER_ID)
        ip_policy.cond_policy_id = policy.kernel_socket_policy
        ip_policy.result, ip_policy.result_parameter = plan.result, plan.parameter
        _add_ip_output_policy(kernel, policy, ip_policy, _marked_packets())
    if plan.for_looped_packets:
        _add_tunnel_policies(kernel, session, policy, plan)
    policy.applied = True
    policy.pending_update = False


def _add_socket_policy(
    kernel: KernelState,
    session: PolicySession,
    policy: SessionPolicy,
    conditions: PolicyConditions,
    plan: ResultPlan,
) -> int:
    socket_policy = KernelSocketPolicy()
    socket_policy.parent_policy_id = policy.id
    socket_policy.order = policy.order
    socket_policy.session_order = session.session_order
    socket_policy.session_pid = session.proc_pid
    socket_policy.result = plan.result
    socket_policy.result_parameter = plan.parameter
    socket_policy.service_data = plan.service_data
    return add_socket_policy(kernel, socket_policy, conditions)


def _add_tunnel_policies(
    kernel: KernelState, session: PolicySession, policy: SessionPolicy, plan: ResultPlan
) -> None:
    """Make the kernel policies that give a tunnel's secondary result to packets from the tunnel.

    Kernel quirk: both are made, for packets with and without a policy id, even if the policy has no
    kernel policy whose id one of them could compare. Measured in policy/seed003001.
    """
    for suborder, first_pass in (
        (_SUBORDER_NON_ID_TUNNEL, _SUBORDER_NON_ID),
        (_SUBORDER_ID_TUNNEL, _SUBORDER_ID),
    ):
        ip_policy = _new_ip_output_policy(session, policy, suborder)
        ip_policy.cond_policy_id = policy.kernel_ip_output_policies[first_pass]
        ip_policy.cond_last_interface_index = plan.last_interface_index
        ip_policy.result = plan.secondary_result
        conditions = _marked_packets()
        conditions.mask |= KernelCondition.LAST_INTERFACE
        _add_ip_output_policy(kernel, policy, ip_policy, conditions)


def _new_ip_output_policy(
    session: PolicySession, policy: SessionPolicy, suborder: int
) -> KernelIpOutputPolicy:
    ip_policy = KernelIpOutputPolicy()
    ip_policy.parent_policy_id = policy.id
    ip_policy.order = policy.order
    ip_policy.suborder = suborder
    ip_policy.session_order = session.session_order
    ip_policy.session_pid = session.proc_pid
    return ip_policy


def _add_ip_output_policy(
    kernel: KernelState,
    policy: SessionPolicy,
    ip_policy: KernelIpOutputPolicy,
    conditions: PolicyConditions,
) -> None:
    policy.kernel_ip_output_policies[ip_policy.suborder] = add_ip_output_policy(
        kernel, ip_policy, conditions
    )


def _marked_packets() -> PolicyConditions:
    """Conditions that packets with a certain policy id meet, on any interface."""
    conditions = PolicyConditions()
    conditions.mask = KernelCondition.POLICY_ID | KernelCondition.ALL_INTERFACES
    return conditions


def _unapply(kernel: KernelState, policy: SessionPolicy) -> None:
    """Release everything that applying a policy created.

    The arrays that are searched keep the kernel policies until they are rebuilt.

    Source: necp_policy_unapply, necp_kernel_socket_policy_delete,
    necp_kernel_ip_output_policy_delete, xnu-4570.51.1.
    """
    policies = kernel.policies
    if policy.applied_app_uuid is not None:
        policies.uuid_ids.remove_app(policy.applied_app_uuid)
        policy.applied_app_uuid = None
    if policy.applied_real_app_uuid is not None:
        policies.uuid_ids.remove_real_app(policy.applied_real_app_uuid)
        policy.applied_real_app_uuid = None
    if policy.applied_result_uuid is not None:
        policies.uuid_ids.remove_service(policy.applied_result_uuid)
        policy.applied_result_uuid = None
    if policy.applied_account is not None:
        policies.account_ids.remove(policy.applied_account)
        policy.applied_account = None
    if policy.applied_route_rules_id != 0:
        removed = policies.route_rules.remove(policy.applied_route_rules_id)
        if removed is not None:
            for agent_id in filter(None, (removed.agent_id, removed.needed_agent_id)):
                policies.uuid_ids.release_service(agent_id)
        policy.applied_route_rules_id = 0
    if policy.kernel_socket_policy != 0:
        policies.socket_policies.remove(policy.kernel_socket_policy)
        policy.kernel_socket_policy = 0
    for suborder, policy_id in enumerate(policy.kernel_ip_output_policies):
        if policy_id != 0:
            policies.ip_output_policies.remove(policy_id)
            policy.kernel_ip_output_policies[suborder] = 0
    policy.applied = False


def _update_uuid_table(kernel: KernelState) -> None:
    """Write the table of executables that policies name anew, if those changed.

    Source: necp_kernel_socket_policies_update_uuid_table, xnu-4570.51.1.
    """
    uuid_ids = kernel.policies.uuid_ids
    if not uuid_ids.table_is_dirty:
        return
    flags = PROC_UUID_NECP_APP_POLICY
    cleared = ZERO_UUID if kernel.profile.clearing_executables_names_one else None
    kernel.emit(UuidPolicy(int(UuidPolicyOperation.CLEAR), flags, cleared))
    if uuid_ids.app_mapping_count != 0:
        for mapping in uuid_ids.in_table_order():
            if mapping.table_refcount > 0:
                kernel.emit(UuidPolicy(int(UuidPolicyOperation.ADD), flags, mapping.uuid))
    uuid_ids.table_is_dirty = False
