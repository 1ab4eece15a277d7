"""The order of calls that overlapped."""

from __future__ import annotations

from necp_replay.capture.order import EffectOrder
from necp_replay.capture.recording import CallKind, RecordedCall
from tests.capture.recordings import call


def sorted_calls(*calls: RecordedCall) -> tuple[list[RecordedCall], int]:
    order = EffectOrder()
    return list(order.sort(calls)), order.overlapping


def test_an_fd_that_is_opened_again_was_closed_before() -> None:
    first = call(CallKind.NECP_OPEN, begin=0, end=1, result=3)
    again = call(CallKind.NECP_OPEN, begin=2, end=6, result=3)
    other = call(CallKind.NECP_OPEN, begin=3, end=7, result=4)
    close = call(CallKind.CLOSE, 3, begin=4, end=5)
    assert sorted_calls(first, again, other, close)[0] == [first, close, again, other]


def test_a_close_that_began_later_closed_the_new_fd() -> None:
    calls = [
        call(CallKind.NECP_OPEN, begin=0, end=1, result=3),
        call(CallKind.NECP_OPEN, begin=2, end=3, result=3),
        call(CallKind.CLOSE, 3, begin=4, end=5),
    ]
    assert sorted_calls(*calls)[0] == calls


def test_the_fd_of_another_process_is_another() -> None:
    calls = [
        call(CallKind.NECP_OPEN, begin=0, end=1, result=3),
        call(CallKind.NECP_OPEN, begin=2, end=9, result=3, process=8),
        call(CallKind.CLOSE, 3, begin=4, end=5),
    ]
    assert sorted_calls(*calls)[0] == calls


def test_calls_on_one_fd_that_overlap_are_counted() -> None:
    first = call(CallKind.NECP_CLIENT_ACTION, 3, begin=0, end=3)
    second = call(CallKind.NECP_CLIENT_ACTION, 3, begin=1, end=4)
    elsewhere = call(CallKind.NECP_CLIENT_ACTION, 4, begin=2, end=5)
    later = call(CallKind.NECP_CLIENT_ACTION, 3, begin=6, end=7)
    assert sorted_calls(first, second, elsewhere, later)[1] == 1
