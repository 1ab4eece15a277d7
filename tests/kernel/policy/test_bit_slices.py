"""The bit-sliced index, compared with a look at every row."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from necp_replay.kernel.policy.bit_slices import EqualColumn, OrderedColumn, bitmap_of

numbers = st.integers(-3, 40)
columns = st.lists(numbers, max_size=50)


@given(columns, numbers)
def test_a_column_finds_the_rows_that_a_look_at_every_row_finds(
    values: list[int], value: int
) -> None:
    assert EqualColumn(values).equal_to(value) == bitmap_of(row == value for row in values)
    ordered = OrderedColumn(values)
    assert ordered.at_most(value) == bitmap_of(row <= value for row in values)
    assert ordered.at_least(value) == bitmap_of(row >= value for row in values)


def test_row_0_is_the_lowest_bit() -> None:
    assert bitmap_of([True, False, False, True]) == 0b1001


def test_values_to_compare_for_equality_need_no_order() -> None:
    assert EqualColumn([None, b"a", 7, None]).equal_to(None) == 0b1001
