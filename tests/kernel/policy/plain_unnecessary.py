"""Unnecessary policies the slow way: each policy is compared with every one before it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter
from typing import Final, TypeVar

from necp_replay.abi.policy import KernelCondition, PolicyResult
from necp_replay.kernel.objects.kernel_policy import KernelIpOutputPolicy, KernelSocketPolicy
from necp_replay.kernel.policy.addresses import compare_addresses, is_in_subnet
from necp_replay.kernel.policy.unnecessary import is_trigger_service_result

KernelPolicy = KernelSocketPolicy | KernelIpOutputPolicy
_Policy = TypeVar("_Policy", KernelSocketPolicy, KernelIpOutputPolicy)


def socket_policy_is_unnecessary(
    policy: KernelSocketPolicy, before: Sequence[KernelSocketPolicy]
) -> bool:
    """Whether a policy among ``before`` matches whenever this one does, and blocks it out."""
    return any(
        _socket_result_blocks(compared, policy)
        and _conditions_cover(compared, policy, _SOCKET_COMPARISONS)
        for compared in _outside_skips(before)
    )


def ip_output_policy_is_unnecessary(
    policy: KernelIpOutputPolicy, before: Sequence[KernelIpOutputPolicy]
) -> bool:
    """Whether a policy among ``before`` matches whenever this one does, and blocks it out."""
    return any(
        _ip_output_result_blocks(compared, policy)
        and _conditions_cover(compared, policy, _IP_OUTPUT_COMPARISONS)
        for compared in _outside_skips(before)
    )


def _outside_skips(policies: Sequence[_Policy]) -> Iterator[_Policy]:
    """Policies that no skip before them in their session can pass over, skips themselves included.

    An order of 0 passes over all of the session. Another skip on the way can only raise the order.

    Kernel quirk: raised from 0 the order ends a skip that would have passed over all.
    """
    skip_session_order: int | None = None
    skip_order = 0
    for policy in policies:
        if skip_session_order is not None:
            if policy.session_order == skip_session_order and not 0 < skip_order <= policy.order:
                if policy.result == PolicyResult.SKIP:
                    skip_order = max(skip_order, policy.result_parameter)
                continue
            skip_session_order = None
        if policy.result == PolicyResult.SKIP:
            skip_session_order = policy.session_order
            skip_order = policy.result_parameter
        yield policy


def _socket_result_blocks(upper: KernelSocketPolicy, lower: KernelSocketPolicy) -> bool:
    """Whether the upper policy's result leaves nothing to the lower one's."""
    if upper.result in _NEVER_BLOCKING_RESULTS:
        return False
    if is_trigger_service_result(upper.result):
        return is_trigger_service_result(lower.result)
    return upper.result != PolicyResult.SKIP or _skip_blocks(upper, lower)


def _ip_output_result_blocks(upper: KernelIpOutputPolicy, lower: KernelIpOutputPolicy) -> bool:
    """As above for packets (``necp_kernel_ip_output_policy_results_overlap``)."""
    return upper.result != PolicyResult.SKIP or _skip_blocks(upper, lower)


def _skip_blocks(upper: KernelPolicy, lower: KernelPolicy) -> bool:
    return upper.session_order == lower.session_order and lower.order < upper.result_parameter


_NEVER_BLOCKING_RESULTS: Final = frozenset(
    {
        PolicyResult.SOCKET_FILTER,
        PolicyResult.ROUTE_RULES,
        PolicyResult.USE_NETAGENT,
        PolicyResult.NETAGENT_SCOPED,
        PolicyResult.ALLOW_UNENTITLED,
        PolicyResult.REMOVE_NETAGENT,
    }
)

_Comparison = tuple[int, Callable[[KernelPolicy, KernelPolicy], bool]]
"""A condition's mask bit, and whether the first policy's is met whenever the second one's is."""


def _conditions_cover(
    compared: KernelPolicy, policy: KernelPolicy, comparisons: tuple[_Comparison, ...]
) -> bool:
    mask = compared.condition_mask
    if (
        policy.condition_mask
        & ~mask
        & (KernelCondition.ALL_INTERFACES | KernelCondition.LOCAL_NETWORKS)
    ):
        return False
    if mask == 0:
        return True
    if policy.condition_mask & mask != mask:
        return False
    if (policy.condition_negated_mask ^ compared.condition_negated_mask) & mask:
        return False
    return all(covers(compared, policy) for bit, covers in comparisons if mask & bit)


