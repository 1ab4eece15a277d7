"""What pytest passes over or fails on, and the commands report as a trace that cannot be read.

pytest leaves out links that lead nowhere, and ends the session at a folder that it may not read.
Below the traces of a project each of them is a test that fails and says why, and the others run.

pytest asks about each folder below a project's file, also where there are no traces. So what
collects traces is imported only for what is one of these.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from necp_replay.trace.find import TRACE_SUFFIX

if TYPE_CHECKING:
    from necp_replay.pytest_plugin.collect import TraceFile


def unreadable_folder(parent: pytest.Collector, folder: Path) -> TraceFile | None:
    """The collector of a folder of traces that cannot be read; None for any other folder."""
    if os.access(folder, os.R_OK | os.X_OK) or not _is_of_project(parent.config, folder):
        return None
    from necp_replay.pytest_plugin.collect import TraceFile

    return TraceFile.of_path(parent, folder)


def broken_links(folder: pytest.Directory) -> list[TraceFile]:
    """The collectors of links in a folder that have the name of a trace and lead nowhere."""
    links = [link for link in _broken_links_in(folder.path) if _is_of_project(folder.config, link)]
    if not links:
        return []
    from necp_replay.pytest_plugin.collect import TraceFile

    return [TraceFile.of_path(folder, link) for link in links]


def _is_of_project(config: pytest.Config, path: Path) -> bool:
    from necp_replay.pytest_plugin.chosen import is_collected
    from necp_replay.pytest_plugin.projects import projects_of

    return projects_of(config).of(path).home is not None and is_collected(config, path)


def _broken_links_in(folder: Path) -> Iterator[Path]:
    with os.scandir(folder) as entries:
        names = sorted(
            entry.name
            for entry in entries
            if entry.name.endswith(TRACE_SUFFIX) and entry.is_symlink()
        )
    for name in names:
        if not (folder / name).exists():
            yield folder / name
