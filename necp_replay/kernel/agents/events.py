"""The kernel events that are posted about agents."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.integers import as_int32
from necp_replay.abi.interface import IFRTYPE_FUNCTIONAL_CELLULAR
from necp_replay.abi.log import LOG_DEBUG
from necp_replay.abi.netagent import (
    KEV_NETAGENT_SUBCLASS,
    KEV_NETPOLICY_IFFAILED,
    KEV_NETWORK_CLASS,
    AgentEvent,
    AgentFlag,
)
from necp_replay.events.effects import KernelEvent, NetworkPolicyEvent
from necp_replay.kernel.agents.log import log_agent
from necp_replay.kernel.objects.agent import Agent
from necp_replay.kernel.policy.interface_denied import denied_event
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.update_timer import update_all_clients

CELLULAR_DOMAIN: Final = b"Cellular"
"""The domain of the agents that bring up cellular, compared as a whole (a literal upstream)."""


def post_event(
    kernel: KernelState, uuid: bytes, event: AgentEvent, *, update_necp: bool, at_once: bool = False
) -> None:
    """Post a kernel event about an agent. ``update_necp`` arms the update timer before.

    Source: netagent_post_event, xnu-4570.51.1, xnu-6153.11.26.
    """
    if update_necp:
        update_all_clients(kernel, at_once=at_once)
    kernel.emit(KernelEvent(KEV_NETWORK_CLASS, KEV_NETAGENT_SUBCLASS, int(event), uuid))


def post_updated(kernel: KernelState, agent: Agent, *, update_necp: bool) -> None:
    """Post that an agent was updated. An agent can ask that clients are evaluated at once."""
    at_once = bool(agent.flags & AgentFlag.UPDATE_IMMEDIATELY)
    post_event(kernel, agent.uuid, AgentEvent.UPDATED, update_necp=update_necp, at_once=at_once)


def post_updated_interfaces(kernel: KernelState, uuid: bytes) -> None:
    """Post that an agent was added to or removed from an interface.

    An unknown id is only logged in some releases. In others only an id of zeros is.

    Source: netagent_post_updated_interfaces, xnu-4570.51.1, xnu-8020.101.4.
    """
    needs_agent = kernel.profile.interface_events_need_agent
    if uuid in kernel.agents.by_uuid if needs_agent else any(uuid):
        post_event(kernel, uuid, AgentEvent.UPDATED_INTERFACES, update_necp=True)
    else:
        log_agent(kernel, LOG_DEBUG, "netagent_post_updated_interfaces")


def post_cellular_failed(kernel: KernelState, domain: bytes, pid: int, proc_uuid: bytes) -> None:
    """Post that cellular could not be brought up; does nothing for an agent of another domain.

    ``pid`` and ``proc_uuid`` are of the process that asked for it.

    Source: netagent_send_cellular_failed_event, xnu-4570.51.1.
    """
    if domain.partition(b"\0")[0] != CELLULAR_DOMAIN:
        return
    layout = denied_event(kernel)
    denied = layout.pack(0, as_int32(pid), proc_uuid, IFRTYPE_FUNCTIONAL_CELLULAR)
    kernel.emit(NetworkPolicyEvent(KEV_NETPOLICY_IFFAILED, denied))
