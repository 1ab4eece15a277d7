"""Which id of the system is which of the trace."""

from __future__ import annotations

from necp_replay.engines.live.names import SystemNames

TRACE, REAL = b"trace 0123456789", b"real! 0123456789"


def test_ids_are_replaced_wherever_they_stand() -> None:
    names = SystemNames()
    names.learn(TRACE, REAL)
    assert names.to_system(b"a" + TRACE + TRACE + b"b") == b"a" + REAL + REAL + b"b"
    assert names.to_trace(names.to_system(b"a" + TRACE)) == b"a" + TRACE
    assert names.to_system(TRACE[:15]) == TRACE[:15]


def test_zeros_are_not_replaced_as_an_id() -> None:
    names = SystemNames()
    names.learn(bytes(16), REAL)
    assert names.to_system(bytes(64)) == bytes(64)


def test_the_lowest_number_that_is_free_names_an_fd() -> None:
    names = SystemNames()
    assert [names.open(9, None), names.open(10, None), names.open(11, 7)] == [3, 4, 7]
    assert [names.real_fd(3), names.real_fd(7), names.real_fd(-5)] == [9, 11, -1]
    assert names.real_fd(5) not in (9, 10, 11)
