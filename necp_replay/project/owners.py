"""Finds the projects of many traces, and opens each project once."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from necp_replay.errors import UsageError
from necp_replay.files.walk import real_path
from necp_replay.project.above import Place, place_above
from necp_replay.project.home import Home, HomeOptions, open_home, place_of_rules
from necp_replay.trace.find import PROJECT_FILE, TRACE_SUFFIX

HOMELESS_HINT: Final = (
    f"A project is a folder with the file {PROJECT_FILE}, even an empty one. Its traces are in its"
    " folder `traces`. `necp-replay init` makes one."
)


class Owners:
    """Remembers which project lies above which folder, and what each project has."""

    def __init__(self, options: HomeOptions) -> None:
        """Every project is opened with these options."""
        self._options = options
        self._places: dict[tuple[Path, Path], Place | None] = {}
        self._homes: dict[Path, Home] = {}
        self._in_folder: dict[str, tuple[Home | None, str]] = {}

    def home_of(self, trace: Path) -> Home | None:
        """The project whose folder of traces the trace is in; the same object for each of them.

        None if there is no such project. Raises UsageError and RulesError.
        """
        place = self._place_of(trace)
        if place is None:
            return None
        home = self._homes.get(place.real)
        if home is None:
            home = self._homes[place.real] = open_home(place, self._options)
        return None if home.name_of(trace) is None else home

    def named(self, trace: Path) -> tuple[Home | None, str | None]:
        """The same with the name of the trace in its project: None without one.

        What is the same for all traces of a folder is found out once.
        """
        folder, file = os.path.split(os.fspath(trace))
        if file in ("", ".", "..") or os.path.islink(trace):
            home = self.home_of(trace)
            return home, None if home is None else home.name_of(trace)
        if folder not in self._in_folder:
            home = self.home_of(trace)
            name = None if home is None else home.name_of(trace)
            beginning = "" if name is None else name[: name.rfind("/") + 1]
            self._in_folder[folder] = home, beginning
        home, beginning = self._in_folder[folder]
        return home, None if home is None else beginning + file.removesuffix(TRACE_SUFFIX)

    def homeless(self, trace: Path) -> UsageError:
        """Why a trace belongs to no project, after :meth:`home_of` returned None."""
        place = self._place_of(trace)
        if place is None:
            why = f"no folder above it has a {PROJECT_FILE}"
        else:
            root = os.path.relpath(self._homes[place.real].traces)
            why = f"it is outside of {root}, the folder of traces of the project above it"
        return UsageError(
            f"belongs to no project, so it has no golden: {why}",
            file=str(trace),
            hint=HOMELESS_HINT,
        )

    def _place_of(self, trace: Path) -> Place | None:
        key = (Path(os.path.abspath(trace)).parent, real_path(trace).parent)
        if key not in self._places:
            self._places[key] = place_above(trace) or self._place_of_rules(trace)
        return self._places[key]

    def _place_of_rules(self, trace: Path) -> Place | None:
        rules = self._options.rules
        if rules is None:
            return None
        place = place_of_rules(rules)
        is_below = Path(os.path.abspath(trace)).is_relative_to(place.folder)
        return place if is_below or real_path(trace).is_relative_to(place.real) else None
