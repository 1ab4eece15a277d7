"""Batches for the workers of a cluster."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from necp_replay.cluster.batches import MOST_TRACES, TARGET_S, batches_of


@given(st.lists(st.floats(0, 5), max_size=60), st.integers(1, 4), st.integers(1, 9))
def test_every_trace_is_in_one_batch_in_order(costs: list[float], workers: int, most: int) -> None:
    order = list(reversed(range(len(costs))))
    batches = list(batches_of(order, costs, workers, costs_are_seconds=True, most=most))
    assert [index for batch in batches for index in batch] == order
    assert all(0 < len(batch) <= most for batch in batches)
    assert all(
        len(batch) == 1 or sum(costs[index] for index in batch) <= TARGET_S for batch in batches
    )


def test_batches_take_about_as_long_as_they_should() -> None:
    seconds = [0.1] * 10_000
    batches = list(batches_of(range(10_000), seconds, 2, costs_are_seconds=True))
    assert {len(batch) for batch in batches[:-1]} <= {19, 20}


def test_a_small_suite_leaves_something_for_each_worker() -> None:
    batches = list(batches_of(range(64), [0.001] * 64, 2, costs_are_seconds=True))
    assert len(batches) >= 16


def test_traces_of_unknown_time_are_divided_by_size() -> None:
    sizes = [10_000_000.0, *[1_000.0] * 1_000]
    batches = list(batches_of(range(1_001), sizes, 1, costs_are_seconds=False))
    assert batches[0] == [0]
    assert all(len(batch) <= MOST_TRACES for batch in batches)
