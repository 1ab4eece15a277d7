"""Decides whether a flow is viable: whether its traffic would be routed now, and not dropped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from necp_replay.abi.netagent import AgentFlag
from necp_replay.abi.policy import PolicyResult
from necp_replay.kernel.agents.lookup import get_flags
from necp_replay.kernel.objects.client import Client
from necp_replay.kernel.objects.flow import Flow
from necp_replay.kernel.objects.parameter_evaluation import ParameterEvaluation
from necp_replay.kernel.objects.process import Process
from necp_replay.kernel.policy.evaluate_parameters import evaluate_parameters
from necp_replay.kernel.state import KernelState


def flow_is_viable(kernel: KernelState, process: Process, client: Client, flow: Flow) -> bool:
    """Evaluate the client's parameters on the flow's interface, and set the flow's flags.

    The flow is viable where there is a route, no policy drops the traffic, and no agent that
    policies use blocks it. The flow's addresses are used where the parameters have none.

    Source: necp_client_flow_is_viable, xnu-4570.51.1, xnu-6153.41.3, xnu-7195.50.7.100.1.
    """
    match = _evaluate_flow(kernel, process, client, flow)
    flow.necp_flow_flags = match.flags
    if kernel.profile.flows_follow_delegates:
        interface = kernel.interfaces.by_index.get(flow.interface_index)
        if interface is not None and interface.delegate is not None:
            flow.delegated_interface_index = interface.delegate.index
    result = match.result
    if (
        result.netagents
        and kernel.profile.inactive_agents_block_flows
        and blocking_agent(kernel, result.used_agents()) is not None
    ):
        return False
    return result.routed_interface_index != 0 and result.routing_result != _DROP


def blocking_agent(kernel: KernelState, agents: Sequence[bytes]) -> bytes | None:
    """The first agent that keeps a flow from being viable, of those that its policies use.

    It is registered, and neither active, nor voluntary, nor for specific use. In releases where
    agents block nothing there is none.

    Source: necp_client_flow_is_viable, xnu-6153.41.3.
    """
    if not kernel.profile.inactive_agents_block_flows:
        return None
    for agent in agents:
        if get_flags(kernel, agent) & _DECIDING == _REGISTERED:
            return agent
    return None


def _evaluate_flow(
    kernel: KernelState, process: Process, client: Client, flow: Flow
) -> ParameterEvaluation:
    """Evaluate the parameters on the flow's interface, or take the result from the cache."""
    ignore_address = client.allow_multiple_flows and not flow.nexus and not flow.socket
    cache = kernel.flow_evaluations
    parameters = bytes(client.parameters)
    key = (
        process.pid,
        kernel.asked_caller,
        parameters,
        flow.interface_index,
        flow.local_addr,
        flow.remote_addr,
        ignore_address,
    )
    match = cache.recall(key, kernel.effects, client.parameters)
    if match is None:
        started = len(kernel.effects)
        match = evaluate_parameters(
            kernel,
            process,
            client.parameters,
            required_interface_index=flow.interface_index,
            local_addr=flow.local_addr,
            remote_addr=flow.remote_addr,
            ignore_address=ignore_address,
            want_flags=True,
        )
        cache.store(key, match, kernel.effects[started:], parameters, client.parameters)
    return match


_DROP: Final = int(PolicyResult.DROP)
_REGISTERED: Final = int(AgentFlag.REGISTERED)
_DECIDING: Final = int(
    AgentFlag.REGISTERED | AgentFlag.ACTIVE | AgentFlag.VOLUNTARY | AgentFlag.SPECIFIC_USE_ONLY
)
