"""Writing several files that belong together: all are on disk before the first gets its name."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from necp_replay.files.atomic import AtomicFile


def write_together(texts: Mapping[Path, str | Iterable[bytes]]) -> None:
    """Write whole files of UTF-8 text, by path, as text or as pieces of it. Raises WriteError.

    Whatever keeps one of them from being written (a full disk, a limit, a missing permission)
    leaves all files as they were. Only the renames at the end are one by one: a file that another
    program writes at that moment is left to it, and the files renamed before stay.
    """
    with contextlib.ExitStack() as stack:
        files = []
        for path, text in texts.items():
            file = AtomicFile(path)
            stack.callback(file.give_up)
            for piece in [text.encode()] if isinstance(text, str) else text:
                file.write(piece)
            file.sync()
            files.append(file)
        for file in files:
            file.publish()
