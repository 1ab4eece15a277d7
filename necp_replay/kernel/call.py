"""What handlers of all calls have in common: ``copyin``, ``copyout`` and refusing with an errno."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn

from necp_replay.abi.errno import Errno
from necp_replay.abi.log import LOG_ERR
from necp_replay.kernel.description import Check
from necp_replay.kernel.exceptions import SyscallError
from necp_replay.kernel.failed_check import Value
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.user_memory import UserFault, UserMemory


def refuse(
    kernel: KernelState,
    failed: Errno | Check,
    function: str,
    *,
    level: int = LOG_ERR,
    reported: int | None = None,
    values: Mapping[str, Value] | None = None,
) -> NoReturn:
    """Write a log record of ``function`` and raise SyscallError.

    ``failed`` is the check that failed. An errno stands for the only check of the caller that has
    it. ``values`` are the values that failed it. ``reported`` is the error number in the log
    record, where it names one.
    """
    kernel.log(level, function, reported)
    raise SyscallError(failed, **(values or {}))


def copyin(
    kernel: KernelState,
    memory: UserMemory,
    size_bytes: int,
    function: str,
    *,
    offset: int = 0,
    logs: bool = True,
    check: Check | None = None,
) -> bytes:
    """Bytes from the process, from ``offset`` of the buffer on.

    Raises SyscallError(EFAULT) on a fault, after a log record of ``function`` if ``logs``, and
    KernelPanic above 64 MiB. ``check`` is the check that a fault fails, if several checks of the
    call are EFAULT.
    """
    try:
        return memory.copyin_given(size_bytes, offset).ljust(size_bytes, b"\0")
    except UserFault:
        _refuse_fault(kernel, function, logs, check, at=offset, bytes=size_bytes)


def copyin_given(
    kernel: KernelState,
    memory: UserMemory,
    size_bytes: int,
    function: str,
    *,
    check: Check | None = None,
) -> bytes:
    """As :func:`copyin`, without the zero bytes at the end that the record does not hold."""
    try:
        return memory.copyin_given(size_bytes)
    except UserFault:
        _refuse_fault(kernel, function, True, check, at=0, bytes=size_bytes)


def copyout(
    kernel: KernelState,
    memory: UserMemory,
    content: bytes | bytearray,
    function: str,
    *,
    offset: int = 0,
    logs: bool = True,
    is_known: bool = True,
    check: Check | None = None,
) -> None:
    """Copy bytes to the process. Raises SyscallError(EFAULT) as :func:`copyin` does.

    If not ``is_known``, the trace does not tell which bytes the kernel writes here.
    """
    try:
        memory.copyout(content, offset, is_known=is_known)
    except UserFault:
        _refuse_fault(kernel, function, logs, check, at=offset, bytes=len(content))


def _refuse_fault(
    kernel: KernelState, function: str, logs: bool, check: Check | None, **values: Value
) -> NoReturn:
    if logs:
        kernel.log(LOG_ERR, function, Errno.EFAULT)
    raise SyscallError(check or Errno.EFAULT, **values) from None
