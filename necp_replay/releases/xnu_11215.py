"""The releases of xnu-11215: macOS 15.0 to 15.3, iOS 18.0 to 18.3.

Each states only what it changed.
"""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client import ClientAction
from necp_replay.abi.client_structs import InterfaceFlag
from necp_replay.abi.interface_flags import Xflags11215
from necp_replay.abi.policy import RouteRuleFlag, SessionAction
from necp_replay.releases.facts.signatures import SignedIdFor
from necp_replay.releases.profile import replace
from necp_replay.releases.release import Release
from necp_replay.releases.xnu_10063 import XNU_10063_141_1

_10063: Final = XNU_10063_141_1.profile

XNU_11215_1_10: Final = Release(
    replace(
        _10063,
        release="xnu-11215.1.10",
        client_actions=_10063.client_actions | {ClientAction.COPY_UPDATED_RESULT_FINAL},
        agents_always_have_place_for_results=True,
        agents_can_get_registration=False,
        interface_xflags=Xflags11215,
        interface_details_flags=_10063.interface_details_flags | InterfaceFlag.ULTRA_CONSTRAINED,
        ultra_constrained_needs_permission=True,
        browsing_outweighs_multipath=True,
        statistics_tell_vpns=True,
        no_match_has_an_id=True,
        platform_binaries_can_be_excluded=True,
        responsible_binaries_count=True,
        denials_name_responsible_process=True,
        local_networks_have_flags=True,
        dumped_conditions_have_flags=True,
        clearing_executables_names_one=True,
        empty_domain_filters_are_refused=True,
        signed_client_id_for=SignedIdFor.ANYONE,
        missing_domains_are_in_no_filter=True,
        urls_match_as_a_whole=True,
        route_rule_kinds=_10063.route_rule_kinds | RouteRuleFlag.VPN,
        rules_that_need_agents_name_interfaces=True,
        loopback_can_be_denied=True,
        own_addresses_are_not_local_networks=True,
    ),
    parent=XNU_10063_141_1.tag,
)

XNU_11215_61_5: Final = Release(
    replace(
        XNU_11215_1_10.profile,
        release="xnu-11215.61.5",
        session_actions=XNU_11215_1_10.profile.session_actions
        | {
            SessionAction.ADD_DOMAIN_TRIE,
            SessionAction.REMOVE_DOMAIN_TRIE,
            SessionAction.REMOVE_ALL_DOMAIN_TRIES,
            SessionAction.TRIE_DUMP_ALL,
        },
        missing_domain_sets_never_match=True,
    ),
    parent=XNU_11215_1_10.tag,
)

XNU_11215_81_4: Final = Release(
    replace(XNU_11215_61_5.profile, release="xnu-11215.81.4"), parent=XNU_11215_61_5.tag
)

RELEASES_11215: Final = (XNU_11215_1_10, XNU_11215_61_5, XNU_11215_81_4)
"""The modelled releases, oldest first."""
