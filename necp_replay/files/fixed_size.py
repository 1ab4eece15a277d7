"""Files of a fixed size that other programs map and fill."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from necp_replay.files.atomic import already_there, write_all
from necp_replay.files.refusals import cannot_write

_FLAGS: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0)
_MODE: Final = 0o600


def create_sized(path: Path, head: bytes, size_bytes: int) -> None:
    """Make a file of ``size_bytes`` that begins with ``head``; the rest takes no space yet.

    Only its owner may read it. Raises WriteError, also for a file that is there.
    """
    try:
        descriptor = os.open(path, _FLAGS, _MODE)
    except FileExistsError:
        raise already_there(path) from None
    except OSError as error:
        raise cannot_write(error, path) from error
    try:
        os.ftruncate(descriptor, size_bytes)
        write_all(descriptor, head, path)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise cannot_write(error, path) from error
    finally:
        os.close(descriptor)
