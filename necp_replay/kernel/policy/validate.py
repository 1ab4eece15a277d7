"""Checks the result, the conditions and the route rules of a new policy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from necp_replay.abi.log import LOG_DEBUG
from necp_replay.abi.policy import (
    CONDITION_ADDR,
    CONDITION_ADDR_RANGE,
    CONDITION_AGENT_TYPE,
    CONDITION_INTERFACE_FLAGS,
    CONDITION_SDK_VERSION,
    IP_TUNNEL_SECONDARY_RESULT_BYTES,
    MAX_PACKET_FILTER_TAG,
    RESULT_FLAGS_BYTES,
    TC_RANGE,
    PolicyCondition,
    PolicyConditionFlag,
    PolicyResult,
    RouteRuleAction,
)
from necp_replay.abi.uuid import UUID_BYTES
from necp_replay.kernel.policy.addresses import is_valid_address
from necp_replay.kernel.policy.condition_bytes import (
    flags_of,
    result_parameter_of,
    type_of,
    value_of,
)
from necp_replay.kernel.state import KernelState


def result_is_valid(kernel: KernelState, result: bytes) -> bool:
    """Whether a result has a known type and a parameter that is long enough.

    Source: necp_policy_result_is_valid, xnu-4570.51.1, xnu-4903.221.2, xnu-6153.101.6.
    """
    result_type = type_of(result)
    parameter_bytes = len(result_parameter_of(result))
    is_valid = result_type in kernel.profile.policy_results and (
        parameter_bytes >= _RESULT_PARAMETER_MIN_BYTES[result_type]
    )
    if (result_type == PolicyResult.PASS and kernel.profile.pass_has_flags) or (
        result_type == PolicyResult.DROP and kernel.profile.drops_have_flags
    ):
        is_valid = parameter_bytes in (0, RESULT_FLAGS_BYTES)
    _log_verdict(kernel, "necp_policy_result_is_valid")
    return is_valid


def condition_is_valid(kernel: KernelState, condition: bytes, result_type: int) -> bool:
    """Whether a condition has a known type and a valid value, and is allowed with the result.

    Conditions on addresses are not allowed with results that only sockets can have.

    Source: necp_policy_condition_is_valid, xnu-4570.51.1, xnu-4903.221.2.
    """
    condition_type = type_of(condition)
    check = _CONDITION_CHECKS.get(condition_type)
    if condition_type == PolicyCondition.PID and kernel.profile.kernel_pid_can_be_a_condition:
        check = _has_bytes(4)
    if (
        condition_type == PolicyCondition.PLATFORM_BINARY
        and kernel.profile.platform_binaries_can_be_excluded
    ) or (
        condition_type == PolicyCondition.LOCAL_NETWORKS
        and kernel.profile.local_networks_have_flags
    ):
        check = _has_bytes(0)
    is_valid = (
        condition_type in kernel.profile.policy_conditions
        and check is not None
        and check(condition, result_type)
    )
    _log_verdict(kernel, "necp_policy_condition_is_valid")
    return is_valid


def is_kernel_pid(condition: bytes) -> bool:
    """Whether a condition is about pid 0.

    Source: necp_policy_condition_is_kernel_pid, xnu-8020.140.41.
    """
    pid = value_of(condition)[:4]
    return type_of(condition) == PolicyCondition.PID and len(pid) == 4 and not any(pid)


def route_rule_is_valid(kernel: KernelState, route_rule: bytes) -> bool:
    """Whether a route rule has a known type, and an agent, a control unit or a type of
    interfaces where it needs one.

    Flags and names of interfaces are not checked.

    Source: necp_policy_route_rule_is_valid, xnu-4570.51.1, xnu-7195.101.1, xnu-8019.41.5,
    xnu-10002.1.13.
    """
    _log_verdict(kernel, "necp_policy_route_rule_is_valid")
    action = type_of(route_rule)
    min_bytes = _ROUTE_RULE_MIN_BYTES.get(action, 0)
    return action in kernel.profile.route_rule_actions and len(value_of(route_rule)) >= min_bytes


def route_rule_is_default(route_rule: bytes) -> bool:
    """Whether a route rule names neither an interface nor a kind of interface.

    Source: necp_policy_route_rule_is_default, xnu-4570.51.1.
    """
    return not value_of(route_rule) and flags_of(route_rule) == 0


def _log_verdict(kernel: KernelState, function: str) -> None:
    if kernel.policies.debug:
        kernel.log(LOG_DEBUG, function)


def _is_negative(condition: bytes) -> bool:
    return bool(flags_of(condition) & PolicyConditionFlag.NEGATIVE)


def _is_uuid(condition: bytes, result_type: int) -> bool:
    uuid = value_of(condition)[:UUID_BYTES]
    return not _is_negative(condition) and len(uuid) == UUID_BYTES and any(uuid)


def _is_positive(condition: bytes, result_type: int) -> bool:
    return not _is_negative(condition)


def _is_nonzero_pid(condition: bytes, result_type: int) -> bool:
    pid = value_of(condition)[:4]
    return len(pid) == 4 and any(pid)


def _has_bytes(min_bytes: int) -> _ConditionCheck:
    def has_value(condition: bytes, result_type: int) -> bool:
        return len(value_of(condition)) >= min_bytes

    return has_value


def _is_agent_type(condition: bytes, result_type: int) -> bool:
    return not _is_negative(condition) and len(value_of(condition)) >= CONDITION_AGENT_TYPE.size


def _is_sdk_version(condition: bytes, result_type: int) -> bool:
    return not _is_negative(condition) and len(value_of(condition)) >= CONDITION_SDK_VERSION.size


def _is_packet_filter_tag(condition: bytes, result_type: int) -> bool:
    tag = value_of(condition)[:2]
    return len(tag) == 2 and 0 < int.from_bytes(tag, "little") <= MAX_PACKET_FILTER_TAG


def _is_word_or_nothing(condition: bytes, result_type: int) -> bool:
    return len(value_of(condition)) not in (1, 2, 3)


def _is_address(condition: bytes, result_type: int) -> bool:
    return result_type not in _SOCKET_ONLY_RESULTS and _is_flow_address(condition, result_type)


def _is_flow_address(condition: bytes, result_type: int) -> bool:
    value = value_of(condition)
    if len(value) < CONDITION_ADDR.size:
        return False
    _, address = CONDITION_ADDR.unpack_from(value)
    return is_valid_address(address)


def _is_address_range(condition: bytes, result_type: int) -> bool:
    if result_type in _SOCKET_ONLY_RESULTS:
        return False
    return _is_flow_address_range(condition, result_type)


def _is_flow_address_range(condition: bytes, result_type: int) -> bool:
    value = value_of(condition)
    if len(value) < CONDITION_ADDR_RANGE.size:
        return False
    first, last = CONDITION_ADDR_RANGE.unpack_from(value)
    return is_valid_address(first) and is_valid_address(last)


_ConditionCheck = Callable[[bytes, int], bool]
"""Whether a condition is valid, by its bytes and the type of the policy's result."""

