"""Keeps a folder of remembered files small: the ones that were not written for longest go first."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path


def remove_oldest(written: Path, pattern: str, most_bytes: int) -> None:
    """Remove files of a pattern beside one that was just written, which stays."""
    with suppress(OSError):
        found = []
        for path in written.parent.glob(pattern):
            status = path.lstat()
            found.append((path != written, -status.st_mtime, status.st_size, path))
        total = 0
        for is_other, _, size, path in sorted(found):
            total += size
            if is_other and total > most_bytes:
                path.unlink(missing_ok=True)
