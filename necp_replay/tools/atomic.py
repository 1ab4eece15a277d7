"""Text files that appear under their name only when they are complete."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from necp_replay.errors import UsageError
from necp_replay.trace.writer import PARTIAL_SUFFIX


@contextmanager
def complete_text_file(path: Path) -> Iterator[TextIO]:
    """A text file that is at ``path`` once the context is left; by an exception, it never is.

    What stood there before stays until then. Raises UsageError where it cannot be written.
    """
    partial = path.with_name(path.name + PARTIAL_SUFFIX)
    try:
        with partial.open("w", encoding="utf-8", newline="\n") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(path)
    except OSError as error:
        raise UsageError(
            f"cannot be written: {error.strerror or error}",
            file=str(path),
            hint="Check the folder, its permissions and the space on its disk.",
        ) from error
    finally:
        partial.unlink(missing_ok=True)
