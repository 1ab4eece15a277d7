"""Gathers traces below paths, with the one project that all of them belong to."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import field
from pathlib import Path
from typing import Final

from necp_replay.dataclass import dataclass
from necp_replay.errors import UsageError
from necp_replay.files.walk import Skipped, real_path
from necp_replay.project.home import Home, HomeOptions, rules_without_project
from necp_replay.project.owners import HOMELESS_HINT, Owners
from necp_replay.rules.rule import Rule
from necp_replay.trace.find import FoundTrace, FoundTraces, TraceList, find_with_skipped, name_below

_SEVERAL_HINT: Final = (
    "Run the command once for each project: its goldens and rules say nothing about other traces."
)


@dataclass(slots=True)
class Gathered:
    """The traces of a run, in the order of the paths.

    ``home`` is None where they belong to no project. Then ``homeless`` says why: no golden can be
    found or written for them. ``complete`` says that all traces of the project are there; only
    then is it known which goldens and rules have no use. ``skipped`` was left out.
    """

    traces: Sequence[FoundTrace]
    home: Home | None
    rules: tuple[Rule, ...]
    complete: bool
    skipped: list[Skipped] = field(default_factory=list)
    homeless: UsageError | None = None

    def home_or_refuse(self) -> Home:
        """The project. Raises UsageError where there is none."""
        if self.home is None:
            raise self.homeless or UsageError("belongs to no project", hint=HOMELESS_HINT)
        return self.home

    def golden_names_in_doubt(self) -> list[str]:
        """Names and folders of goldens that may belong to what was left out."""
        return [] if self.home is None else names_left_out(self.home, self.skipped)


def gather(paths: Sequence[Path], options: HomeOptions) -> Gathered:
    """Find all traces below the paths, and the project that they belong to.

    Raises UsageError if they belong to several projects or an option names no folder, RulesError
    for a file that cannot be read.
    """
    found = find_with_skipped(paths)
    owners = Owners(options)
    home, _ = owners.named(found.traces[0].path)
    named = TraceList()
    for trace in found.traces:
        its_home, name = owners.named(trace.path)
        if its_home is not home:
            raise _several(found.traces[0], home, trace, its_home)
        named.add(trace.path, name or trace.name)
    if home is None:
        options.check_goldens()
        return Gathered(
            found.traces,
            None,
            rules_without_project(options),
            complete=False,
            skipped=found.skipped,
            homeless=owners.homeless(found.traces[0].path),
        )
    complete = _covers(paths, home.traces) and all(each.is_seen for each in found.skipped)
    return Gathered(named, home, home.rules, complete, found.skipped)


def traces_of(home: Home) -> FoundTraces:
    """All traces of a project, which may have none."""
    try:
        return find_with_skipped([home.traces])
    except UsageError:
        return FoundTraces()


def names_left_out(home: Home, skipped: Iterable[Skipped]) -> list[str]:
    """The names that traces and folders would have that were left out."""
    root = real_path(home.traces)
    places = (real_path(each.path.parent) / each.path.name for each in skipped)
    return [name_below(root, place) for place in places if place.is_relative_to(root)]


def _several(
    first: FoundTrace, its_home: Home | None, trace: FoundTrace, home: Home | None
) -> UsageError:
    """The error for two traces that do not belong to one project."""
    return UsageError(
        f"{first.path} belongs to {_called(its_home)}, but {trace.path} to {_called(home)}",
        hint=_nested_hint(its_home, home) or _nested_hint(home, its_home) or _SEVERAL_HINT,
    )


def _nested_hint(outer: Home | None, inner: Home | None) -> str:
    """What to do about a project within the folder of traces of another; else empty."""
    if outer is None or inner is None:
        return ""
    if not real_path(inner.folder).is_relative_to(real_path(outer.traces)):
        return ""
    return (
        f"The project {os.path.relpath(inner.folder)} lies within"
        f" {os.path.relpath(outer.traces)}, the traces of another project. Move it out of there,"
        " or name the files and folders beside it in one run, and its own in another."
    )


def _called(home: Home | None) -> str:
    return "no project" if home is None else f"the project {os.path.relpath(home.folder)}"


def _covers(paths: Iterable[Path], root: Path) -> bool:
    """Whether the paths include the whole folder of traces."""
    real = real_path(root)
    return any(path.is_dir() and real.is_relative_to(real_path(path)) for path in paths)
