"""Ids: how the kernel assigns them, and where they start again."""

from __future__ import annotations

import pytest

from necp_replay.kernel.policy.identifiers import next_identifier
from necp_replay.kernel.policy.route_rule_table import KernelRouteRule, RouteRules
from necp_replay.kernel.policy.string_ids import StringIds
from necp_replay.kernel.policy.uuid_ids import UuidIds
from necp_replay.releases.xnu_4570 import XNU_4570_51_1

A, B, NULL = b"\x0a" * 16, b"\x0b" * 16, bytes(16)


@pytest.mark.parametrize(
    ("last", "first", "limit", "expected"),
    [
        (0, 1, 1 << 32, 1),
        (0, 2, 65535, 2),
        (2, 2, 65535, 3),
        (65534, 2, 65535, 2),
        (0, 65535, 1 << 32, 65535),
        (0xFFFFFFFF, 1, 1 << 32, 1),
    ],
)
def test_ids_count_up_within_their_range(last: int, first: int, limit: int, expected: int) -> None:
    assert next_identifier(last, first=first, limit=limit) == expected


def test_a_string_keeps_its_id_while_it_is_used_and_never_gets_it_back() -> None:
    ids = StringIds()
    assert [ids.create(b"a"), ids.create(b"b"), ids.create(b"a")] == [1, 2, 1]
    ids.remove(b"a")
    assert (ids.id_of(b"a"), ids.string_of(1)) == (1, b"a")
    ids.remove(b"a")
    ids.remove(b"a")
    assert (ids.id_of(b"a"), ids.string_of(1)) == (0, None)
    assert ids.create(b"a") == 3


def test_applications_and_services_count_together_from_two() -> None:
    ids = UuidIds(XNU_4570_51_1.profile)
    assert [ids.create_app(A), ids.create_service(A), ids.create_real_app(B)] == [2, 3, 4]
    assert [ids.create_service(NULL), ids.create_service(A), ids.create_app(A)] == [1, 3, 2]
    assert (ids.app_uuid_of(4), ids.service_uuid_of(3), ids.service_uuid_of(1)) == (B, A, NULL)
    assert (ids.app_uuid_of(3), ids.service_uuid_of(2)) == (None, None)


def test_the_mapping_of_a_service_stays_for_good() -> None:
    ids = UuidIds(XNU_4570_51_1.profile)
    ids.create_service(A)
    ids.remove_service(A)
    assert ids.service_id_of(A) == 2


def test_the_count_of_applications_falls_below_0_when_a_real_one_is_removed() -> None:
    ids = UuidIds(XNU_4570_51_1.profile)
    ids.create_real_app(A)
    ids.create_app(A)
    ids.remove_real_app(A)
    assert (ids.app_mapping_count, ids.table_is_dirty) == (0, False)
    ids.remove_app(A)
    assert (ids.app_mapping_count, ids.table_is_dirty) == (-1, True)


def test_an_aggregate_is_removed_with_any_of_its_rules() -> None:
    rules = RouteRules(XNU_4570_51_1.profile)
    first, second = KernelRouteRule(), KernelRouteRule()
    second.exceptions.append((4, 1))
    ids = (rules.insert(second), rules.insert(first))
    assert ids == (1, 2)
    aggregate = rules.aggregate(ids)
    assert (aggregate, rules.aggregate(ids), rules.aggregate((2, 1))) == (65536, 65536, 65537)
    assert rules.parts_of(aggregate) == ids
    rules.remove(1)
    assert rules.parts_of(aggregate) == ()
    assert rules.parts_of(2) == (2,)
