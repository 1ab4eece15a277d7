"""One policy of the application layer as the nested TLVs that DUMP_ALL answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from struct import Struct
from typing import Final

from necp_replay.abi.client import IFXNAMSIZ
from necp_replay.abi.policy import (
    CONDITION_ADDR,
    CONDITION_ADDR_RANGE,
    CONDITION_INTERFACE_FLAGS,
    CONDITION_SDK_VERSION,
    MAXCOMLEN,
    TC_RANGE,
    KernelCondition,
    PolicyCondition,
    PolicyConditionFlag,
    PolicyTlv,
)
from necp_replay.abi.tlv import TLV_HEADER, iterate_tlvs, pack_tlv
from necp_replay.kernel.objects.kernel_policy import KernelSocketPolicy
from necp_replay.kernel.policy.result_string import interface_string, result_string
from necp_replay.kernel.state import KernelState


def dump_policy(kernel: KernelState, policy: KernelSocketPolicy) -> bytes:
    """A POLICY_DUMP TLV: id, orders, result as text, owner and conditions.

    Source: necp_handle_policy_dump_all, xnu-4570.51.1.
    """
    conditions = b"".join(_condition_tlvs(kernel, policy))
    if kernel.profile.dumped_conditions_have_flags:
        conditions = _with_flags(conditions, policy)
    return pack_tlv(
        PolicyTlv.POLICY_DUMP,
        pack_tlv(PolicyTlv.POLICY_ID, _UINT32.pack(policy.id))
        + pack_tlv(PolicyTlv.POLICY_ORDER, _UINT32.pack(policy.order))
        + pack_tlv(PolicyTlv.POLICY_SESSION_ORDER, _UINT32.pack(policy.session_order))
        + pack_tlv(PolicyTlv.POLICY_RESULT_STRING, result_string(kernel, policy) + b"\0")
        + pack_tlv(PolicyTlv.POLICY_OWNER, _owner(kernel, policy) + b"\0")
        + pack_tlv(PolicyTlv.POLICY_CONDITION, conditions),
    )


def _with_flags(conditions: bytes, policy: KernelSocketPolicy) -> bytes:
    """The conditions with flags before each value, which the length does not count.

    Source: necp_buffer_write_tlv_with_flags, xnu-11215.1.10.
    """
    written = bytearray()
    for _, type_, value in iterate_tlvs(conditions):
        bit = _NEGATED_BY.get(type_, 0)
        flags = PolicyConditionFlag.NEGATIVE if policy.condition_negated_mask & bit else 0
        written += TLV_HEADER.pack(type_, len(value)) + bytes((flags,)) + value
    return bytes(written)


_UINT32: Final = Struct("<I")
_UINT16: Final = Struct("<H")
_PID: Final = Struct("<i")


def _owner(kernel: KernelState, policy: KernelSocketPolicy) -> bytes:
    """The name of the session's last owner, empty if the process is gone (``proc_name``)."""
    process = kernel.find_process(policy.session_pid)
    return b"" if process is None else process.name.encode()[: MAXCOMLEN - 1]


