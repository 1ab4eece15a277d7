"""Which interfaces are constrained, and on which measures against a bad link are in force."""

from __future__ import annotations

from dataclasses import replace

from necp_replay.kernel.interfaces.condition import (
    has_link_heuristics,
    is_constrained,
    is_ultra_constrained,
)
from necp_replay.kernel.objects.interface import Interface
from necp_replay.releases.profile import Profile

_CONSTRAINED, _ULTRA, _HEURISTICS, _CELLULAR = 0x200, 0x8000, 0x800000, 0xFF
OLDEST = Profile(release="test")
NEWEST = replace(OLDEST, ultra_constrained_needs_permission=True, link_heuristics_are_told=True)


def test_an_ultra_constrained_interface_is_constrained_where_the_flag_is_known() -> None:
    for ifp in (
        Interface(4, "en0", xflags=_ULTRA),
        Interface(8, "utun0", delegated_ultra_constrained=True),
    ):
        asked = [(is_constrained(each, ifp), is_ultra_constrained(each, ifp)) for each in BOTH]
        assert asked == [(False, False), (True, True)]


def test_a_constrained_interface_is_not_ultra_constrained() -> None:
    ifp = Interface(4, "en0", xflags=_CONSTRAINED)
    asked = [(is_constrained(each, ifp), is_ultra_constrained(each, ifp)) for each in BOTH]
    assert asked == [(True, False), (True, False)]


def test_link_heuristics_are_for_cellular_interfaces() -> None:
    cellular = Interface(6, "pdp_ip0", type=_CELLULAR, xflags=_HEURISTICS)
    assert [has_link_heuristics(each, cellular) for each in BOTH] == [False, True]
    assert not has_link_heuristics(NEWEST, Interface(6, "pdp_ip0", type=_CELLULAR))
    assert not has_link_heuristics(NEWEST, Interface(4, "en0", xflags=_HEURISTICS))


BOTH = (OLDEST, NEWEST)
