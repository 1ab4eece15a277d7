"""Which scenarios a path means, and where the trace of each belongs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from necp_replay.errors import ScenarioError
from necp_replay.scenario.load import Scenario, load_scenarios

TRACE_SUFFIX = ".necptrace"


@dataclass(frozen=True, slots=True)
class FoundScenario:
    """A scenario, the file it stands in, and its trace's path below the output folder."""

    scenario: Scenario
    file: Path
    trace: PurePosixPath


def find_scenarios(path: Path, name: str | None = None) -> list[FoundScenario]:
    """The scenarios of a file, or of every Python file below a folder, in a stable order.

    Traces of a folder's scenarios mirror its folders; those of a single file lie side by side.
    Files whose name begins with ``_`` hold what scenarios share and are passed over. Raises
    ScenarioError where there is none, or where two would be written to the same place.
    """
    files = _files_below(path) if path.is_dir() else [path]
    root = path if path.is_dir() else path.parent
    found = []
    for file in files:
        # A name that was asked for may stand in any file of a folder.
        wanted = None if path.is_dir() else name
        folder = PurePosixPath(file.parent.relative_to(root).as_posix())
        for scenario in load_scenarios(file, wanted):
            if name in (None, scenario.name):
                trace = folder / f"{scenario.name}{TRACE_SUFFIX}"
                found.append(FoundScenario(scenario, file, trace))
    if not found:
        raise ScenarioError(f"no scenario called {name!r}", file=str(path))
    _refuse_doubles(found)
    return found


def _files_below(folder: Path) -> list[Path]:
    files = sorted(
        file
        for file in folder.rglob("*.py")
        if not any(part.startswith(("_", ".")) for part in file.relative_to(folder).parts)
    )
    if not files:
        raise ScenarioError("no Python file below this folder", file=str(folder))
    return files


def _refuse_doubles(found: list[FoundScenario]) -> None:
    """One scenario's trace must not replace another's."""
    places: dict[PurePosixPath, Path] = {}
    for each in found:
        other = places.setdefault(each.trace, each.file)
        if other != each.file:
            raise ScenarioError(
                f"{each.scenario.name} is also a scenario of {other}",
                file=str(each.file),
                hint="Both traces would have the same name: rename one, or move it to a folder of"
                " its own.",
            )
