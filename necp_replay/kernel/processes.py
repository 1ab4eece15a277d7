"""Inputs about processes: a process starts, changes, or exits."""

from __future__ import annotations

from typing import Final, assert_never

from necp_replay.abi.errno import Errno
from necp_replay.abi.integers import U32_MAX
from necp_replay.abi.uuid import UUID_BYTES
from necp_replay.events import processes
from necp_replay.events.inputs import ProcessInput
from necp_replay.events.outcome import Outcome
from necp_replay.kernel.description import NO_PROCESS, Description, silent
from necp_replay.kernel.objects.process import NO_COALITION, Process
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.syscalls.close import close_fd


def handle_process(kernel: KernelState, event: ProcessInput) -> Outcome:
    """Apply an input about a process. EEXIST for a pid in use, ESRCH for an unknown pid."""
    match event:
        case processes.ProcAdd():
            return Outcome(errno=_add(kernel, event))
        case processes.ProcUpdate():
            return Outcome(errno=_update(kernel, event))
        case processes.ProcExit():
            return Outcome(errno=_exit(kernel, event.pid))
        case _:
            assert_never(event)


def _add(kernel: KernelState, event: processes.ProcAdd) -> int:
    if event.pid in kernel.processes:
        return Errno.EEXIST
    kernel.processes[event.pid] = Process(
        pid=event.pid,
        name=event.name,
        uid=event.uid & U32_MAX,
        exec_uuid=_uuid(event.exec_uuid),
        platform_binary=event.platform_binary,
        fd_limit=event.fd_limit,
        privileged=event.privileged,
        entitlements=event.entitlements,
        coalition_leader=(
            NO_COALITION if event.coalition_leader is None else event.coalition_leader
        ),
        responsible_pid=event.responsible_pid or 0,
        signing_id=event.signing_id or "",
        platform_id=(event.platform_id or 0) & U32_MAX,
        sdk=(event.sdk or 0) & U32_MAX,
        min_sdk=(event.min_sdk or 0) & U32_MAX,
        cs_invalid=bool(event.cs_invalid),
        responsible_uuid=_optional_uuid(event.responsible_uuid),
        pidversion=(event.pidversion or 0) & U32_MAX,
        sandbox=event.sandbox,
    )
    return 0


def _update(kernel: KernelState, event: processes.ProcUpdate) -> int:
    process = kernel.find_process(event.pid)
    if process is None:
        return Errno.ESRCH
    if event.name is not None:
        process.name = event.name
    if event.uid is not None:
        process.uid = event.uid & U32_MAX
    if event.exec_uuid is not None:
        process.exec_uuid = _uuid(event.exec_uuid)
    if event.platform_binary is not None:
        process.platform_binary = event.platform_binary
    if event.fd_limit is not None:
        process.fd_limit = event.fd_limit
    if event.privileged is not None:
        process.privileged = event.privileged
    if event.entitlements is not None:
        process.entitlements = event.entitlements
    if event.coalition_leader is not None:
        process.coalition_leader = event.coalition_leader
    if event.responsible_pid is not None:
        process.responsible_pid = event.responsible_pid
    if event.signing_id is not None:
        process.signing_id = event.signing_id
    if event.platform_id is not None:
        process.platform_id = event.platform_id & U32_MAX
    if event.sdk is not None:
        process.sdk = event.sdk & U32_MAX
    if event.min_sdk is not None:
        process.min_sdk = event.min_sdk & U32_MAX
    if event.cs_invalid is not None:
        process.cs_invalid = event.cs_invalid
    if event.responsible_uuid is not None:
        process.responsible_uuid = _uuid(event.responsible_uuid)
    if event.pidversion is not None:
        process.pidversion = event.pidversion & U32_MAX
    if event.sandbox is not None:
        process.sandbox = event.sandbox
    return 0


def _exit(kernel: KernelState, pid: int) -> int:
    """Close the fds of the process, the highest first. Meanwhile no look-up finds the pid.

    Source: fdfree, xnu-4570.51.1.
    """
    process = kernel.find_process(pid)
    if process is None:
        return Errno.ESRCH
    process.exiting = True
    for fd in sorted(process.files, reverse=True):
        close_fd(kernel, process, fd)
    del kernel.processes[pid]
    return 0


def _optional_uuid(given: bytes | None) -> bytes | None:
    return None if given is None else _uuid(given)


def _uuid(given: bytes) -> bytes:
    return given[:UUID_BYTES].ljust(UUID_BYTES, b"\0")


PROC_ADD: Final = Description(
    subject=processes.ProcAdd,
    handler=_add,
    summary="A process appears.",
    checks=(silent(Errno.EEXIST, "the pid is in use"),),
)

PROC_UPDATE: Final = Description(
    subject=processes.ProcUpdate,
    handler=_update,
    summary="Name, user, executable, privileges, sandbox or limits of a process change.",
    checks=(NO_PROCESS,),
)

PROC_EXIT: Final = Description(
    subject=processes.ProcExit,
    handler=_exit,
    function="fdfree",
    summary="A process exits: its fds close, the highest first.",
    checks=(NO_PROCESS,),
    effects="for each fd as close, while the process is no longer found",
)
