"""Kernel policies: what a session's policy becomes when it is applied, for sockets and packets."""

from __future__ import annotations

from necp_replay.abi.client import SOCKADDR_UNION_BYTES
from necp_replay.abi.policy import CONDITION_AGENT_TYPE, BooleanState
from necp_replay.kernel.objects.interface import Interface

_NO_ADDRESS = bytes(SOCKADDR_UNION_BYTES)
_NO_SDK_VERSION = (0, 0, 0)
_NO_PORT = bytes(2)
NO_INTERFACE_FLAGS = (0, 0, 0)
_NO_AGENT_TYPE = bytes(CONDITION_AGENT_TYPE.size)


class PolicyConditions:
    """What a policy's conditions say, as both kinds of kernel policies are made from them.

    ``mask`` and ``negated_mask`` have :class:`~necp_replay.abi.policy.KernelCondition` bits; a
    value counts only where its bit is set in the policy's mask. Strings end at their first zero
    byte. Addresses are 28-byte unions, ports are in network order. ``bound_interface`` can be None
    though its bit is set: when a later condition of the kind named no interface.
    ``has_socket_conditions`` is whether any condition is about the process or its socket,
    ``has_ip_conditions`` whether any can be decided for a packet as well.
    """

    __slots__ = (
        "account_id",
        "agent_type",
        "app_id",
        "bound_interface",
        "bound_interface_flags",
        "client_flags",
        "custom_entitlement",
        "domain",
        "domain_filter",
        "end_tc",
        "has_ip_conditions",
        "has_socket_conditions",
        "local_end",
        "local_networks_flags",
        "local_prefix",
        "local_start",
        "mask",
        "negated_mask",
        "packet_filter_tags",
        "pid",
        "pid_version",
        "protocol",
        "real_app_id",
        "real_uid",
        "remote_end",
        "remote_prefix",
        "remote_start",
        "scheme_port",
        "sdk_version",
        "signing_identifier",
        "start_tc",
        "uid",
        "url",
    )

    def __init__(self) -> None:
        self.mask = 0
        self.negated_mask = 0
        self.has_socket_conditions = False
        self.has_ip_conditions = False
        self.app_id = 0
        self.real_app_id = 0
        self.custom_entitlement: bytes | None = None
        self.account_id = 0
        self.domain: bytes | None = None
        self.domain_filter = 0
        self.url: bytes | None = None
        self.pid = 0
        self.pid_version = 0
        self.uid = 0
        self.bound_interface: Interface | None = None
        self.start_tc = 0
        self.end_tc = 0
        self.client_flags = 0
        self.protocol = 0
        self.local_start = _NO_ADDRESS
        self.local_end = _NO_ADDRESS
        self.local_prefix = 0
        self.remote_start = _NO_ADDRESS
        self.remote_end = _NO_ADDRESS
        self.remote_prefix = 0
        self.agent_type = _NO_AGENT_TYPE
        self.sdk_version: tuple[int, ...] = _NO_SDK_VERSION
        self.signing_identifier: bytes | None = None
        self.packet_filter_tags = 0
        self.scheme_port = _NO_PORT
        self.real_uid = 0
        self.local_networks_flags = 0
        self.bound_interface_flags: tuple[int, ...] = NO_INTERFACE_FLAGS


