"""One ``necp_client_action`` as its handlers see it: the calling process and the arguments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from necp_replay.abi.errno import Errno
from necp_replay.abi.integers import U64_MAX
from necp_replay.abi.uuid import UUID_BYTES
from necp_replay.events.effects import UserOverread, UserOverrun
from necp_replay.events.syscalls import NecpClientAction
from necp_replay.kernel.description import Check, logged, silent
from necp_replay.kernel.exceptions import SyscallError
from necp_replay.kernel.flows.choose import flow_rules
from necp_replay.kernel.objects.client import Client
from necp_replay.kernel.objects.necp_fd import NecpFd
from necp_replay.kernel.objects.process import Process
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.user_memory import UserMemory


class ClientCall:
    """The arguments. ``client_id_bytes`` and ``buffer_bytes`` are the lengths the process passed.

    ``nested`` is the buffer that a pointer inside ``buffer`` leads to, None until an action follows
    the pointer.
    """

    __slots__ = ("buffer", "buffer_bytes", "client_id", "client_id_bytes", "nested", "process")

    def __init__(self, process: Process, event: NecpClientAction) -> None:
        self.process = process
        self.client_id_bytes = event.client_id_len & U64_MAX
        self.client_id = UserMemory(event.client_id, self.client_id_bytes)
        self.buffer_bytes = event.buffer_size & U64_MAX
        self.buffer = UserMemory(event.buffer, self.buffer_bytes)
        self.nested: UserMemory | None = None

    @property
    def id_values(self) -> dict[str, int | str]:
        """What was passed as client id, as the values of a check that failed."""
        length: int | str = "NULL" if self.client_id.is_null else self.client_id_bytes
        return {"client_id_length": length}

    @property
    def buffer_values(self) -> dict[str, int | str]:
        """What was passed as buffer, as the values of a check that failed."""
        return {"buffer_length": "NULL" if self.buffer.is_null else self.buffer_bytes}

    @property
    def values(self) -> dict[str, int | str]:
        """What was passed as client id and as buffer, as the values of a check that failed."""
        return self.id_values | self.buffer_values

    @property
    def names_client(self) -> bool:
        """Whether the process passed 16 bytes as client id."""
        return self.client_id_bytes == UUID_BYTES and not self.client_id.is_null


def find_client(
    kernel: KernelState, necp_fd: NecpFd, client_id: bytes, check: Check | None = None
) -> Client:
    """A client of this fd, by its id or that of a registration.

    Raises SyscallError(ENOENT), without a log record, with ``check`` if it is not ``NOT_ON_FD``.

    Source: necp_client_fd_find_client_and_lock, xnu-4570.51.1.
    """
    client = flow_rules(kernel).find_on_fd(necp_fd, client_id)
    if client is None:
        raise SyscallError(check or NOT_ON_FD, client_id=client_id)
    return client


def report_overruns(kernel: KernelState, call: ClientCall, function: str) -> None:
    """Emit an effect for each buffer that the action read or wrote past its length."""
    for memory in (call.client_id, call.buffer, call.nested):
        if memory is None:
            continue
        if memory.written_to:
            kernel.emit(UserOverrun(memory.declared_bytes, memory.written_to, function))
        if memory.read_to:
            kernel.emit(UserOverread(memory.declared_bytes, memory.read_to, function))


ClientActionHandler = Callable[[KernelState, NecpFd, ClientCall], int]
"""Carries an action out and returns the call's return value. Raises SyscallError to fail it."""

UNKNOWN_ACTION: Final = "the release does not handle the action"
NO_ID: Final = "the client id is NULL, or its length is not 16"
NULL_ID: Final = silent(Errno.EINVAL, NO_ID)
"""The check of the client id in actions that check it alone, without a log record."""
ID_FAULT: Final = logged(Errno.EFAULT, "the client id cannot be read")
NOT_ON_FD: Final = silent(Errno.ENOENT, "no client of this fd has the id")
