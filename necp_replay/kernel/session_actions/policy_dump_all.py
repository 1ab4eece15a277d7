"""POLICY_DUMP_ALL: copies out all policies in force, of all sessions, as TLVs with text."""

from __future__ import annotations

from struct import Struct
from typing import Final

from necp_replay.abi.errno import Errno
from necp_replay.abi.log import LOG_DEBUG
from necp_replay.abi.policy import SessionAction
from necp_replay.kernel.call import refuse
from necp_replay.kernel.description import Description, logged
from necp_replay.kernel.objects.policy_session import PolicySession
from necp_replay.kernel.objects.process import Process
from necp_replay.kernel.policy.dump import dump_policy
from necp_replay.kernel.privileges import has_privilege
from necp_replay.kernel.quirk import Quirk
from necp_replay.kernel.session_actions.session_call import SessionCall
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.type_confusion import CLIENT_FD_LOSES_QUEUE
from necp_replay.kernel.user_memory import UserFault

_FUNCTION = "necp_handle_policy_dump_all"
_TOTAL_BYTES: Final = Struct("<I")


def policy_dump_all(
    kernel: KernelState, process: Process, session: PolicySession, call: SessionCall
) -> None:
    """Copy out the number of bytes that follow, then a TLV for each policy that a search looks at.

    Raises SyscallError: EINVAL without room; ENOMEM without the privilege, without policies, and
    for a buffer that cannot be written.

    Kernel quirk: without policies it is ENOMEM, since allocating zero bytes gives no memory. A
    fault is ENOMEM too.

    Source: necp_session_dump_all, necp_handle_policy_dump_all, xnu-4570.51.1.
    """
    if call.out_buffer_bytes == 0 or call.out_buffer.is_null:
        refuse(kernel, _NO_OUT_BUFFER, "necp_session_dump_all", values=call.out_values)
    if not has_privilege(process, "PRIV_NET_PRIVILEGED_NECP_POLICIES"):
        refuse(kernel, _NO_PRIVILEGE, _FUNCTION, values={"uid": process.uid})
    policies = kernel.policies
    if policies.debug:
        kernel.log(LOG_DEBUG, _FUNCTION)
    if policies.application_policies_count == 0:
        refuse(kernel, _NO_POLICIES, _FUNCTION, level=LOG_DEBUG, values={"policies": 0})

    dump = bytearray()
    for policy in policies.app_layer_map:
        if policies.debug:
            kernel.log(LOG_DEBUG, _FUNCTION)
        dump += dump_policy(kernel, policy)
    if call.out_buffer_bytes < _TOTAL_BYTES.size + len(dump):
        needed_bytes = _TOTAL_BYTES.size + len(dump)
        refuse(
            kernel,
            _OUT_ROOM,
            _FUNCTION,
            level=LOG_DEBUG,
            values=call.out_values | {"needed_bytes": needed_bytes},
        )

    try:
        call.out_buffer.copyout(_TOTAL_BYTES.pack(len(dump)) + dump)
    except UserFault:
        refuse(kernel, _OUT_FAULT, _FUNCTION, level=LOG_DEBUG, values=call.out_values)


_NO_OUT_BUFFER: Final = logged(Errno.EINVAL, "the out buffer is NULL, or its length is 0")
_NO_PRIVILEGE: Final = logged(Errno.ENOMEM, "the process does not have the privilege")
_NO_POLICIES: Final = logged(Errno.ENOMEM, "no policies")
_OUT_ROOM: Final = logged(Errno.EINVAL, "the out buffer is without room")
_OUT_FAULT: Final = logged(Errno.ENOMEM, "the out buffer cannot be written")

POLICY_DUMP_ALL: Final = Description(
    subject=SessionAction.POLICY_DUMP_ALL,
    handler=policy_dump_all,
    function="necp_session_dump_all",
    summary="Describes the policies in force of all sessions.",
    checks=(
        _NO_OUT_BUFFER,
        _NO_PRIVILEGE,
        _NO_POLICIES,
        _OUT_ROOM,
        _OUT_FAULT,
    ),
    answer="returns 0; in the out buffer a length, then a TLV of TLVs per policy",
    overwrites=CLIENT_FD_LOSES_QUEUE,
    other_facts=(
        "unnecessary_policies_are_kept",
        "drops_have_flags",
        "pid_conditions_have_versions",
        "dumped_conditions_have_flags",
    ),
)

NO_POLICIES_TO_DUMP_IS_ENOMEM: Final = Quirk(
    "POLICY_DUMP_ALL without policies is ENOMEM.",
    "necp_handle_policy_dump_all",
    "session_actions/test_policy_dump_all.py::test_without_policies_it_is_enomem",
)
