"""The smallest trace that shows a difference, from Python."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

from necp_replay.abi.client import ClientAction
from necp_replay.engines.engine import Engine
from necp_replay.errors import EngineError, UsageError, WriteError
from necp_replay.events.inputs import Step
from necp_replay.events.notifications import TakeSnapshot
from necp_replay.events.outcome import Absent, Outcome
from necp_replay.events.syscalls import NecpClientAction
from necp_replay.events.unmeasured_inputs import partial_step
from necp_replay.generate.trace import write_generated
from necp_replay.kernel.machine import Machine
from necp_replay.minimize.minimize import minimize, pair_of_releases
from necp_replay.minimize.options import MinimizeOptions, MinimizeReport
from necp_replay.minimize.part_comparison import Pair
from necp_replay.minimize.target import Wanted
from necp_replay.releases.lineage import RELEASES
from necp_replay.replay.two_releases import DiffOptions, diff_trace
from necp_replay.trace.header import OutcomeDetail
from necp_replay.trace.reader import TraceReader
from necp_replay.trace.writer import TraceWriter

TRACES = Path(__file__).parents[2] / "traces"
OLD, NEW = RELEASES["xnu-4570.41.2"], RELEASES["xnu-4570.51.1"]
REFUSED = TRACES / "client" / "remove_refused.necptrace"
REMOVE = TRACES / "differences" / "remove_unknown_client.necptrace"


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A generated trace of some length."""
    path = tmp_path_factory.mktemp("generated") / "long.necptrace"
    write_generated(path, OLD.release, seed=3, records=1_500, mix="everything")
    return path


def options(pair: Pair | None = None, **changes: Any) -> MinimizeOptions:
    made = MinimizeOptions(pair or pair_of_releases(OLD, NEW), NEW.release, OLD.release)
    return replace(made, **changes)


def small(path: Path, folder: Path, given: MinimizeOptions) -> MinimizeReport:
    return minimize(path, folder / "small.necptrace", given)


def steps_of(path: Path) -> list[Step]:
    with TraceReader(path) as reader:
        return [step for _, step, _ in reader]


def test_the_result_shows_the_same_difference_in_its_last_record(
    generated: Path, tmp_path: Path
) -> None:
    report = small(generated, tmp_path, options())
    assert report.left <= 12
    assert report.left == len(steps_of(report.output))
    assert report.shown == report.verified
    found = diff_trace(report.output, "small", DiffOptions(OLD, NEW, NEW.release, keep=None))
    last = [example for example in found.examples if example.record == report.left]
    assert report.difference.fingerprint in {example.fingerprint for example in last}


def test_every_record_of_the_result_is_needed(generated: Path, tmp_path: Path) -> None:
    report = small(generated, tmp_path, options())
    steps = steps_of(report.output)
    wanted = Wanted(len(steps) - 1, report.difference.fingerprint)
    with TraceReader(report.output) as reader:
        header = reader.header
    for place in range(len(steps) - 1):
        path = tmp_path / f"without-{place}.necptrace"
        with path.open("wb") as file, TraceWriter(file, header) as writer:
            for step in steps[:place] + steps[place + 1 :]:
                writer.write(step, None)
        with pytest.raises(UsageError):
            minimize(path, tmp_path / f"{place}.necptrace", options(wanted=wanted))


def test_the_same_trace_gives_the_same_bytes(generated: Path, tmp_path: Path) -> None:
    first = minimize(generated, tmp_path / "a.necptrace", options())
    second = minimize(generated, tmp_path / "b.necptrace", options())
    assert first.output.read_bytes() == second.output.read_bytes()


def test_a_record_or_a_fingerprint_chooses_the_difference(generated: Path, tmp_path: Path) -> None:
    found = diff_trace(generated, "long", DiffOptions(OLD, NEW, NEW.release, keep=None))
    last = found.examples[-1]
    by_record = minimize(
        generated, tmp_path / "a.necptrace", options(wanted=Wanted(record=last.record))
    )
    assert by_record.difference.record == last.record
    by_print = minimize(
        generated, tmp_path / "b.necptrace", options(wanted=Wanted(fingerprint=last.fingerprint))
    )
    assert by_print.difference.fingerprint == last.fingerprint


def test_a_final_state_alone_is_shown_by_a_snapshot(tmp_path: Path) -> None:
    path = TRACES / "client" / "copy_result.necptrace"
    old, new = RELEASES["xnu-7195.50.7.100.1"], RELEASES["xnu-7195.101.1"]
    given = MinimizeOptions(pair_of_releases(old, new), new.release, old.release)
    report = small(path, tmp_path, given)
    assert isinstance(steps_of(report.output)[-1].input, TakeSnapshot)
    assert report.left < report.records


