"""Keys as a person presses them: one by one on a terminal, else the first letter of each line."""

from __future__ import annotations

import os
import select
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import TextIO, TypeAlias

from necp_replay.errors import UsageError

ReadKey: TypeAlias = Callable[[], str | None]
"""Gives the next key; None when no more can come."""

_END = b"\x04"
_ESCAPE = b"\x1b"
_INTRODUCERS = (b"[", b"O")
_SEQUENCE_BYTES = 16
_SEQUENCE_S = 0.05
"""What comes later than this after an escape is another key."""


@contextmanager
def terminal_keys(stream: TextIO) -> Iterator[ReadKey]:
    """Keys from a terminal, which is as it was before once the context is left.

    Where the system has no termios each decision is a line. Raises UsageError for what is no
    terminal.
    """
    if not stream.isatty():
        raise UsageError(
            "review asks a person, but standard input is no terminal",
            hint="Without one, look with `necp-replay accept PATH --dry-run`, and accept with"
            " `necp-replay accept PATH`, --fingerprint F or --only GLOB.",
        )
    termios = _termios()
    if termios is None:
        yield lambda: _first_letter(stream)
        return
    terminal = stream.fileno()
    before = termios.tcgetattr(terminal)
    settings = termios.tcgetattr(terminal)
    # No line, no echo; interrupting and suspending work as ever.
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
    """One key; one that sends several bytes (an arrow, a letter beyond ASCII) means nothing: ""."""
    first = os.read(terminal, 1)
    if first == _END or not first:
        return None
    if first == _ESCAPE:
        _skip_sequence(terminal)
        return ""
    if not first.isascii():
        # The first byte of a letter in UTF-8 begins with as many ones as the letter has bytes.
        os.read(terminal, max(1, 7 - (first[0] ^ 0xFF).bit_length()))
        return ""
    return first.decode("ascii")


def _skip_sequence(terminal: int) -> None:
    """Read what a terminal sends after an escape, which it does at once, up to its last byte."""
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