_CONDITION_CHECKS: Final[dict[int, _ConditionCheck]] = {
    PolicyCondition.DEFAULT: _is_positive,
    PolicyCondition.APPLICATION: _is_uuid,
    PolicyCondition.REAL_APPLICATION: _is_uuid,
    PolicyCondition.DOMAIN: _has_bytes(1),
    PolicyCondition.ACCOUNT: _has_bytes(1),
    PolicyCondition.ENTITLEMENT: _is_positive,
    PolicyCondition.PID: _is_nonzero_pid,
    PolicyCondition.UID: _has_bytes(4),
    PolicyCondition.ALL_INTERFACES: _is_positive,
    PolicyCondition.BOUND_INTERFACE: _has_bytes(1),
    PolicyCondition.TRAFFIC_CLASS: _has_bytes(TC_RANGE.size),
    PolicyCondition.IP_PROTOCOL: _has_bytes(2),
    PolicyCondition.LOCAL_ADDR: _is_address,
    PolicyCondition.REMOTE_ADDR: _is_address,
    PolicyCondition.LOCAL_ADDR_RANGE: _is_address_range,
    PolicyCondition.REMOTE_ADDR_RANGE: _is_address_range,
    PolicyCondition.AGENT_TYPE: _is_agent_type,
    PolicyCondition.HAS_CLIENT: _is_positive,
    PolicyCondition.LOCAL_NETWORKS: _is_positive,
    PolicyCondition.FLOW_IP_PROTOCOL: _has_bytes(2),
    PolicyCondition.FLOW_LOCAL_ADDR: _is_flow_address,
    PolicyCondition.FLOW_REMOTE_ADDR: _is_flow_address,
    PolicyCondition.FLOW_LOCAL_ADDR_RANGE: _is_flow_address_range,
    PolicyCondition.FLOW_REMOTE_ADDR_RANGE: _is_flow_address_range,
    PolicyCondition.CLIENT_FLAGS: _is_word_or_nothing,
    PolicyCondition.FLOW_LOCAL_ADDR_EMPTY: _has_bytes(0),
    PolicyCondition.FLOW_REMOTE_ADDR_EMPTY: _has_bytes(0),
    PolicyCondition.PLATFORM_BINARY: _is_positive,
    PolicyCondition.SDK_VERSION: _is_sdk_version,
    PolicyCondition.SIGNING_IDENTIFIER: _has_bytes(1),
    PolicyCondition.PACKET_FILTER_TAGS: _is_packet_filter_tag,
    PolicyCondition.FLOW_IS_LOOPBACK: _has_bytes(0),
    PolicyCondition.DELEGATE_IS_PLATFORM_BINARY: _has_bytes(0),
    PolicyCondition.SCHEME_PORT: _has_bytes(2),
    PolicyCondition.DOMAIN_FILTER: _has_bytes(4),
    PolicyCondition.URL: _has_bytes(1),
    PolicyCondition.SYSTEM_SIGNED_RESULT: _is_positive,
    PolicyCondition.REAL_UID: _has_bytes(4),
    PolicyCondition.BOUND_INTERFACE_FLAGS: _has_bytes(CONDITION_INTERFACE_FLAGS.size),
}
"""One row for each condition of any release."""

