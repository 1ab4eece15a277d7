"""The releases of xnu-8796: macOS 13.3 to 13.5, iOS 16.4 to 16.6.

Each states only what it changed.
"""

from __future__ import annotations

from typing import Final

from necp_replay.abi.interface_flags import Xflags8796
from necp_replay.abi.policy import RouteRuleFlag
from necp_replay.releases.facts.interfaces import FunctionalTypes
from necp_replay.releases.profile import replace
from necp_replay.releases.release import Release
from necp_replay.releases.xnu_8792 import XNU_8792_81_2

XNU_8796_101_5: Final = Release(
    replace(
        XNU_8792_81_2.profile,
        release="xnu-8796.101.5",
        flow_may_override_protocol=True,
        route_rule_kinds=XNU_8792_81_2.profile.route_rule_kinds | RouteRuleFlag.COMPANION,
    ),
    parent=XNU_8792_81_2.tag,
)

XNU_8796_141_3: Final = Release(
    replace(
        XNU_8796_101_5.profile,
        release="xnu-8796.141.3",
        known_trackers_are_logged=False,
        functional_types=XNU_8796_101_5.profile.functional_types | FunctionalTypes.MANAGEMENT,
        management_traffic_can_be_dropped=True,
        interface_xflags=Xflags8796,
    ),
    parent=XNU_8796_101_5.tag,
)

RELEASES_8796: Final = (XNU_8796_101_5, XNU_8796_141_3)
"""The modelled releases, oldest first."""
