"""The intermediate form of all importers: a call as a tool saw it, and notes on what was read.

Every format is read into `SeenCall`; :mod:`necp_replay.importers.records` turns these into records
of a trace. None is what was not shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Final

from necp_replay.dataclass import dataclass

ARGUMENTS: Final[Mapping[str, tuple[str, ...]]] = {
    "necp_open": ("flags",),
    "necp_client_action": (
        *("fd", "action", "client_id", "client_id_len", "buffer", "buffer_size"),
    ),
    "necp_session_open": ("flags",),
    "necp_session_action": (
        *("fd", "action", "in_buffer", "in_buffer_length", "out_buffer", "out_buffer_length"),
    ),
    "necp_match_policy": ("parameters", "parameters_size", "result"),
    "netagent_trigger": ("agent_uuid", "len"),
    "close": ("fd",),
    "exit": ("status",),
}
"""The arguments of every call that is imported, in order."""
SAME_CALLS: Final[Mapping[str, str]] = {
    "close_nocancel": "close",
    "guarded_close_np": "close",
    "sys_close": "close",
    "sys_close_nocancel": "close",
}
"""Other names of calls."""
CALL_NAMES: Final = "|".join(sorted((*ARGUMENTS, *SAME_CALLS), key=len, reverse=True))
"""The names of all calls as a regular expression."""
NUMBER_LIMIT: Final = 1 << 64
"""Larger numbers are not arguments of a call."""


class FaultingBuffer(bytes):
    """The bytes of a buffer that could not be read, because no memory is there."""


@dataclass(slots=True)
class SeenCall:
    """One call, as far as it was seen.

    - ``call``: its name, as in :data:`ARGUMENTS`.
    - ``arguments``: in order; pointers as addresses, 0 for NULL. Arguments after the last one are
      not known either.
    - ``line``: where it stands: the number of the line, or of the event, from 1.
    - ``before``, ``after``: bytes of user buffers by the number of their argument, from their
      start, before and after the call. They may be fewer than the buffer has.
    - ``time_ns``: any clock that only moves forward.
    - ``failed``: the call failed, whether or not ``errno`` is shown.
    - ``has_outcome``: whether anybody saw what the call gave back. Fuzzers keep only inputs.
    - ``uuids``: the ids that the kernel generated, if they are known.
    - ``fd``: the fd that an opening got, if the tool did not see what it returned.
    """

    call: str
    arguments: tuple[int | None, ...] = ()
    line: int = 0
    pid: int | None = None
    thread: int | None = None
    process: str = ""
    time_ns: int | None = None
    errno: int | None = None
    retval: int | None = None
    failed: bool = False
    has_outcome: bool = True
    fd: int | None = None
    uuids: tuple[bytes, ...] = ()
    before: Mapping[int, bytes] = field(default_factory=dict)
    after: Mapping[int, bytes] = field(default_factory=dict)

    def argument(self, name: str) -> int | None:
        """An argument by its name; None if it was not shown."""
        position = ARGUMENTS[self.call].index(name)
        return self.arguments[position] if position < len(self.arguments) else None


@dataclass(frozen=True, slots=True)
class LineNote:
    """How a line or an event was used, or why it was left out.

    ``is_loss`` says that a call that was made may be missing in the trace because of it.
    """

    line: int
    is_taken: bool
    text: str
    is_loss: bool = False


Notes = Callable[[LineNote], object]
"""Takes each note, in the order of lines."""


def whole_number(text: str) -> int | None:
    """A number as tracers print it: decimal, hexadecimal with 0x, or NULL. None for any other."""
    digits = text.strip()
    if digits in ("NULL", "nil", "(null)"):
        return 0
    sign = -1 if digits.startswith("-") else 1
    digits = digits.lstrip("+-")
    is_hexadecimal = digits[:2].lower() == "0x"
    digits = digits[2:] if is_hexadecimal else digits
    allowed = _HEXADECIMAL if is_hexadecimal else _DECIMAL
    if not digits or len(digits) > _MOST_DIGITS or not set(digits) <= allowed:
        return None
    number = sign * int(digits, 16 if is_hexadecimal else 10)
    return number if -NUMBER_LIMIT < number < NUMBER_LIMIT else None


_DECIMAL: Final = frozenset("0123456789")
_HEXADECIMAL: Final = frozenset("0123456789abcdefABCDEF")
_MOST_DIGITS: Final = 24
