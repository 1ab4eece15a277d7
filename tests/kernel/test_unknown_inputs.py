"""Inputs of which not all is known: what is determined all the same, and what is not."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import pytest

from necp_replay.events.equality import Likeness, compare_for
from necp_replay.events.inputs import Step
from necp_replay.events.json_form import step_from_json
from necp_replay.events.outcome import ActionBuffers, NotDetermined, Outcome
from necp_replay.events.unmeasured import without_parts
from necp_replay.events.user_buffer import Unseen
from necp_replay.generate.trace import recorded_steps
from necp_replay.kernel.machine import Machine
from necp_replay.releases.names import find_release
from tests.examples import examples
from tests.kernel.hidden_parts import hide_parts

RELEASE = "xnu-4570.51.1"
ID = "e6c3c96084234d58a1c9a9feb75d6d52"
OTHER_ID = "aa" * 16
UNKNOWN_ID = {"bytes": 16, "known": 0}


def step(op: str, **fields: object) -> Step:
    return step_from_json({"op": op, **fields})


def action(number: int, fd: int = 3, **fields: object) -> Step:
    fields = {"client_id": {"hex": ID, "bytes": 16}, "client_id_len": 16, **fields}
    return step("necp_client_action", pid=100, fd=fd, action=number, **fields)


def add(fd: int = 3, uuid: str = ID, **fields: object) -> Step:
    client_id = {"client_id": {"hex": "", "bytes": 16}}
    parameters = {"buffer": {"hex": "0b0200000006", "bytes": 7}, "buffer_size": 7}
    return action(1, fd, **{**client_id, **parameters, "uuids": [uuid], **fields})


def copy(number: int, fd: int = 3, uuid: str = ID) -> Step:
    return action(
        number,
        fd,
        client_id={"hex": uuid, "bytes": 16},
        buffer={"hex": "", "bytes": 512},
        buffer_size=512,
    )


PROCESS = step("proc_add", pid=100)
OPEN = step("necp_open", pid=100)
WATCH = step("necp_open", pid=100, flags=1)
CLOSE = step("close", pid=100, fd=3)
POLL = step("fd_poll", pid=100, fd=3)
UNKNOWN_ADD = add(buffer={"bytes": 41, "known": 0}, buffer_size=41)
UNKNOWN_REMOVE = action(2, client_id=UNKNOWN_ID)
REMOVE = action(2)
COPY = copy(4)


UNKNOWN_TIME = step("now", ns=0, unmeasured=["ns"])
SESSION = step("necp_session_open", pid=100)
POLICY_ID = {"hex": "0100000000000000", "bytes": 8}


def session(number: int, fd: int = 4, **fields: object) -> Step:
    return step("necp_session_action", pid=100, fd=fd, action=number, **fields)


UNKNOWN_POLICY = session(
    1,
    in_buffer={"bytes": 77, "known": 0},
    in_buffer_length=77,
    out_buffer={"hex": "", "bytes": 8},
    out_buffer_length=8,
)


def answers(*steps: Step) -> list[str]:
    """The expected outcome of each step: not determined, unmeasured ``NAME``s, or whole."""
    machine = Machine(find_release(RELEASE))
    return [_shown(machine.submit(replace(each))) for each in steps]


def _shown(outcome: Outcome) -> str:
    if isinstance(outcome.answer, NotDetermined):
        return "not determined"
    return "in part" if outcome.unmeasured else "whole"


SPREADS = {
    "a client that may be there": ([PROCESS, OPEN, UNKNOWN_ADD, COPY], "not determined"),
    "the fd that has it": ([PROCESS, OPEN, UNKNOWN_ADD, POLL], "not determined"),
    "its list": ([PROCESS, OPEN, UNKNOWN_ADD, copy(5)], "not determined"),
    "a later client of the fd": (
        [PROCESS, OPEN, UNKNOWN_ADD, add(uuid=OTHER_ID), copy(4, uuid=OTHER_ID)],
        "in part",
    ),
    "an earlier client of the fd": (
        [PROCESS, OPEN, add(uuid=OTHER_ID), UNKNOWN_ADD, copy(4, uuid=OTHER_ID)],
        "in part",
    ),
    "an earlier client that may be removed": (
        [PROCESS, OPEN, add(), UNKNOWN_REMOVE, COPY],
        "not determined",
    ),
    "another fd": (
        [PROCESS, OPEN, OPEN, UNKNOWN_ADD, add(4, OTHER_ID), copy(4, 4, OTHER_ID)],
        "in part",
    ),
    "an observer": ([PROCESS, OPEN, WATCH, UNKNOWN_ADD, copy(5, 4)], "not determined"),
    "the state": ([PROCESS, OPEN, UNKNOWN_ADD, step("snapshot")], "not determined"),
    "closing the fd": ([PROCESS, OPEN, UNKNOWN_ADD, CLOSE], "in part"),
    "the fd after it was closed": ([PROCESS, OPEN, UNKNOWN_ADD, CLOSE, OPEN, POLL], "whole"),
    "a client after that": ([PROCESS, OPEN, UNKNOWN_ADD, CLOSE, OPEN, add(), COPY], "whole"),
    "the process after it exited": (
        [PROCESS, OPEN, UNKNOWN_ADD, step("proc_exit", pid=100), PROCESS, OPEN, POLL],
        "whole",
    ),
    "a read that changes nothing": (
        [PROCESS, OPEN, add(), action(3, client_id=UNKNOWN_ID), COPY],
        "whole",
    ),
    "what is refused before it is needed": (
        [PROCESS, action(4, 9, client_id=UNKNOWN_ID)],
        "in part",
    ),
    "an fd after an open of which nothing is known": (
        [PROCESS, step("necp_open", pid=100, unmeasured=["flags"]), POLL],
        "not determined",
    ),
    "another process after such an open": (
        [PROCESS, step("necp_open", pid=100, unmeasured=["flags"]), step("proc_add", pid=5)],
        "in part",
    ),
    "a result after an interface of which something is not known": (
        [
            PROCESS,
            OPEN,
            step("iface_attach", index=4, name="en0", unmeasured=["flags"]),
            add(),
            COPY,
        ],
        "not determined",
    ),
    "a result after a time that is not known": (
        [PROCESS, OPEN, add(), UNKNOWN_TIME, step("timer_fire"), COPY],
        "not determined",
    ),
    "what reads no clock after such a time": (
        [PROCESS, OPEN, add(), UNKNOWN_TIME, copy(3)],
        "whole",
    ),
    "a result after the time was known again": (
        [PROCESS, OPEN, UNKNOWN_TIME, copy(5), step("now", ns=5_000_000_000), add(), COPY],
        "whole",
    ),
    "a result after a record that says the time": (
        [PROCESS, OPEN, add(), UNKNOWN_TIME, replace(COPY, now_ns=5_000_000_000)],
        "whole",
    ),
    "a result after the time was read before it was known again": (
        [PROCESS, OPEN, UNKNOWN_TIME, add(), step("now", ns=5_000_000_000), COPY],
        "not determined",
    ),
    "a result after a policy of which nothing is known": (
        [PROCESS, OPEN, SESSION, UNKNOWN_POLICY, add(), COPY],
        "in part",
    ),
    "a result after such a policy was applied": (
        [PROCESS, OPEN, SESSION, UNKNOWN_POLICY, session(4), add(), COPY],
        "not determined",
    ),
    "a policy after a policy of which nothing is known": (
        [PROCESS, SESSION, SESSION, UNKNOWN_POLICY, session(2, fd=3, in_buffer=POLICY_ID)],
        "not determined",
    ),
    "a result after the session that had it was closed": (
        [PROCESS, OPEN, SESSION, UNKNOWN_POLICY, step("close", pid=100, fd=4), add(), COPY],
        "whole",
    ),
    "ids that are not known": (
        [PROCESS, OPEN, add(uuids=[], unmeasured=["uuids"])],
        "not determined",
    ),
}


@pytest.mark.parametrize(("steps", "expected"), SPREADS.values(), ids=SPREADS)
def test_what_follows_from_an_unknown_input_is_not_determined_until_it_ends(
    steps: list[Step], expected: str
) -> None:
    assert answers(*steps)[-1] == expected


def test_bytes_that_a_call_writes_are_known_and_the_others_are_not() -> None:
    machine = Machine(find_release(RELEASE))
    for each in (PROCESS, OPEN):
        machine.submit(each)
    whole = machine.submit(add())
    partial = machine.submit(add(uuid=OTHER_ID, client_id={"bytes": 20, "known": 2}))
    assert isinstance(whole.answer, ActionBuffers) and isinstance(partial.answer, ActionBuffers)
    assert (partial.errno, partial.unmeasured) == (0, ("client_id[16:]",))
    copied = machine.submit(action(3, buffer={"bytes": 64, "known": 1}, buffer_size=64))
    assert isinstance(copied.answer, ActionBuffers)
    assert copied.unmeasured == ("buffer[7:]",)
    assert copied.answer.buffer == bytes.fromhex("0b0200000006")
    unknown = machine.submit(action(3, fd=9, buffer={"bytes": 64, "known": 0}, buffer_size=64))
    assert isinstance(unknown.answer, ActionBuffers)
    assert unknown.answer.buffer is Unseen.NOT_SHOWN
    assert "buffer" in unknown.unmeasured


def test_an_outcome_of_which_the_engine_does_not_know_a_part_is_compared_in_part() -> None:
    compare = compare_for(beyond_vectors=True, shown_only=False)
    recorded = Outcome(errno=0, retval=0, answer=ActionBuffers(b"\1", b"\2"))
    replayed = without_parts(recorded, ("buffer",))
    assert compare(recorded, replayed) is Likeness.IN_PART
    assert compare(replace(recorded, errno=1), replayed) is Likeness.DIFFERENT


@pytest.mark.parametrize("release", ["xnu-4570.41.2", RELEASE])
@pytest.mark.parametrize("seed", range(examples(3, thorough=30)))
def test_hiding_parts_of_inputs_never_makes_a_difference(release: str, seed: int) -> None:
    records = recorded_steps(release, seed=seed, records=250)
    compare = compare_for(beyond_vectors=True, shown_only=False)
    found: Counter[str] = Counter()
    for variant in range(4):
        chance = random.Random(f"{seed} {variant}")
        hidden = set(chance.sample(range(len(records)), 1 + variant % 3))
        machine = Machine(find_release(release))
        for number, (full, recorded) in enumerate(records):
            submitted = hide_parts(full, chance) if number in hidden else replace(full)
            outcome = machine.submit(submitted)
            likeness = compare(recorded, outcome)
            if isinstance(outcome.answer, NotDetermined):
                found["not determined"] += 1
            else:
                assert likeness is not Likeness.DIFFERENT, (variant, number, sorted(hidden))
                found[likeness.name] += 1
    assert found["SAME"] and found["not determined"]
