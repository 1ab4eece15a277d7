"""What a project has: its folder of traces, its goldens and its rules."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from necp_replay.dataclass import dataclass
from necp_replay.errors import UsageError
from necp_replay.files.walk import real_path
from necp_replay.project.above import Place, files_above
from necp_replay.rules.project import Project, find_project_file, read_project
from necp_replay.rules.rule import Rule
from necp_replay.trace.find import TRACES_ROOT, name_below

GOLDEN_FOLDER: Final = "golden"
"""The folder of goldens, beside the folder of traces, where the project's file names no other."""


@dataclass(frozen=True, slots=True)
class HomeOptions:
    """What replaces parts of a project: folder of goldens, file of rules, whether rules apply.

    The folder and the file may lie in the project or outside of every project, but not in another
    one. ``makes_goldens`` says that a folder of goldens that is missing will be made.
    """

    goldens: Path | None = None
    rules: Path | None = None
    use_rules: bool = True
    makes_goldens: bool = False

    def check_goldens(self) -> None:
        """Raise UsageError unless the folder of goldens is one, or is missing and will be made."""
        folder = self.goldens
        if folder is None or (self.makes_goldens and not os.path.lexists(folder)):
            return
        if not folder.is_dir():
            is_there = os.path.lexists(folder)
            raise UsageError(
                f"--golden names {folder}, which is {'not a folder' if is_there else 'not there'}",
                hint="Name the folder that has the goldens"
                f"{', not one of them' if is_there else ''}.",
            )


@dataclass(frozen=True, slots=True)
class Home:
    """What a project has. All paths are absolute, except those that options gave.

    ``traces`` is the root of traces: the path of a trace below it is its name. ``file`` has the
    rules; None without one.
    """

    folder: Path
    traces: Path
    goldens: Path
    rules: tuple[Rule, ...] = ()
    file: Path | None = None

    def name_of(self, trace: Path) -> str | None:
        """The name of a trace: its path below the root without links, else as written.

        None for a trace outside of the root.
        """
        for root, path in (
            (real_path(self.traces), real_path(trace)),
            (self.traces, Path(os.path.abspath(trace))),
        ):
            if path.is_relative_to(root):
                return name_below(root, path)
        return None


def default_traces(options: HomeOptions) -> Path:
    """The folder of traces of the project in the current folder or above it. Raises RulesError."""
    file = options.rules or find_project_file(Path())
    if file is None:
        return Path(TRACES_ROOT)
    read = read_project(_to_type(file), is_named=options.rules is not None)
    return _to_type(read.traces or file.parent / TRACES_ROOT)


def place_of_rules(rules: Path) -> Place:
    """The project that a file of rules makes of its folder, where there is no other above traces.

    For traces below that folder only.
    """
    return Place(Path(os.path.abspath(rules)).parent, rules)


def open_home(place: Place, options: HomeOptions) -> Home:
    """Read what a project has. Raises RulesError, and UsageError for what another project has."""
    read = Project()
    if place.file is not None and place.file != options.rules:
        read = read_project(_to_type(place.file))
    file = read.path
    if options.rules is not None:
        _refuse_foreign(options.rules, "--rules", place)
        named = read_project(options.rules, is_named=True)
        file = named.path
        traces, golden = named.traces or read.traces, named.golden or read.golden
        read = Project(named.path, traces, golden, named.rules)
    golden = Path(os.path.abspath(read.golden or place.folder / GOLDEN_FOLDER))
    option = "--golden" if options.goldens is not None else "golden"
    _refuse_foreign((options.goldens or golden) / "any", option, place)
    options.check_goldens()
    return Home(
        folder=place.folder,
        traces=Path(os.path.abspath(read.traces or place.folder / TRACES_ROOT)),
        goldens=options.goldens or golden,
        rules=read.rules if options.use_rules else (),
        file=file,
    )


def rules_without_project(options: HomeOptions) -> tuple[Rule, ...]:
    """The rules for traces that belong to no project: only those of a file that was named.

    Raises RulesError, and UsageError for the rules of a project.
    """
    if options.rules is None:
        return ()
    _refuse_foreign(options.rules, "--rules", None)
    rules = read_project(options.rules, is_named=True).rules
    return rules if options.use_rules else ()


def _refuse_foreign(path: Path, option: str, place: Place | None) -> None:
    """Raise UsageError for goldens or rules of another project than that of the traces."""
    foreign = [owner for owner in files_above(path) if place is None or owner.real != place.real]
    if not foreign:
        return
    owner = foreign[0]
    belong = "no project" if place is None else f"the project {_to_type(place.folder)}"
    raise UsageError(
        f"{option} names a part of the project {_to_type(owner.folder)}, but the traces belong to"
        f" {belong}",
        hint="Goldens and rules of one project say nothing about the traces of another one.",
    )


def _to_type(path: Path) -> Path:
    """A path relative to the current folder, as people type it."""
    return Path(os.path.relpath(path))