def test_a_final_state_alone_is_found_where_a_part_of_it_is_not_determined(tmp_path: Path) -> None:
    path, whole = tmp_path / "partial.necptrace", TRACES / "client" / "copy_result.necptrace"
    with TraceReader(whole) as reader, path.open("wb") as file:
        header = replace(reader.header, outcome_detail=OutcomeDetail.NONE)
        with TraceWriter(file, header) as writer:
            for _, step, _ in reader:
                writer.write(step)
            unknown = NecpClientAction(pid=100, fd=3, action=ClientAction.ADD)
            writer.write(partial_step(unknown, (bytes(15) + b"1",), None, ("buffer",)))
    old, new = RELEASES["xnu-7195.50.7.100.1"], RELEASES["xnu-7195.101.1"]
    given = MinimizeOptions(pair_of_releases(old, new), new.release, old.release)
    report = small(path, tmp_path, given)
    assert report.difference.record == report.records + 1
    assert report.left < report.records
    assert report.shown == report.verified


class WithoutSnapshots(Machine):
    """Our engine, which does not model the record that takes a snapshot."""

    def submit(self, step: Step) -> Outcome:
        if isinstance(step.input, TakeSnapshot):
            return Outcome(answer=Absent("no snapshots"))
        return super().submit(step)


def test_the_state_of_an_engine_is_asked_for_as_diff_does(tmp_path: Path) -> None:
    path = TRACES / "client" / "copy_result.necptrace"
    old, new = RELEASES["xnu-7195.50.7.100.1"], RELEASES["xnu-7195.101.1"]
    pair = Pair(partial(Machine, old), partial(WithoutSnapshots, new))
    report = small(path, tmp_path, MinimizeOptions(pair, new.release, old.release))
    assert report.difference.record == report.records + 1


def test_recorded_outcomes_are_stood_for_by_a_release_that_gives_them(tmp_path: Path) -> None:
    with TraceReader(REMOVE) as reader:
        release = reader.header.release
    other = RELEASES["xnu-4570.41.2" if release != "xnu-4570.41.2" else "xnu-4570.51.1"]
    pair = Pair(None, partial(Machine, other))
    report = small(REMOVE, tmp_path, MinimizeOptions(pair, release))
    assert report.model == release
    assert not report.sliced_only


def test_an_outcome_that_no_release_gives_leaves_the_slice(tmp_path: Path) -> None:
    path = tmp_path / "odd.necptrace"
    with TraceReader(REFUSED) as reader, path.open("wb") as file:
        release = reader.header.release
        with TraceWriter(file, reader.header) as writer:
            for number, step, outcome in reader:
                assert outcome is not None
                odd = replace(outcome, errno=99) if number == 6 else outcome
                writer.write(step, odd)
    pair = Pair(None, partial(Machine, RELEASES[release]))
    report = small(path, tmp_path, MinimizeOptions(pair, release))
    assert report.sliced_only
    assert list(report.sizes) == ["what it depends on"]
    assert report.difference.record == 6


class Unsteady:
    """Our engine, which fails in a way of its own at every REMOVE."""

    def __init__(self, misbehave: Callable[[], None]) -> None:
        self._machine = Machine(OLD)
        self._machine.make_missing_ids()
        self._misbehave = misbehave
        self.snapshot = self._machine.snapshot

    def submit(self, step: Step) -> Outcome:
        outcome = self._machine.submit(step)
        if getattr(step.input, "action", None) == 2:
            self._misbehave()
        return outcome


def unsteady(misbehave: Callable[[], None]) -> Pair:
    def opened() -> Engine:
        return Unsteady(misbehave)

    return Pair(pair_of_releases(OLD, OLD).expected, opened)


def crash() -> None:
    raise EngineError("ended with exit status 3")


def test_a_program_that_ends_is_a_difference_of_its_record(generated: Path, tmp_path: Path) -> None:
    report = small(generated, tmp_path, options(unsteady(crash)))
    assert report.difference.kind == "REMOVE"
    assert report.difference.fields[0].actual == "ended with exit status 3"
    assert report.left <= 3


def test_a_program_that_sometimes_ends_is_told_with_its_rate(
    generated: Path, tmp_path: Path
) -> None:
    turns = cycle([True, False, False])

    def misbehave() -> None:
        if next(turns):
            crash()

    pair = replace(unsteady(misbehave), attempts=6)
    report = small(generated, tmp_path, options(pair))
    assert 0 < report.shown < report.verified


def test_the_budget_stops_the_search_with_a_trace_that_differs(
    generated: Path, tmp_path: Path
) -> None:
    report = small(generated, tmp_path, options(most_replays=4))
    assert "budget" in report.stopped
    whole = minimize(report.output, tmp_path / "again.necptrace", options())
    assert whole.difference.fingerprint == report.difference.fingerprint
    assert whole.left <= report.left


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        (Wanted(record=1), "record 1 does not differ"),
        (Wanted(fingerprint="0123456789"), "nothing differs with fingerprint 0123456789"),
    ],
    ids=["record", "fingerprint"],
)
def test_a_difference_that_is_not_there_is_refused(
    tmp_path: Path, wanted: Wanted, message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        small(REMOVE, tmp_path, options(wanted=wanted))
    assert not list(tmp_path.iterdir())


def test_nothing_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "small.necptrace").write_bytes(b"kept")
    with pytest.raises(WriteError, match="exists already"):
        small(REMOVE, tmp_path, options())
    assert (tmp_path / "small.necptrace").read_bytes() == b"kept"
