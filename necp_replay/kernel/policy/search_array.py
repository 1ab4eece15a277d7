"""The arrays of kernel policies that the kernel searches, made from the lists of all policies.

The kernel has several arrays: one for the application layer, which evaluations search, and five for
sockets and five for IP packets, chosen by application or by policy id. This model searches only the
first. Of the others only the sizes show, in debug logs, so they are made for nothing else.

A policy is left out of an array if one that is in it already makes it unnecessary
(``unnecessary.py``), unless all are kept.

Source: necp_kernel_socket_policies_reprocess, necp_kernel_ip_output_policies_reprocess,
xnu-4570.51.1, xnu-4903.221.2.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Generic, TypeVar

from necp_replay.abi.policy import KernelCondition, PolicyResult
from necp_replay.kernel.objects.kernel_policy import KernelIpOutputPolicy, KernelSocketPolicy
from necp_replay.kernel.policy.unnecessary import BlockingIpOutputPolicies, BlockingSocketPolicies

APP_ID_BUCKETS: Final = 5
"""``NECP_KERNEL_SOCKET_POLICIES_MAP_NUM_APP_ID_BUCKETS``."""
IP_POLICY_ID_BUCKETS: Final = 5
"""``NECP_KERNEL_IP_OUTPUT_POLICIES_MAP_NUM_ID_BUCKETS``."""

Policy = TypeVar("Policy", KernelSocketPolicy, KernelIpOutputPolicy)


class SearchArray(Generic[Policy]):
    """An array while it is filled in evaluation order.

    ``outside_skips`` is a bitmap of those that no skip before them in their session can pass over,
    by their positions in the list of all policies. Only these can make a later policy unnecessary.
    A skip to order 0 passes over the rest of its session. A skip inside another one raises the
    order to its own, if that is greater.

    Kernel quirk: if the outer skip passes over the rest of the session (order 0), a skip inside it
    shortens it to its own order. Measured in policy/seed003034.

    Source: necp_kernel_socket_policy_is_unnecessary, xnu-4570.51.1.
    """

    __slots__ = ("_skip_order", "_skip_session_order", "outside_skips", "policies")

    def __init__(self) -> None:
        self.policies: list[Policy] = []
        self.outside_skips = 0
        self._skip_session_order: int | None = None
        self._skip_order = 0

    def append(self, policy: Policy, position: int) -> None:
        """Append the policy at ``position`` in the list of all policies."""
        self.policies.append(policy)
        is_skip = policy.result == _SKIP
        if self._skip_session_order is not None:
            if policy.session_order == self._skip_session_order and not (
                0 < self._skip_order <= policy.order
            ):
                if is_skip:
                    self._skip_order = max(self._skip_order, policy.result_parameter)
                return
            self._skip_session_order = None
        if is_skip:
            self._skip_session_order = policy.session_order
            self._skip_order = policy.result_parameter
        self.outside_skips |= 1 << position


def app_layer_array(
    in_order: Sequence[KernelSocketPolicy], *, keeps_all: bool
) -> Sequence[KernelSocketPolicy]:
    """The array of the application layer, of all socket policies in evaluation order."""
    if keeps_all:
        return in_order
    array: SearchArray[KernelSocketPolicy] = SearchArray()
    blockers_of = BlockingSocketPolicies(in_order).blockers_of
    for position, policy in enumerate(in_order):
        _append_if_necessary((array,), policy, position, blockers_of)
    return array.policies


def socket_arrays(
    in_order: Sequence[KernelSocketPolicy], *, keeps_all: bool
) -> list[list[KernelSocketPolicy]]:
    """The arrays of sockets. A policy without an application is in all of them.

    Policies with a condition on a type of agents are in none, only in that of the application
    layer (xnu-4903.221.2).
    """
    arrays: list[SearchArray[KernelSocketPolicy]] = [SearchArray() for _ in range(APP_ID_BUCKETS)]
    blockers_of = BlockingSocketPolicies(in_order).blockers_of
    for position, policy in enumerate(in_order):
        if policy.condition_mask & KernelCondition.AGENT_TYPE:
            continue
        chosen = arrays
        if policy.condition_mask & KernelCondition.APP_ID:
            chosen = [arrays[_bucket(policy.cond_app_id, APP_ID_BUCKETS)]]
        _append_if_necessary(chosen, policy, position, None if keeps_all else blockers_of)
    return [array.policies for array in arrays]


def ip_output_arrays(
    in_order: Sequence[KernelIpOutputPolicy],
    *,
    skips_in_every_array: bool,
    keeps_all: bool,
    leaves_out_useless_skips: bool = False,
) -> list[list[KernelIpOutputPolicy]]:
    """The arrays for IP packets. A policy without a policy id is in all, and so are local networks.

    With ``leaves_out_useless_skips``, skips after which no other policy of their session comes are
    in none.

    Source: necp_kernel_ip_output_policies_reprocess, xnu-4570.51.1, xnu-10002.1.13.
    """
    last_orders: dict[int, int] = {}
    if leaves_out_useless_skips:
        last_orders = {
            policy.session_order: policy.order for policy in in_order if policy.result != _SKIP
        }
    arrays: list[SearchArray[KernelIpOutputPolicy]]
    arrays = [SearchArray() for _ in range(IP_POLICY_ID_BUCKETS)]
    blockers_of = BlockingIpOutputPolicies(in_order).blockers_of
    for position, policy in enumerate(in_order):
        if (
            leaves_out_useless_skips
            and policy.result == _SKIP
            and policy.order >= last_orders.get(policy.session_order, 0)
        ):
            continue
        chosen = arrays
        is_for_all = bool(policy.condition_mask & KernelCondition.LOCAL_NETWORKS) or (
            skips_in_every_array and policy.result == _SKIP
        )
        if policy.condition_mask & KernelCondition.POLICY_ID and not is_for_all:
            chosen = [arrays[_bucket(policy.cond_policy_id, IP_POLICY_ID_BUCKETS)]]
        _append_if_necessary(chosen, policy, position, None if keeps_all else blockers_of)
    return [array.policies for array in arrays]


def _append_if_necessary(
    arrays: Sequence[SearchArray[Policy]],
    policy: Policy,
    position: int,
    blockers_of: Callable[[Policy, int], int] | None,
) -> None:
    """Append a policy where none makes it unnecessary, or everywhere without ``blockers_of``."""
    outside_skips = 0
    for array in arrays:
        outside_skips |= array.outside_skips
    blockers = 0 if blockers_of is None else blockers_of(policy, outside_skips)
    for array in arrays:
        if not blockers & array.outside_skips:
            array.append(policy, position)


def _bucket(number: int, bucket_count: int) -> int:
    """The array for an id. The first is for policies without an id."""
    return number % (bucket_count - 1) + 1 if number else 0


_SKIP: Final = int(PolicyResult.SKIP)
