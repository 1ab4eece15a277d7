"""The standard streams: usable whatever they are connected to, in every encoding."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from typing import IO, TYPE_CHECKING, Final, TextIO

if TYPE_CHECKING:
    from necp_replay.errors import NecpReplayError

_PROBE: Final = "\u2318\U0001f310\udcff" * 40
"""Text that most encodings cannot write. It is long, because some refuse only long text."""
_SAFE_ENCODING: Final = "ascii"


def open_closed_streams() -> None:
    """Open something for each standard stream that was closed when the process began.

    Otherwise the next file that is opened would get the stream's number. Input and output are
    opened the wrong way round, so that using one is an error of the system. Messages on standard
    error vanish.
    """
    if sys.stdin is None:
        unreadable = io.FileIO(_descriptor(0, os.O_WRONLY), closefd=False)
        sys.stdin = io.TextIOWrapper(io.BufferedReader(unreadable), "utf-8")
    if sys.stdout is None:
        sys.stdout = _output(_descriptor(1, os.O_RDONLY))
    if sys.stderr is None:
        sys.stderr = _output(_descriptor(2, os.O_WRONLY))


def take_any_text() -> None:
    """Let standard output and error escape what their encoding lacks, instead of refusing it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            encoding = stream.encoding if _can_write(stream.encoding) else _SAFE_ENCODING
            stream.reconfigure(encoding=encoding, errors="backslashreplace")


def settle_streams() -> OSError | None:
    """Flush standard output and error. Returns the failure to write what was printed, if any.

    What cannot be written is dropped: Python would try again at exit, and print a traceback.
    """
    failure = _flush(sys.stdout)
    _flush(sys.stderr)
    return failure


def drop_output(stream: IO[str]) -> None:
    """Let a stream lead to the null device, so that Python does not wait for its reader at exit."""
    with contextlib.suppress(OSError, ValueError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, stream.fileno())
        os.close(null)
        stream.flush()


def say_on_stderr(text: str) -> None:
    """Print lines on standard error, made safe, if that can be written."""
    from necp_replay.outcomes.safe_text import safe_lines

    with contextlib.suppress(OSError, ValueError):
        print(safe_lines(text), file=sys.stderr)


def print_failure(error: NecpReplayError) -> None:
    """Print an error and its hint, whose commands name the trace."""
    from necp_replay.errors import TraceError
    from necp_replay.outcomes.shell_text import hint_about

    hint = error.hint
    if isinstance(error, TraceError) and error.file is not None and os.path.exists(error.file):
        hint = hint_about(hint, error.file)
    print_error(str(error), hint)


def print_error(reason: str, hint: str) -> None:
    """Print reason and hint on standard error, with control characters escaped."""
    from necp_replay.outcomes.safe_text import visible

    # Parts of a reason may be escaped already, and in commands of a hint backslashes quote.
    lines = [f"necp-replay: {visible(reason)}", *map(visible, filter(None, hint.split("\n")))]
    say_on_stderr("\n".join(lines))


def _descriptor(number: int, flags: int) -> int:
    """Open the null device under the number of a standard stream, if that is free."""
    descriptor = os.open(os.devnull, flags)
    if descriptor == number:
        os.set_inheritable(descriptor, True)
    return descriptor


def _output(descriptor: int) -> TextIO:
    return io.TextIOWrapper(io.FileIO(descriptor, "wb", closefd=False), "utf-8", write_through=True)


def _can_write(encoding: str) -> bool:
    try:
        _PROBE.encode(encoding, "backslashreplace")
    except (UnicodeError, LookupError):
        return False
    return True


def _flush(stream: TextIO) -> OSError | None:
    try:
        stream.flush()
    except OSError as error:
        drop_output(stream)
        return error
    return None