def is_range_in_range(
    inner_start: bytes, inner_end: bytes, range_start: bytes, range_end: bytes
) -> bool:
    """Whether a range does not pass another's ends (``necp_is_range_in_range``)."""
    if compare_addresses(inner_start, range_start) not in (0, 1):
        return False
    return compare_addresses(inner_end, range_end) in (0, -1)


def _same(field: str) -> Callable[[KernelPolicy, KernelPolicy], bool]:
    value = attrgetter(field)
    return lambda compared, policy: bool(value(compared) == value(policy))


def _traffic_class_covers(compared: KernelPolicy, policy: KernelPolicy) -> bool:
    assert isinstance(compared, KernelSocketPolicy)
    assert isinstance(policy, KernelSocketPolicy)
    return (
        compared.cond_start_tc <= policy.cond_start_tc
        and compared.cond_end_tc >= policy.cond_end_tc
    )


def _agent_type_differs(compared: KernelPolicy, policy: KernelPolicy) -> bool:
    """Kernel quirk: the comparison is the wrong way round."""
    assert isinstance(compared, KernelSocketPolicy)
    assert isinstance(policy, KernelSocketPolicy)
    return compared.cond_agent_type != policy.cond_agent_type


def _local_address_covers(compared: KernelPolicy, policy: KernelPolicy) -> bool:
    if compared.condition_mask & KernelCondition.LOCAL_END:
        return is_range_in_range(
            policy.cond_local_start,
            policy.cond_local_end,
            compared.cond_local_start,
            compared.cond_local_end,
        )
    return compared.cond_local_prefix <= policy.cond_local_prefix and is_in_subnet(
        policy.cond_local_start, compared.cond_local_start, compared.cond_local_prefix
    )


def _remote_address_covers(compared: KernelPolicy, policy: KernelPolicy) -> bool:
    if compared.condition_mask & KernelCondition.REMOTE_END:
        return is_range_in_range(
            policy.cond_remote_start,
            policy.cond_remote_end,
            compared.cond_remote_start,
            compared.cond_remote_end,
        )
    return compared.cond_remote_prefix <= policy.cond_remote_prefix and is_in_subnet(
        policy.cond_remote_start, compared.cond_remote_start, compared.cond_remote_prefix
    )


_IP_COMPARISONS: Final[tuple[_Comparison, ...]] = (
    (KernelCondition.BOUND_INTERFACE, _same("cond_bound_interface")),
    (KernelCondition.BOUND_INTERFACE_FLAGS, _same("cond_bound_interface_flags")),
    (KernelCondition.PROTOCOL, _same("cond_protocol")),
    (KernelCondition.LOCAL_START, _local_address_covers),
    (KernelCondition.REMOTE_START, _remote_address_covers),
)

_SOCKET_COMPARISONS: Final[tuple[_Comparison, ...]] = (
    (KernelCondition.DOMAIN, _same("cond_domain")),
    (KernelCondition.CUSTOM_ENTITLEMENT, _same("cond_custom_entitlement")),
    (KernelCondition.ACCOUNT_ID, _same("cond_account_id")),
    (KernelCondition.APP_ID, _same("cond_app_id")),
    (KernelCondition.REAL_APP_ID, _same("cond_real_app_id")),
    (KernelCondition.PID, _same("cond_pid")),
    (KernelCondition.UID, _same("cond_uid")),
    (KernelCondition.CLIENT_FLAGS, _same("cond_client_flags")),
    (KernelCondition.TRAFFIC_CLASS, _traffic_class_covers),
    (KernelCondition.AGENT_TYPE, _agent_type_differs),
    (KernelCondition.LOCAL_NETWORKS, _same("cond_local_networks_flags")),
    *_IP_COMPARISONS,
)

_IP_OUTPUT_COMPARISONS: Final[tuple[_Comparison, ...]] = (
    (KernelCondition.POLICY_ID, _same("cond_policy_id")),
    *_IP_COMPARISONS,
)
