"""Completes kernel policies with ids and conditions, and adds them in evaluation order."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client import SOCKADDR_UNION_BYTES
from necp_replay.abi.log import LOG_DEBUG
from necp_replay.abi.policy import FIRST_IP_POLICY_ID, FIRST_SOCKET_POLICY_ID, KernelCondition
from necp_replay.kernel.objects.kernel_policy import (
    KernelIpOutputPolicy,
    KernelSocketPolicy,
    PolicyConditions,
)
from necp_replay.kernel.policy.domains import count_dots
from necp_replay.kernel.policy.identifiers import next_identifier
from necp_replay.kernel.state import KernelState


def add_socket_policy(
    kernel: KernelState, policy: KernelSocketPolicy, conditions: PolicyConditions
) -> int:
    """Give a new socket policy its id and conditions, and add it. Returns the id.

    It is evaluated before policies of the same session order and order, which are older.

    Source: necp_kernel_socket_policy_add, xnu-4570.51.1.
    """
    policies = kernel.policies
    policies.last_socket_policy_id = next_identifier(
        policies.last_socket_policy_id, first=FIRST_SOCKET_POLICY_ID, limit=FIRST_IP_POLICY_ID
    )
    policy.id = policies.last_socket_policy_id
    mask = policy.condition_mask = _sanitised_mask(kernel, conditions.mask & _SOCKET_CONDITIONS)
    policy.condition_negated_mask = conditions.negated_mask & mask
    policy.cond_app_id = conditions.app_id
    policy.cond_account_id = conditions.account_id
    policy.cond_pid = conditions.pid
    policy.cond_uid = conditions.uid
    policy.cond_local_networks_flags = conditions.local_networks_flags
    policy.cond_real_uid = conditions.real_uid
    policy.cond_start_tc, policy.cond_end_tc = conditions.start_tc, conditions.end_tc
    policy.cond_custom_entitlement = conditions.custom_entitlement
    policy.keeps_entitlement_answer = not kernel.profile.named_entitlements_stand_alone
    if mask & KernelCondition.REAL_APP_ID:
        policy.cond_real_app_id = conditions.real_app_id
    if conditions.domain is not None:
        policy.cond_domain = conditions.domain
        policy.cond_domain_dot_count = count_dots(conditions.domain)
    policy.cond_domain_filter = conditions.domain_filter
    policy.cond_url = conditions.url
    policy.cond_agent_type = conditions.agent_type
    policy.cond_pid_version = conditions.pid_version
    policy.cond_sdk_version = conditions.sdk_version
    policy.cond_signing_identifier = conditions.signing_identifier
    if mask & KernelCondition.CLIENT_FLAGS:
        policy.cond_client_flags = conditions.client_flags
    _set_ip_conditions(policy, conditions)
    if policies.debug:
        kernel.log(LOG_DEBUG, "necp_kernel_socket_policy_add")
    policies.socket_policies.insert(policy)
    return policy.id


def add_ip_output_policy(
    kernel: KernelState, policy: KernelIpOutputPolicy, conditions: PolicyConditions
) -> int:
    """Give a new IP output policy its id and conditions, and add it. Returns the id.

    Source: necp_kernel_ip_output_policy_add, xnu-4570.51.1.
    """
    policies = kernel.policies
    policies.last_ip_policy_id = next_identifier(
        policies.last_ip_policy_id, first=FIRST_IP_POLICY_ID
    )
    policy.id = policies.last_ip_policy_id
    mask = policy.condition_mask = _sanitised_mask(kernel, conditions.mask & _IP_OUTPUT_CONDITIONS)
    policy.condition_negated_mask = conditions.negated_mask & mask
    _set_ip_conditions(policy, conditions)
    if policies.debug:
        kernel.log(LOG_DEBUG, "necp_kernel_ip_output_policy_add")
    policies.ip_output_policies.insert(policy)
    return policy.id


_IP_CONDITIONS: Final = (
    KernelCondition.ALL_INTERFACES
    | KernelCondition.BOUND_INTERFACE
    | KernelCondition.PROTOCOL
    | KernelCondition.LOCAL_START
    | KernelCondition.LOCAL_END
    | KernelCondition.LOCAL_PREFIX
    | KernelCondition.REMOTE_START
    | KernelCondition.REMOTE_END
    | KernelCondition.REMOTE_PREFIX
    | KernelCondition.LOCAL_NETWORKS
    | KernelCondition.PACKET_FILTER_TAGS
    | KernelCondition.SCHEME_PORT
    | KernelCondition.BOUND_INTERFACE_FLAGS
)

_SOCKET_CONDITIONS: Final = (
    _IP_CONDITIONS
    | KernelCondition.APP_ID
    | KernelCondition.REAL_APP_ID
    | KernelCondition.DOMAIN
    | KernelCondition.EXACT_DOMAIN
    | KernelCondition.DOMAIN_FILTER
    | KernelCondition.URL
    | KernelCondition.ACCOUNT_ID
    | KernelCondition.PID
    | KernelCondition.UID
    | KernelCondition.TRAFFIC_CLASS
    | KernelCondition.ENTITLEMENT
    | KernelCondition.CUSTOM_ENTITLEMENT
    | KernelCondition.AGENT_TYPE
    | KernelCondition.HAS_CLIENT
    | KernelCondition.CLIENT_FLAGS
    | KernelCondition.LOCAL_EMPTY
    | KernelCondition.REMOTE_EMPTY
    | KernelCondition.PLATFORM_BINARY
    | KernelCondition.SDK_VERSION
    | KernelCondition.SIGNING_IDENTIFIER
    | KernelCondition.IS_LOOPBACK
    | KernelCondition.DELEGATE_IS_PLATFORM_BINARY
    | KernelCondition.SYSTEM_SIGNED_RESULT
    | KernelCondition.REAL_UID
)
"""``NECP_KERNEL_VALID_SOCKET_CONDITIONS``."""

_IP_OUTPUT_CONDITIONS: Final = (
    _IP_CONDITIONS | KernelCondition.POLICY_ID | KernelCondition.LAST_INTERFACE
)
"""``NECP_KERNEL_VALID_IP_OUTPUT_CONDITIONS``."""


def _sanitised_mask(kernel: KernelState, mask: int) -> int:
    """A mask without conditions that others override, or that need one which is missing."""
    for bits, void in (
        (
            KernelCondition.ALL_INTERFACES,
            KernelCondition.BOUND_INTERFACE | KernelCondition.BOUND_INTERFACE_FLAGS,
        ),
        (KernelCondition.LOCAL_END, KernelCondition.LOCAL_PREFIX),
        (KernelCondition.REMOTE_END, KernelCondition.REMOTE_PREFIX),
        (
            KernelCondition.LOCAL_EMPTY,
            KernelCondition.LOCAL_PREFIX | KernelCondition.LOCAL_END,
        ),
        (
            KernelCondition.REMOTE_EMPTY,
            KernelCondition.REMOTE_PREFIX | KernelCondition.REMOTE_END,
        ),
    ):
        if mask & bits:
            mask &= ~void
    if not mask & KernelCondition.APP_ID:
        mask &= ~KernelCondition.REAL_APP_ID
        if not kernel.profile.privilege_condition_stands_alone:
            mask &= ~KernelCondition.ENTITLEMENT
        elif not kernel.profile.named_entitlements_stand_alone:
            mask &= ~KernelCondition.CUSTOM_ENTITLEMENT
    return mask


def _set_ip_conditions(
    policy: KernelSocketPolicy | KernelIpOutputPolicy, conditions: PolicyConditions
) -> None:
    """Copy the conditions that both kinds of policies have."""
    mask = policy.condition_mask
    if mask & KernelCondition.BOUND_INTERFACE:
        policy.cond_bound_interface = conditions.bound_interface
    if mask & KernelCondition.BOUND_INTERFACE_FLAGS:
        policy.cond_bound_interface_flags = conditions.bound_interface_flags
    policy.cond_packet_filter_tags = conditions.packet_filter_tags
    policy.cond_scheme_port = conditions.scheme_port
    if mask & KernelCondition.PROTOCOL:
        policy.cond_protocol = conditions.protocol
    if mask & KernelCondition.LOCAL_START:
        policy.cond_local_start = _copied_address(conditions.local_start)
    if mask & KernelCondition.LOCAL_END:
        policy.cond_local_end = _copied_address(conditions.local_end)
    if mask & KernelCondition.LOCAL_PREFIX:
        policy.cond_local_prefix = conditions.local_prefix
    if mask & KernelCondition.REMOTE_START:
        policy.cond_remote_start = _copied_address(conditions.remote_start)
    if mask & KernelCondition.REMOTE_END:
        policy.cond_remote_end = _copied_address(conditions.remote_end)
    if mask & KernelCondition.REMOTE_PREFIX:
        policy.cond_remote_prefix = conditions.remote_prefix


def _copied_address(address: bytes) -> bytes:
    """An address as the kernel copies it: as many bytes as its length field says."""
    return address[: address[0]].ljust(SOCKADDR_UNION_BYTES, b"\0")
