"""Removing items as long as a property holds."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from necp_replay.minimize.delta_debugging import without_groups, without_windows


@given(st.sets(st.integers(0, 60), max_size=6))
def test_exactly_the_needed_items_are_left(needed: set[int]) -> None:
    assert set(without_windows(range(61), lambda rest: needed <= set(rest))) == needed


@given(st.integers(1, 40), st.integers(2, 5))
def test_no_single_item_of_the_result_can_be_removed(size: int, step: int) -> None:
    def holds(rest: Sequence[int]) -> bool:
        return len(rest) % step == size % step and len(rest) > 0

    left = without_windows(range(size), holds)
    assert not any(holds(left[:at] + left[at + 1 :]) for at in range(len(left)))


def test_few_needed_items_among_many_take_few_checks() -> None:
    asked = 0

    def holds(rest: Sequence[int]) -> bool:
        nonlocal asked
        asked += 1
        return {17, 4_000} <= set(rest)

    assert without_windows(range(5_000), holds) == [17, 4_000]
    assert asked < 200


def test_order_is_kept() -> None:
    assert without_windows("abcdef", lambda rest: "e" in rest and "b" in rest) == ["b", "e"]


def test_a_group_goes_whole_or_not_at_all() -> None:
    groups = [[1, 2, 3], [3, 4], [5]]
    assert without_groups(range(7), groups, lambda rest: 4 in rest) == [0, 4, 6]
    assert without_groups(range(7), groups, lambda rest: 2 in rest) == [0, 1, 2, 6]
