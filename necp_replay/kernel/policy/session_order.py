"""The order of a session among all sessions: 1000 orders for each priority."""

from __future__ import annotations

import enum

ORDERS_PER_PRIORITY = 1000
_UINT32_MASK = 0xFFFFFFFF


def session_order(priorities: type[enum.IntEnum], priority: int, control_unit: int) -> int:
    """The order of a session in a release that has ``priorities``.

    Priorities that the kernel does not know count as the default one.

    Kernel quirk: the control unit is not limited to the 1000 orders of a priority. So a session
    with control unit 1001 is ordered among those of the next priority. No trace shows it.

    Source: necp_allocate_new_session_order, xnu-4570.51.1.
    """
    if priority == 0 or priority > len(priorities) - 1:
        priority = int(priorities["DEFAULT"])
    return (control_unit + (priority - 1) * ORDERS_PER_PRIORITY) & _UINT32_MASK


def first_order_for_priority(priority: int) -> int:
    """The first order of a priority, modulo 2**32; 0 for no priority. It may be any number.

    Source: necp_get_first_order_for_priority, xnu-4570.51.1.
    """
    if priority == 0:
        return 0
    return ((priority - 1) * ORDERS_PER_PRIORITY + 1) & _UINT32_MASK
