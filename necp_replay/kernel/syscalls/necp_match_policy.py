"""``necp_match_policy`` (460): what policies and routes decide for parameters without a client."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.aggregate_result import MAX_MATCH_POLICY_PARAMETER_BYTES
from necp_replay.abi.errno import Errno
from necp_replay.events.effects import UserOverrun
from necp_replay.events.outcome import MatchResult, Outcome
from necp_replay.events.syscalls import NecpMatchPolicy
from necp_replay.kernel.description import NO_PROCESS, Description, silent
from necp_replay.kernel.objects.process import Process
from necp_replay.kernel.policy.evaluate import find_policy_match
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.user_memory import UserFault, UserMemory


def necp_match_policy(kernel: KernelState, process: Process, event: NecpMatchPolicy) -> Outcome:
    """Evaluate the process's parameters and write the 212-byte result; it needs no privilege.

    EINVAL without parameters or result, or with more than 1024 bytes of parameters; EFAULT when
    either cannot be copied. The result's flags and recommended MSS are never filled in.

    Source: necp_match_policy, xnu-4570.51.1.
    """
    result_memory = UserMemory(event.result)
    errno = _match(kernel, process, event, result_memory)
    if result_memory.written_to:
        kernel.emit(
            UserOverrun(result_memory.declared_bytes, result_memory.written_to, "necp_match_policy")
        )
    return Outcome(
        errno=int(errno),
        retval=None if errno else 0,
        answer=MatchResult(result_memory.after()),
    )


def _match(
    kernel: KernelState, process: Process, event: NecpMatchPolicy, result_memory: UserMemory
) -> int:
    size_bytes = event.parameters_size
    parameters_memory = UserMemory(event.parameters, size_bytes)
    if parameters_memory.is_null or result_memory.is_null:
        return Errno.EINVAL
    if size_bytes == 0 or size_bytes > MAX_MATCH_POLICY_PARAMETER_BYTES:
        return Errno.EINVAL
    try:
        parameters = bytearray(parameters_memory.copyin(size_bytes))
        match = find_policy_match(
            kernel,
            process,
            parameters,
            required_interface_index=0,
            local_addr=None,
            remote_addr=None,
            ignore_address=False,
            want_flags=False,
        )
        result_memory.copyout(match.result.pack())
    except UserFault:
        return Errno.EFAULT
    return Errno.OK


NECP_MATCH_POLICY: Final = Description(
    subject=NecpMatchPolicy,
    handler=necp_match_policy,
    function="necp_match_policy",
    summary="Evaluates parameters of a process without a client.",
    checks=(
        NO_PROCESS,
        silent(Errno.EINVAL, "parameters or result are NULL, or the length is 0 or above 1024"),
        silent(Errno.EFAULT, "the parameters cannot be read, or the result not written"),
    ),
    answer="0; 212 bytes of struct necp_aggregate_result",
    syscall_number=460,
)
