"""The releases of xnu-8019: macOS 12, iOS 15. Each states only what it changed."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from necp_replay.abi.client import ClientAction
from necp_replay.releases.release import Release
from necp_replay.releases.xnu_7195 import XNU_7195_101_1

_7195: Final = XNU_7195_101_1.profile

XNU_8019_41_5: Final = Release(
    replace(
        _7195,
        release="xnu-8019.41.5",
        client_actions=_7195.client_actions | {ClientAction.ACQUIRE_AGENT_TOKEN},
        interface_changed_now_has_no_time=True,
        global_routes_are_told=True,
        nexus_parameters_are_whole=True,
        sockets_have_trackers=True,
        agents_have_tokens=True,
        clients_report_to_agents=True,
        flow_agents_have_generation=True,
        multipath_options_begin_with_direct=True,
        known_trackers_are_logged=True,
        agent_structure_has_reserve=True,
        nat64_result_type=214,
        preferred_agents_are_requested=True,
        clients_have_groups=True,
        interface_details_min_bytes=104,
    ),
    parent=XNU_7195_101_1.tag,
)

XNU_8019_61_5: Final = Release(
    replace(XNU_8019_41_5.profile, release="xnu-8019.61.5"), parent=XNU_8019_41_5.tag
)

XNU_8019_80_24: Final = Release(
    replace(XNU_8019_61_5.profile, release="xnu-8019.80.24", skywalk_is_published=True),
    parent=XNU_8019_61_5.tag,
)
