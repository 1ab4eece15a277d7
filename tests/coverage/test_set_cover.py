"""The cheapest cover, compared with trying every one."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from necp_replay.coverage.set_cover import bits_of, cheapest_cover

SETS = st.lists(st.tuples(st.integers(0, 255), st.integers(1, 9)), max_size=9)


@given(SETS)
def test_no_cover_is_cheaper(sets: list[tuple[int, int]]) -> None:
    bits, costs = [each[0] for each in sets], [each[1] for each in sets]
    cover = cheapest_cover(bits, costs)
    assert cover.is_cheapest
    assert _union(bits, cover.chosen) == _union(bits, range(len(bits)))
    cheapest = min(
        sum(costs[index] for index in chosen)
        for count in range(len(bits) + 1)
        for chosen in itertools.combinations(range(len(bits)), count)
        if _union(bits, chosen) == _union(bits, range(len(bits)))
    )
    assert sum(costs[index] for index in cover.chosen) == cheapest


def test_a_search_that_takes_too_long_gives_a_cover_and_says_so() -> None:
    # Each set covers three points in a row of a circle, so that nothing is forced or superfluous.
    count = 100
    sets = [sum(1 << (at + each * 7) % count for each in range(3)) for at in range(count)]
    cover = cheapest_cover(sets, [5 + at % 3 for at in range(count)])
    assert _union(sets, cover.chosen) == (1 << count) - 1
    assert not cover.is_cheapest


def test_bits_are_numbered() -> None:
    assert bits_of(0b101001) == [0, 3, 5]


def _union(bits: list[int], chosen: Iterable[int]) -> int:
    union = 0
    for index in chosen:
        union |= bits[index]
    return union
