"""The arguments of one session action as its handler sees them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from struct import Struct
from typing import Final

from necp_replay.abi.errno import Errno
from necp_replay.events.syscalls import NecpSessionAction
from necp_replay.kernel.call import copyin, refuse
from necp_replay.kernel.description import Check, logged
from necp_replay.kernel.objects.policy_session import PolicySession
from necp_replay.kernel.objects.process import Process
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.user_memory import UserMemory


class SessionCall:
    """Both buffers of a ``necp_session_action``, and the lengths that the process passed, in bytes.

    An action whose answer holds kernel memory sets ``leaks_kernel_memory``. Conformance vectors
    leave such a buffer out.
    """

    __slots__ = (
        "in_buffer",
        "in_buffer_bytes",
        "leaks_kernel_memory",
        "out_buffer",
        "out_buffer_bytes",
    )

    def __init__(self, event: NecpSessionAction) -> None:
        self.in_buffer_bytes = event.in_buffer_length
        self.in_buffer = UserMemory(event.in_buffer, event.in_buffer_length)
        self.out_buffer_bytes = event.out_buffer_length
        self.out_buffer = UserMemory(event.out_buffer, event.out_buffer_length)
        self.leaks_kernel_memory = False

    @property
    def in_values(self) -> dict[str, int | str]:
        """What was passed as in buffer, as the values of a check that failed."""
        return {"in_buffer_length": "NULL" if self.in_buffer.is_null else self.in_buffer_bytes}

    @property
    def out_values(self) -> dict[str, int | str]:
        """What was passed as out buffer, as the values of a check that failed."""
        return {"out_buffer_length": "NULL" if self.out_buffer.is_null else self.out_buffer_bytes}


def copyin_value(
    kernel: KernelState, call: SessionCall, layout: Struct, function: str, checks: Sequence[Check]
) -> bytes:
    """The value at the start of the in buffer, which may be longer.

    ``checks`` begin with those of :func:`in_buffer_checks`.

    Raises SyscallError: EINVAL for a buffer that is NULL or too short; EFAULT.
    """
    if call.in_buffer_bytes < layout.size or call.in_buffer.is_null:
        refuse(kernel, checks[0], function, values=call.in_values)
    return copyin(kernel, call.in_buffer, layout.size, function, check=checks[1])


SessionActionHandler = Callable[[KernelState, Process, PolicySession, SessionCall], None]
"""Carries an action out. Raises SyscallError to fail it."""


def in_buffer_checks(what: str, size_bytes: int) -> tuple[Check, ...]:
    """The checks of :func:`copyin_value`."""
    return (
        logged(Errno.EINVAL, f"the in buffer is NULL, or shorter than {what}'s {size_bytes} bytes"),
        IN_BUFFER_FAULT,
    )


IN_BUFFER_FAULT: Final = logged(Errno.EFAULT, "the in buffer cannot be read")
NO_ACTION: Final = logged(
    Errno.EINVAL, "the release does not handle the action", fact="session_actions"
)
SET_ID_ROOM: Final = logged(Errno.EINVAL, "the out buffer is NULL, or shorter than 4 bytes")
SET_ID_FAULT: Final = logged(Errno.EFAULT, "the id cannot be written")
POLICY_ID_CHECKS: Final[tuple[Check, ...]] = (
    *in_buffer_checks("the id", 4),
    logged(Errno.ENOENT, "no policy of this session has the id, or it is marked for deletion"),
)
