"""The state at any record is the one that replaying up to it gives, whatever the way there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from necp_replay.errors import TraceError, UsageError
from necp_replay.events.syscalls import NecpOpen
from necp_replay.explain.observed_machine import ObservedMachine
from necp_replay.generate.trace import write_generated
from necp_replay.history.history import StateHistory
from necp_replay.history.kept_states import KeptStates
from necp_replay.kernel.machine import Machine
from necp_replay.releases.lineage import NEWEST, OLDEST, RELEASES
from necp_replay.trace.reader import TraceReader
from tests.examples import examples

ROOT: Final = Path(__file__).parents[2]
RECORDS: Final = 160


@pytest.fixture(scope="module")
def trace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("history") / "generated.necptrace"
    write_generated(path, NEWEST, seed=4, records=RECORDS, mix="everything")
    return path


@pytest.fixture(scope="module")
def states(trace: Path) -> list[bytes]:
    """The state after each record, 0 for before the first, by replaying."""
    machine = Machine(RELEASES[NEWEST])
    found = [machine.save()]
    with TraceReader(trace) as reader:
        for _, step, _ in reader:
            machine.submit(step)
            found.append(machine.save())
    return found


@settings(max_examples=examples(6, thorough=200), deadline=None)
@given(
    places=st.lists(st.integers(0, RECORDS), min_size=1, max_size=5),
    most_bytes=st.sampled_from((1, 40_000, 1 << 26)),
)
def test_every_way_to_a_place_gives_its_state(
    trace: Path, states: list[bytes], places: list[int], most_bytes: int
) -> None:
    with StateHistory(trace, kept=KeptStates(most_bytes)) as history:
        for place in places:
            moment = history.go_to(place)
            assert history.number == place
            assert (moment.number if moment else 0) == place
            assert history.machine.save() == states[place]
            back = history.back()
            assert (back.number if back else 0) == history.number == max(place - 1, 0)
            assert history.machine.save() == states[history.number]
            forward = history.forward()
            assert forward is not None
            assert forward.number == history.number == max(place, 1)
            assert forward.outcome == forward.recorded
            assert history.machine.save() == states[history.number]


def test_the_end_is_told_and_not_passed(trace: Path) -> None:
    with StateHistory(trace) as history:
        assert history.records() == RECORDS
        history.go_to(RECORDS)
        assert history.forward() is None
        assert history.number == RECORDS
        with pytest.raises(UsageError, match=f"no record {RECORDS + 1}: the trace has {RECORDS}"):
            history.go_to(RECORDS + 1)
        with pytest.raises(UsageError, match="no record -1"):
            history.go_to(-1)


def test_steps_back_replay_few_records(trace: Path) -> None:
    submitted: list[int] = []
    with StateHistory(trace) as history:
        history.go_to(RECORDS)
        history.back()
        history.on_record = lambda: submitted.append(history.number)
        for _ in range(50):
            history.back()
        assert history.number == RECORDS - 51
    assert len(submitted) < 50 * 32


def test_a_fork_goes_its_own_way(trace: Path, states: list[bytes]) -> None:
    with StateHistory(trace) as history:
        moment = history.go_to(50)
        assert moment is not None
        fork = history.fork()
        fork.submit(replace(moment.step, input=NecpOpen(pid=1)))
        changed = history.fork(replace(history.profile, skywalk_is_published=False))
        assert not changed.profile.skywalk_is_published
        assert history.machine.save() == states[50]


def test_another_engine_and_another_release_keep_what_they_are(trace: Path) -> None:
    with StateHistory(trace, machine=ObservedMachine, release=OLDEST) as history:
        history.go_to(60)
        history.back()
        assert type(history.machine) is ObservedMachine
        assert type(history.fork()) is ObservedMachine
        assert history.machine.profile.release == OLDEST


def test_names_are_those_of_the_whole_trace(trace: Path) -> None:
    with StateHistory(trace) as history:
        history.go_to(RECORDS)
        first = history.names.id_of("#1")
        assert first is not None
        assert history.names.id_of(first.hex()) == first
        assert history.names.id_of("#99999") is None
        assert history.names.id_of("#x") is None
        assert history.names.id_of("z" * 32) is None
        history.go_to(10)
        assert history.names.name(first) == "#1"
        assert history.title


def test_a_trace_that_is_cut_short_has_a_history_up_to_its_end(
    trace: Path, states: list[bytes], tmp_path: Path
) -> None:
    cut = tmp_path / "cut.necptrace"
    with TraceReader(trace) as reader:
        index = reader.read_index()
        cut.write_bytes(trace.read_bytes()[:-200])
        last = index.records
    with StateHistory(cut) as history:
        assert history.records() is None
        history.go_to(last)
        history.go_to(20)
        assert history.machine.save() == states[20]
        history.go_to(last)
        with pytest.raises(TraceError):
            history.forward()


def test_the_record_that_takes_the_system_down_is_told() -> None:
    with StateHistory(ROOT / "traces/vulnerabilities/agent_action_unbounded.necptrace") as history:
        while history.forward() is not None:
            pass
        assert history.machine.is_down
        assert history.down_at == history.number
        history.back()
        assert not history.machine.is_down
