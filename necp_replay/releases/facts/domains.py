"""Facts about domains: sets of domains that sessions add, and conditions on domains and URLs."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import Annotated, Final

from necp_replay.abi.policy import SessionAction
from necp_replay.dataclass import dataclass
from necp_replay.releases.fact import Fact

_ACTIONS_4570: Final = frozenset(
    action for action in SessionAction if action <= SessionAction.POLICY_DUMP_ALL
)


@dataclass(frozen=True, kw_only=True)
class DomainFacts:
    """Which actions sessions have, and how domains are compared with policies."""

    session_actions: Annotated[
        AbstractSet[SessionAction],
        Fact(
            title="Session actions that the kernel handles; others are EINVAL and a log record",
            function="necp_session_action",
            traces=("domains_in_a_filter", "domains_in_a_trie"),
        ),
    ] = _ACTIONS_4570

    domain_conditions_can_be_exact: Annotated[
        bool,
        Fact(
            title="A condition on a domain with the flag EXACT",
            function="necp_policy_apply, necp_socket_check_policy",
            meanings={
                False: "also matches names below the domain, as without the flag",
                True: "matches the domain alone",
            },
            traces=("domain_without_those_below_it",),
        ),
    ] = False

    empty_domain_filters_are_refused: Annotated[
        bool,
        Fact(
            title="ADD_DOMAIN_FILTER of a filter of 0 bits",
            function="net_bloom_filter_get_size",
            meanings={False: "is added", True: "EINVAL and a log record"},
            traces=("filter_of_no_bits",),
        ),
    ] = False

    missing_domains_are_in_no_filter: Annotated[
        bool,
        Fact(
            title="Traffic without a domain, and a condition on a domain filter",
            function="necp_socket_check_policy",
            meanings={
                False: "the empty name is looked up, and can be found",
                True: "is not found",
            },
            traces=("traffic_without_a_domain",),
        ),
    ] = False

    missing_domain_sets_never_match: Annotated[
        bool,
        Fact(
            title="A condition on a domain filter that is not there",
            function="necp_socket_check_policy",
            meanings={
                False: "is passed over, so the other conditions decide",
                True: "is not met; one that is negative is",
            },
            traces=("filter_that_was_never_added",),
        ),
    ] = False

    trie_search_ends_with_name: Annotated[
        bool,
        Fact(
            title="A domain that ends with the bytes of a node of a trie which is no leaf",
            function="net_trie_search",
            meanings={
                False: "the search goes on with the character beside the name, such as a dot",
                True: "is not found",
            },
            traces=("domain_that_ends_within_a_trie",),
        ),
    ] = False

    urls_match_as_a_whole: Annotated[
        bool,
        Fact(
            title="A condition on a URL",
            function="necp_socket_check_policy",
            meanings={
                False: "matches URLs that begin with it",
                True: "matches that URL alone",
            },
            traces=("url_that_policies_know",),
        ),
    ] = False
