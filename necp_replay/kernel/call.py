"""What handlers of all calls have in common: ``copyin``, ``copyout`` and refusing with an errno."""

from __future__ import annotations

from typing import NoReturn

from necp_replay.abi.errno import Errno
from necp_replay.abi.log import LOG_ERR
from necp_replay.kernel.exceptions import SyscallError
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.user_memory import UserFault, UserMemory


def refuse(
    kernel: KernelState,
    errno: Errno,
    function: str,
    *,
    level: int = LOG_ERR,
    reported: int | None = None,
) -> NoReturn:
    """Write a log record of ``function`` and raise SyscallError(errno).

    ``reported`` is the error number in the log record, where it names one.
    """
    kernel.log(level, function, reported)
    raise SyscallError(errno)


def copyin(
    kernel: KernelState,
    memory: UserMemory,
    size_bytes: int,
    function: str,
    *,
    offset: int = 0,
    logs: bool = True,
) -> bytes:
    """Bytes from the process, from ``offset`` of the buffer on.

    Raises SyscallError(EFAULT) on a fault, after a log record of ``function`` if ``logs``, and
    KernelPanic above 64 MiB.
    """
    try:
        return memory.copyin_given(size_bytes, offset).ljust(size_bytes, b"\0")
    except UserFault:
        _refuse_fault(kernel, function, logs=logs)


def copyin_given(
    kernel: KernelState,
    memory: UserMemory,
    size_bytes: int,
    function: str,
    *,
    offset: int = 0,
    logs: bool = True,
) -> bytes:
    """As :func:`copyin`, without the zero bytes at the end that the record does not hold."""
    try:
        return memory.copyin_given(size_bytes, offset)
    except UserFault:
        _refuse_fault(kernel, function, logs=logs)


def copyout(
    kernel: KernelState,
    memory: UserMemory,
    content: bytes | bytearray,
    function: str,
    *,
    offset: int = 0,
    logs: bool = True,
    is_known: bool = True,
) -> None:
    """Copy bytes to the process. Raises SyscallError(EFAULT) as :func:`copyin` does.

    Unless ``is_known``, it is not known which bytes the kernel writes here.
    """
    try:
        memory.copyout(content, offset, is_known=is_known)
    except UserFault:
        _refuse_fault(kernel, function, logs=logs)


def _refuse_fault(kernel: KernelState, function: str, *, logs: bool) -> NoReturn:
    if logs:
        kernel.log(LOG_ERR, function, Errno.EFAULT)
    raise SyscallError(Errno.EFAULT) from None