def _condition_tlvs(kernel: KernelState, policy: KernelSocketPolicy) -> Iterator[bytes]:
    """The conditions in the kernel's order. Whether one is negative is not shown."""
    mask = policy.condition_mask
    if mask == 0:
        yield pack_tlv(PolicyCondition.DEFAULT, b"")
        return
    for bit, type_, value_in in _CONDITION_VALUES:
        if mask & bit:
            value = value_in(kernel, policy)
            if value is not None:
                yield pack_tlv(type_, value)
    if mask & KernelCondition.LOCAL_START:
        yield _address_tlv(
            mask & KernelCondition.LOCAL_END,
            (PolicyCondition.LOCAL_ADDR, PolicyCondition.LOCAL_ADDR_RANGE),
            (policy.cond_local_start, policy.cond_local_end, policy.cond_local_prefix),
        )
    if mask & KernelCondition.REMOTE_START:
        yield _address_tlv(
            mask & KernelCondition.REMOTE_END,
            (PolicyCondition.REMOTE_ADDR, PolicyCondition.REMOTE_ADDR_RANGE),
            (policy.cond_remote_start, policy.cond_remote_end, policy.cond_remote_prefix),
        )
    if mask & KernelCondition.AGENT_TYPE:
        yield pack_tlv(PolicyCondition.AGENT_TYPE, policy.cond_agent_type)
    if mask & KernelCondition.CLIENT_FLAGS:
        yield pack_tlv(PolicyCondition.CLIENT_FLAGS, _UINT32.pack(policy.cond_client_flags))
    if mask & KernelCondition.LOCAL_EMPTY:
        yield pack_tlv(PolicyCondition.FLOW_LOCAL_ADDR_EMPTY, b"")
    if mask & KernelCondition.REMOTE_EMPTY:
        yield pack_tlv(PolicyCondition.FLOW_REMOTE_ADDR_EMPTY, b"")
    if mask & KernelCondition.SIGNING_IDENTIFIER:
        yield pack_tlv(
            PolicyCondition.SIGNING_IDENTIFIER, (policy.cond_signing_identifier or b"") + b"\0"
        )
    if mask & KernelCondition.PACKET_FILTER_TAGS:
        tags = _UINT16.pack(policy.cond_packet_filter_tags)
        yield pack_tlv(PolicyCondition.PACKET_FILTER_TAGS, tags)
    if mask & KernelCondition.IS_LOOPBACK:
        yield pack_tlv(PolicyCondition.FLOW_IS_LOOPBACK, b"")
    if mask & KernelCondition.DELEGATE_IS_PLATFORM_BINARY:
        yield pack_tlv(PolicyCondition.DELEGATE_IS_PLATFORM_BINARY, b"")
    if mask & KernelCondition.SCHEME_PORT:
        yield pack_tlv(PolicyCondition.SCHEME_PORT, policy.cond_scheme_port)
    if mask & KernelCondition.BOUND_INTERFACE_FLAGS:
        flags = CONDITION_INTERFACE_FLAGS.pack(*policy.cond_bound_interface_flags)
        yield pack_tlv(PolicyCondition.BOUND_INTERFACE_FLAGS, flags)


_ValueIn = Callable[[KernelState, KernelSocketPolicy], bytes | None]
"""The value of a condition. None leaves the condition out, because its id is no longer known."""


def _nothing(kernel: KernelState, policy: KernelSocketPolicy) -> bytes:
    return b""


def _local_networks(kernel: KernelState, policy: KernelSocketPolicy) -> bytes:
    if kernel.profile.local_networks_have_flags:
        return bytes((policy.cond_local_networks_flags,))
    return b""


def _bound_interface(kernel: KernelState, policy: KernelSocketPolicy) -> bytes:
    name = interface_string(policy.cond_bound_interface)
    return name.encode()[: IFXNAMSIZ - 1] + b"\0"


def _protocol(kernel: KernelState, policy: KernelSocketPolicy) -> bytes:
    return _UINT16.pack(policy.cond_protocol)


def _application(kernel: KernelState, policy: KernelSocketPolicy) -> bytes | None:
    return kernel.policies.uuid_ids.app_uuid_of(policy.cond_app_id)


def _real_application(kernel: KernelState, policy: KernelSocketPolicy) -> bytes | None:
    return kernel.policies.uuid_ids.app_uuid_of(policy.cond_real_app_id)


def _domain(kernel: KernelState, policy: KernelSocketPolicy) -> bytes:
    return (policy.cond_domain or b"") + b"\0"


def _domain_filter(kernel: KernelState, policy: KernelSocketPolicy) -> bytes:
    return _UINT32.pack(policy.cond_domain_filter)


def _url(kernel: KernelState, policy: KernelSocketPolicy) -> bytes:
    return (policy.cond_url or b"") + b"\0"


def _account(kernel: KernelState, policy: KernelSocketPolicy) -> bytes | None:
    account = kernel.policies.account_ids.string_of(policy.cond_account_id)
    return None if account is None else account + b"\0"


def _pid(kernel: KernelState, policy: KernelSocketPolicy) -> bytes:
    pid = _PID.pack(policy.cond_pid)
    if kernel.profile.pid_conditions_have_versions:
        return pid + _PID.pack(policy.cond_pid_version)
    return pid


def _uid(kernel: KernelState, policy: KernelSocketPolicy) -> bytes:
    return _UINT32.pack(policy.cond_uid)


def _real_uid(kernel: KernelState, policy: KernelSocketPolicy) -> bytes:
    return _UINT32.pack(policy.cond_real_uid)


def _traffic_class(kernel: KernelState, policy: KernelSocketPolicy) -> bytes:
    return TC_RANGE.pack(policy.cond_start_tc, policy.cond_end_tc)


def _custom_entitlement(kernel: KernelState, policy: KernelSocketPolicy) -> bytes:
    return (policy.cond_custom_entitlement or b"") + b"\0"


def _sdk_version(kernel: KernelState, policy: KernelSocketPolicy) -> bytes:
    return CONDITION_SDK_VERSION.pack(*policy.cond_sdk_version)


