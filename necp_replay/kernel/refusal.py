"""How a handler says no, and how the model says that the kernel went down."""

from __future__ import annotations


class SyscallError(Exception):
    """A system call fails with ``errno``; state changed before it stays changed."""

    def __init__(self, errno: int) -> None:
        super().__init__(errno)
        self.errno = int(errno)


class KernelPanic(Exception):
    """The kernel panics in ``function``; the machine answers nothing more after it."""

    def __init__(self, function: str, reason: str) -> None:
        super().__init__(function, reason)
        self.function = function
        self.reason = reason


class TypeConfusion(Exception):
    """A session fd met a client call or the reverse; ``would_corrupt`` says what it overwrites."""

    def __init__(self, function: str, would_corrupt: str) -> None:
        super().__init__(function, would_corrupt)
        self.function = function
        self.would_corrupt = would_corrupt


class NotModelled(Exception):
    """The engine meets something it does not model: the outcome is ``Absent(why)``."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why
