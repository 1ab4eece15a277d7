"""Checkpoints on disk save the way, and never change where it leads."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from necp_replay.errors import TraceError
from necp_replay.history.beginnings import beginnings
from necp_replay.history.checkpoint_file import decoded
from necp_replay.history.checkpoints import Checkpoints
from necp_replay.history.history import StateHistory
from necp_replay.kernel.machine import Machine
from necp_replay.releases.lineage import NEWEST, OLDEST, RELEASES
from necp_replay.trace.reader import TraceReader
from tests.examples import examples
from tests.history.long_traces import EVERY, checkpoints, generated, rewritten

RECORDS: Final = 130


@pytest.fixture(scope="module")
def trace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generated(tmp_path_factory.mktemp("checkpoints"), NEWEST, 6, RECORDS)


@pytest.fixture(scope="module")
def states(trace: Path) -> list[bytes]:
    machine = Machine(RELEASES[NEWEST])
    found = [machine.save()]
    with TraceReader(trace) as reader:
        for _, step, _ in reader:
            machine.submit(step)
            found.append(machine.save())
    return found


@pytest.fixture
def folder(trace: Path, tmp_path: Path) -> Path:
    """A folder with the checkpoints of a whole walk."""
    with StateHistory(trace, checkpoints=checkpoints(trace, tmp_path)) as history:
        history.go_to_end()
    return tmp_path


def numbers(found: Checkpoints) -> list[int]:
    return [each.number for each in found.known]


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
    assert numbers(known) == [40, 80, 120]
    submitted, state, names = places_of(trace, known, place)
    assert state == states[place]
    assert submitted == (place - 1) % EVERY + 1
    assert names == places_of(trace, checkpoints(trace, None), place)[2]


def test_a_walk_goes_on_where_checkpoints_end(
    trace: Path, states: list[bytes], tmp_path: Path
) -> None:
    with StateHistory(trace, checkpoints=checkpoints(trace, tmp_path)) as history:
        history.go_to(85)
    again = checkpoints(trace, tmp_path)
    assert numbers(again) == [40, 80]
    with StateHistory(trace, checkpoints=again) as history:
        history.go_to(125)
        history.go_to(3)
        assert history.machine.save() == states[3]
    last = checkpoints(trace, tmp_path)
    assert numbers(last) == [40, 80, 120]
    with TraceReader(trace) as reader:
        ids = [uuid for number, step, _ in reader if number <= 120 for uuid in step.uuids]
    assert list(last.ids_up_to(120)) == ids


def test_another_engine_only_guesses(trace: Path, folder: Path, states: list[bytes]) -> None:
    other = checkpoints(trace, folder, "another")
    assert not other.known
    assert [each.number for each in other.guesses] == [40, 80, 120]
    assert places_of(trace, other, 95)[:2] == (95, states[95])


def test_another_release_has_its_own(trace: Path, folder: Path) -> None:
    assert not checkpoints(trace, folder, of=OLDEST).chain


def test_a_trace_with_the_same_beginning_has_the_checkpoints_of_it(
    trace: Path, folder: Path, states: list[bytes]
) -> None:
    # Its records up to 90, in the same chunks, and others after them.
    longer = rewritten(trace, folder / "longer", change=lambda n, o: None if n > 90 else o)
    assert numbers(checkpoints(longer, folder)) == [40, 80]
    assert places_of(longer, checkpoints(longer, folder), 125)[:2] == (45, states[125])
    assert numbers(checkpoints(longer, folder)) == [40, 80, 120]
    assert numbers(checkpoints(trace, folder)) == [40, 80, 120]
    shorter = rewritten(trace, folder / "shorter", 80)
    assert numbers(checkpoints(shorter, folder)) == [40]
    other = rewritten(trace, folder / "other", change=lambda n, o: None if n > 35 else o)
    assert not checkpoints(other, folder).known


def test_a_damaged_index_never_stands_for_a_whole_one(trace: Path, tmp_path: Path) -> None:
    whole = beginnings(trace, EVERY)
    content = trace.read_bytes()
    damaged = tmp_path / "damaged"
    chosen = random.Random(2)
    for _ in range(examples(25, thorough=1_000)):
        place = chosen.randrange(len(content))
        damaged.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        try:
            found = beginnings(damaged, EVERY)
        except TraceError:
            continue
        with TraceReader(trace) as reader:
            index = reader.read_index()
            ends = [index.chunk(index.find_record(each.number) + 1).offset for each in whole[:2]]
        same = [a == b for a, b in zip(whole, found, strict=True)]
        assert same[:2] == [place >= end for end in ends]


def test_what_is_damaged_is_dropped(trace: Path, folder: Path, states: list[bytes]) -> None:
    files = {file: file.read_bytes() for file in folder.glob("checkpoint-*.bin")}
    assert len(files) == 3
    chosen = random.Random(1)
    for _ in range(examples(25, thorough=1_000)):
        file, whole = chosen.choice(list(files.items()))
        damaged = bytearray(whole)
        damaged[chosen.randrange(len(whole))] ^= chosen.randrange(1, 256)
        end = chosen.choice((len(whole), chosen.randrange(len(whole))))
        file.write_bytes(bytes(damaged[:end]))
        found = checkpoints(trace, folder)
        file.write_bytes(whole)
        assert len(found.known) < 3
        for each in found.known:
            assert each.state() == states[each.number]


def test_a_state_that_cannot_be_restored_is_dropped_and_made_again(
    trace: Path, folder: Path, states: list[bytes]
) -> None:
    found = checkpoints(trace, folder)
    found.known[1] = replace(found.known[1], packed=b"no state")
    submitted, state, _ = places_of(trace, found, 95)
    assert (submitted, state) == (55, states[95])
    assert numbers(checkpoints(trace, folder)) == [40, 80, 120]


def test_a_trace_that_changes_meanwhile_leaves_nothing(trace: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    copy.write_bytes(trace.read_bytes())
    with StateHistory(copy, checkpoints=checkpoints(copy, tmp_path)) as history:
        history.go_to_end()
        rewritten(trace, copy, change=lambda _, o: None)
    assert not list(tmp_path.glob("*.bin"))


def test_a_folder_that_cannot_be_written_does_no_harm(trace: Path, states: list[bytes]) -> None:
    found = checkpoints(trace, Path("/proc/none"))
    assert places_of(trace, found, 95)[1] == states[95]


def test_a_file_beside_the_trace_is_only_believed_if_it_is_trusted(
    trace: Path, folder: Path, states: list[bytes], tmp_path: Path
) -> None:
    content = checkpoints(trace, folder).as_file()
    claims = decoded(content, is_claimed=True).checkpoints
    guessed = checkpoints(trace, None, claims=claims)
    assert not guessed.known
    assert places_of(trace, guessed, 95)[:2] == (95, states[95])
    trusted = checkpoints(trace, folder / "new", claims=claims, trusted=True)
    assert places_of(trace, trusted, 125)[:2] == (5, states[125])
    # What follows from a claim is not remembered.
    assert not (folder / "new").exists()


def test_a_damaged_file_beside_the_trace_has_the_checkpoints_before_the_damage(
    trace: Path, folder: Path
) -> None:
    whole = checkpoints(trace, folder).as_file()
    known = decoded(whole, is_claimed=True).checkpoints
    chosen = random.Random(3)
    for _ in range(examples(40, thorough=2_000)):
        damaged = bytearray(whole)
        damaged[chosen.randrange(len(whole))] ^= chosen.randrange(1, 256)
        found = decoded(bytes(damaged), is_claimed=True)
        assert found.checkpoints == known[: len(found.checkpoints)]
        assert found.is_damaged or (found.engine, found.of) != ("this", NEWEST)
    for end in range(0, len(whole), len(whole) // 30):
        cut = decoded(whole[:end], is_claimed=True)
        assert cut.is_damaged or len(cut.checkpoints) < 3
