"""The releases of xnu-4903: macOS 10.14, iOS 12. Each states only what it changed."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client import ClientParameter
from necp_replay.abi.client_structs import InterfaceFlag
from necp_replay.abi.interface_flags import Eflags4903, Xflags4903
from necp_replay.abi.policy import PolicyCondition, PolicyResult, RouteRuleAction
from necp_replay.releases.facts.client_actions import FdKindCheck
from necp_replay.releases.facts.interfaces import FunctionalTypes
from necp_replay.releases.facts.policies import AgentFlagsOfMatch
from necp_replay.releases.profile import replace
from necp_replay.releases.release import Release, UnseenChange
from necp_replay.releases.xnu_4570 import XNU_4570_71_2

_4570: Final = XNU_4570_71_2.profile

XNU_4903_221_2: Final = Release(
    replace(
        _4570,
        release="xnu-4903.221.2",
        policy_results=_4570.policy_results
        | {PolicyResult.NETAGENT_SCOPED, PolicyResult.SCOPED_DIRECT},
        policy_conditions=_4570.policy_conditions | {PolicyCondition.AGENT_TYPE},
        route_rule_actions=_4570.route_rule_actions | {RouteRuleAction.DENY_LQM_ABORT},
        policy_ids_are_per_session=True,
        first_aggregate_route_rule_id=65535,
        services_have_own_ids=True,
        ip_skips_are_in_every_array=True,
        match_reports_agent_flags=AgentFlagsOfMatch.OF_USE,
        client_parameters=_4570.client_parameters
        | {ClientParameter.AVOID_AGENT, ClientParameter.AVOID_AGENT_TYPE},
        policies_may_meet_agent_requirements=True,
        only_primary_may_require_type=True,
        clat46_has_no_ipv4=True,
        result_has_nat64=True,
        result_has_low_power=True,
        unknown_agent_type_is_error=True,
        interface_eflags=Eflags4903,
        interface_xflags=Xflags4903,
        functional_types=FunctionalTypes.BONDS_AND_VLANS_ARE_WIRED,
        interface_details_flags=_4570.interface_details_flags
        | InterfaceFlag.THREE_CARRIER_AGGREGATION
        | InterfaceFlag.LOW_POWER,
        nat64_prefixes_are_logged=True,
        route_needs_address_of_family=True,
        clat46_lowers_mtu=True,
        fd_kind_check=FdKindCheck.LEAKS_USE_COUNT,
        has_flow_registrations=True,
        callbacks_pass_invalid=False,
        failed_trigger_hides_agent=True,
        has_bb_radio_manager=True,
        kernel_agents_get_handle=True,
    ),
    parent=XNU_4570_71_2.tag,
    unseen=(
        UnseenChange(
            title="The udata value of an event that is registered on an fd",
            function="necp_fd_knrtouch",
            older="is replaced when a process registers for the event again",
            newer="stays as it was",
            reason="Only the process itself uses the value, and traces do not hold it.",
        ),
    ),
)

XNU_4903_270_47: Final = Release(
    replace(
        XNU_4903_221_2.profile,
        release="xnu-4903.270.47",
        fd_kind_check=FdKindCheck.CHECKED,
    ),
    parent=XNU_4903_221_2.tag,
)

RELEASES_4903: Final = (XNU_4903_221_2, XNU_4903_270_47)
"""Oldest first."""
