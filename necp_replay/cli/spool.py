"""Copies a trace from a pipe to a file, for commands that have to seek in it."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from necp_replay.errors import NecpReplayError

STANDARD_INPUT = "-"
_COPY_NAME = "stdin.necptrace"


@contextmanager
def seekable(source: str) -> Iterator[Path]:
    """Give a path that can be read several times and from its end.

    That is ``source`` itself, or for ``-`` and pipes a temporary copy, which is deleted afterwards.
    Errors name the source, not the copy.
    """
    path = Path(source)
    is_pipe = source == STANDARD_INPUT or path.is_fifo() or path.is_char_device()
    if not is_pipe:
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="necp-replay-") as folder:
        copy = Path(folder) / _COPY_NAME
        with copy.open("xb") as stream:
            if source == STANDARD_INPUT:
                shutil.copyfileobj(sys.stdin.buffer, stream)
            else:
                with path.open("rb") as pipe:
                    shutil.copyfileobj(pipe, stream)
        try:
            yield copy
        except NecpReplayError as error:
            if error.file == str(copy):
                error.file = shown_name(source)
            raise


def shown_name(source: str) -> str:
    """The name of a trace in reports."""
    return "<stdin>" if source == STANDARD_INPUT else source
