"""The releases of xnu-8792: macOS 13.0 to 13.2, iOS 16.1 to 16.3.

Each states only what it changed.
"""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client import ClientAction, ClientParameter
from necp_replay.abi.interface_flags import Xflags8792
from necp_replay.abi.policy import PolicyCondition, PolicyResult, SessionPriority8792
from necp_replay.releases.facts.interfaces import FunctionalTypes
from necp_replay.releases.profile import replace
from necp_replay.releases.release import Release
from necp_replay.releases.xnu_8020 import XNU_8020_140_41

_8020: Final = XNU_8020_140_41.profile

XNU_8792_41_9: Final = Release(
    replace(
        _8020,
        release="xnu-8792.41.9",
        flows_can_be_demultiplexed=True,
        client_parameters=_8020.client_parameters | {ClientParameter.FLOW_DEMUX_PATTERN},
        flow_statistics_bytes=104,
        nexus_port_bytes=2,
        pending_timer_is_left_alone=True,
        sessions_need_platform_binary=True,
        session_priorities=SessionPriority8792,
        policy_conditions=_8020.policy_conditions | {PolicyCondition.SYSTEM_SIGNED_RESULT},
        policy_results=_8020.policy_results
        - {
            PolicyResult.TRIGGER,
            PolicyResult.TRIGGER_IF_NEEDED,
            PolicyResult.TRIGGER_SCOPED,
            PolicyResult.NO_TRIGGER_SCOPED,
        },
        named_entitlements_stand_alone=True,
        domain_conditions_can_be_exact=True,
        client_actions=_8020.client_actions | {ClientAction.VALIDATE},
        signables_have_types=True,
        sockets_have_resolver_signature=True,
        right_to_match_is_an_entitlement=True,
        coprocessor_traffic_passes=True,
        services_are_not_unentitled=True,
        agent_action_max_bytes=10_240,
        agent_content_is_checked_first=True,
        interface_xflags=Xflags8792,
        functional_types=_8020.functional_types | FunctionalTypes.SIMULATED_CELLULAR,
        interface_details_min_bytes=112,
        companion_links_need_no_order=True,
        max_interface_options=32,
    ),
    parent=XNU_8020_140_41.tag,
)

XNU_8792_61_2: Final = Release(
    replace(
        XNU_8792_41_9.profile,
        release="xnu-8792.61.2",
        flow_ids_can_be_claimed=False,
        listeners_can_reuse_ports=True,
    ),
    parent=XNU_8792_41_9.tag,
)

XNU_8792_81_2: Final = Release(
    replace(
        XNU_8792_61_2.profile,
        release="xnu-8792.81.2",
        clients_with_flows_can_be_claimed=False,
    ),
    parent=XNU_8792_61_2.tag,
)

RELEASES_8792: Final = (XNU_8792_41_9, XNU_8792_61_2, XNU_8792_81_2)
"""The modelled releases, oldest first."""
