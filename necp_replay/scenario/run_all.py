"""Runs the scenarios of a file or folder in a process of their own.

A scenario is a user's program: it may end its process at any moment, with any status. That must not
look like the end of the command.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path, PurePosixPath

from necp_replay.dataclass import dataclass
from necp_replay.errors import NecpReplayError, ScenarioError, error_of_trace
from necp_replay.processes.isolated import EndedEarly, results_of_process, without_causes
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
    of the scenarios of a file. ``record_limit_s`` is how much processor time one record may take,
    ``state_hashes`` after how many records the hash of the state is written.
    """

    path: Path
    output: Path
    name: str | None = None
    release: str | None = None
    attachments_of: Callable[[Path], tuple[Attachment, ...]] = lambda file: ()
    record_limit_s: float | None = None
    state_hashes: int | None = None


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


@dataclass(frozen=True, slots=True)
class _Failed:
    """A file, or a scenario of it, that cannot be used."""

    file: Path
    name: str
    error: NecpReplayError


OnError = Callable[[NecpReplayError], object]
"""Is told what is wrong with one file or scenario."""


def record_all(to_run: ToRun, on_error: OnError) -> Iterator[Recording]:
    """Run the scenarios, and give the trace of each.

    What is wrong with one goes to ``on_error``, and the others go on. Raises ScenarioError where
    there is no scenario, or where two traces would have one name.
    """
    for item in _ScenarioRun(to_run, _record, refuse_taken_names).results(on_error):
        if isinstance(item, Recording):
            yield item


def check_all(to_run: ToRun, on_error: OnError) -> Iterator[Checked]:
    """Run the scenarios, and compare each with its trace; the rest as in :func:`record_all`."""
    for item in _ScenarioRun(to_run, _check, lambda found, output: None).results(on_error):
        if isinstance(item, Checked):
            yield item


_Item = Recording | Checked | _Doing | _Failed
_Report = Callable[[_Item], None]


class _ScenarioRun:
    """One run over all scenarios. A process that one of them ends is followed by another."""

    def __init__(
        self,
        to_run: ToRun,
        work: Callable[[ToRun, FoundScenario], Recording | Checked],
        check: Callable[[Sequence[FoundScenario], Path], None],
    ) -> None:
        self._to_run = to_run
        self._work = work
        self._check = check
        self._done: set[tuple[Path, str]] = set()
        self._unusable: set[Path] = set()

    def results(self, on_error: OnError) -> Iterator[Recording | Checked]:
        while True:
            doing = None
            try:
                for item in results_of_process(self._work_on_all):
                    match item:
                        case _Doing():
                            doing = item
                        case _Failed(file, name, error):
                            self._leave_out(file, name)
                            on_error(error)
                        case _:
                            yield item
                            if doing is not None:
                                self._leave_out(doing.file, doing.name)
                return
            except EndedEarly as ending:
                error = _ended(self._to_run.path if doing is None else doing.file, doing, ending)
                if doing is None:
                    raise error from None
                self._leave_out(doing.file, doing.name)
                on_error(error)
            except NecpReplayError:
                # Wrong with the run as a whole.
                raise
            except Exception as error:  # A scenario can break its process in any way.
                if doing is None:
                    raise
                self._leave_out(doing.file, doing.name)
                on_error(error_of_trace(error, str(doing.file)))

    def _leave_out(self, file: Path, name: str) -> None:
        """Do not run a scenario again, or a file that cannot be used."""
        if name:
            self._done.add((file, name))
        else:
            self._unusable.add(file)

    def _work_on_all(self, report: _Report) -> None:
        """What the process does."""
        to_run = self._to_run
        found = find_scenarios(
            to_run.path,
            to_run.name,
            on_file=lambda file: report(_Doing(file)),
            on_error=lambda file, error: report(_Failed(file, "", without_causes(error))),
            left_out=self._unusable,
        )
        self._check(found, to_run.output)
        for each in found:
            name = each.scenario.name
            if (each.file, name) in self._done:
                continue
            report(_Doing(each.file, name))
            try:
                report(self._work(to_run, each))
            except Exception as error:  # An error in one scenario must not stop the others.
                known = error_of_trace(error, str(each.file))
                report(_Failed(each.file, name, without_causes(known)))


def _ended(file: Path, doing: _Doing | None, ending: EndedEarly) -> ScenarioError:
    what = f"{doing.name}: " if doing is not None and doing.name else ""
    return ScenarioError(
        f"{what}the scenario ended its process ({ending})",
        file=str(file),
        hint="A scenario has to return. Look for os._exit, os.abort and signals in it.",
    )


def _record(to_run: ToRun, each: FoundScenario) -> Recording:
    attachments = to_run.attachments_of(each.file)
    recorded = record_scenario(
        each.scenario,
        each.file,
        _release_of(to_run, each),
        attachments,
        to_run.record_limit_s,
        to_run.state_hashes,
    )
    return Recording(each.file, each.trace, recorded)


def _check(to_run: ToRun, each: FoundScenario) -> Checked:
    return Checked(
        each.trace, staleness(each, to_run.output, _release_of(to_run, each), to_run.record_limit_s)
    )


def _release_of(to_run: ToRun, each: FoundScenario) -> str:
    recorded = recorded_release(to_run.output / each.trace)
    modelled = each.scenario.span.modelled()
    if to_run.release is None and (recorded is None or recorded not in modelled):
        return modelled[-1] if modelled else NEWEST
    return to_run.release or recorded or NEWEST
