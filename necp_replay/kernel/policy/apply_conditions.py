"""Turns the conditions of a session's policy into those of kernel policies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from necp_replay.abi.client import IFXNAMSIZ, ClientParameterFlag
from necp_replay.abi.policy import (
    CONDITION_ADDR,
    CONDITION_ADDR_RANGE,
    CONDITION_AGENT_TYPE,
    CONDITION_INTERFACE_FLAGS,
    CONDITION_SDK_VERSION,
    TC_RANGE,
    KernelCondition,
    PolicyCondition,
    PolicyConditionFlag,
)
from necp_replay.abi.tlv import iterate_tlvs
from necp_replay.abi.uuid import UUID_BYTES
from necp_replay.kernel.objects.kernel_policy import PolicyConditions
from necp_replay.kernel.objects.session_policy import SessionPolicy
from necp_replay.kernel.policy.condition_bytes import (
    c_string,
    flags_of,
    name_in,
    type_of,
    value_of,
)
from necp_replay.kernel.policy.domains import trim_dots_and_stars
from necp_replay.kernel.state import KernelState


def apply_conditions(kernel: KernelState, policy: SessionPolicy) -> PolicyConditions:
    """All conditions of a policy together. The policy remembers the ids that this creates.

    Kernel quirk: negative LOCAL_NETWORKS, which some releases accept, makes BOUND_INTERFACE and the
    range of local addresses negative, and stays positive itself. Measured in
    x8019_cond_local_networks.

    If there are several of a kind, the first counts for application, real application, account,
    domain, domain filter, URL and entitlement, and the last for other kinds. If one of a kind is
    negative, the kind is.

    Source: necp_policy_apply, xnu-4570.51.1.
    """
    gathered = PolicyConditions()
    for _, _, condition in iterate_tlvs(policy.conditions):
        mask = _GATHERERS[type_of(condition)](kernel, policy, gathered, value_of(condition))
        if mask == KernelCondition.DOMAIN and flags_of(condition) & PolicyConditionFlag.EXACT:
            mask = _exact_domain(kernel)
        gathered.mask |= mask
        if flags_of(condition) & PolicyConditionFlag.NEGATIVE:
            is_local = type_of(condition) == PolicyCondition.LOCAL_NETWORKS
            gathered.negated_mask |= _NEGATED_BY_LOCAL_NETWORKS if is_local else mask
    return gathered


_Gatherer = Callable[[KernelState, SessionPolicy, PolicyConditions, bytes], int]
"""Stores the value of one condition; returns its mask bits, 0 if it does not count."""


def _default(
    kernel: KernelState, policy: SessionPolicy, gathered: PolicyConditions, value: bytes
) -> int:
    gathered.has_ip_conditions = True
    return 0


def _real_uid(
    kernel: KernelState, policy: SessionPolicy, gathered: PolicyConditions, value: bytes
) -> int:
    gathered.real_uid = int.from_bytes(value[:4], "little")
    gathered.has_socket_conditions = True
    return KernelCondition.REAL_UID


def _all_interfaces(
    kernel: KernelState, policy: SessionPolicy, gathered: PolicyConditions, value: bytes
) -> int:
    gathered.has_ip_conditions = True
    return KernelCondition.ALL_INTERFACES


def _entitlement(
    kernel: KernelState, policy: SessionPolicy, gathered: PolicyConditions, value: bytes
) -> int:
    """Without a value, a privilege is asked for; with one, the entitlement of that name."""
    if not value:
        gathered.has_socket_conditions = True
        return KernelCondition.ENTITLEMENT
    if gathered.custom_entitlement is not None:
        return 0
    gathered.custom_entitlement = c_string(value)
    gathered.has_socket_conditions = True
    return KernelCondition.CUSTOM_ENTITLEMENT


def _domain(
    kernel: KernelState, policy: SessionPolicy, gathered: PolicyConditions, value: bytes
) -> int:
    """The domain without dots and stars around it.

    Kernel quirk: dots and stars are trimmed before the zero that ends the string is looked for. So
    a domain that ends with a zero keeps those at its end. No trace shows it.
    """
    if gathered.domain is not None:
        return 0
    gathered.domain = c_string(trim_dots_and_stars(value))
    gathered.has_socket_conditions = True
    return KernelCondition.DOMAIN


def _exact_domain(kernel: KernelState) -> int:
    """The kernel condition for a condition on a domain that has the flag EXACT."""
    if kernel.profile.domain_conditions_can_be_exact:
        return KernelCondition.EXACT_DOMAIN
    return KernelCondition.DOMAIN


def _domain_filter(
    kernel: KernelState, policy: SessionPolicy, gathered: PolicyConditions, value: bytes
) -> int:
    """The id of a domain filter or trie. Id 0 does not count."""
    if gathered.domain_filter != 0:
        return 0
    gathered.domain_filter = int.from_bytes(value[:4], "little")
    if gathered.domain_filter == 0:
        return 0
    gathered.has_socket_conditions = True
    return KernelCondition.DOMAIN_FILTER


def _url(
    kernel: KernelState, policy: SessionPolicy, gathered: PolicyConditions, value: bytes
) -> int:
    """The URL, trimmed like a domain."""
    if gathered.url is not None:
        return 0
    gathered.url = c_string(trim_dots_and_stars(value))
    gathered.has_socket_conditions = True
    return KernelCondition.URL


def _account(
    kernel: KernelState, policy: SessionPolicy, gathered: PolicyConditions, value: bytes
) -> int:
    if policy.applied_account is not None:
        return 0
    policy.applied_account = c_string(value)
    gathered.account_id = kernel.policies.account_ids.create(policy.applied_account)
    gathered.has_socket_conditions = True
    return KernelCondition.ACCOUNT_ID


def _application(
    kernel: KernelState, policy: SessionPolicy, gathered: PolicyConditions, value: bytes
) -> int:
    if gathered.app_id != 0:
        return 0
    policy.applied_app_uuid = value[:UUID_BYTES]
    gathered.app_id = kernel.policies.uuid_ids.create_app(policy.applied_app_uuid)
    gathered.has_socket_conditions = True
    return KernelCondition.APP_ID


def _real_application(
    kernel: KernelState, policy: SessionPolicy, gathered: PolicyConditions, value: bytes
) -> int:
    if gathered.real_app_id != 0:
        return 0
    policy.applied_real_app_uuid = value[:UUID_BYTES]
    gathered.real_app_id = kernel.policies.uuid_ids.create_real_app(policy.applied_real_app_uuid)
    gathered.has_socket_conditions = True
    return KernelCondition.REAL_APP_ID


def _pid(
    kernel: KernelState, policy: SessionPolicy, gathered: PolicyConditions, value: bytes
) -> int:
    gathered.pid = int.from_bytes(value[:4], "little", signed=True)
    if kernel.profile.pid_conditions_have_versions and len(value) >= _PID_AND_VERSION_BYTES:
        gathered.pid_version = int.from_bytes(value[4:8], "little", signed=True)
    gathered.has_socket_conditions = True
    return KernelCondition.PID


def _uid(
    kernel: KernelState, policy: SessionPolicy, gathered: PolicyConditions, value: bytes
) -> int:
    gathered.uid = int.from_bytes(value[:4], "little")
    gathered.has_socket_conditions = True
    return KernelCondition.UID


def _traffic_class(
    kernel: KernelState, policy: SessionPolicy, gathered: PolicyConditions, value: bytes
) -> int:
    gathered.start_tc, gathered.end_tc = TC_RANGE.unpack_from(value)
    gathered.has_socket_conditions = True
    return KernelCondition.TRAFFIC_CLASS


def _bound_interface(
    kernel: KernelState, policy: SessionPolicy, gathered: PolicyConditions, value: bytes
) -> int:
    """The interface of that name, if there is one now.

    Kernel quirk: a condition whose interface does not exist is dropped, so a policy without other
    conditions matches everything. Measured in policy_cond_bound_missing. It also removes the
    interface of an earlier condition, whose mask bit stays. No trace shows that.
    """
    if len(value) > IFXNAMSIZ:
        return 0
    gathered.has_ip_conditions = True
    gathered.bound_interface = kernel.interfaces.find_by_name(name_in(value))
    return 0 if gathered.bound_interface is None else KernelCondition.BOUND_INTERFACE


def _ip_protocol(
    kernel: KernelState, policy: SessionPolicy, gathered: PolicyConditions, value: bytes
) -> int:
    gathered.protocol = int.from_bytes(value[:2], "little")
    gathered.has_ip_conditions = True
    return KernelCondition.PROTOCOL


def _local_addr(
    kernel: KernelState, policy: SessionPolicy, gathered: PolicyConditions, value: bytes
) -> int:
    gathered.local_prefix, gathered.local_start = CONDITION_ADDR.unpack_from(value)
    gathered.has_ip_conditions = True
    return KernelCondition.LOCAL_START | KernelCondition.LOCAL_PREFIX


def _remote_addr(
    kernel: KernelState, policy: SessionPolicy, gathered: PolicyConditions, value: bytes
) -> int:
    gathered.remote_prefix, gathered.remote_start = CONDITION_ADDR.unpack_from(value)
    gathered.has_ip_conditions = True
    return KernelCondition.REMOTE_START | KernelCondition.REMOTE_PREFIX


def _local_addr_range(
    kernel: KernelState, policy: SessionPolicy, gathered: PolicyConditions, value: bytes
) -> int:
    gathered.local_start, gathered.local_end = CONDITION_ADDR_RANGE.unpack_from(value)
    gathered.has_ip_conditions = True
    return KernelCondition.LOCAL_START | KernelCondition.LOCAL_END


def _remote_addr_range(
    kernel: KernelState, policy: SessionPolicy, gathered: PolicyConditions, value: bytes
) -> int:
    gathered.remote_start, gathered.remote_end = CONDITION_ADDR_RANGE.unpack_from(value)
    gathered.has_ip_conditions = True
    return KernelCondition.REMOTE_START | KernelCondition.REMOTE_END


def _agent_type(
    kernel: KernelState, policy: SessionPolicy, gathered: PolicyConditions, value: bytes
) -> int:
    gathered.agent_type = value[: CONDITION_AGENT_TYPE.size]
    gathered.has_socket_conditions = True
    return KernelCondition.AGENT_TYPE


def _for_sockets(gather: _Gatherer) -> _Gatherer:
    """The same condition for sockets alone: packets are not asked."""

    def gather_for_sockets(
        kernel: KernelState, policy: SessionPolicy, gathered: PolicyConditions, value: bytes
    ) -> int:
        had_ip_conditions = gathered.has_ip_conditions
        mask = gather(kernel, policy, gathered, value)
        gathered.has_ip_conditions = had_ip_conditions
        gathered.has_socket_conditions = True
        return mask

    return gather_for_sockets


def _only_asked(condition: KernelCondition) -> _Gatherer:
    """A condition without a value, about the process or its socket."""

    def gather(
        kernel: KernelState, policy: SessionPolicy, gathered: PolicyConditions, value: bytes
    ) -> int:
        gathered.has_socket_conditions = True
        return condition

    return gather


def _local_networks(
    kernel: KernelState, policy: SessionPolicy, gathered: PolicyConditions, value: bytes
) -> int:
    gathered.has_ip_conditions = True
    if value:
        gathered.local_networks_flags = value[0]
    return KernelCondition.LOCAL_NETWORKS


def _client_flags(
    kernel: KernelState, policy: SessionPolicy, gathered: PolicyConditions, value: bytes
) -> int:
    """Flags that parameters must have. Without a value, that of fallback traffic."""
    if len(value) >= 4:
        gathered.client_flags = int.from_bytes(value[:4], "little")
    else:
        gathered.client_flags = int(ClientParameterFlag.FALLBACK_TRAFFIC)
    gathered.has_socket_conditions = True
    return KernelCondition.CLIENT_FLAGS


def _sdk_version(
    kernel: KernelState, policy: SessionPolicy, gathered: PolicyConditions, value: bytes
) -> int:
    gathered.sdk_version = CONDITION_SDK_VERSION.unpack_from(value)
    gathered.has_socket_conditions = True
    return KernelCondition.SDK_VERSION


def _signing_identifier(
    kernel: KernelState, policy: SessionPolicy, gathered: PolicyConditions, value: bytes
) -> int:
    if gathered.signing_identifier is not None:
        return 0
    gathered.signing_identifier = c_string(value)
    gathered.has_socket_conditions = True
    return KernelCondition.SIGNING_IDENTIFIER


def _packet_filter_tags(
    kernel: KernelState, policy: SessionPolicy, gathered: PolicyConditions, value: bytes
) -> int:
    gathered.packet_filter_tags = int.from_bytes(value[:2], "little")
    gathered.has_ip_conditions = True
    return KernelCondition.PACKET_FILTER_TAGS


def _scheme_port(
    kernel: KernelState, policy: SessionPolicy, gathered: PolicyConditions, value: bytes
) -> int:
    gathered.scheme_port = value[:2]
    gathered.has_ip_conditions = True
    return KernelCondition.SCHEME_PORT


def _bound_interface_flags(
    kernel: KernelState, policy: SessionPolicy, gathered: PolicyConditions, value: bytes
) -> int:
    """Flags of the interface that traffic is bound to.

    Kernel quirk: a longer value is accepted, and the condition does not count.
    """
    if len(value) > CONDITION_INTERFACE_FLAGS.size:
        return 0
    gathered.bound_interface_flags = CONDITION_INTERFACE_FLAGS.unpack(value)
    gathered.has_ip_conditions = True
    return KernelCondition.BOUND_INTERFACE_FLAGS


_GATHERERS: Final[dict[int, _Gatherer]] = {
    PolicyCondition.DEFAULT: _default,
    PolicyCondition.APPLICATION: _application,
    PolicyCondition.REAL_APPLICATION: _real_application,
    PolicyCondition.DOMAIN: _domain,
    PolicyCondition.ACCOUNT: _account,
    PolicyCondition.ENTITLEMENT: _entitlement,
    PolicyCondition.PID: _pid,
    PolicyCondition.UID: _uid,
    PolicyCondition.ALL_INTERFACES: _all_interfaces,
    PolicyCondition.BOUND_INTERFACE: _bound_interface,
    PolicyCondition.TRAFFIC_CLASS: _traffic_class,
    PolicyCondition.IP_PROTOCOL: _ip_protocol,
    PolicyCondition.LOCAL_ADDR: _local_addr,
    PolicyCondition.REMOTE_ADDR: _remote_addr,
    PolicyCondition.LOCAL_ADDR_RANGE: _local_addr_range,
    PolicyCondition.REMOTE_ADDR_RANGE: _remote_addr_range,
    PolicyCondition.AGENT_TYPE: _agent_type,
    PolicyCondition.HAS_CLIENT: _only_asked(KernelCondition.HAS_CLIENT),
    PolicyCondition.LOCAL_NETWORKS: _local_networks,
    PolicyCondition.FLOW_IP_PROTOCOL: _for_sockets(_ip_protocol),
    PolicyCondition.FLOW_LOCAL_ADDR: _for_sockets(_local_addr),
    PolicyCondition.FLOW_REMOTE_ADDR: _for_sockets(_remote_addr),
    PolicyCondition.FLOW_LOCAL_ADDR_RANGE: _for_sockets(_local_addr_range),
    PolicyCondition.FLOW_REMOTE_ADDR_RANGE: _for_sockets(_remote_addr_range),
    PolicyCondition.CLIENT_FLAGS: _client_flags,
    PolicyCondition.FLOW_LOCAL_ADDR_EMPTY: _only_asked(KernelCondition.LOCAL_EMPTY),
    PolicyCondition.FLOW_REMOTE_ADDR_EMPTY: _only_asked(KernelCondition.REMOTE_EMPTY),
    PolicyCondition.PLATFORM_BINARY: _only_asked(KernelCondition.PLATFORM_BINARY),
    PolicyCondition.SDK_VERSION: _sdk_version,
    PolicyCondition.SIGNING_IDENTIFIER: _signing_identifier,
    PolicyCondition.PACKET_FILTER_TAGS: _packet_filter_tags,
    PolicyCondition.FLOW_IS_LOOPBACK: _only_asked(KernelCondition.IS_LOOPBACK),
    PolicyCondition.DELEGATE_IS_PLATFORM_BINARY: _only_asked(
        KernelCondition.DELEGATE_IS_PLATFORM_BINARY
    ),
    PolicyCondition.SCHEME_PORT: _scheme_port,
    PolicyCondition.DOMAIN_FILTER: _domain_filter,
    PolicyCondition.URL: _url,
    PolicyCondition.SYSTEM_SIGNED_RESULT: _only_asked(KernelCondition.SYSTEM_SIGNED_RESULT),
    PolicyCondition.REAL_UID: _real_uid,
    PolicyCondition.BOUND_INTERFACE_FLAGS: _bound_interface_flags,
}
"""One row for each condition that :func:`~.validate.condition_is_valid` accepts."""

_PID_AND_VERSION_BYTES: Final = 8
_NEGATED_BY_LOCAL_NETWORKS: Final = int(PolicyCondition.LOCAL_NETWORKS)
"""The kernel sets this bit of the negated mask: the number of the condition, not its bit."""
