"""Explains the flows of a client: which are viable, and which ended with this evaluation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from necp_replay.abi.address_text import address_text
from necp_replay.abi.policy import PolicyResult
from necp_replay.explain.describe import agent_text, index_text, uuid_text
from necp_replay.explain.explanation import FlowCheck, MatchCheck
from necp_replay.explain.match import explain_match
from necp_replay.kernel.flows.choose import flow_rules
from necp_replay.kernel.flows.viability import blocking_agent

if TYPE_CHECKING:
    from necp_replay.explain.observed_machine import EvaluatedClient
    from necp_replay.kernel.objects.flow import Flow
    from necp_replay.kernel.state import KernelState


def explain_flows(
    kernel: KernelState, evaluated: EvaluatedClient
) -> tuple[tuple[FlowCheck, ...], list[str]]:
    """Explain every flow of a client, also those that this evaluation removed.

    Returns the explanations, and the flows whose stored state disagrees with them.
    """
    client = evaluated.client
    flows = list(flow_rules(kernel).flows(client))
    gone = [flow for flow in evaluated.flows_before if flow not in flows]
    checks: list[FlowCheck] = []
    disagreements: list[str] = []
    for flow in (*flows, *gone):
        match, why = explain_match(
            kernel,
            evaluated.process,
            client.parameters,
            required_interface_index=flow.interface_index,
            flow=flow,
            ignore_address=client.allow_multiple_flows and not flow.nexus and not flow.socket,
        )
        routed = match.result.routed_interface_index
        is_dropped = match.result.routing_result == _DROP
        blocking = blocking_agent(kernel, match.result.used_agents())
        is_viable = routed != 0 and not is_dropped and blocking is None
        because = "it is routed, and not dropped"
        if blocking is not None:
            because = f"it needs the agent {agent_text(kernel, blocking)}, which is not active"
        elif is_dropped:
            because = f"it would be dropped: {_drop_text(why)}"
        elif not routed:
            because = "nothing routes it" if why.route is None else why.route.because
        if flow.invalid:
            because += "; the client no longer asks for it"
        checks.append(
            FlowCheck(
                kind=_kind(flow),
                interface=index_text(kernel, flow.interface_index),
                local=address_text(flow.local_addr),
                remote=address_text(flow.remote_addr),
                is_viable=is_viable,
                is_removed=flow in gone,
                because=because,
            )
        )
        if flow not in gone and (flow.viable, flow.necp_flow_flags) != (is_viable, match.flags):
            disagreements.append(
                f"a {_kind(flow)} flow is stored as {'viable' if flow.viable else 'not viable'}"
                f" with flags 0x{flow.necp_flow_flags:08x}"
            )
    return tuple(checks), disagreements


def _kind(flow: Flow) -> str:
    if flow.nexus:
        return f"nexus {uuid_text(flow.nexus_agent)}"
    return "socket" if flow.socket else "interface"


_DROP: Final = int(PolicyResult.DROP)


def _drop_text(why: MatchCheck) -> str:
    """Why the traffic of a flow is dropped."""
    if why.route is not None and why.route.is_denied:
        return "a route rule denies its interface"
    if why.route is not None and why.route.prohibited is not None:
        return why.route.prohibited
    return why.policies.because
