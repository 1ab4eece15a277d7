"""The layouts of what ``necp_match_policy`` writes."""

from __future__ import annotations

from typing import Any

import pytest

from necp_replay.abi.aggregate_result import (
    AGGREGATE_RESULT,
    AGGREGATE_RESULT_7195,
    AGGREGATE_RESULT_7195_101,
    AGGREGATE_RESULT_8019,
    AGGREGATE_RESULT_10002_61,
    AggregateFields,
    AggregateLayout,
)

FIELDS = AggregateFields(
    1, 2, 3, 4, 5, b"s" * 16, 7, 8, 9, 10, 12, b"a" * 128, tuple(range(8)), b"p" * 80, 11
)

NO_SKIP: dict[str, Any] = {"skip_policy_id": 0}
SIXTEEN: dict[str, Any] = {
    "netagents": b"a" * 128 + bytes(128),
    "netagent_flags": (*range(8), *(0,) * 8),
}


@pytest.mark.parametrize(
    ("layout", "size", "missing"),
    [
        (AGGREGATE_RESULT, 212, NO_SKIP | {"flow_divert_aggregate_unit": 0, "nat64_prefixes": b""}),
        (AGGREGATE_RESULT_7195, 216, NO_SKIP | {"nat64_prefixes": b""}),
        (AGGREGATE_RESULT_7195_101, 296, NO_SKIP),
        (AGGREGATE_RESULT_8019, 456, NO_SKIP | SIXTEEN),
        (AGGREGATE_RESULT_10002_61, 460, SIXTEEN),
    ],
)
def test_unpacking_gives_the_packed_fields_that_the_layout_has(
    layout: AggregateLayout, size: int, missing: dict[str, Any]
) -> None:
    content = layout.pack(FIELDS)
    assert len(content) == layout.size == size
    assert layout.unpack(content) == FIELDS._replace(**missing)


def test_missing_bytes_are_zero() -> None:
    assert AGGREGATE_RESULT.unpack(b"\3").routing_result == 3
    assert AGGREGATE_RESULT.unpack(b"\3").netagents == bytes(128)
