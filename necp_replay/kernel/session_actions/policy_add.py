"""POLICY_ADD: adds a policy to a session. It takes effect when the session applies."""

from __future__ import annotations

from bisect import bisect_left
from typing import Final

from necp_replay.abi.errno import Errno
from necp_replay.abi.log import LOG_DEBUG
from necp_replay.abi.policy import (
    MAX_CONDITIONS_BYTES,
    MAX_POLICY_BYTES,
    MAX_POLICY_RESULT_BYTES,
    MAX_ROUTE_RULES_BYTES,
    POLICY_ID,
    PolicyCondition,
    PolicyResult,
    PolicyTlv,
    SessionAction,
)
from necp_replay.abi.tlv import pack_tlv
from necp_replay.kernel.call import copyin, copyout, refuse
from necp_replay.kernel.description import Description, logged
from necp_replay.kernel.exceptions import SyscallError
from necp_replay.kernel.objects.policy_session import PolicySession
from necp_replay.kernel.objects.process import Process
from necp_replay.kernel.objects.session_policy import SessionPolicy
from necp_replay.kernel.policy.condition_bytes import type_of, value_of
from necp_replay.kernel.policy.identifiers import next_identifier
from necp_replay.kernel.policy.packet_tlvs import PacketTlvs
from necp_replay.kernel.policy.policy_tlvs import PolicyTlvs
from necp_replay.kernel.policy.validate import (
    condition_is_valid,
    is_kernel_pid,
    result_is_valid,
    route_rule_is_default,
    route_rule_is_valid,
)
from necp_replay.kernel.quirk import Quirk
from necp_replay.kernel.session_actions.session_call import IN_BUFFER_FAULT, SessionCall
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.type_confusion import CLIENT_FD_LOSES_LOCK_TO_POLICIES

_FUNCTION = "necp_session_add_policy"
_HANDLER = "necp_handle_policy_add"


def policy_add(
    kernel: KernelState, process: Process, session: PolicySession, call: SessionCall
) -> None:
    """Add the policy in the in buffer, and write its id to the out buffer.

    Raises SyscallError: EINVAL for buffers without room and for an invalid policy; EFAULT. The
    policy stays if its id cannot be written.

    Source: necp_session_add_policy, necp_handle_policy_add, xnu-4570.51.1.
    """
    if not 0 < call.in_buffer_bytes <= MAX_POLICY_BYTES or call.in_buffer.is_null:
        refuse(kernel, _IN_LENGTH, _FUNCTION, values=call.in_values)
    if call.out_buffer_bytes < POLICY_ID.size or call.out_buffer.is_null:
        refuse(kernel, _OUT_LENGTH, _FUNCTION, values=call.out_values)
    tlvs = PolicyTlvs(
        copyin(kernel, call.in_buffer, call.in_buffer_bytes, _FUNCTION, check=IN_BUFFER_FAULT)
    )
    try:
        policy = read_policy(kernel, tlvs)
    except SyscallError as error:
        # Kernel quirk: whatever is wrong with the policy, the error is EINVAL.
        failed = error.failed
        refuse(
            kernel,
            failed.check or Errno.EINVAL,
            _FUNCTION,
            reported=Errno.EINVAL,
            values=failed.values,
        )

    insert_policy(kernel, session, policy)
    copyout(kernel, call.out_buffer, POLICY_ID.pack(policy.id), _FUNCTION, check=_ID_FAULT)


def read_policy(kernel: KernelState, tlvs: PolicyTlvs | PacketTlvs) -> SessionPolicy:
    """The policy that TLVs describe. Raises SyscallError, whose errno no caller looks at.

    Source: necp_handle_policy_add, xnu-4570.51.1.
    """
    try:
        order = tlvs.order(kernel)
    except SyscallError as error:
        refuse(kernel, _ORDER, _HANDLER, reported=error.errno)
    try:
        result = tlvs.result(kernel)
    except SyscallError as error:
        refuse(kernel, _RESULT, _HANDLER, reported=error.errno, values={"result": "none"})
    if not 0 < len(result) <= MAX_POLICY_RESULT_BYTES or not result_is_valid(kernel, result):
        refuse(kernel, _RESULT, _HANDLER, values={"result": result})
    route_rules = b""
    if type_of(result) == PolicyResult.ROUTE_RULES:
        route_rules = _read_route_rules(kernel, tlvs)
    conditions = _read_conditions(kernel, tlvs, type_of(result))
    return SessionPolicy(order, result, conditions, route_rules)


def _read_route_rules(kernel: KernelState, tlvs: PolicyTlvs | PacketTlvs) -> bytes:
    rules = tlvs.not_empty(kernel, PolicyTlv.ROUTE_RULE)
    route_rules = b"".join(pack_tlv(PolicyTlv.ROUTE_RULE, rule) for rule in rules)
    if not 0 < len(route_rules) <= MAX_ROUTE_RULES_BYTES:
        refuse(
            kernel,
            _ROUTE_RULES,
            _HANDLER,
            values={"route_rules": len(rules), "bytes": len(route_rules)},
        )
    has_default_rule = False
    for rule in rules:
        if not route_rule_is_valid(kernel, rule):
            refuse(kernel, _ROUTE_RULES, _HANDLER, values={"route_rule": rule})
        if route_rule_is_default(rule):
            if has_default_rule:
                refuse(kernel, _ROUTE_RULES, _HANDLER, values={"second_default_rule": rule})
            has_default_rule = True
    tlvs.end_second_pass(kernel, PolicyTlv.ROUTE_RULE)
    return route_rules


