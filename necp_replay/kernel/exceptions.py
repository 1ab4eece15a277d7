"""The exceptions by which a handler ends an input early. The machine turns each into an outcome."""

from __future__ import annotations

from typing import Final

from necp_replay.kernel.description import Check
from necp_replay.kernel.failed_check import Value, failed_check


class SyscallError(Exception):
    """The call fails with ``errno``. What the handler changed before stays changed.

    It is made from the check that failed. An errno stands for the only check of the handler that
    has it. ``values`` are the values that the check looked at, by name.
    """

    def __init__(self, failed: int | Check, **values: Value) -> None:
        super().__init__(failed)
        self.failed = failed_check(failed, values)

    @property
    def errno(self) -> int:
        """The error number."""
        return self.failed.errno


class KernelPanic(Exception):
    """The kernel panics in ``function``. Every later input is ``Absent``."""

    def __init__(self, function: str, reason: str) -> None:
        super().__init__(function, reason)
        self.function = function
        self.reason = reason


class TypeConfusion(Exception):
    """The kernel takes a session fd for a client fd, or the reverse. Every later input is Absent.

    ``would_corrupt`` says which fields the call in ``function`` overwrites.
    """

    def __init__(self, function: str, would_corrupt: str) -> None:
        super().__init__(function, would_corrupt)
        self.function = function
        self.would_corrupt = would_corrupt


class NotModelled(Exception):
    """The engine does not model what the input leads to. The outcome is ``Absent(why)``."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class UnknownInput(Exception):
    """The input needs a part of itself that is not known. The outcome is ``NotDetermined(why)``."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class TooManyEffects(NotModelled):
    """An input has more effects than an outcome holds. Every later input is ``Absent``.

    The input was carried out in part, so the state after it is not known.
    """

    def __init__(self) -> None:
        super().__init__(f"the input has more than {MAX_EFFECTS:,} effects")


MAX_EFFECTS: Final = 1_000_000
"""Most effects of one input. A record with more could not be read back: a chunk of a trace has no
more fields. Without a limit, log records of a few kilobytes of input could fill any memory."""
