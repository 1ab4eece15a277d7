"""Aligning two sequences: nothing is lost, and as little as possible differs."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from necp_replay.align.edit_script import Move
from necp_replay.align.sequences import Limits, align
from tests.align.pairs import (
    Pair,
    PairComparator,
    aligned,
    cost,
    differences,
    fewest_differences,
)
from tests.examples import examples

pairs = st.builds(Pair, st.integers(0, 3), st.integers(0, 1))
short_lists = st.lists(pairs, max_size=14)
limits = st.builds(
    Limits,
    stable=st.integers(1, 4),
    patience=st.integers(1, 16),
    cost_cap=st.integers(1, 4),
    first_window=st.integers(1, 8),
    window=st.integers(8, 24),
    window_bytes=st.sampled_from((500, 100_000)),
)


@st.composite
def edited(draw: st.DrawFn) -> tuple[list[Pair], list[Pair]]:
    """A list that may loop, and the same with some edits."""
    loop = draw(st.lists(pairs, min_size=1, max_size=5))
    left = loop * draw(st.integers(1, 12)) + draw(short_lists)
    right = list(left)
    for _ in range(draw(st.integers(0, 6))):
        place = draw(st.integers(0, len(right)))
        right[place : place + draw(st.integers(0, 2))] = draw(st.lists(pairs, max_size=2))
    return left, right


@given(short_lists, short_lists)
@settings(deadline=None)
def test_as_little_differs_as_possible(left: list[Pair], right: list[Pair]) -> None:
    assert cost(aligned(left, right)) == fewest_differences(left, right)


@given(edited())
@settings(deadline=None)
def test_as_little_differs_as_possible_in_loops(both: tuple[list[Pair], list[Pair]]) -> None:
    assert cost(aligned(*both)) == fewest_differences(*both)


@given(edited(), limits)
@settings(max_examples=examples(60, thorough=300), deadline=None)
def test_whatever_the_limits_everything_is_placed_once_and_in_order(
    both: tuple[list[Pair], list[Pair]], limits: Limits
) -> None:
    comparator = PairComparator()
    steps = list(align(*both, comparator, limits))
    left, right = both
    assert [old for old, _ in comparator.placed if old is not None] == left
    assert [new for _, new in comparator.placed if new is not None] == right
    same = sum(step.same for step in steps)
    assert same == sum(old == new for old, new in comparator.placed)
    for step in differences(steps):
        assert step.left != step.right
        if step.move is Move.CHANGE:
            assert step.left is not None
            assert step.right is not None
            assert step.left.key == step.right.key


@given(st.lists(pairs, max_size=60))
@settings(deadline=None)
def test_equal_sequences_have_no_difference(both: list[Pair]) -> None:
    steps = aligned(both, both)
    assert differences(steps) == []
    assert sum(step.same for step in steps) == len(both)


def test_a_deletion_in_a_run_of_one_input_is_one_deletion() -> None:
    left = [Pair(1, outcome) for outcome in range(100)]
    (found,) = differences(aligned(left, left[:50] + left[51:]))
    assert (found.move, found.left) == (Move.REMOVE, Pair(1, 50))


def test_a_change_in_a_loop_is_one_change() -> None:
    left = [Pair(key) for key in (1, 2, 3)] * 2000
    right = list(left)
    right[3000] = Pair(1, 7)
    (found,) = differences(aligned(left, right))
    assert (found.move, found.left, found.right) == (Move.CHANGE, Pair(1), Pair(1, 7))


def test_another_input_of_the_same_kind_replaces_the_old_one() -> None:
    left = [Pair(key) for key in range(300)]
    right = [*left[:100], Pair(1000), *left[101:]]
    (found,) = differences(aligned(left, right))
    assert (found.move, found.left, found.right) == (Move.REPLACE, Pair(100), Pair(1000))


def test_another_input_of_another_kind_is_one_removed_and_one_added() -> None:
    left = [Pair(key) for key in range(300)]
    right = [*left[:100], Pair(1001), *left[101:]]
    assert [step.move for step in differences(aligned(left, right))] == [Move.REMOVE, Move.ADD]


def test_scattered_differences_are_reported_as_exactly_those() -> None:
    left, right, expected = scattered(50_000, 50)
    found = [(step.move, step.left, step.right) for step in differences(aligned(left, right))]
    assert found == expected


def scattered(
    count: int, edits: int
) -> tuple[list[Pair], list[Pair], list[tuple[Move, Pair | None, Pair | None]]]:
    """Two long lists that differ at this many places, and how."""
    left = [Pair(place % 7, place) for place in range(count)]
    right: list[Pair] = []
    expected: list[tuple[Move, Pair | None, Pair | None]] = []
    for place, entry in enumerate(left):
        edit = place % (count // edits)
        if edit != count // edits // 2:
            right.append(entry)
            continue
        match len(expected) % 3:
            case 0:
                right.append(Pair(entry.key, -1))
                expected.append((Move.CHANGE, entry, Pair(entry.key, -1)))
            case 1:
                expected.append((Move.REMOVE, entry, None))
            case _:
                new = Pair(place % 7, -place)
                right += [new, entry]
                expected.append((Move.ADD, None, new))
    return left, right, expected


def test_when_every_outcome_differs_every_record_is_changed() -> None:
    left = [Pair(place % 50, place) for place in range(20_000)]
    right = [Pair(pair.key, -1 - pair.outcome) for pair in left]
    found = differences(aligned(left, right))
    assert [step.move for step in found] == [Move.CHANGE] * 20_000


def test_a_cascade_after_a_deletion_keeps_its_records_together() -> None:
    left = [Pair(place % 50, place) for place in range(20_000)]
    right = [Pair(pair.key, -pair.outcome) for pair in left[1:]]
    found = differences(aligned(left, right))
    assert [step.move for step in found].count(Move.CHANGE) > 19_900


def test_a_long_inserted_block_is_reported_as_additions_only() -> None:
    left = [Pair(place % 50, place) for place in range(5_000)]
    block = [Pair(place % 50, -1 - place) for place in range(50_000)]
    found = differences(aligned(left, left[:1000] + block + left[1000:]))
    assert [step.right for step in found] == block
    assert {step.move for step in found} == {Move.ADD}


def test_of_two_sequences_with_nothing_in_common_all_is_removed_and_added() -> None:
    left = [Pair(place) for place in range(0, 60_000, 3)]
    right = [Pair(-1 - place) for place in range(0, 60_000, 3)]
    steps = aligned(left, right)
    assert cost(steps) == 40_000


def test_entries_after_the_end_of_the_other_side_are_removed_or_added() -> None:
    left = [Pair(place) for place in range(10_000)]
    assert {step.move for step in differences(aligned(left, left[:10]))} == {Move.REMOVE}
    assert {step.move for step in differences(aligned([], left))} == {Move.ADD}


@pytest.mark.parametrize("same", [True, False], ids=["equal", "different"])
def test_memory_does_not_grow_with_the_length(same: bool) -> None:
    small = Limits(window=1024)

    def peak(count: int) -> int:
        tracemalloc.start()
        left: Iterator[Pair] = (Pair(place % 9, place) for place in range(count))
        right: Iterator[Pair] = (Pair(place % 9, place if same else -1) for place in range(count))
        total = sum(max(step.same, 1) for step in align(left, right, Forgetful(), small))
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert total == count
        return found

    assert peak(20_000) < 2.5 * peak(5_000)


class Forgetful(PairComparator):
    """Keeps nothing of what was placed."""

    def place(self, left: Pair | None, right: Pair | None) -> bool:
        return True