_CONDITION_VALUES: Final[tuple[tuple[int, PolicyCondition, _ValueIn], ...]] = (
    (KernelCondition.ALL_INTERFACES, PolicyCondition.ALL_INTERFACES, _nothing),
    (KernelCondition.HAS_CLIENT, PolicyCondition.HAS_CLIENT, _nothing),
    (KernelCondition.LOCAL_NETWORKS, PolicyCondition.LOCAL_NETWORKS, _local_networks),
    (KernelCondition.BOUND_INTERFACE, PolicyCondition.BOUND_INTERFACE, _bound_interface),
    (KernelCondition.PROTOCOL, PolicyCondition.IP_PROTOCOL, _protocol),
    (KernelCondition.APP_ID, PolicyCondition.APPLICATION, _application),
    (KernelCondition.REAL_APP_ID, PolicyCondition.REAL_APPLICATION, _real_application),
    (
        KernelCondition.DOMAIN | KernelCondition.EXACT_DOMAIN,
        PolicyCondition.DOMAIN,
        _domain,
    ),
    (KernelCondition.DOMAIN_FILTER, PolicyCondition.DOMAIN_FILTER, _domain_filter),
    (KernelCondition.URL, PolicyCondition.URL, _url),
    (KernelCondition.ACCOUNT_ID, PolicyCondition.ACCOUNT, _account),
    (KernelCondition.PID, PolicyCondition.PID, _pid),
    (KernelCondition.UID, PolicyCondition.UID, _uid),
    (KernelCondition.REAL_UID, PolicyCondition.REAL_UID, _real_uid),
    (KernelCondition.TRAFFIC_CLASS, PolicyCondition.TRAFFIC_CLASS, _traffic_class),
    (KernelCondition.ENTITLEMENT, PolicyCondition.ENTITLEMENT, _nothing),
    (KernelCondition.CUSTOM_ENTITLEMENT, PolicyCondition.ENTITLEMENT, _custom_entitlement),
    (KernelCondition.PLATFORM_BINARY, PolicyCondition.PLATFORM_BINARY, _nothing),
    (KernelCondition.SYSTEM_SIGNED_RESULT, PolicyCondition.SYSTEM_SIGNED_RESULT, _nothing),
    (KernelCondition.SDK_VERSION, PolicyCondition.SDK_VERSION, _sdk_version),
)


_NEGATED_BY: Final[dict[int, int]] = {
    **{int(type_): int(bit) for bit, type_, _ in _CONDITION_VALUES},
    int(PolicyCondition.LOCAL_ADDR): int(KernelCondition.LOCAL_PREFIX),
    int(PolicyCondition.LOCAL_ADDR_RANGE): int(KernelCondition.LOCAL_END),
    int(PolicyCondition.REMOTE_ADDR): int(KernelCondition.REMOTE_PREFIX),
    int(PolicyCondition.REMOTE_ADDR_RANGE): int(KernelCondition.REMOTE_END),
    int(PolicyCondition.AGENT_TYPE): int(KernelCondition.AGENT_TYPE),
    int(PolicyCondition.CLIENT_FLAGS): int(KernelCondition.CLIENT_FLAGS),
    int(PolicyCondition.FLOW_LOCAL_ADDR_EMPTY): int(KernelCondition.LOCAL_EMPTY),
    int(PolicyCondition.FLOW_REMOTE_ADDR_EMPTY): int(KernelCondition.REMOTE_EMPTY),
    int(PolicyCondition.SIGNING_IDENTIFIER): int(KernelCondition.SIGNING_IDENTIFIER),
    int(PolicyCondition.PACKET_FILTER_TAGS): int(KernelCondition.PACKET_FILTER_TAGS),
    int(PolicyCondition.FLOW_IS_LOOPBACK): int(KernelCondition.IS_LOOPBACK),
    int(PolicyCondition.DELEGATE_IS_PLATFORM_BINARY): int(
        KernelCondition.DELEGATE_IS_PLATFORM_BINARY
    ),
    int(PolicyCondition.SCHEME_PORT): int(KernelCondition.SCHEME_PORT),
    int(PolicyCondition.BOUND_INTERFACE_FLAGS): int(KernelCondition.BOUND_INTERFACE_FLAGS),
}
"""The bit of the negated mask for each type of conditions."""


def _address_tlv(
    is_range: int,
    types: tuple[PolicyCondition, PolicyCondition],
    address: tuple[bytes, bytes, int],
) -> bytes:
    start, end, prefix = address
    address_type, range_type = types
    if is_range:
        return pack_tlv(range_type, CONDITION_ADDR_RANGE.pack(start, end))
    return pack_tlv(address_type, CONDITION_ADDR.pack(prefix, start))
