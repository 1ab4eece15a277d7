"""Reads single keys from a terminal, or lines where the system has no termios."""

from __future__ import annotations

import os
import select
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import TextIO, TypeAlias

from necp_replay.errors import UsageError

ReadKey: TypeAlias = Callable[[], str | None]
"""Gives the next key, None at the end of input, and "" for a key that is not an ASCII letter."""

_END = b"\x04"
_ESCAPE = b"\x1b"
_INTRODUCERS = (b"[", b"O")
_SEQUENCE_BYTES = 16
"""The most bytes of an escape sequence; the sequences of keys are shorter."""
_SEQUENCE_S = 0.05
"""A byte later than this after an escape belongs to another key."""


@contextmanager
def terminal_keys(stream: TextIO) -> Iterator[ReadKey]:
    """Give a function that reads a key. The settings of the terminal are restored afterwards.

    Without termios the function reads a line and gives its first letter. Raises UsageError if the
    stream is not a terminal.
    """
    if not stream.isatty():
        raise UsageError(
            "review needs a terminal, but standard input is not one",
            hint="Without a terminal, look with `necp-replay accept PATH --dry-run` and accept with"
            " `necp-replay accept PATH`, --fingerprint F or --only GLOB.",
        )
    termios = _termios()
    if termios is None:
        yield lambda: _first_letter(stream)
        return
    terminal = stream.fileno()
    before = termios.tcgetattr(terminal)
    settings = termios.tcgetattr(terminal)
    # Read single bytes and do not echo them. Ctrl-C and Ctrl-Z still work.
    settings[3] &= ~(termios.ICANON | termios.ECHO)
    settings[6][termios.VMIN], settings[6][termios.VTIME] = 1, 0
    termios.tcsetattr(terminal, termios.TCSADRAIN, settings)
    try:
        yield lambda: _next_key(terminal)
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)


def _termios() -> ModuleType | None:
    try:
        import termios
    except ImportError:
        return None
    return termios


def _next_key(terminal: int) -> str | None:
    """Read one key. A key that sends several bytes (an arrow, a letter beyond ASCII) gives ""."""
    first = os.read(terminal, 1)
    if first == _END or not first:
        return None
    if first == _ESCAPE:
        _skip_sequence(terminal)
        return ""
    if not first.isascii():
        # Skip the rest of a UTF-8 character: its first byte has one leading 1 bit for each byte.
        os.read(terminal, max(1, 7 - (first[0] ^ 0xFF).bit_length()))
        return ""
    return first.decode("ascii")


def _skip_sequence(terminal: int) -> None:
    """Read the rest of an escape sequence, which the terminal sends without delay."""
    if not select.select([terminal], [], [], _SEQUENCE_S)[0]:
        return
    if os.read(terminal, 1) not in _INTRODUCERS:
        return
    for _ in range(_SEQUENCE_BYTES):
        if b"@" <= os.read(terminal, 1) <= b"~":
            return


def _first_letter(stream: TextIO) -> str | None:
    line = stream.readline()
    return line.strip()[:1] if line else None
