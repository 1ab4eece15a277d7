"""Which traces of a project a session collects: each real file once, as the commands find them.

pytest walks through folders by itself and follows every link. What it offers is compared with what
the commands would find below the same arguments.
"""

from __future__ import annotations

import os
from dataclasses import field
from pathlib import Path

import pytest

from necp_replay.dataclass import dataclass
from necp_replay.errors import UsageError
from necp_replay.files.walk import Skipped, real_path
from necp_replay.project.home import Home
from necp_replay.pytest_plugin.projects import projects_of
from necp_replay.trace.find import TRACE_SUFFIX, find_with_skipped


@dataclass(slots=True)
class Chosen:
    """The traces of one folder of traces that the arguments of pytest lead to.

    ``paths`` has the path under which each real file is collected.
    """

    paths: dict[Path, Path] = field(default_factory=dict)
    skipped: dict[Path, Skipped] = field(default_factory=dict)

    def takes(self, path: Path) -> bool:
        """Whether a trace is collected under this path, rather than under another one."""
        return self.paths.get(real_path(path)) == _absolute(path)


def is_collected(config: pytest.Config, trace: Path) -> bool:
    """Whether a trace is collected under this path. Each real file is collected once."""
    home = projects_of(config).of(trace).home
    if home is not None:
        return chosen_of(config, home).takes(trace)
    # Without a project there is no folder to look through. The first path is taken.
    first = config.stash.setdefault(_HOMELESS, {}).setdefault(real_path(trace), _absolute(trace))
    return first == _absolute(trace)


def is_left_out(config: pytest.Config, link: Path) -> bool:
    """Whether a linked folder is one of those that the commands leave out."""
    if not link.is_dir():
        return False
    beside = link.parent / f"any{TRACE_SUFFIX}"
    home = projects_of(config).of(beside).home
    return home is not None and _absolute(link) in chosen_of(config, home).skipped


_HOMELESS = pytest.StashKey[dict[Path, Path]]()
_CHOSEN = pytest.StashKey[dict[Path, Chosen]]()


def chosen_of(config: pytest.Config, home: Home) -> Chosen:
    """What is collected of a project. Its folders are walked through once."""
    known = config.stash.setdefault(_CHOSEN, {})
    root = real_path(home.traces)
    if root not in known:
        known[root] = _choose(_arguments(config), root)
    return known[root]


def _choose(arguments: list[Path], root: Path) -> Chosen:
    chosen = Chosen()
    for argument in arguments:
        real = real_path(argument)
        if root.is_relative_to(real):
            argument = argument / root.relative_to(real)
        elif not real.is_relative_to(root) and not _absolute(argument).is_relative_to(root):
            continue
        try:
            found = find_with_skipped([argument])
        except UsageError:
            # An argument without traces: pytest says itself that it collects nothing there.
            continue
        for trace in found.traces:
            chosen.paths.setdefault(real_path(trace.path), _absolute(trace.path))
        chosen.skipped.update((_absolute(each.path), each) for each in found.skipped)
    return chosen


def _arguments(config: pytest.Config) -> list[Path]:
    """The paths that pytest was given, without the names of tests."""
    started = config.invocation_params.dir
    return [started / argument.split("::")[0] for argument in config.args]


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))
