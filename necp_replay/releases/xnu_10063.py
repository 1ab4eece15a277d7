"""The releases of xnu-10063: macOS 14.4 to 14.6, iOS 17.4 to 17.6.

Each states only what it changed.
"""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client import ClientAction
from necp_replay.abi.policy import PolicyCondition
from necp_replay.releases.facts.signatures import SignedIdFor
from necp_replay.releases.profile import replace
from necp_replay.releases.release import Release
from necp_replay.releases.xnu_10002 import XNU_10002_61_3

XNU_10063_101_15: Final = Release(
    replace(
        XNU_10002_61_3.profile,
        release="xnu-10063.101.15",
        statistics_tell_kinds_of_wifi=True,
        client_actions=XNU_10002_61_3.profile.client_actions
        | {ClientAction.GET_SIGNED_CLIENT_ID, ClientAction.SET_SIGNED_CLIENT_ID},
        responsible_application_is_kept=True,
        existing_routes_are_logged=True,
        alerts_can_be_suppressed=True,
        policy_conditions=XNU_10002_61_3.profile.policy_conditions
        | {PolicyCondition.BOUND_INTERFACE_FLAGS},
    ),
    parent=XNU_10002_61_3.tag,
)

XNU_10063_121_3: Final = Release(
    replace(
        XNU_10063_101_15.profile,
        release="xnu-10063.121.3",
        signed_client_id_for=SignedIdFor.BROWSER_HOST,
        browsers_may_use_prohibited_routes=True,
        browsers_are_scoped_by_name_only=True,
        remote_scope_chooses_interface=True,
    ),
    parent=XNU_10063_101_15.tag,
)

XNU_10063_141_1: Final = Release(
    replace(XNU_10063_121_3.profile, release="xnu-10063.141.1"), parent=XNU_10063_121_3.tag
)

RELEASES_10063: Final = (XNU_10063_101_15, XNU_10063_121_3, XNU_10063_141_1)
"""The modelled releases, oldest first."""
