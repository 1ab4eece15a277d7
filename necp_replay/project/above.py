"""Which project lies above a trace.

It is the nearest folder above it with a file ``necp-replay.toml``. Without such a file it is the
folder that holds the nearest folder called ``traces``. A trace that is reached through a link has
two places: its path as written, and the one without links. Where a project lies above both, it
must be the same one.
"""

from __future__ import annotations

import os
from pathlib import Path

from necp_replay.dataclass import dataclass
from necp_replay.errors import UsageError
from necp_replay.files.walk import real_path
from necp_replay.rules.project import find_project_file
from necp_replay.trace.find import TRACES_ROOT


@dataclass(frozen=True, slots=True)
class Place:
    """The folder of a project. ``file`` is None where there is no ``necp-replay.toml``.

    ``folder`` is absolute and may go through links. Two places are the same project if their
    ``real`` folders are the same.
    """

    folder: Path
    file: Path | None

    @property
    def real(self) -> Path:
        """The folder without links."""
        return real_path(self.folder)


def place_above(path: Path) -> Place | None:
    """The project above a file or folder; None if there is none.

    Raises UsageError if the path goes through a link from one project into another one.
    """
    written, real = Path(os.path.abspath(path)), real_path(path)
    for above in (_with_file, _with_traces):
        places = [place for place in (above(written), above(real)) if place is not None]
        if not places:
            continue
        if places[0].real != places[-1].real:
            raise UsageError(
                f"belongs to two projects: to {places[0].folder} by its path, and to"
                f" {places[1].folder}, where a link leads",
                file=str(path),
                hint="Name the trace without the link, or copy it into one of the projects.",
            )
        return places[0]
    return None


def files_above(path: Path) -> list[Place]:
    """The same for goldens and rules, which a folder called ``traces`` gives no project.

    The project above the path as written, and that above the path without links.
    """
    found = (_with_file(Path(os.path.abspath(path))), _with_file(real_path(path)))
    return [place for place in found if place is not None]


def _with_file(path: Path) -> Place | None:
    file = find_project_file(path.parent)
    return None if file is None else Place(file.parent, file)


def _with_traces(path: Path) -> Place | None:
    for folder in path.parents:
        if folder.name == TRACES_ROOT:
            return Place(folder.parent, None)
    return None
