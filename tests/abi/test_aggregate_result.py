"""The layouts of what ``necp_match_policy`` writes."""

from __future__ import annotations

from typing import Any

import pytest

from necp_replay.abi.aggregate_result import (
    AGGREGATE_RESULT,
    AGGREGATE_RESULT_7195,
    AGGREGATE_RESULT_7195_101,
    AggregateFields,
    AggregateLayout,
)

FIELDS = AggregateFields(
    1, 2, 3, 4, 5, b"s" * 16, 7, 8, 9, 10, b"a" * 128, tuple(range(8)), b"p" * 80, 11
)


@pytest.mark.parametrize(
    ("layout", "size", "missing"),
    [
        (AGGREGATE_RESULT, 212, {"flow_divert_aggregate_unit": 0, "nat64_prefixes": b""}),
        (AGGREGATE_RESULT_7195, 216, {"nat64_prefixes": b""}),
        (AGGREGATE_RESULT_7195_101, 296, {}),
    ],
)
def test_what_is_packed_is_unpacked_again_but_for_fields_that_are_not_there(
    layout: AggregateLayout, size: int, missing: dict[str, Any]
) -> None:
    content = layout.pack(FIELDS)
    assert len(content) == layout.size == size
    assert layout.unpack(content) == FIELDS._replace(**missing)


def test_missing_bytes_are_zero() -> None:
    assert AGGREGATE_RESULT.unpack(b"\3").routing_result == 3
    assert AGGREGATE_RESULT.unpack(b"\3").netagents == bytes(128)
