"""Traces below given paths, with the names under which their goldens are kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from necp_replay.errors import UsageError

TRACE_SUFFIX = ".necptrace"
TRACES_ROOT = "traces"


@dataclass(frozen=True, slots=True)
class FoundTrace:
    """A trace file. ``name`` is its path below the root of traces, without suffix."""

    path: Path
    name: str


def find_traces(paths: Iterable[Path]) -> list[FoundTrace]:
    """Every trace below the paths, sorted, each once. Raises UsageError when there is none."""
    found: dict[Path, FoundTrace] = {}
    for path in paths:
        if path.is_dir():
            files = sorted(p for p in path.rglob(f"*{TRACE_SUFFIX}") if p.is_file())
            if not files:
                raise _none_found(path)
        elif path.exists():
            files = [path]
        else:
            raise UsageError("no such file or folder", file=str(path))
        for file in files:
            root = path if path.is_dir() else file.parent
            found.setdefault(file.absolute(), FoundTrace(file, _name(file, root)))
    return list(found.values())


def _none_found(path: Path) -> UsageError:
    return UsageError(
        f"no {TRACE_SUFFIX} file below this folder",
        file=str(path),
        hint="Record a scenario with `necp-replay record`, or import vectors with"
        " `necp-replay import vectors`.",
    )


def _name(file: Path, given_root: Path) -> str:
    """Relative to the nearest folder called ``traces``, else to the folder that was given."""
    absolute = file.absolute()
    root = given_root.absolute()
    for parent in absolute.parents:
        if parent.name == TRACES_ROOT:
            root = parent
            break
    relative = absolute.relative_to(root).as_posix()
    return relative.removesuffix(TRACE_SUFFIX)
