"""Imports a Python file and finds its scenarios: public functions of one parameter ``system``."""

from __future__ import annotations

import importlib.util
import inspect
import os
import sys
from collections.abc import Callable
from importlib.abc import Loader
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

from necp_replay.dataclass import dataclass
from necp_replay.errors import ScenarioError, Terminated
from necp_replay.processes.dropped_exceptions import dropped_raised
from necp_replay.releases.span import ReleaseSpan
from necp_replay.scenario.runs_on import span_of_scenario
from necp_replay.scenario.system import System


@dataclass(frozen=True, slots=True)
class Scenario:
    """One scenario: the function to run, its name, and its docstring as description.

    ``span`` says on which releases it can run.
    """

    name: str
    description: str
    run: Callable[[System], object]
    span: ReleaseSpan


def load_scenarios(path: Path, name: str | None = None) -> list[Scenario]:
    """The scenarios of a file in the order they are defined, or only the one called ``name``.

    Raises ScenarioError if the file cannot be imported or has no such scenario.
    """
    if not os.path.lexists(path):
        raise ScenarioError("no such file or folder", file=str(path))
    module_name = f"_necp_replay_scenario_{path.stem}"
    spec = importlib.util.spec_from_file_location(module_name, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise ScenarioError("not a Python file", file=str(path))
    module = importlib.util.module_from_spec(spec)
    # Data classes and pickles of a scenario's file look up their module in sys.modules.
    sys.modules[module_name] = module
    try:
        with dropped_raised():
            _execute(spec.loader, module, path)
    except (KeyboardInterrupt, Terminated):
        raise
    except BaseException as error:  # The file is a user's program and may fail in any way.
        raise ScenarioError(
            f"{type(error).__name__}: {text_of(error)}",
            file=str(path),
            line=line_in(error, path),
        ) from error
    found = [
        Scenario(key, inspect.getdoc(value) or "", value, span_of_scenario(value))
        for key, value in vars(module).items()
        if _is_scenario(key, value, module_name)
    ]
    if name is not None:
        found = [scenario for scenario in found if scenario.name == name]
    if not found:
        what = "no scenario" if name is None else f"no scenario called {name!r}"
        raise ScenarioError(
            what,
            file=str(path),
            hint="A scenario is a public function whose only parameter is named `system`.",
        )
    return found


def _execute(loader: Loader, module: ModuleType, path: Path) -> None:
    """Run a file as a module, without bytecode.

    Python compares the size and the second of a change with those that bytecode was made for. A
    scenario that was edited at once would run as it was before, and folders of scenarios would get
    folders of bytecode.
    """
    if isinstance(loader, SourceFileLoader):
        exec(loader.source_to_code(loader.get_data(str(path)), str(path)), module.__dict__)
    else:
        loader.exec_module(module)


def text_of(error: BaseException) -> str:
    """The text of an exception of a user's program, whose own way to say it may fail."""
    try:
        return str(error)
    except (KeyboardInterrupt, Terminated):
        raise
    except BaseException as another:  # The class is a user's program and may fail in any way.
        return f"its message cannot be shown ({type(another).__name__})"


def line_in(error: BaseException, path: Path) -> int | None:
    """The line of the file where an exception was raised, or from where it came through."""
    if isinstance(error, SyntaxError):
        return error.lineno
    line = None
    wanted = path.absolute()
    traceback = error.__traceback__
    while traceback is not None:
        if Path(traceback.tb_frame.f_code.co_filename).absolute() == wanted:
            line = traceback.tb_lineno
        traceback = traceback.tb_next
    return line


def _is_scenario(key: str, value: object, module_name: str) -> bool:
    if key.startswith("_") or not inspect.isfunction(value) or value.__module__ != module_name:
        return False
    return list(inspect.signature(value).parameters) == ["system"]
