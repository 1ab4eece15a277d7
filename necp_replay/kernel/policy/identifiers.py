"""Ids that count up, and start again when their range is used up."""

from __future__ import annotations

_UINT32 = 1 << 32


def next_identifier(last: int, *, first: int, limit: int = _UINT32) -> int:
    """The id after ``last``: at least ``first`` and less than ``limit``.

    Ids that are still in use are not left out.

    Source: necp_policy_get_new_id, necp_kernel_policy_get_new_id, necp_get_new_string_id,
    necp_get_new_uuid_id, necp_get_new_route_rule_id, xnu-4570.51.1.
    """
    following = last + 1
    return following if first <= following < limit else first
