"""Conditions of a dump are read in both forms, and which form it is shows where they end."""

from __future__ import annotations

import pytest

from necp_replay.abi.dumped_conditions import (
    DumpedCondition,
    are_whole,
    conditions_have_flags,
    read_conditions,
)
from necp_replay.abi.policy import PolicyCondition

VALUES = (
    (PolicyCondition.DEFAULT, b""),
    (PolicyCondition.UID, bytes(4)),
    (PolicyCondition.DOMAIN, b"corp.example\0"),
    (PolicyCondition.REMOTE_ADDR, b"\x08\x10\x02" + bytes(26)),
)


def packed(flags: int | None, count: int) -> bytes:
    return b"".join(
        DumpedCondition(type_, flags, len(value), value).pack(value)
        for type_, value in VALUES[:count]
    )


@pytest.mark.parametrize("flags", [None, 0, 1])
@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_the_form_is_found_and_read(flags: int | None, count: int) -> None:
    content = packed(flags, count)
    have_flags = conditions_have_flags([content])
    assert have_flags is (flags is not None)
    conditions, rest = read_conditions(content, have_flags=have_flags)
    assert are_whole(conditions, rest)
    assert [(each.type_, each.flags, each.value) for each in conditions] == [
        (type_, flags, value) for type_, value in VALUES[:count]
    ]


def test_policies_of_a_dump_that_end_in_one_form_outweigh_one_that_ends_in_none() -> None:
    assert conditions_have_flags([packed(0, 2), packed(0, 1)[:-1] + b"\xff" * 9, packed(0, 3)])
    assert not conditions_have_flags([])


def test_cut_conditions_are_read_up_to_the_cut_and_are_not_whole() -> None:
    content = packed(0, 3)
    for length in range(len(packed(0, 2)) + 1, len(content)):
        conditions, rest = read_conditions(content[:length], have_flags=True)
        assert not are_whole(conditions, rest)
        assert b"".join(each.pack(each.value) for each in conditions) + rest == content[:length]
