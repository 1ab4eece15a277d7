"""POLICY_APPLY_ALL: puts the changes of a session into effect."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.policy import SessionAction
from necp_replay.kernel.description import Description
from necp_replay.kernel.objects.policy_session import PolicySession
from necp_replay.kernel.objects.process import Process
from necp_replay.kernel.policy.apply import apply_all
from necp_replay.kernel.session_actions.session_call import SessionCall
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.type_confusion import CLIENT_FD_LOSES_PID


def policy_apply_all(
    kernel: KernelState, process: Process, session: PolicySession, call: SessionCall
) -> None:
    """Apply the session's policies. Nothing is refused, and the buffers are not used.

    Source: necp_session_apply_all, xnu-4570.51.1.
    """
    apply_all(kernel, session)


POLICY_APPLY_ALL: Final = Description(
    subject=SessionAction.POLICY_APPLY_ALL,
    handler=policy_apply_all,
    function="necp_session_apply_all",
    summary="Brings the kernel policies in line with the session's.",
    answer="returns 0",
    effects="the uuid policy table is written if applications changed, the update timer is armed, "
    "and the change event is posted",
    other_facts=(
        "services_have_own_ids",
        "first_aggregate_route_rule_id",
        "ip_skips_are_in_every_array",
        "route_rules_reach_packets",
        "constrained_interfaces_are_known",
        "lone_ip_skips_are_not_counted",
        "socket_rules_stay_at_sockets",
        "rules_that_need_agents_name_interfaces",
        "clearing_executables_names_one",
    ),
    overwrites=CLIENT_FD_LOSES_PID,
)
