"""REMOVE_ALL_DOMAIN_FILTERS: removes the filters of domains that the session added."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.policy import SessionAction
from necp_replay.kernel.description import Description
from necp_replay.kernel.objects.policy_session import PolicySession
from necp_replay.kernel.objects.process import Process
from necp_replay.kernel.session_actions.session_call import NO_ACTION, SessionCall
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.type_confusion import CLIENT_FD_LOSES_QUEUE


def remove_all_domain_filters(
    kernel: KernelState, process: Process, session: PolicySession, call: SessionCall
) -> None:
    """Remove all filters of the session. Source: necp_session_remove_all_domain_filters."""
    kernel.policies.domain_sets.remove_filters_of(session)


REMOVE_ALL_DOMAIN_FILTERS: Final = Description(
    subject=SessionAction.REMOVE_ALL_DOMAIN_FILTERS,
    handler=remove_all_domain_filters,
    function="necp_session_remove_all_domain_filters",
    summary="Removes the filters of domains that the session added.",
    checks=(NO_ACTION,),
    answer="returns 0",
    overwrites=CLIENT_FD_LOSES_QUEUE,
)
