"""Copies a trace from a pipe to a file, for commands that have to seek in it."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path
from typing import BinaryIO, Final

from necp_replay.errors import NecpReplayError, TraceError, WriteError, hint_for
from necp_replay.files.atomic import write_all
from necp_replay.trace.frames import BEGINNING_BYTES, check_beginning
from necp_replay.trace.scan import WINDOW_BYTES, refuse_without_frames

STANDARD_INPUT = "-"
_COPY_NAME = "stdin.necptrace"
_COPY_BYTES: Final = 1 << 20


@contextmanager
def seekable(source: str, limit_bytes: int, *, is_damaged: bool = False) -> Iterator[Path]:
    """Give a path that can be read several times and from its end.

    That is ``source`` itself, or for ``-`` and pipes a temporary copy, which is deleted afterwards.
    Nothing is copied that does not begin like a trace. With ``is_damaged`` something of a trace has
    to be within its first MiB. Raises TraceError for that and for more than ``limit_bytes``. Errors
    name the source, not the copy.
    """
    path = Path(source)
    is_pipe = source == STANDARD_INPUT or path.is_fifo() or path.is_char_device()
    if not is_pipe:
        yield path
        return
    with _temporary_folder() as folder:
        copy = Path(folder) / _COPY_NAME
        try:
            with _opened(source) as pipe, copy.open("xb", buffering=0) as stream:
                _copy(pipe, stream, limit_bytes, is_damaged=is_damaged)
            yield copy
        except NecpReplayError as error:
            if error.file in (str(copy), None) and not isinstance(error, WriteError):
                error.file = shown_name(source)
            raise


def _temporary_folder() -> tempfile.TemporaryDirectory[str]:
    try:
        return tempfile.TemporaryDirectory(prefix="necp-replay-")
    except OSError as error:
        raise WriteError(
            f"no temporary folder: {error.strerror or error}",
            hint="Set TMPDIR to a folder that can be written to.",
        ) from None


@contextmanager
def _opened(source: str) -> Iterator[BinaryIO]:
    """The pipe. Raises TraceError where it cannot be read."""
    try:
        if source == STANDARD_INPUT:
            yield sys.stdin.buffer
            return
        with Path(source).open("rb") as pipe:
            yield pipe
    except OSError as error:
        reason = f"cannot be read: {error.strerror or error}"
        raise TraceError(reason, file=shown_name(source), hint=hint_for(error)) from None


def _copy(pipe: BinaryIO, copy: FileIO, limit_bytes: int, *, is_damaged: bool) -> None:
    if is_damaged:
        beginning = pipe.read(WINDOW_BYTES)
        refuse_without_frames(beginning)
    else:
        beginning = pipe.read(BEGINNING_BYTES)
        check_beginning(beginning)
    copied, content = 0, beginning
    while content:
        copied += len(content)
        if copied > limit_bytes:
            raise TraceError(
                f"more than {limit_bytes:,} bytes come out of the pipe",
                hint="Write it to a file and name that, or raise --spool-limit.",
            )
        write_all(copy.fileno(), content, Path(copy.name))
        content = pipe.read(_COPY_BYTES)


def shown_name(source: str) -> str:
    """The name of a trace in reports."""
    return "<stdin>" if source == STANDARD_INPUT else source
