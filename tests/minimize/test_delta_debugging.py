"""Removing items as long as a property holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from hypothesis import given
from hypothesis import strategies as st

from necp_replay.minimize.delta_debugging import First, Item, without_groups, without_windows


def first_that(holds: Callable[[Sequence[Item]], bool]) -> First[Item]:
    """Ask about the lists of a row in their order."""

    def first(rests: Iterator[list[Item]]) -> int | None:
        return next((place for place, rest in enumerate(rests) if holds(rest)), None)

    return first


@given(st.sets(st.integers(0, 60), max_size=6))
def test_exactly_the_needed_items_are_left(needed: set[int]) -> None:
    first = first_that(lambda rest: needed <= set(rest))
    assert set(without_windows(range(61), first)) == needed


@given(st.integers(1, 40), st.integers(2, 5))
def test_no_single_item_of_the_result_can_be_removed(size: int, step: int) -> None:
    def holds(rest: Sequence[int]) -> bool:
        return len(rest) % step == size % step and len(rest) > 0

    left = without_windows(range(size), first_that(holds))
    assert not any(holds(left[:at] + left[at + 1 :]) for at in range(len(left)))


def test_few_needed_items_among_many_take_few_checks() -> None:
    asked = 0

    def holds(rest: Sequence[int]) -> bool:
        nonlocal asked
        asked += 1
        return {17, 4_000} <= set(rest)

    assert without_windows(range(5_000), first_that(holds)) == [17, 4_000]
    assert asked < 200


def test_order_is_kept() -> None:
    first = first_that(lambda rest: "e" in rest and "b" in rest)
    assert without_windows("abcdef", first) == ["b", "e"]


def test_windows_that_are_not_single_are_tried_once() -> None:
    sizes = []

    def holds(rest: Sequence[int]) -> bool:
        sizes.append(8 - len(rest))
        return False

    without_windows(range(8), first_that(holds), smallest=2)
    assert sizes == [4, 4, 2, 2, 2, 2]


def test_a_group_goes_whole_or_not_at_all() -> None:
    groups = [[1, 2, 3], [3, 4], [5]]
    assert without_groups(range(7), groups, first_that(lambda rest: 4 in rest)) == [0, 4, 6]
    assert without_groups(range(7), groups, first_that(lambda rest: 2 in rest)) == [0, 1, 2, 6]
    assert without_groups(range(3), [[0, 1]], first_that(lambda rest: True)) == [2]


@given(st.sets(st.integers(0, 199), max_size=4))
def test_no_group_is_left_that_could_go_and_many_take_few_checks(needed: set[int]) -> None:
    groups = [[2 * at, 2 * at + 1] for at in range(100)]
    asked = 0

    def holds(rest: Sequence[int]) -> bool:
        nonlocal asked
        asked += 1
        return needed <= set(rest)

    left = without_groups(range(200), groups, first_that(holds))
    assert {at // 2 for at in left} == {at // 2 for at in needed}
    assert asked <= 60
