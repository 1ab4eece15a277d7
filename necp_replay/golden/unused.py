"""Goldens that belong to no trace: left over from one that was renamed or removed."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from necp_replay.golden.store import SUFFIX, GoldenStore


def unused_goldens(goldens: GoldenStore, names: Iterable[str]) -> list[Path]:
    """Every golden that none of the named traces uses, on any release, sorted.

    ``names`` have to be those of all traces there are. Links to folders are not followed.
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
    """Whether a trace has the golden's name, with or without a release at its end."""
    name = golden.as_posix().removesuffix(SUFFIX)
    common, at, release = name.rpartition("@")
    return name in names or (bool(at) and "/" not in release and common in names)
