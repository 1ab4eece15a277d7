"""A record that takes too long is an error of its trace, in this process and in workers."""

from __future__ import annotations

import gc
import itertools
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from necp_replay.engines.engine import Engine, open_machine
from necp_replay.engines.limited import LimitedEngines
from necp_replay.errors import EngineError
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.events.processes import ProcAdd
from necp_replay.events.snapshot import Snapshot
from necp_replay.outcomes.trace_report import Verdict
from necp_replay.replay.parallel import replay_all
from necp_replay.replay.run import ReplayOptions
from necp_replay.trace.find import FoundTrace
from tests.tools.recorded import generate

LIMIT_S = 0.05
SLOW_PID = 13


@dataclass
class Slow:
    """Our engine, but a process with one number takes for ever to add, whatever is caught."""

    release: str
    is_slow_at_end: bool = False
    engine: Engine = field(init=False)

    def __post_init__(self) -> None:
        self.engine = open_machine(self.release)

    def submit(self, step: Step) -> Outcome:
        if isinstance(step.input, ProcAdd) and step.input.pid == SLOW_PID:
            _never_ends()
        return self.engine.submit(step)

    def snapshot(self) -> Snapshot:
        if self.is_slow_at_end:
            _never_ends()
        return self.engine.snapshot()


def _never_ends() -> None:
    for _ in itertools.count():
        try:
            sum(range(1_000))
        except Exception as error:  # As code of the engine may do that expects errors.
            raise AssertionError("the engine could catch it") from error


@pytest.fixture(autouse=True)
def handler_of_before() -> Iterator[None]:
    """The handler of the limit stays installed, as it would in a command.

    Hypothesis watches collections of garbage. An interruption there is dropped with a warning.
    """
    before = signal.getsignal(signal.SIGVTALRM)
    gc.disable()
    yield
    gc.enable()
    signal.signal(signal.SIGVTALRM, before)


def test_a_record_that_takes_too_long_is_an_error_with_its_number() -> None:
    engine = LimitedEngines(Slow, LIMIT_S)("xnu-4570.51.1")
    assert engine.submit(Step(ProcAdd(100))).errno == 0
    with pytest.raises(EngineError, match=r"record 2 takes longer than 0.05 s"):
        engine.submit(Step(ProcAdd(SLOW_PID)))


def test_a_final_state_that_takes_too_long_is_an_error() -> None:
    engine = LimitedEngines(lambda release: Slow(release, True), LIMIT_S)("xnu-4570.51.1")
    with pytest.raises(EngineError, match="the final state takes longer"):
        engine.snapshot()


class _Swallows:
    """Spends the limit where Python drops exceptions, and says that it was interrupted."""

    def __del__(self) -> None:
        _spin(10 * LIMIT_S)


def _spin(seconds: float) -> None:
    end_s = time.process_time() + seconds
    while time.process_time() < end_s:
        sum(range(1_000))


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_interruption_that_python_drops_comes_again(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = open_machine("xnu-4570.51.1")

    def submit(step: Step) -> Outcome:
        _Swallows()
        _spin(10 * LIMIT_S)
        return machine.submit(step)

    engine = LimitedEngines(Slow, LIMIT_S)("xnu-4570.51.1")
    monkeypatch.setattr(Slow, "submit", lambda self, step: submit(step))
    with pytest.raises(EngineError, match="record 1 takes longer"):
        engine.submit(Step(ProcAdd(100)))


def test_time_between_records_does_not_count() -> None:
    engine = LimitedEngines(Slow, LIMIT_S)("xnu-4570.51.1")
    engine.submit(Step(ProcAdd(100)))
    for _ in range(2_000):
        sum(range(1_000))
    assert engine.submit(Step(ProcAdd(101))).errno == 0


def test_the_outcomes_are_those_without_a_limit() -> None:
    limited, plain = (
        LimitedEngines(open_machine, 60)("xnu-4570.51.1"),
        open_machine("xnu-4570.51.1"),
    )
    for pid in (1, 2, 1):
        step = Step(ProcAdd(pid))
        assert limited.submit(step) == plain.submit(step)
    assert limited.snapshot() == plain.snapshot()


@dataclass(frozen=True)
class SlowOnce:
    """Opens slow engines; a class, since worker processes are sent it."""

    def __call__(self, release: str, /) -> Engine:
        return SlowEveryTenth(open_machine(release))


@dataclass
class SlowEveryTenth:
    """Takes for ever for the tenth record."""

    engine: Engine
    records: int = 0

    def submit(self, step: Step) -> Outcome:
        self.records += 1
        if self.records == 10:
            _never_ends()
        return self.engine.submit(step)

    def snapshot(self) -> Snapshot:
        return self.engine.snapshot()


@pytest.mark.parametrize("jobs", [1, 2])
def test_the_other_traces_go_on(tmp_path: Path, jobs: int) -> None:
    traces = [
        FoundTrace(generate(tmp_path / f"{count}.necptrace", seed=1, records=count), str(count))
        for count in (9, 40)
    ]
    options = ReplayOptions(open_engine=LimitedEngines(SlowOnce(), LIMIT_S))
    short, long = replay_all(traces, options, jobs=jobs)
    assert short.verdict is Verdict.IDENTICAL
    assert long.verdict is Verdict.ERROR
    assert "record 10 takes longer than 0.05 s" in (long.error or "")
