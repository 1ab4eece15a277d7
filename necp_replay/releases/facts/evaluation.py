"""Facts about the evaluation of policies for a client, an application or a socket."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from necp_replay.releases.fact import Fact


@dataclass(frozen=True, kw_only=True)
class EvaluationFacts:
    """What decides which policy matches, and what the result says."""

    entitlement_asks_coalition_leader: Annotated[
        bool,
        Fact(
            title="Whose privilege an ENTITLEMENT condition asks for",
            function="necp_application_fillout_info_locked, necp_get_parent_cred_result",
            meanings={
                False: "that of the process",
                True: "that of the process, then that of the leader of its jetsam coalition",
            },
            traces=("entitlement_of_a_coalition_leader",),
        ),
    ] = False

    local_remote_address_is_sanitised: Annotated[
        bool,
        Fact(
            title="A remote address of the system itself",
            function="necp_application_find_policy_match_internal",
            meanings={
                False: "is local only without port and scope id",
                True: "is local with any port, and with the scope id of its interface",
            },
            traces=(
                "remote_is_an_own_address",
                "remote_is_a_broadcast_address",
                "remote_with_a_scope_id",
                "remote_with_more_than_an_address",
                "remote_on_another_interface",
            ),
        ),
    ] = False
