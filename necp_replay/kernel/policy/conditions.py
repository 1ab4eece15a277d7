"""Compares one policy with an evaluation: the table of conditions, and the checks of a policy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from necp_replay.abi.policy import KernelCondition as Condition
from necp_replay.kernel.objects.kernel_policy import KernelSocketPolicy
from necp_replay.kernel.objects.socket_info import SocketInfo
from necp_replay.kernel.policy import conditions_domain as domains
from necp_replay.kernel.policy import conditions_identity as identity
from necp_replay.kernel.policy import conditions_traffic as traffic

Predicate = Callable[[KernelSocketPolicy, SocketInfo], bool]


@dataclass(frozen=True, slots=True)
class ConditionKind:
    """One row of the table.

    It is checked if the policy's condition mask has all bits of ``needs`` and none of ``unless``.
    It must not hold if the negated mask has ``negated_by``.
    """

    name: str
    needs: int
    holds: Predicate
    negated_by: int = 0
    unless: int = 0


CONDITION_KINDS: Final = (
    ConditionKind(
        "bound interface",
        Condition.BOUND_INTERFACE,
        traffic.is_bound_to_interface,
        Condition.BOUND_INTERFACE,
        unless=Condition.ALL_INTERFACES,
    ),
    ConditionKind(
        "flags of the bound interface",
        Condition.BOUND_INTERFACE_FLAGS,
        traffic.has_bound_interface_flags,
        Condition.BOUND_INTERFACE_FLAGS,
        unless=Condition.ALL_INTERFACES,
    ),
    ConditionKind(
        "no bound interface",
        0,
        traffic.is_unbound,
        unless=Condition.ALL_INTERFACES
        | Condition.BOUND_INTERFACE
        | Condition.BOUND_INTERFACE_FLAGS,
    ),
    ConditionKind("application", Condition.APP_ID, identity.is_application, Condition.APP_ID),
    ConditionKind(
        "signing identifier",
        Condition.APP_ID | Condition.SIGNING_IDENTIFIER,
        identity.is_signed_as,
        Condition.SIGNING_IDENTIFIER,
    ),
    ConditionKind(
        "real application",
        Condition.REAL_APP_ID,
        identity.is_real_application,
        Condition.REAL_APP_ID,
    ),
    ConditionKind("client", Condition.HAS_CLIENT, identity.has_client),
    ConditionKind("entitlement", Condition.ENTITLEMENT, identity.is_entitled),
    ConditionKind(
        "platform binary",
        Condition.PLATFORM_BINARY,
        identity.is_platform_binary,
        Condition.PLATFORM_BINARY,
    ),
    ConditionKind(
        "system-signed result", Condition.SYSTEM_SIGNED_RESULT, identity.has_signed_result
    ),
    ConditionKind("SDK version", Condition.SDK_VERSION, identity.has_sdk),
    ConditionKind(
        "custom entitlement", Condition.CUSTOM_ENTITLEMENT, identity.has_custom_entitlement
    ),
    ConditionKind(
        "exact domain",
        Condition.EXACT_DOMAIN,
        domains.is_exact_domain,
        Condition.EXACT_DOMAIN,
    ),
    ConditionKind("domain", Condition.DOMAIN, domains.is_in_domain, Condition.DOMAIN),
    ConditionKind(
        "domain filter",
        Condition.DOMAIN_FILTER,
        domains.is_in_domain_filter,
        Condition.DOMAIN_FILTER,
    ),
    ConditionKind("URL", Condition.URL, domains.is_url, Condition.URL),
    ConditionKind("account", Condition.ACCOUNT_ID, identity.is_account, Condition.ACCOUNT_ID),
    ConditionKind("pid", Condition.PID, identity.is_pid, Condition.PID),
    ConditionKind("uid", Condition.UID, identity.is_uid, Condition.UID),
    ConditionKind("real uid", Condition.REAL_UID, identity.is_real_uid, Condition.REAL_UID),
    ConditionKind(
        "traffic class",
        Condition.TRAFFIC_CLASS,
        traffic.is_in_traffic_class,
        Condition.TRAFFIC_CLASS,
    ),
    ConditionKind("protocol", Condition.PROTOCOL, traffic.is_protocol, Condition.PROTOCOL),
    ConditionKind("agent type", Condition.AGENT_TYPE, identity.requires_agent_type),
    ConditionKind("local networks", Condition.LOCAL_NETWORKS, traffic.is_in_local_network),
    ConditionKind(
        "local range",
        Condition.LOCAL_START | Condition.LOCAL_END,
        traffic.is_local_in_range,
        Condition.LOCAL_END,
    ),
    ConditionKind(
        "local prefix",
        Condition.LOCAL_START | Condition.LOCAL_PREFIX,
        traffic.is_local_in_subnet,
        Condition.LOCAL_PREFIX,
        unless=Condition.LOCAL_END,
    ),
    ConditionKind(
        "remote range",
        Condition.REMOTE_START | Condition.REMOTE_END,
        traffic.is_remote_in_range,
        Condition.REMOTE_END,
    ),
    ConditionKind(
        "remote prefix",
        Condition.REMOTE_START | Condition.REMOTE_PREFIX,
        traffic.is_remote_in_subnet,
        Condition.REMOTE_PREFIX,
        unless=Condition.REMOTE_END,
    ),
    ConditionKind(
        "client flags", Condition.CLIENT_FLAGS, identity.has_client_flags, Condition.CLIENT_FLAGS
    ),
    ConditionKind(
        "no local address", Condition.LOCAL_EMPTY, traffic.is_local_empty, Condition.LOCAL_EMPTY
    ),
    ConditionKind(
        "no remote address",
        Condition.REMOTE_EMPTY,
        traffic.is_remote_empty,
        Condition.REMOTE_EMPTY,
    ),
    ConditionKind(
        "scheme port", Condition.SCHEME_PORT, traffic.is_to_scheme_port, Condition.SCHEME_PORT
    ),
    ConditionKind(
        "packet filter tags",
        Condition.PACKET_FILTER_TAGS,
        traffic.has_packet_filter_tag,
        Condition.PACKET_FILTER_TAGS,
    ),
    ConditionKind("loopback", Condition.IS_LOOPBACK, traffic.is_loopback, Condition.IS_LOOPBACK),
    ConditionKind(
        "delegate platform binary",
        Condition.DELEGATE_IS_PLATFORM_BINARY,
        identity.is_delegate_platform_binary,
        Condition.DELEGATE_IS_PLATFORM_BINARY,
    ),
)
"""Every kind of condition, in the order in which the kernel checks them. The order matters: a
custom entitlement is looked up, and the answer kept, only if everything before it matched."""


def policy_matches(policy: KernelSocketPolicy, info: SocketInfo) -> bool:
    """Whether each condition of a policy holds, or fails if it is negated.

    Source: necp_socket_check_policy, xnu-4570.51.1.
    """
    for holds, wanted in _checks(policy.condition_mask, policy.condition_negated_mask):
        if holds(policy, info) is not wanted:
            return False
    return True


def failing_condition(policy: KernelSocketPolicy, info: SocketInfo) -> str | None:
    """The name of the first condition because of which a policy does not match, None if it does."""
    mask = policy.condition_mask
    for kind in CONDITION_KINDS:
        if _is_checked(kind, mask):
            wanted = not policy.condition_negated_mask & kind.negated_by
            if kind.holds(policy, info) is not wanted:
                return kind.name
    return None


@lru_cache(maxsize=1024)
def _checks(mask: int, negated_mask: int) -> tuple[tuple[Predicate, bool], ...]:
    return tuple(
        (kind.holds, not negated_mask & kind.negated_by)
        for kind in CONDITION_KINDS
        if _is_checked(kind, mask)
    )


def _is_checked(kind: ConditionKind, mask: int) -> bool:
    return mask & kind.needs == kind.needs and not mask & kind.unless
