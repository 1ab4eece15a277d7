"""Integers of C's fixed widths."""

import pytest

from necp_replay.abi.integers import U32_MAX, as_int32


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (0, 0),
        (0x7FFFFFFF, 0x7FFFFFFF),
        (0x80000000, -0x80000000),
        (U32_MAX, -1),
        (-1, -1),
        (1 << 32, 0),
        (-(1 << 31) - 1, 0x7FFFFFFF),
    ],
)
def test_a_number_of_any_size_wraps_around(value: int, stored: int) -> None:
    assert as_int32(value) == stored
