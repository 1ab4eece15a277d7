"""In which condition an interface is: the quality of its link, and how much power it may use."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.interface import (
    IFXF_CONSTRAINED,
    IFXF_LINK_HEURISTICS,
    IFXF_LOW_POWER,
    IFXF_ULTRA_CONSTRAINED,
)
from necp_replay.kernel.interfaces.functional_type import is_cellular
from necp_replay.kernel.objects.interface import Interface
from necp_replay.releases.profile import Profile


def has_bad_link(ifp: Interface) -> bool:
    """Whether the quality of the link is known, and so bad that traffic should stop."""
    return bool(ifp.if_state_valid & _LQM_STATE_VALID) and ifp.lqm_state == IFNET_LQM_THRESH_ABORT


def is_low_power(ifp: Interface) -> bool:
    """``IFNET_IS_LOW_POWER``: the interface or its delegate is in low-power mode."""
    delegate = ifp.delegate
    return bool(
        ifp.xflags & IFXF_LOW_POWER or (delegate is not None and delegate.xflags & IFXF_LOW_POWER)
    )


def is_constrained(profile: Profile, ifp: Interface) -> bool:
    """``IFNET_IS_CONSTRAINED``: the interface or its delegate should be used sparingly.

    Source: IFNET_IS_CONSTRAINED, xnu-6153.11.26, xnu-11215.1.10.
    """
    if ifp.delegated_constrained or ifp.xflags & IFXF_CONSTRAINED:
        return True
    return is_ultra_constrained(profile, ifp)


def is_ultra_constrained(profile: Profile, ifp: Interface) -> bool:
    """``IFNET_IS_ULTRA_CONSTRAINED``: hardly any traffic may use the interface or its delegate."""
    return profile.ultra_constrained_needs_permission and (
        ifp.delegated_ultra_constrained or bool(ifp.xflags & IFXF_ULTRA_CONSTRAINED)
    )


def has_link_heuristics(profile: Profile, ifp: Interface) -> bool:
    """Whether measures against a bad link are in force, which are there for cellular ones.

    Source: if_link_heuristics_enabled, xnu-11417.121.6.
    """
    return (
        profile.link_heuristics_are_told
        and bool(ifp.xflags & IFXF_LINK_HEURISTICS)
        and is_cellular(profile, ifp)
    )


_LQM_STATE_VALID: Final = 0x2
"""``IF_INTERFACE_STATE_LQM_STATE_VALID`` (bsd/net/if.h)."""
IFNET_LQM_THRESH_ABORT: Final = 10
"""A link quality at which discretionary traffic should stop (bsd/net/if.h)."""