_RESULT_PARAMETER_MIN_BYTES: Final[dict[int, int]] = {
    PolicyResult.PASS: 0,
    PolicyResult.SKIP: 4,
    PolicyResult.DROP: 0,
    PolicyResult.SOCKET_DIVERT: 4,
    PolicyResult.SOCKET_FILTER: 4,
    PolicyResult.IP_TUNNEL: IP_TUNNEL_SECONDARY_RESULT_BYTES + 1,
    PolicyResult.TRIGGER: UUID_BYTES,
    PolicyResult.TRIGGER_IF_NEEDED: UUID_BYTES,
    PolicyResult.TRIGGER_SCOPED: UUID_BYTES,
    PolicyResult.NO_TRIGGER_SCOPED: UUID_BYTES,
    PolicyResult.SOCKET_SCOPED: 1,
    PolicyResult.ROUTE_RULES: 0,
    PolicyResult.USE_NETAGENT: UUID_BYTES,
    PolicyResult.NETAGENT_SCOPED: UUID_BYTES,
    PolicyResult.SCOPED_DIRECT: 0,
    PolicyResult.ALLOW_UNENTITLED: 0,
    PolicyResult.REMOVE_NETAGENT: UUID_BYTES,
}
"""One row for each result of any release."""

_ROUTE_RULE_MIN_BYTES: Final[dict[int, int]] = {
    RouteRuleAction.USE_NETAGENT: UUID_BYTES,
    RouteRuleAction.REMOVE_NETAGENT: UUID_BYTES,
    RouteRuleAction.DIVERT_SOCKET: 4,
    RouteRuleAction.DENY_INTERFACE_WITH_TYPE: 4,
}
"""Of actions whose value begins with an agent, a control unit or a type of interfaces."""

_SOCKET_ONLY_RESULTS: Final = frozenset(
    {
        PolicyResult.SOCKET_DIVERT,
        PolicyResult.SOCKET_FILTER,
        PolicyResult.TRIGGER,
        PolicyResult.TRIGGER_IF_NEEDED,
        PolicyResult.TRIGGER_SCOPED,
        PolicyResult.NO_TRIGGER_SCOPED,
        PolicyResult.SOCKET_SCOPED,
        PolicyResult.ROUTE_RULES,
        PolicyResult.USE_NETAGENT,
        PolicyResult.NETAGENT_SCOPED,
        PolicyResult.SCOPED_DIRECT,
        PolicyResult.ALLOW_UNENTITLED,
        PolicyResult.REMOVE_NETAGENT,
    }
)
