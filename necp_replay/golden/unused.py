"""Finds goldens without a trace. Its trace was renamed or removed."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import field
from pathlib import Path

from necp_replay.dataclass import dataclass
from necp_replay.golden.store import SUFFIX, GoldenStore


@dataclass(slots=True)
class UnusedGoldens:
    """Goldens that no trace uses, sorted, and the folders that were not searched.

    ``unreadable`` folders cannot be read. ``linked`` folders are links, which are not followed:
    their goldens may be those of another project.
    """

    paths: list[Path] = field(default_factory=list)
    unreadable: list[Path] = field(default_factory=list)
    linked: list[Path] = field(default_factory=list)


def unused_goldens(
    goldens: GoldenStore, names: Iterable[str], in_doubt: Iterable[str] = ()
) -> UnusedGoldens:
    """Every golden that none of the named traces uses on any release.

    ``names`` must be the names of all traces. ``in_doubt`` are names of traces and of folders that
    were left out: their goldens may be used. A project without a folder of goldens has none.
    """
    used, doubtful = set(names), set(in_doubt)
    found = UnusedGoldens()

    def fail(error: OSError) -> None:
        folder = Path(os.fsdecode(error.filename))
        if os.path.lexists(folder):
            found.unreadable.append(folder)

    for folder, folders, files in os.walk(goldens.root, onerror=fail):
        folders.sort()
        found.linked += [path for path in map(Path(folder).joinpath, folders) if path.is_symlink()]
        for file in files:
            path = Path(folder, file)
            if not file.endswith(SUFFIX):
                continue
            possible = _names_of(path.relative_to(goldens.root))
            if used.isdisjoint(possible) and not any(_is_in(doubtful, name) for name in possible):
                found.paths.append(path)
    found.paths.sort()
    return found


def _names_of(golden: Path) -> list[str]:
    """The names that its trace can have: that of the golden, with or without ``@release``."""
    name = golden.as_posix().removesuffix(SUFFIX)
    common, at, release = name.rpartition("@")
    return [name, common] if at and "/" not in release else [name]


def _is_in(doubtful: set[str], name: str) -> bool:
    """Whether a trace of that name could be, or be below, what was left out."""
    parts = name.split("/")
    return any("/".join(parts[:count]) in doubtful for count in range(1, len(parts) + 1))
