"""Finds goldens without a trace. Its trace was renamed or removed."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from necp_replay.golden.store import SUFFIX, GoldenStore


def unused_goldens(goldens: GoldenStore, names: Iterable[str]) -> list[Path]:
    """Every golden that none of the named traces uses on any release, sorted.

    ``names`` must be the names of all traces. Links to folders are not followed.
    """
    used = set(names)
    found = []
    for folder, folders, files in os.walk(goldens.root):
        folders.sort()
        for file in files:
            path = Path(folder, file)
            if file.endswith(SUFFIX) and not _uses(used, path.relative_to(goldens.root)):
                found.append(path)
    return sorted(found)


def _uses(names: set[str], golden: Path) -> bool:
    """Whether one of the traces has the golden's name, with or without ``@release`` at its end."""
    name = golden.as_posix().removesuffix(SUFFIX)
    common, at, release = name.rpartition("@")
    return name in names or (bool(at) and "/" not in release and common in names)
