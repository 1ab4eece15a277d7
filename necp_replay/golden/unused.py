"""Finds goldens without a trace. Its trace was renamed or removed."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from necp_replay.golden.store import SUFFIX, GoldenStore


def unused_goldens(
    goldens: GoldenStore, names: Iterable[str], in_doubt: Iterable[str] = ()
) -> list[Path]:
    """Every golden that none of the named traces uses on any release, sorted.

    ``names`` must be the names of all traces. ``in_doubt`` are names of traces and of folders that
    were left out: their goldens may be used. Links to folders are not followed.
    """
    used, doubtful = set(names), set(in_doubt)
    found = []
    for folder, folders, files in os.walk(goldens.root):
        folders.sort()
        for file in files:
            path = Path(folder, file)
            if not file.endswith(SUFFIX):
                continue
            possible = _names_of(path.relative_to(goldens.root))
            if used.isdisjoint(possible) and not any(_is_in(doubtful, name) for name in possible):
                found.append(path)
    return sorted(found)


def _names_of(golden: Path) -> list[str]:
    """The names that its trace can have: that of the golden, with or without ``@release``."""
    name = golden.as_posix().removesuffix(SUFFIX)
    common, at, release = name.rpartition("@")
    return [name, common] if at and "/" not in release else [name]


def _is_in(doubtful: set[str], name: str) -> bool:
    """Whether a trace of that name could be, or be below, what was left out."""
    parts = name.split("/")
    return any("/".join(parts[:count]) in doubtful for count in range(1, len(parts) + 1))
