"""Rebuilds the arrays that are searched from the lists of kernel policies.

The kernel has several arrays: one for the application layer, which evaluations search, and five for
sockets and five for IP packets, chosen by application or by policy id. This model searches only the
first. The others count and are dumped in debug logs. A policy is left out of an array if one that
is in it already makes it unnecessary (``unnecessary.py``).
"""

from __future__ import annotations

from collections.abc import Sequence

from necp_replay.abi.log import LOG_DEBUG
from necp_replay.abi.policy import KernelCondition, PolicyResult
from necp_replay.kernel.objects.kernel_policy import KernelIpOutputPolicy, KernelSocketPolicy
from necp_replay.kernel.policy.search_array import SearchArray
from necp_replay.kernel.policy.unnecessary import BlockingIpOutputPolicies, BlockingSocketPolicies
from necp_replay.kernel.state import KernelState


def rebuild_socket_arrays(kernel: KernelState) -> None:
    """Rebuild the array of the application layer and those of sockets, and their counts and masks.

    Policies with a condition on a type of agents are only in the array of the application layer.

    Source: necp_kernel_socket_policies_reprocess, xnu-4570.51.1, xnu-4903.221.2.
    """
    policies = kernel.policies
    in_order = policies.socket_policies.in_order()
    blocking = BlockingSocketPolicies(in_order)
    app_layer: SearchArray[KernelSocketPolicy] = SearchArray()
    buckets: list[SearchArray[KernelSocketPolicy]] = [SearchArray() for _ in policies.socket_map]
    mask = socket_mask = socket_count = non_app_count = 0
    chosen: Sequence[SearchArray[KernelSocketPolicy]]
    for position, policy in enumerate(in_order):
        mask |= policy.condition_mask
        if policy.condition_mask & KernelCondition.AGENT_TYPE:
            chosen = ()
        else:
            socket_mask |= policy.condition_mask
            socket_count += 1
            if policy.condition_mask & KernelCondition.APP_ID:
                chosen = [buckets[_bucket(policy.cond_app_id, len(buckets))]]
            else:
                non_app_count += 1
                chosen = buckets
        blockers = blocking.blockers_of(policy)
        for array in (*chosen, app_layer):
            if not blockers & array.outside_skips:
                array.append(policy, position)
    policies.app_layer_map = app_layer.policies
    policies.socket_map = [bucket.policies for bucket in buckets]
    policies.application_policies_condition_mask = mask
    policies.socket_policies_condition_mask = socket_mask
    policies.application_policies_count = len(in_order)
    policies.socket_policies_count = socket_count
    policies.socket_policies_non_app_count = non_app_count
    if policies.debug:
        _log_arrays(kernel, "necp_kernel_socket_policies_dump_all", [app_layer.policies], 0)
        if app_layer.policies:
            kernel.log(LOG_DEBUG, "necp_kernel_socket_policies_dump_all")
        _log_arrays(kernel, "necp_kernel_socket_policies_dump_all", policies.socket_map, 2)


def rebuild_ip_output_arrays(kernel: KernelState) -> None:
    """Rebuild the arrays for IP packets, and their counts and masks.

    Source: necp_kernel_ip_output_policies_reprocess, xnu-4570.51.1, xnu-4903.221.2.
    """
    policies = kernel.policies
    in_order = policies.ip_output_policies.in_order()
    blocking = BlockingIpOutputPolicies(in_order)
    buckets: list[SearchArray[KernelIpOutputPolicy]]
    buckets = [SearchArray() for _ in policies.ip_output_map]
    mask = non_id_count = 0
    skips_everywhere = kernel.profile.ip_skips_are_in_every_array
    for position, policy in enumerate(in_order):
        mask |= policy.condition_mask
        chosen = buckets
        if not policy.condition_mask & KernelCondition.POLICY_ID:
            non_id_count += 1
        elif not (skips_everywhere and policy.result == PolicyResult.SKIP):
            chosen = [buckets[_bucket(policy.cond_policy_id, len(buckets))]]
        blockers = blocking.blockers_of(policy)
        for array in chosen:
            if not blockers & array.outside_skips:
                array.append(policy, position)
    policies.ip_output_map = [bucket.policies for bucket in buckets]
    policies.ip_output_policies_condition_mask = mask
    policies.ip_output_policies_count = len(in_order)
    policies.ip_output_policies_non_id_count = non_id_count
    if policies.debug:
        _log_arrays(kernel, "necp_kernel_ip_output_policies_dump_all", policies.ip_output_map, 2)


def _bucket(number: int, bucket_count: int) -> int:
    """The array for an id. The first is for policies without an id."""
    return number % (bucket_count - 1) + 1 if number else 0


def _log_arrays(
    kernel: KernelState,
    function: str,
    arrays: Sequence[Sequence[object]],
    records_per_array: int,
) -> None:
    """Log as often as the kernel does when it dumps arrays: two headings, then once per policy."""
    records = 2 + sum(records_per_array + len(array) for array in arrays)
    kernel.log(LOG_DEBUG, function, times=records)
