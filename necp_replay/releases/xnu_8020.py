"""The releases of xnu-8020: macOS 12.3 to 12.5, iOS 15.4 to 15.6.

Each states only what it changed.
"""

from __future__ import annotations

from typing import Final

from necp_replay.abi.policy import PolicyCondition, SessionAction
from necp_replay.releases.profile import replace
from necp_replay.releases.release import Release
from necp_replay.releases.xnu_8019 import XNU_8019_80_24

_8019: Final = XNU_8019_80_24.profile

XNU_8020_101_4: Final = Release(
    replace(
        _8019,
        release="xnu-8020.101.4",
        rules_that_need_agents_come_last=True,
        token_requests_have_pause=True,
        interface_events_need_agent=False,
        session_actions=_8019.session_actions
        | {
            SessionAction.ADD_DOMAIN_FILTER,
            SessionAction.REMOVE_DOMAIN_FILTER,
            SessionAction.REMOVE_ALL_DOMAIN_FILTERS,
        },
        policy_conditions=_8019.policy_conditions | {PolicyCondition.DOMAIN_FILTER},
    ),
    parent=XNU_8019_80_24.tag,
)

XNU_8020_140_41: Final = Release(
    replace(
        XNU_8020_101_4.profile,
        release="xnu-8020.140.41",
        clients_can_forbid_wakes=True,
        entitlement_asks_caller=False,
        kernel_pid_can_be_a_condition=True,
        removed_agents_meet_no_rule=True,
        client_result_max_bytes=1024,
    ),
    parent=XNU_8020_101_4.tag,
)

RELEASES_8020: Final = (XNU_8020_101_4, XNU_8020_140_41)
"""The modelled releases, oldest first."""
