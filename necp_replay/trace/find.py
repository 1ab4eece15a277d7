"""Finds trace files below paths, and gives each the name under which its golden is stored."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from necp_replay.errors import UsageError

TRACE_SUFFIX = ".necptrace"
TRACES_ROOT = "traces"


@dataclass(frozen=True, slots=True)
class FoundTrace:
    """A trace file. ``name`` is its path below the folder of traces, without the suffix."""

    path: Path
    name: str


def find_traces(paths: Iterable[Path], root: Path | None = None) -> list[FoundTrace]:
    """Find all traces below the paths, sorted, each once. Raises UsageError if there is none.

    ``root`` is the project's folder of traces, None if the project does not name one.
    """
    found: dict[Path, FoundTrace] = {}
    for path in paths:
        if path.is_dir():
            files = _files_below(path)
            if not files:
                raise _none_found(path)
        elif path.exists() or path.is_symlink():
            files = [path]
        else:
            raise UsageError("no such file or folder", file=str(path))
        for file in files:
            given = path if path.is_dir() else file.parent
            found.setdefault(file.absolute(), FoundTrace(file, _name(file, given, root)))
    return list(found.values())


def _files_below(folder: Path) -> list[Path]:
    """The traces below a folder, and the folders that cannot be read: opening one says why."""
    unreadable: list[Path] = []
    found = []
    for place, _, names in os.walk(folder, onerror=lambda e: unreadable.append(Path(e.filename))):
        found += [Path(place, name) for name in names if name.endswith(TRACE_SUFFIX)]
    return sorted([*filter(_is_trace, found), *unreadable])


def _is_trace(path: Path) -> bool:
    """Whether a path is a file or a broken link. Replaying the link reports the missing trace."""
    return path.is_file() or not path.exists()


def _none_found(path: Path) -> UsageError:
    return UsageError(
        f"no {TRACE_SUFFIX} file below this folder",
        file=str(path),
        hint="Record a scenario with `necp-replay record`, or import vectors with"
        " `necp-replay import vectors`.",
    )


def covers_all(paths: Iterable[Path], root: Path | None = None) -> bool:
    """Whether the paths include the whole folder of traces.

    If the project does not name one, it is a folder called ``traces``.
    """
    folders = [path.resolve() for path in paths if path.is_dir()]
    if root is None:
        return any(folder.name == TRACES_ROOT for folder in folders)
    return any(root.resolve().is_relative_to(folder) for folder in folders)


def _name(file: Path, given_root: Path, project_root: Path | None) -> str:
    """The path relative to the project's folder of traces, without the suffix.

    Outside of that it is relative to the nearest folder called ``traces``, or to ``given_root``.
    """
    # Resolves `..`: a name with it would put the golden outside of its folder.
    absolute = Path(os.path.abspath(file))
    if project_root is not None and absolute.is_relative_to(project_root.absolute()):
        return _without_suffix(absolute.relative_to(project_root.absolute()))
    root = Path(os.path.abspath(given_root))
    for parent in absolute.parents:
        if parent.name == TRACES_ROOT:
            root = parent
            break
    return _without_suffix(absolute.relative_to(root))


def _without_suffix(path: Path) -> str:
    return path.as_posix().removesuffix(TRACE_SUFFIX)
