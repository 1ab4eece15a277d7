"""Copies between a session action and its process that fail with a log record."""

from __future__ import annotations

from struct import Struct
from typing import NoReturn

from necp_replay.abi.errno import Errno
from necp_replay.abi.log import LOG_ERR
from necp_replay.kernel.refusal import SyscallError
from necp_replay.kernel.session_actions.session_call import SessionCall
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.user_memory import UserFault


def copyin_value(kernel: KernelState, call: SessionCall, layout: Struct, function: str) -> bytes:
    """The value at the start of the in buffer; buffers may be longer.

    Raises SyscallError: EINVAL without enough of a buffer, EFAULT for one that is not there.
    """
    if call.in_buffer_bytes < layout.size or call.in_buffer.is_null:
        refuse(kernel, Errno.EINVAL, function)
    return copyin(kernel, call, layout.size, function)


def copyin(kernel: KernelState, call: SessionCall, size_bytes: int, function: str) -> bytes:
    """Bytes from the in buffer. Raises SyscallError(EFAULT) after a log record."""
    try:
        return call.in_buffer.copyin(size_bytes)
    except UserFault:
        refuse(kernel, Errno.EFAULT, function, reported_error=Errno.EFAULT)


def copyout(kernel: KernelState, call: SessionCall, content: bytes, function: str) -> None:
    """Bytes to the out buffer. Raises SyscallError(EFAULT) after a log record."""
    try:
        call.out_buffer.copyout(content)
    except UserFault:
        refuse(kernel, Errno.EFAULT, function, reported_error=Errno.EFAULT)


def refuse(
    kernel: KernelState, errno: Errno, function: str, *, reported_error: int | None = None
) -> NoReturn:
    """Fail the action after a log record at error level, which may report an error number."""
    kernel.log(LOG_ERR, function, reported_error)
    raise SyscallError(errno)
