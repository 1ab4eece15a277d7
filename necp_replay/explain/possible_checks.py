"""The checks that can have given an errno, if the engine cannot tell which one did."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from necp_replay.abi.errno import errno_name
from necp_replay.events.syscalls import NecpClientAction, NecpSessionAction
from necp_replay.explain.explanation import PossibleCheck, PossibleFailure
from necp_replay.explain.failure import descriptions_of
from necp_replay.releases.facts.client_actions import FdKindCheck
from necp_replay.releases.facts.signatures import SignedIdFor
from necp_replay.releases.profile import facts

if TYPE_CHECKING:
    from necp_replay.events.inputs import Input
    from necp_replay.kernel.description import AnyDescription, Check
    from necp_replay.releases.profile import Profile

_ACTIONS_HANDLED: Final = frozenset({"client_actions", "session_actions"})
_RULED_OUT: Final[Mapping[str, tuple[object, ...]]] = {
    "add_flow_max_bytes": (None,),
    "added_clients_need_privileges": (False,),
    "agent_action_max_bytes": (None,),
    "agent_ids_are_unique": (False,),
    "attributes_check_domain": (False,),
    "calls_ask_sandbox": (False,),
    "clients_report_to_agents": (False,),
    "empty_domain_filters_are_refused": (False,),
    "fd_kind_check": (FdKindCheck.NONE,),
    "flow_divert_can_be_in_process": (False,),
    "flow_ids_can_be_claimed": (True,),
    "has_fd_memstatus": (True,),
    "has_flow_registrations": (False,),
    "has_reap_caches": (True,),
    "listeners_reserve_ports": (False,),
    "observers_need_privilege": (False,),
    "other_files_have_no_device": (False,),
    "remove_statistics_fault_is_error": (False,),
    "remove_unknown_client_is_error": (False,),
    "result_has_interface_time_delta": (True,),
    "route_needs_address_of_family": (False,),
    "session_operations_are_unsupported": (False,),
    "sessions_can_have_many_agents": (False,),
    "sessions_need_platform_binary": (False,),
    "signables_have_types": (False,),
    "signed_client_id_for": (SignedIdFor.ANYONE,),
    "sockets_have_resolver_signature": (True,),
    "trigger_clears_uuid": (False,),
}
"""Facts on which checks depend, with the values with which a release does not have the check."""
IN_EVERY_RELEASE: Final = frozenset(
    {
        "agent_action_logs_bad_arguments",
        "agent_content_is_checked_first",
        "copy_parameters_finds_zero_id",
        "interface_details_min_bytes",
        "route_statistics_layout",
        "route_statistics_min_bytes",
    }
)
"""Facts that change a check, but not whether it exists."""
DECIDING: Final = frozenset({*_RULED_OUT, *_ACTIONS_HANDLED})
"""Facts that decide whether there is a check."""


def is_ruled_out(check: Check, action: int | None, profile: Profile) -> bool:
    """Whether a release does not have a check, or it cannot fail there for an action."""
    if check.fact in _ACTIONS_HANDLED:
        return action is None or action in getattr(profile, check.fact)
    return check.fact in _RULED_OUT and getattr(profile, check.fact) in _RULED_OUT[check.fact]


def explain_possible(event: Input, errno: int, profile: Profile, why: str) -> PossibleFailure:
    """The checks of an input, and of its action, that give an errno on a release.

    ``why`` is why the engine cannot tell which one it was.
    """
    descriptions = tuple(descriptions_of(event))
    action = event.action if isinstance(event, NecpClientAction | NecpSessionAction) else None
    # The checks of the call come before those of its action.
    return PossibleFailure(
        errno=errno_name(errno),
        why=why,
        checks=tuple(
            _possible(description, number, check, profile)
            for description in reversed(descriptions)
            for number, check in enumerate(description.checks, 1)
            if check.errno == errno or check.is_for_others
            if not is_ruled_out(check, action, profile)
        ),
    )


def _possible(
    description: AnyDescription, number: int, check: Check, profile: Profile
) -> PossibleCheck:
    release = None
    if check.fact and check.fact not in _ACTIONS_HANDLED:
        release = facts()[check.fact].meaning(getattr(profile, check.fact))
    return PossibleCheck(
        name=description.name,
        number=number,
        function=description.function or None,
        text=check.text,
        release=release,
    )
