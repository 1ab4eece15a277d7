"""Checkpoints on disk save the way, and never change where it leads."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Final

import pytest

from necp_replay.generate.trace import write_generated
from necp_replay.history.checkpoints import Checkpoint, Checkpoints, checkpoints_of
from necp_replay.history.history import StateHistory
from necp_replay.kernel.machine import Machine
from necp_replay.releases.lineage import NEWEST, OLDEST, RELEASES
from necp_replay.trace.reader import TraceReader
from tests.examples import examples

RECORDS: Final = 130
EVERY: Final = 40


@pytest.fixture(scope="module")
def trace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("checkpoints") / "generated.necptrace"
    write_generated(path, NEWEST, seed=6, records=RECORDS, mix="everything")
    return path


@pytest.fixture(scope="module")
def states(trace: Path) -> list[bytes]:
    machine = Machine(RELEASES[NEWEST])
    found = [machine.save()]
    with TraceReader(trace) as reader:
        for _, step, _ in reader:
            machine.submit(step)
            found.append(machine.save())
    return found


def checkpoints(
    trace: Path, folder: Path, engine: str = "this", release: str = NEWEST
) -> Checkpoints:
    found = checkpoints_of(folder, trace, release, engine, every=EVERY)
    assert found is not None
    return found


@pytest.fixture
def folder(trace: Path, tmp_path: Path) -> Path:
    """A folder with the checkpoints of a whole walk."""
    with StateHistory(trace, checkpoints=checkpoints(trace, tmp_path)) as history:
        history.go_to_end()
    return tmp_path


def places_of(trace: Path, found: Checkpoints, place: int) -> tuple[int, bytes, list[str | None]]:
    """How many records are submitted on the way to a place, its state, and names of ids."""
    submitted: list[int] = []
    with StateHistory(trace, checkpoints=found, on_record=lambda: submitted.append(1)) as history:
        history.go_to(place)
        ids = (history.names.id_of(f"#{number}") for number in range(1, 12))
        names = [None if each is None else history.names.name(each) for each in ids]
        return len(submitted), history.machine.save(), names


@pytest.mark.parametrize("place", [1, 40, 41, 95, 130])
def test_a_place_is_reached_from_the_last_checkpoint_before_it(
    trace: Path, folder: Path, states: list[bytes], place: int
) -> None:
    known = checkpoints(trace, folder)
    assert [each.number for each in known.known] == [40, 80, 120]
    submitted, state, names = places_of(trace, known, place)
    assert state == states[place]
    assert submitted == (place - 1) % EVERY + 1
    assert names == places_of(trace, checkpoints(trace, folder / "none"), place)[2]


def test_a_walk_goes_on_where_checkpoints_end(
    trace: Path, states: list[bytes], tmp_path: Path
) -> None:
    with StateHistory(trace, checkpoints=checkpoints(trace, tmp_path)) as history:
        history.go_to(85)
    again = checkpoints(trace, tmp_path)
    assert [each.number for each in again.known] == [40, 80]
    with StateHistory(trace, checkpoints=again) as history:
        history.go_to(125)
        history.go_to(3)
        assert history.machine.save() == states[3]
    last = checkpoints(trace, tmp_path)
    assert [each.number for each in last.known] == [40, 80, 120]
    with TraceReader(trace) as reader:
        ids = [uuid for number, step, _ in reader if number <= 120 for uuid in step.uuids]
    assert list(last.ids_up_to(120)) == ids


def test_another_engine_only_guesses(trace: Path, folder: Path, states: list[bytes]) -> None:
    other = checkpoints(trace, folder, "another")
    assert not other.known
    assert [each.number for each in other.guesses] == [40, 80, 120]
    assert places_of(trace, other, 95)[:2] == (95, states[95])


def test_another_release_and_another_trace_have_their_own(trace: Path, folder: Path) -> None:
    assert not checkpoints(trace, folder, release=OLDEST).known
    other = trace.with_name("other.necptrace")
    write_generated(other, NEWEST, seed=7, records=3)
    assert not checkpoints(other, folder).known
    assert checkpoints_of(folder, folder, NEWEST, "this") is None


def test_what_is_damaged_is_dropped(trace: Path, folder: Path, states: list[bytes]) -> None:
    (file,) = folder.glob("checkpoints-*.bin")
    whole = file.read_bytes()
    chosen = random.Random(1)
    for _ in range(examples(25, thorough=1_000)):
        damaged = bytearray(whole)
        damaged[chosen.randrange(len(whole))] ^= chosen.randrange(1, 256)
        file.write_bytes(
            bytes(damaged[: chosen.choice((len(whole), chosen.randrange(len(whole))))])
        )
        found = checkpoints(trace, folder)
        assert len(found.known) < 3
        for each in found.known:
            assert each.state() == states[each.number]


def test_a_state_that_cannot_be_restored_is_dropped_and_made_again(
    trace: Path, folder: Path, states: list[bytes]
) -> None:
    found = checkpoints(trace, folder)
    forged = found.known[1]
    found.known[1] = Checkpoint(forged.number, forged.ids, b"no state")
    submitted, state, _ = places_of(trace, found, 95)
    assert (submitted, state) == (55, states[95])
    assert [each.number for each in checkpoints(trace, folder).known] == [40, 80]


def test_a_folder_that_cannot_be_written_does_no_harm(trace: Path, states: list[bytes]) -> None:
    found = checkpoints(trace, Path("/proc/none"))
    assert places_of(trace, found, 95)[1] == states[95]
