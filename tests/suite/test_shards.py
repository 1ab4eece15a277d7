"""Dividing a suite among shards: each trace once, balanced, the same on every machine."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from necp_replay.errors import UsageError
from necp_replay.suite.shards import Shard, divide, plan_digest, shard_from

COSTS = st.lists(st.floats(0, 100), min_size=1, max_size=40)


@given(COSTS, st.integers(1, 40))
def test_every_trace_is_in_one_shard_and_no_shard_is_empty(costs: list[float], count: int) -> None:
    count = min(count, len(costs))
    shards = divide(costs, list(map(str, range(len(costs)))), count)
    assert len(shards) == len(costs)
    assert set(shards) == set(range(1, count + 1)) or sum(costs) > 0
    assert set(shards) <= set(range(1, count + 1))


@given(COSTS, st.integers(1, 8))
def test_no_shard_has_more_to_do_than_another_and_one_trace(costs: list[float], count: int) -> None:
    count = min(count, len(costs))
    load = dict.fromkeys(range(1, count + 1), 0.0)
    for shard, cost in zip(
        divide(costs, list(map(str, range(len(costs)))), count), costs, strict=True
    ):
        load[shard] += cost
    assert max(load.values()) - min(load.values()) <= max(costs) * 1.000001


def test_equal_costs_give_equally_many_traces() -> None:
    assert Counter(divide([0.0] * 9, list("abcdefghi"), 3)) == {1: 3, 2: 3, 3: 3}


def test_more_shards_than_traces_are_refused() -> None:
    with pytest.raises(UsageError, match="3 shards for 2 traces: some would have nothing"):
        divide([1, 1], ["a", "b"], 3)


def test_a_plan_is_the_same_only_for_the_same_division() -> None:
    names = ["a", "b"]
    assert plan_digest(names, [1, 2]) == plan_digest(names, [1, 2])
    plans = {plan_digest(names, [1, 2]), plan_digest(names, [2, 1]), plan_digest(["a,b"], [1])}
    assert len(plans) == 3


def test_a_shard_is_read() -> None:
    assert shard_from("2/4") == Shard(2, 4)


@pytest.mark.parametrize(
    "text", ["", "1", "0/2", "3/2", "-1/2", "1/0", "\u0661/2", "1/10001", "a/b"]
)
def test_what_is_no_shard_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="a shard is"):
        shard_from(text)
