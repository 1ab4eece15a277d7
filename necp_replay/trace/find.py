"""Finds trace files below paths."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import field
from pathlib import Path

from necp_replay.dataclass import dataclass
from necp_replay.errors import UsageError
from necp_replay.files.walk import CANNOT_BE_READ, RealPaths, Skipped, walk_files
from necp_replay.trace.suffix import TRACE_SUFFIX
from necp_replay.trace.trace_list import FoundTrace, TraceList, names_of

__all__ = (
    "PROJECT_FILE",
    "TRACES_ROOT",
    "TRACE_SUFFIX",
    "FoundTrace",
    "FoundTraces",
    "TraceList",
    "find_traces",
    "find_with_skipped",
    "may_have_project",
    "name_below",
    "names_of",
)

TRACES_ROOT = "traces"
PROJECT_FILE = "necp-replay.toml"


@dataclass(slots=True)
class FoundTraces:
    """All traces below some paths in the order of the paths, and what was left out.

    Folders that cannot be read are among the traces: opening one says why.
    """

    traces: TraceList = field(default_factory=TraceList)
    skipped: list[Skipped] = field(default_factory=list)


def find_traces(paths: Iterable[Path]) -> TraceList:
    """The same as :func:`find_with_skipped`, for whom it does not matter what was left out."""
    return find_with_skipped(paths).traces


def find_with_skipped(paths: Iterable[Path]) -> FoundTraces:
    """Find all traces below the paths, each real file once. Raises UsageError if there is none.

    Names are relative to the nearest folder called ``traces``, else to the folder that was given.
    A project may give other names (``necp_replay.project``).
    """
    found = FoundTraces()
    taken: set[str] = set()
    reals = RealPaths()
    names = _Names()
    every = list(paths)
    for path in every:
        is_folder = path.is_dir()
        if is_folder:
            walk = walk_files(path, TRACE_SUFFIX)
            files: Sequence[Path] = walk.files
            if walk.unreadable:
                files = sorted([*walk.files, *walk.unreadable])
            found.skipped += walk.skipped
            found.skipped += [Skipped(folder, CANNOT_BE_READ) for folder in walk.unreadable]
            if not files:
                raise _none_found(path)
        elif path.exists() or path.is_symlink():
            files = [path]
        else:
            raise UsageError(
                "no such file or folder",
                file=str(path),
                hint=f"Name a {TRACE_SUFFIX} file, or a folder with such files.",
            )
        for file in files:
            # One folder has each real file once.
            real = reals.of(file) if len(every) > 1 else ""
            if real and real in taken:
                continue
            taken.add(real)
            given = path if is_folder else file.parent
            found.traces.add(file, names.of(file, given))
    return found


def may_have_project(path: Path) -> bool:
    """Whether there is a file of a project or a folder called ``traces`` above a path.

    ``necp_replay.project`` knows which project it is, and takes longer to import.
    """
    return any(
        folder.name == TRACES_ROOT or os.path.lexists(folder / PROJECT_FILE)
        for folder in path.parents
    )


def name_below(root: Path, file: Path) -> str:
    """The name of a trace file that is below a folder of traces: with ``/``, without the suffix."""
    return file.relative_to(root).as_posix().removesuffix(TRACE_SUFFIX)


def _none_found(path: Path) -> UsageError:
    return UsageError(
        f"no {TRACE_SUFFIX} file below this folder",
        file=str(path),
        hint="Record a scenario with `necp-replay record`, or import vectors with"
        " `necp-replay import vectors`.",
    )


class _Names:
    """The names of many files. What is the same for all files of a folder is found out once."""

    def __init__(self) -> None:
        self._beginnings: dict[tuple[str, Path], str] = {}

    def of(self, file: Path, given_root: Path) -> str:
        folder, name = os.path.split(os.fspath(file))
        # A folder that was named and cannot be read is not below itself.
        if name in ("", ".", "..") or file == given_root:
            return _name(file, given_root)
        beginning = self._beginnings.get((folder, given_root))
        if beginning is None:
            beginning = _name(Path(folder, "-"), given_root)[:-1]
            self._beginnings[folder, given_root] = beginning
        return beginning + name.removesuffix(TRACE_SUFFIX)


def _name(file: Path, given_root: Path) -> str:
    # Resolves `..`: a name is a path without it.
    absolute = Path(os.path.abspath(file))
    root = Path(os.path.abspath(given_root))
    for parent in absolute.parents:
        if parent.name == TRACES_ROOT:
            root = parent
            break
    return name_below(root, absolute)
