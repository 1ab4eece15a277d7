"""In which condition an interface is: the quality of its link, and how much power it may use."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.interface import IFXF_CONSTRAINED, IFXF_LOW_POWER
from necp_replay.kernel.objects.interface import Interface


def has_bad_link(ifp: Interface) -> bool:
    """Whether the quality of the link is known, and so bad that traffic should stop."""
    return bool(ifp.if_state_valid & _LQM_STATE_VALID) and ifp.lqm_state == IFNET_LQM_THRESH_ABORT


def is_low_power(ifp: Interface) -> bool:
    """``IFNET_IS_LOW_POWER``: the interface or its delegate is in low-power mode."""
    delegate = ifp.delegate
    return bool(
        ifp.xflags & IFXF_LOW_POWER or (delegate is not None and delegate.xflags & IFXF_LOW_POWER)
    )


def is_constrained(ifp: Interface) -> bool:
    """``IFNET_IS_CONSTRAINED``: the interface or its delegate should be used sparingly."""
    return ifp.delegated_constrained or bool(ifp.xflags & IFXF_CONSTRAINED)


_LQM_STATE_VALID: Final = 0x2
"""``IF_INTERFACE_STATE_LQM_STATE_VALID`` (bsd/net/if.h)."""
IFNET_LQM_THRESH_ABORT: Final = 10
"""A link quality at which discretionary traffic should stop (bsd/net/if.h)."""
