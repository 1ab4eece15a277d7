"""A machine that is restored goes on as the one that was saved, and shares nothing with it."""

from __future__ import annotations

import hashlib
import json
import random
import struct
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from necp_replay.engines.recorder import Recorder
from necp_replay.errors import SavedStateError
from necp_replay.events.clock import UpdateAllClients
from necp_replay.events.inputs import Step
from necp_replay.generate.trace import recorded_steps
from necp_replay.generate.unmeasured_parts import Hiding
from necp_replay.kernel.machine import Machine
from necp_replay.releases.lineage import NEWEST, OLDEST, RELEASES
from necp_replay.scenario.system import System
from tests.examples import examples
from tests.kernel.saving.graph import changeable_objects
from tests.some_releases import SOME_RELEASES

RECORDS: Final = 240
Again = Callable[[Machine], Machine]


def saved_and_restored(machine: Machine) -> Machine:
    return Machine.restore(machine.profile, machine.save())


def steps_of(release: str, seed: int, unmeasured_percent: int = 0) -> list[Step]:
    shown = Hiding(seed, unmeasured_percent).shown
    recorded = recorded_steps(release, seed=seed, records=RECORDS, mix="everything")
    return [shown(step, outcome)[0] for step, outcome in recorded]


@settings(max_examples=examples(24, thorough=400), deadline=None)
@given(
    release=st.sampled_from(SOME_RELEASES),
    seed=st.integers(1, 40),
    cut=st.integers(0, RECORDS),
    again=st.sampled_from((saved_and_restored, Machine.fork)),
    unmeasured_percent=st.sampled_from((0, 0, 0, 4)),
)
def test_after_any_prefix_a_machine_goes_on_the_same(
    release: str, seed: int, cut: int, again: Again, unmeasured_percent: int
) -> None:
    steps = steps_of(release, seed, unmeasured_percent)
    machine = Machine(RELEASES[release])
    for step in steps[:cut]:
        machine.submit(step)
    other = again(machine)
    assert other.unused_uuids == machine.unused_uuids
    for step in steps[cut:]:
        assert repr(other.submit(step)) == repr(machine.submit(step))
        assert other.unused_uuids == machine.unused_uuids
    assert repr(other.snapshot()) == repr(machine.snapshot())
    assert other.save() == machine.save()


@pytest.mark.parametrize("again", [saved_and_restored, Machine.fork])
def test_nothing_that_can_change_is_shared(again: Again) -> None:
    machine = Machine(RELEASES[NEWEST])
    for step in steps_of(NEWEST, seed=3):
        machine.submit(step)
    other = again(machine)
    mine = {id(each) for each in changeable_objects(machine)}
    assert not [each for each in changeable_objects(other) if id(each) in mine]


def test_a_fork_with_another_fact_follows_it() -> None:
    profile = RELEASES["xnu-8792.41.9"]
    machine = Machine(profile)
    machine.submit(Step(UpdateAllClients()))
    fork = machine.fork(replace(profile, pending_timer_is_left_alone=False))
    assert not machine.submit(Step(UpdateAllClients())).effects
    assert fork.submit(Step(UpdateAllClients())).effects


def test_a_state_is_saved_as_the_same_bytes_after_reading_it() -> None:
    machine = Machine(RELEASES[OLDEST])
    for step in steps_of(OLDEST, seed=2):
        machine.submit(step)
    state = machine.save()
    machine.snapshot()
    assert machine.save() == state == saved_and_restored(machine).save()


def test_a_state_does_not_grow_with_clients_that_are_gone() -> None:
    sizes = []
    for gone in (10, 300):
        machine = Machine(RELEASES[NEWEST])
        system = System(Recorder(machine, lambda _step, _outcome: None), "t")
        fd = system.add_process(1).necp_open()
        fd.add()
        for _ in range(gone):
            fd.add().remove()
        sizes.append(len(machine.save()))
        restored = Machine.restore(machine.profile, machine.save())
        assert restored.save() == machine.save()
    assert sizes[1] < sizes[0] + 100


