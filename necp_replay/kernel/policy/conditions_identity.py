"""Conditions on who asks and for what: application, entitlement, account, domain, agents, pid."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.netagent import DOMAIN_BYTES
from necp_replay.abi.policy import BooleanState, KernelCondition
from necp_replay.kernel.exceptions import UnknownInput
from necp_replay.kernel.objects.kernel_policy import KernelSocketPolicy
from necp_replay.kernel.objects.process import NO_PROCESS
from necp_replay.kernel.objects.socket_info import SocketInfo
from necp_replay.kernel.policy.condition_bytes import c_string
from necp_replay.kernel.privileges import has_entitlement
from necp_replay.kernel.quirk import Quirk


def is_application(policy: KernelSocketPolicy, info: SocketInfo) -> bool:
    """Whether the effective application is the policy's."""
    return info.application_id == policy.cond_app_id


def is_real_application(policy: KernelSocketPolicy, info: SocketInfo) -> bool:
    """Whether the real application is the policy's."""
    return info.real_application_id == policy.cond_real_app_id


def is_entitled(_policy: KernelSocketPolicy, info: SocketInfo) -> bool:
    """Whether the process has the privilege that entitlement conditions without a name ask for."""
    return info.is_entitled


def has_custom_entitlement(policy: KernelSocketPolicy, info: SocketInfo) -> bool:
    """Whether the process has the policy's entitlement, or the first one that was compared with it.

    Kernel quirk: up to xnu-8020, the answer for the first process is kept in the policy and used
    for all others. Measured in policy_entitlement_cache.
    """
    if policy.cond_custom_entitlement_matched != BooleanState.UNKNOWN:
        return policy.cond_custom_entitlement_matched == BooleanState.TRUE
    if policy.cond_custom_entitlement is None:
        return True
    held = has_entitlement(info.process, policy.cond_custom_entitlement)
    if policy.keeps_entitlement_answer:
        policy.cond_custom_entitlement_matched = BooleanState.TRUE if held else BooleanState.FALSE
    return held


def is_account(policy: KernelSocketPolicy, info: SocketInfo) -> bool:
    """Whether the account is the policy's."""
    return info.account_id == policy.cond_account_id


def is_pid(policy: KernelSocketPolicy, info: SocketInfo) -> bool:
    """Whether the pid is the policy's. Raises UnknownInput for one with a version."""
    if policy.cond_pid_version != 0:
        raise UnknownInput("the versions of pids are not known")
    return info.pid == policy.cond_pid


def has_signed_result(policy: KernelSocketPolicy, info: SocketInfo) -> bool:
    """Whether the parameters have a resolver tag.

    Kernel quirk: any tag counts, though the kernel looks for those that it signed itself. Measured
    in x8019_cond_signed_result.

    Source: necp_application_find_policy_match_internal, xnu-8792.41.9.
    """
    return info.has_resolver_tag


def is_real_uid(policy: KernelSocketPolicy, info: SocketInfo) -> bool:
    """Whether the process that asks has the user, whatever user its parameters name."""
    return info.asking_process.uid == policy.cond_real_uid


def is_uid(policy: KernelSocketPolicy, info: SocketInfo) -> bool:
    """Whether the uid is the policy's."""
    return info.uid == policy.cond_uid


def requires_agent_type(policy: KernelSocketPolicy, info: SocketInfo) -> bool:
    """Whether one of the types of agents that the parameters require is the policy's.

    A domain or a type that the policy leaves empty matches any.
    """
    domain = c_string(policy.cond_agent_type[:DOMAIN_BYTES])
    type_ = c_string(policy.cond_agent_type[DOMAIN_BYTES:])
    return any(
        domain in (b"", required_domain) and type_ in (b"", required_type)
        for required_domain, required_type in info.required_agent_types
    )


def has_client(_policy: KernelSocketPolicy, info: SocketInfo) -> bool:
    """Whether a client asks, rather than a process without one."""
    return info.has_client


def is_platform_binary(_policy: KernelSocketPolicy, info: SocketInfo) -> bool:
    """Whether the process is a platform binary."""
    return info.is_platform_binary


def is_signed_as(policy: KernelSocketPolicy, info: SocketInfo) -> bool:
    """Whether the process, or the calling one if there is none, is signed as the policy says."""
    process = info.asking_process if info.process is NO_PROCESS else info.process
    signing_id = process.signing_id
    return signing_id != "" and signing_id.encode() == policy.cond_signing_identifier


def has_sdk(policy: KernelSocketPolicy, info: SocketInfo) -> bool:
    """Whether the process is of the policy's platform, and of its versions or later ones.

    A number that is 0 in the policy is not compared. Without a process, the condition is met.
    """
    platform, min_version, version = policy.cond_sdk_version
    process = info.process
    return process is NO_PROCESS or (
        platform in (0, process.platform_id)
        and process.min_sdk >= min_version
        and process.sdk >= version
    )


def is_delegate_platform_binary(policy: KernelSocketPolicy, info: SocketInfo) -> bool:
    """Whether the calling process is a platform binary, if it acts for another one.

    If it does not, the condition is met, negated or not; or in some releases the process itself
    counts, unless the policy is for an application or a pid.
    """
    if not info.is_delegated:
        if info.delegate_can_be_itself and not policy.condition_mask & _APP_ID_OR_PID:
            return info.is_platform_binary
        return not policy.condition_negated_mask & KernelCondition.DELEGATE_IS_PLATFORM_BINARY
    return info.real_is_platform_binary


def has_client_flags(policy: KernelSocketPolicy, info: SocketInfo) -> bool:
    """Whether the parameters have all flags of the policy."""
    return info.client_flags & policy.cond_client_flags == policy.cond_client_flags


FIRST_PROCESS_DECIDES_ENTITLEMENT: Final = Quirk(
    "The first process evaluated decides for all others whether a custom entitlement is held.",
    "necp_socket_check_policy",
    "policy/test_evaluate_parameters.py"
    "::test_a_custom_entitlement_is_decided_by_the_first_process_evaluated",
)
_APP_ID_OR_PID: Final = int(KernelCondition.APP_ID | KernelCondition.PID)
