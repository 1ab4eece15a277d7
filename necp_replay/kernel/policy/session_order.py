"""Where a session's policies stand among those of other sessions: 1000 orders per priority."""

from __future__ import annotations

from necp_replay.abi.policy import SessionPriority

ORDERS_PER_PRIORITY = 1000
_UINT32_MASK = 0xFFFFFFFF


def session_order(priority: int, control_unit: int) -> int:
    """The order of a session; priorities the kernel does not know count as the default one.

    Kernel quirk: the control unit is not limited to the priority's share of orders, so session
    1001 of a priority stands among those of the next.

    Source: necp_allocate_new_session_order, xnu-4570.51.1.
    """
    if priority == SessionPriority.UNKNOWN or priority > SessionPriority.LOW:
        priority = SessionPriority.DEFAULT
    return (control_unit + (priority - 1) * ORDERS_PER_PRIORITY) & _UINT32_MASK


def first_order_for_priority(priority: int) -> int:
    """The first order of a priority, whatever number it is (32 bits).

    Source: necp_get_first_order_for_priority, xnu-4570.51.1.
    """
    return ((priority - 1) * ORDERS_PER_PRIORITY + 1) & _UINT32_MASK