def a_state() -> bytes:
    machine = Machine(RELEASES[NEWEST])
    for step in steps_of(NEWEST, seed=1):
        machine.submit(step)
    return machine.save()


@pytest.fixture(scope="module")
def state() -> bytes:
    return a_state()


def test_damaged_bytes_are_refused(state: bytes) -> None:
    chosen = random.Random(1)
    for _ in range(examples(200, thorough=5_000)):
        place = chosen.randrange(len(state))
        damaged = bytearray(state)
        damaged[place] ^= chosen.randrange(1, 256)
        with pytest.raises(SavedStateError):
            Machine.restore(RELEASES[NEWEST], bytes(damaged))
        with pytest.raises(SavedStateError):
            Machine.restore(RELEASES[NEWEST], state[:place])


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda state: b"PK\x03\x04" + state, "not a saved state"),
        (lambda state: state[:12] + b"\xff" + state[13:], "another version of the engine"),
        (lambda state: state[:16] + b"\0" * 32 + state[48:], "another version of the engine"),
        (lambda state: state + b"\0", "its checksum is another one"),
        (lambda state: signed(state[:80] + state[80:] + b"\0"), "too many or too few bytes"),
        (lambda state: signed(state[:88] + b"\xff" * 4 + state[92:]), "cut short"),
    ],
    ids=["other file", "other form", "other table", "longer", "longer and signed", "contents"],
)
def test_what_is_no_state_is_refused_with_the_reason(
    state: bytes, change: Callable[[bytes], bytes], reason: str
) -> None:
    with pytest.raises(SavedStateError, match=reason):
        Machine.restore(RELEASES[NEWEST], change(state))


def test_a_state_of_another_release_is_refused(state: bytes) -> None:
    with pytest.raises(SavedStateError, match=f"a state of {NEWEST}, and not of {OLDEST}"):
        Machine.restore(RELEASES[OLDEST], state)


def signed(state: bytes) -> bytes:
    """The bytes with the checksum that they should have: what a forger would write."""
    return state[:48] + hashlib.sha256(state[80:]).digest() + state[80:]


VALUES: Final[tuple[object, ...]] = (
    None,
    True,
    -1,
    0,
    1,
    7,
    1 << 40,
    0.5,
    "x",
    [],
    [0],
    [[0, 0]],
    {"a": 1},
    [[]],
)


def test_forged_rows_give_an_error_or_a_state_and_never_anything_else(state: bytes) -> None:
    release_bytes, rows_bytes, _ = struct.unpack_from("<III", state, 80)
    start = 92 + release_bytes
    rows = json.loads(state[start : start + rows_bytes])
    chosen = random.Random(2)
    refused = 0
    attempts = examples(150, thorough=5_000)
    for _ in range(attempts):
        row = chosen.choice(rows)
        place = chosen.randrange(len(row))
        kept, row[place] = row[place], chosen.choice(VALUES)
        forged = json.dumps(rows, separators=(",", ":")).encode()
        row[place] = kept
        lengths = struct.pack("<I", len(forged))
        whole = state[:84] + lengths + state[88:start] + forged + state[start + rows_bytes :]
        try:
            Machine.restore(RELEASES[NEWEST], signed(whole))
        except SavedStateError:
            refused += 1
    assert refused > attempts // 2


def test_nested_rows_are_refused(state: bytes) -> None:
    release_bytes, rows_bytes, _ = struct.unpack_from("<III", state, 80)
    start = 92 + release_bytes
    deep = b"[" * 200_000
    lengths = struct.pack("<I", len(deep))
    whole = state[:84] + lengths + state[88:start] + deep + state[start + rows_bytes :]
    with pytest.raises(SavedStateError, match="cannot be read"):
        Machine.restore(RELEASES[NEWEST], signed(whole))
