"""Finds the scenarios of a file or folder, and where the trace of each belongs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Set
from pathlib import Path, PurePosixPath

from necp_replay.dataclass import dataclass
from necp_replay.errors import ScenarioError
from necp_replay.files.folded_names import FoldedNames, folded, told_apart
from necp_replay.files.walk import walk_files
from necp_replay.scenario.load import Scenario, load_scenarios
from necp_replay.trace.find import TRACE_SUFFIX


@dataclass(frozen=True, slots=True)
class FoundScenario:
    """A scenario, its file, and the path of its trace below the output folder."""

    scenario: Scenario
    file: Path
    trace: PurePosixPath


def find_scenarios(
    path: Path,
    name: str | None = None,
    *,
    on_file: Callable[[Path], object] = lambda file: None,
    on_error: Callable[[Path, ScenarioError], object] | None = None,
    left_out: Set[Path] = frozenset(),
) -> list[FoundScenario]:
    """The scenarios of a file, or of every Python file below a folder, in a stable order.

    Traces lie in the same subfolders as their scenarios' files. Files and folders whose names
    begin with ``_`` or ``.`` are ignored: ``_`` is for what scenarios share. ``name`` keeps only
    the scenarios of that name. ``on_file`` is called before a file is executed, and no file of
    ``left_out`` is. With ``on_error`` a file that cannot be used is reported, and the others
    are found. Raises ScenarioError if there is no scenario, or if two traces would have the
    same path.
    """
    files = _files_below(path) if path.is_dir() else [path]
    root = path if path.is_dir() else path.parent
    found: list[FoundScenario] = []
    were_all_read = True
    for file in files:
        if file in left_out:
            were_all_read = False
            continue
        # load_scenarios refuses a file without the name, but in a folder any file may have it.
        wanted = None if path.is_dir() else name
        on_file(file)
        folder = PurePosixPath(file.parent.relative_to(root).as_posix())
        try:
            scenarios = load_scenarios(file, wanted)
        except ScenarioError as error:
            if on_error is None:
                raise
            on_error(file, error)
            were_all_read = False
            continue
        for scenario in scenarios:
            if name in (None, scenario.name):
                trace = folder / f"{scenario.name}{TRACE_SUFFIX}"
                found.append(FoundScenario(scenario, file, trace))
    if not found and were_all_read:
        raise ScenarioError(f"no scenario called {name!r}", file=str(path))
    _refuse_two_traces_at_one_path(found)
    return found


def _files_below(folder: Path) -> list[Path]:
    files = [
        file
        for file in walk_files(folder, ".py").files
        if not any(part.startswith(("_", ".")) for part in file.relative_to(folder).parts)
    ]
    if not files:
        raise ScenarioError("no Python file below this folder", file=str(folder))
    return files


def _refuse_two_traces_at_one_path(found: list[FoundScenario]) -> None:
    """Recording must not overwrite one scenario's trace with another's.

    Names that differ only in case or in Unicode normal form are one name on some file systems.
    """
    places: dict[str, FoundScenario] = {}
    for each in found:
        other = places.setdefault(folded(str(each.trace)), each)
        if other is not each:
            name, taken = told_apart(each.trace, other.trace)
            raise ScenarioError(
                f"{each.scenario.name} is also a scenario of {other.file}"
                if other.trace == each.trace
                else f"its trace {name} has the name of {taken}, where a file system"
                " ignores case or Unicode normal form",
                file=str(each.file),
                hint="Both traces would have the same name: rename one, or move it to a folder of"
                " its own.",
            )


def refuse_taken_names(found: Iterable[FoundScenario], output: Path) -> None:
    """Raise ScenarioError where a trace has a name that some file systems take for another's.

    ``output`` is the folder of the traces. A trace with exactly the same name is no reason.
    """
    names = FoldedNames()
    for each in found:
        other = names.other(output, each.trace)
        if other is not None:
            name, taken = told_apart(each.trace, other)
            raise ScenarioError(
                f"its trace {name} has the name of {taken}, where a file system ignores case"
                " or Unicode normal form",
                file=str(each.file),
                hint="Rename the scenario, or remove the other trace.",
            )