def _read_conditions(kernel: KernelState, tlvs: PolicyTlvs | PacketTlvs, result_type: int) -> bytes:
    """The conditions, checked one by one and against each other.

    A default condition must be the only one. A real-application condition needs an application
    condition, and an entitlement condition needs a real-application condition, in some releases
    only if it has a name, or not at all. A condition on pid 0 allows only results that pass or
    skip.
    """
    values = tlvs.not_empty(kernel, PolicyTlv.POLICY_CONDITION)
    conditions = b"".join(pack_tlv(PolicyTlv.POLICY_CONDITION, value) for value in values)
    if not 0 < len(conditions) <= MAX_CONDITIONS_BYTES:
        refuse(
            kernel,
            _CONDITIONS,
            _HANDLER,
            values={"conditions": len(values), "bytes": len(conditions)},
        )
    types: set[int] = set()
    needs_real_application = False
    for condition in values:
        if not condition_is_valid(kernel, condition, result_type):
            refuse(kernel, _CONDITIONS, _HANDLER, values={"condition": condition})
        types.add(type_of(condition))
        needs_real_application |= _needs_real_application(kernel, condition)
        if PolicyCondition.DEFAULT in types and len(types) > 1:
            refuse(kernel, _CONDITIONS, _HANDLER, values={"conditions": _names(types)})
    tlvs.end_second_pass(kernel, PolicyTlv.POLICY_CONDITION)
    for is_needed, type_ in (
        (PolicyCondition.REAL_APPLICATION in types, PolicyCondition.APPLICATION),
        (needs_real_application, PolicyCondition.REAL_APPLICATION),
    ):
        if is_needed and type_ not in types:
            refuse(
                kernel,
                _CONDITIONS,
                _HANDLER,
                values={"conditions": _names(types), "missing": type_.name},
            )
    if any(map(is_kernel_pid, values)) and result_type not in _FOR_KERNEL_PID:
        refuse(kernel, _CONDITIONS, _HANDLER, values={"pid": 0, "result": result_type})
    return conditions


_FOR_KERNEL_PID: Final = (PolicyResult.PASS, PolicyResult.SKIP)


def _names(types: set[int]) -> str:
    """The names of condition types, in their order."""
    known = {int(condition): condition.name for condition in PolicyCondition}
    return ", ".join(known.get(type_, str(type_)) for type_ in sorted(types))


def _needs_real_application(kernel: KernelState, condition: bytes) -> bool:
    profile = kernel.profile
    if type_of(condition) != PolicyCondition.ENTITLEMENT:
        return False
    if value_of(condition):
        return not profile.named_entitlements_stand_alone
    return not profile.privilege_condition_stands_alone


def insert_policy(kernel: KernelState, session: PolicySession, policy: SessionPolicy) -> None:
    """Number the policy and insert it before others of the same order (``necp_policy_create``)."""
    policies = kernel.policies
    numbering = session if kernel.profile.policy_ids_are_per_session else policies
    numbering.last_policy_id = next_identifier(numbering.last_policy_id, first=1)
    policy.id = numbering.last_policy_id
    position = bisect_left(session.policies, policy.order, key=_order_of)
    session.policies.insert(position, policy)
    session.set_dirty(dirty=True)
    if policies.debug:
        kernel.log(LOG_DEBUG, "necp_policy_create")


def _order_of(policy: SessionPolicy) -> int:
    return policy.order


_IN_LENGTH: Final = logged(Errno.EINVAL, "the in buffer is NULL, or its length is 0 or above 5632")
_OUT_LENGTH: Final = logged(Errno.EINVAL, "the out buffer is NULL, or shorter than 4 bytes")
_ORDER: Final = logged(Errno.EINVAL, "an order of no bytes or more than 4")
_RESULT: Final = logged(
    Errno.EINVAL, "no result, one above 512 bytes, unknown, or short of its parameter"
)
_ROUTE_RULES: Final = logged(
    Errno.EINVAL,
    "route rules that the result needs: none, above 1024 bytes, an unknown one, or two "
    "default ones",
)
_CONDITIONS: Final = logged(
    Errno.EINVAL,
    "conditions: none, above 4096 bytes, an unknown one, one short of its value or not to "
    "be negated, an address with a result for sockets only, the default one with others, a "
    "real application without an application, an entitlement without a real application",
)
_ID_FAULT: Final = logged(Errno.EFAULT, "the id cannot be written; the policy stays")

POLICY_ADD: Final = Description(
    subject=SessionAction.POLICY_ADD,
    handler=policy_add,
    function="necp_session_add_policy",
    summary="Adds a policy from its TLVs; it takes effect when the session applies.",
    checks=(
        _IN_LENGTH,
        _OUT_LENGTH,
        IN_BUFFER_FAULT,
        _ORDER,
        _RESULT,
        _ROUTE_RULES,
        _CONDITIONS,
        _ID_FAULT,
    ),
    answer="returns 0; the new id in the out buffer",
    overwrites=CLIENT_FD_LOSES_LOCK_TO_POLICIES,
    other_facts=(
        "policy_results",
        "policy_conditions",
        "route_rule_actions",
        "policy_ids_are_per_session",
        "policy_result_must_be_there",
        "pass_has_flags",
        "drops_have_flags",
        "privilege_condition_stands_alone",
        "route_rules_may_need_agents",
        "kernel_pid_can_be_a_condition",
        "platform_binaries_can_be_excluded",
        "local_networks_have_flags",
        "domain_conditions_can_be_exact",
        "named_entitlements_stand_alone",
    ),
)

ENTITLEMENT_NEEDS_OTHER_CONDITIONS: Final = Quirk(
    "An entitlement condition needs conditions on application and real application.",
    "necp_handle_policy_add",
    "session_actions/test_policy_add.py"
    "::test_a_policy_that_is_not_right_is_einval_and_two_log_records",
)
