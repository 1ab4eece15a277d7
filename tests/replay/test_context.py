"""The records shown before a differing one are those about the same thing, not just the last."""

from __future__ import annotations

from necp_replay.abi.client import ClientAction
from necp_replay.events.clock import TimerFire
from necp_replay.events.inputs import Step
from necp_replay.events.syscalls import FdPoll, NecpClientAction, NecpOpen
from necp_replay.events.user_buffer import UserBuffer
from necp_replay.outcomes.names import StableNames
from necp_replay.replay.context import context_of

ONE, OTHER = bytes([1]) * 16, bytes([2]) * 16


def about(client: bytes, action: ClientAction, fd: int = 3, ids: tuple[bytes, ...] = ()) -> Step:
    buffer = UserBuffer(length=16, content=bytes(16) if ids else client)
    return Step(NecpClientAction(100, fd, action, buffer, 16, None, 0), uuids=ids)


def context(*steps: Step) -> list[int]:
    """Numbers of the records that are the context of the last of them."""
    names = StableNames()
    for step in steps:
        names.learn(step)
    *before, last = enumerate(steps, 1)
    return [int(line.split()[0]) for line in context_of(before, last[1], names)]


def test_records_about_the_same_client_come_first_the_one_that_made_it_included() -> None:
    steps = [
        Step(NecpOpen(100)),
        about(ONE, ClientAction.ADD, ids=(ONE,)),
        about(OTHER, ClientAction.ADD, ids=(OTHER,)),
        about(ONE, ClientAction.COPY_RESULT, fd=4),
        *[about(OTHER, ClientAction.COPY_RESULT)] * 5,
        Step(TimerFire()),
        about(ONE, ClientAction.REMOVE),
    ]
    # Records 2 and 4 name the client, and the latest one on the same fd joins them.
    assert context(*steps) == [2, 4, 9]


def test_only_the_latest_three_are_shown() -> None:
    steps = [about(ONE, ClientAction.COPY_RESULT)] * 6
    assert context(*steps) == [3, 4, 5]


def test_the_same_fd_is_the_context_of_what_names_nothing_else() -> None:
    steps = [
        Step(NecpOpen(100)),
        Step(FdPoll(100, 3)),
        Step(FdPoll(100, 4)),
        Step(FdPoll(200, 3)),
        Step(FdPoll(100, 3)),
        Step(TimerFire()),
        Step(FdPoll(100, 3)),
    ]
    assert context(*steps) == [2, 5, 6]


def test_a_record_that_names_nothing_has_the_latest_records_as_context() -> None:
    assert context(*[Step(FdPoll(100, 3))] * 5, Step(TimerFire())) == [3, 4, 5]


def test_a_first_record_has_no_context() -> None:
    assert context(Step(TimerFire())) == []
