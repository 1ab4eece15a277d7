"""Several processes that try parts: the same result, and none is left behind."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from necp_replay.engines.engine import Engine
from necp_replay.errors import EngineError
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.generate.trace import write_generated
from necp_replay.kernel.machine import Machine
from necp_replay.minimize.minimize import minimize, pair_of_releases
from necp_replay.minimize.options import MinimizeOptions
from necp_replay.minimize.part_comparison import Pair
from necp_replay.releases.lineage import RELEASES

OLD, NEW = RELEASES["xnu-4570.41.2"], RELEASES["xnu-4570.51.1"]


@pytest.fixture(scope="module")
def trace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A generated trace of some length."""
    path = tmp_path_factory.mktemp("generated") / "long.necptrace"
    write_generated(path, OLD.release, seed=3, records=1_500, mix="everything")
    return path


@pytest.fixture(autouse=True)
def none_left() -> object:
    """No test leaves a process behind."""
    yield
    assert multiprocessing.active_children() == []


def options(jobs: int, pair: Pair | None = None) -> MinimizeOptions:
    return MinimizeOptions(pair or pair_of_releases(OLD, NEW), NEW.release, OLD.release, jobs=jobs)


def test_every_number_of_processes_gives_the_same_trace_and_report(
    trace: Path, tmp_path: Path
) -> None:
    alone = minimize(trace, tmp_path / "1.necptrace", options(1))
    for jobs in (2, 3):
        output = tmp_path / f"{jobs}.necptrace"
        report = minimize(trace, output, options(jobs))
        assert output.read_bytes() == alone.output.read_bytes()
        assert replace(report, output=alone.output) == alone


def test_a_budget_ends_at_the_same_part(trace: Path, tmp_path: Path) -> None:
    limited = [replace(options(jobs), most_replays=11) for jobs in (1, 2)]
    first, second = (
        minimize(trace, tmp_path / f"{given.jobs}.necptrace", given) for given in limited
    )
    assert first.stopped
    assert first.output.read_bytes() == second.output.read_bytes()
    assert first.replays == second.replays


class Misbehaving:
    """Our engine, which does something of its own at REMOVE in a process that tries parts."""

    def __init__(self, misbehave: Callable[[], None], parent: int) -> None:
        self._machine = Machine(NEW)
        self._machine.make_missing_ids()
        self._misbehave, self._parent = misbehave, parent
        self._added = 0
        self.snapshot = self._machine.snapshot

    def submit(self, step: Step) -> Outcome:
        action = getattr(step.input, "action", None)
        self._added += action == 1
        if action == 2 and self._added > 1 and os.getpid() != self._parent:
            self._misbehave()
        return self._machine.submit(step)


def misbehaving(misbehave: Callable[[], None]) -> Pair:
    parent = os.getpid()

    def opened() -> Engine:
        return Misbehaving(misbehave, parent)

    return Pair(pair_of_releases(OLD, NEW).expected, opened)


def test_an_engine_that_ends_its_process_fails_only_the_part(trace: Path, tmp_path: Path) -> None:
    pair = misbehaving(lambda: os._exit(3))
    report = minimize(trace, tmp_path / "small.necptrace", options(2, pair))
    assert report.left <= 12
    assert report.shown == report.verified


def test_an_error_of_an_engine_that_cannot_be_opened_is_raised(trace: Path, tmp_path: Path) -> None:
    parent = os.getpid()
    pair = pair_of_releases(OLD, NEW)

    def opened() -> Engine:
        if os.getpid() != parent:
            raise EngineError("the engine cannot be started")
        return pair.actual()

    with pytest.raises(EngineError, match="cannot be started"):
        minimize(trace, tmp_path / "small.necptrace", options(2, Pair(pair.expected, opened)))
    assert not list(tmp_path.iterdir())
