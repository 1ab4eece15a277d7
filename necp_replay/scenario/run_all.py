"""Runs the scenarios of a file or folder in a process of their own.

A scenario is a user's program: it may end its process at any moment, with any status. That must not
look like the end of the command.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath

from necp_replay.errors import ScenarioError
from necp_replay.processes.isolated import EndedEarly, results_of_process
from necp_replay.releases.lineage import NEWEST
from necp_replay.scenario.find import FoundScenario, find_scenarios, refuse_taken_names
from necp_replay.scenario.record import (
    RecordedScenario,
    Staleness,
    record_scenario,
    recorded_release,
    staleness,
)
from necp_replay.trace.header import Attachment


@dataclass(frozen=True, slots=True)
class ToRun:
    """Which scenarios to run, and how.

    ``path`` is a file or folder of scenarios, ``name`` keeps only those of that name. Traces are
    or will be below ``output``. Without ``release`` each scenario runs on that of its trace, else
    on the newest. ``attachments_of`` gives those
    of the scenarios of a file.
    """

    path: Path
    output: Path
    name: str | None = None
    release: str | None = None
    attachments_of: Callable[[Path], tuple[Attachment, ...]] = lambda file: ()


@dataclass(frozen=True, slots=True)
class Recording:
    """The trace of one scenario, and where it belongs below the output folder."""

    file: Path
    trace: PurePosixPath
    recorded: RecordedScenario


@dataclass(frozen=True, slots=True)
class Checked:
    """Whether the trace of one scenario is out of date; None if it is not."""

    trace: PurePosixPath
    stale: Staleness | None


@dataclass(frozen=True, slots=True)
class _Doing:
    """What the process does next, for the error if it ends there."""

    file: Path
    name: str = ""


def record_all(to_run: ToRun) -> Iterator[Recording]:
    """Run the scenarios, and give the trace of each. Raises ScenarioError."""
    for item in _results(to_run, partial(_record_each, to_run)):
        if isinstance(item, Recording):
            yield item


def check_all(to_run: ToRun) -> Iterator[Checked]:
    """Run the scenarios, and compare each with its trace. Raises ScenarioError."""
    for item in _results(to_run, partial(_check_each, to_run)):
        if isinstance(item, Checked):
            yield item


_Item = Recording | Checked | _Doing
_Report = Callable[[_Item], None]


def _results(to_run: ToRun, work: Callable[[_Report], None]) -> Iterator[_Item]:
    doing = _Doing(to_run.path)
    try:
        for item in results_of_process(work):
            if isinstance(item, _Doing):
                doing = item
            yield item
    except EndedEarly as ending:
        what = f"{doing.name}: " if doing.name else ""
        raise ScenarioError(
            f"{what}the scenario ended its process ({ending})",
            file=str(doing.file),
            hint="A scenario has to return. Look for os._exit, os.abort and signals in it.",
        ) from None


def _record_each(to_run: ToRun, report: _Report) -> None:
    for each in _found(to_run, report, refuse_taken_names):
        release = to_run.release or recorded_release(to_run.output / each.trace) or NEWEST
        attachments = to_run.attachments_of(each.file)
        recorded = record_scenario(each.scenario, each.file, release, attachments)
        report(Recording(each.file, each.trace, recorded))


def _check_each(to_run: ToRun, report: _Report) -> None:
    for each in _found(to_run, report):
        release = to_run.release or recorded_release(to_run.output / each.trace) or NEWEST
        report(Checked(each.trace, staleness(each, to_run.output, release)))


def _found(
    to_run: ToRun,
    report: _Report,
    check: Callable[[Sequence[FoundScenario], Path], None] = lambda found, output: None,
) -> Iterator[FoundScenario]:
    def on_file(file: Path) -> None:
        report(_Doing(file))

    found: Sequence[FoundScenario] = find_scenarios(to_run.path, to_run.name, on_file=on_file)
    check(found, to_run.output)
    for each in found:
        report(_Doing(each.file, each.scenario.name))
        yield each
