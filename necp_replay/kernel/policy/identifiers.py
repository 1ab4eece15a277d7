"""Numbers that count up and start over when their range is used up."""

from __future__ import annotations

_UINT32 = 1 << 32


def next_identifier(last: int, *, first: int, limit: int = _UINT32) -> int:
    """The number after ``last``, within ``first`` (included) and ``limit`` (excluded).

    Source: necp_policy_get_new_id, necp_kernel_policy_get_new_id, necp_get_new_string_id,
    necp_get_new_uuid_id, necp_get_new_route_rule_id, xnu-4570.51.1: none of them looks whether the
    number is still in use.
    """
    following = last + 1
    return following if first <= following < limit else first