class KernelSocketPolicy:
    """``struct necp_kernel_socket_policy``.

    ``result_parameter`` is the union's first four bytes as a number, whatever it means for the
    result: an order to skip to, a control unit, an interface index, the id of a route rule, an
    agent or a service. ``service_data`` is the union's second half. ``cond_agent_type`` is 32 bytes
    for a domain and 32 for a type. ``cond_sdk_version`` is a platform, a minimum version and a
    version. ``cond_bound_interface_flags`` are flags, eflags and xflags.
    ``keeps_entitlement_answer`` says that the first process decides whether an entitlement is held.
    """

    __slots__ = (
        "cond_account_id",
        "cond_agent_type",
        "cond_app_id",
        "cond_bound_interface",
        "cond_bound_interface_flags",
        "cond_client_flags",
        "cond_custom_entitlement",
        "cond_custom_entitlement_matched",
        "cond_domain",
        "cond_domain_dot_count",
        "cond_domain_filter",
        "cond_end_tc",
        "cond_local_end",
        "cond_local_networks_flags",
        "cond_local_prefix",
        "cond_local_start",
        "cond_packet_filter_tags",
        "cond_pid",
        "cond_pid_version",
        "cond_protocol",
        "cond_real_app_id",
        "cond_real_uid",
        "cond_remote_end",
        "cond_remote_prefix",
        "cond_remote_start",
        "cond_scheme_port",
        "cond_sdk_version",
        "cond_signing_identifier",
        "cond_start_tc",
        "cond_uid",
        "cond_url",
        "condition_mask",
        "condition_negated_mask",
        "id",
        "keeps_entitlement_answer",
        "order",
        "parent_policy_id",
        "result",
        "result_parameter",
        "service_data",
        "session_order",
        "session_pid",
    )

    def __init__(self, policy_id: int = 0, condition_mask: int = 0) -> None:
        self.id = policy_id
        self.condition_mask = condition_mask
        self.condition_negated_mask = 0
        self.parent_policy_id = 0
        self.order = 0
        self.session_order = 0
        self.session_pid = 0
        self.cond_app_id = 0
        self.cond_real_app_id = 0
        self.cond_custom_entitlement: bytes | None = None
        self.cond_custom_entitlement_matched = BooleanState.UNKNOWN
        self.keeps_entitlement_answer = True
        self.cond_account_id = 0
        self.cond_domain: bytes | None = None
        self.cond_domain_dot_count = 0
        self.cond_domain_filter = 0
        self.cond_url: bytes | None = None
        self.cond_pid = 0
        self.cond_pid_version = 0
        self.cond_uid = 0
        self.cond_real_uid = 0
        self.cond_local_networks_flags = 0
        self.cond_bound_interface: Interface | None = None
        self.cond_bound_interface_flags: tuple[int, ...] = NO_INTERFACE_FLAGS
        self.cond_client_flags = 0
        self.cond_start_tc = 0
        self.cond_end_tc = 0
        self.cond_protocol = 0
        self.cond_local_start = _NO_ADDRESS
        self.cond_local_end = _NO_ADDRESS
        self.cond_local_prefix = 0
        self.cond_remote_start = _NO_ADDRESS
        self.cond_remote_end = _NO_ADDRESS
        self.cond_remote_prefix = 0
        self.cond_agent_type = _NO_AGENT_TYPE
        self.cond_sdk_version: tuple[int, ...] = _NO_SDK_VERSION
        self.cond_signing_identifier: bytes | None = None
        self.cond_packet_filter_tags = 0
        self.cond_scheme_port = _NO_PORT
        self.result = 0
        self.result_parameter = 0
        self.service_data = 0


class KernelIpOutputPolicy:
    """``struct necp_kernel_ip_output_policy``: a policy for packets.

    No packet reaches this model, so such a policy shows only in counts and in debug logs.
    """

    __slots__ = (
        "cond_bound_interface",
        "cond_bound_interface_flags",
        "cond_last_interface_index",
        "cond_local_end",
        "cond_local_prefix",
        "cond_local_start",
        "cond_packet_filter_tags",
        "cond_policy_id",
        "cond_protocol",
        "cond_remote_end",
        "cond_remote_prefix",
        "cond_remote_start",
        "cond_scheme_port",
        "condition_mask",
        "condition_negated_mask",
        "id",
        "order",
        "parent_policy_id",
        "result",
        "result_parameter",
        "session_order",
        "session_pid",
        "suborder",
    )

    def __init__(self, policy_id: int = 0, condition_mask: int = 0) -> None:
        self.id = policy_id
        self.condition_mask = condition_mask
        self.condition_negated_mask = 0
        self.parent_policy_id = 0
        self.order = 0
        self.suborder = 0
        self.session_order = 0
        self.session_pid = 0
        self.cond_packet_filter_tags = 0
        self.cond_scheme_port = _NO_PORT
        self.cond_policy_id = 0
        self.cond_bound_interface: Interface | None = None
        self.cond_bound_interface_flags: tuple[int, ...] = NO_INTERFACE_FLAGS
        self.cond_last_interface_index = 0
        self.cond_protocol = 0
        self.cond_local_start = _NO_ADDRESS
        self.cond_local_end = _NO_ADDRESS
        self.cond_local_prefix = 0
        self.cond_remote_start = _NO_ADDRESS
        self.cond_remote_end = _NO_ADDRESS
        self.cond_remote_prefix = 0
        self.result = 0
        self.result_parameter = 0
