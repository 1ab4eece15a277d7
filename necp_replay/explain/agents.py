"""Explains which of the agents that policies and interfaces name are in the result, and why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from necp_replay.abi.netagent import ANY_NEXUS, AgentFlag
from necp_replay.abi.uuid import ZERO_UUID
from necp_replay.explain.describe import agent_text, interface_text
from necp_replay.explain.explanation import AgentCheck
from necp_replay.kernel.results.listed_agents import is_hidden_nexus, netagent_applies_to_client

if TYPE_CHECKING:
    from necp_replay.kernel.objects.aggregate_result import AggregateResult
    from necp_replay.kernel.objects.client import FailedTrigger
    from necp_replay.kernel.objects.parsed_parameters import ParsedParameters
    from necp_replay.kernel.objects.shared_result import ResultInterfaces
    from necp_replay.kernel.state import KernelState


def explain_agents(
    kernel: KernelState,
    failed: FailedTrigger | None,
    parsed: ParsedParameters,
    result: AggregateResult,
    interfaces: ResultInterfaces,
) -> tuple[AgentCheck, ...]:
    """The agents in the order of the result. The kernel's own function says whether one applies.

    ``failed`` is the client's failed trigger.
    """
    return (
        *_policy_agents(kernel, failed, parsed, result),
        *_interface_agents(kernel, failed, parsed, interfaces),
    )


def _policy_agents(
    kernel: KernelState,
    failed: FailedTrigger | None,
    parsed: ParsedParameters,
    result: AggregateResult,
) -> Iterator[AgentCheck]:
    for agent in result.netagents:
        if agent == ZERO_UUID:
            because = "its uuid is unknown, which ends the policies' agents"
            yield AgentCheck("unknown", "a policy", False, because)
            return
        yield _check(kernel, failed, parsed, agent, "a policy", allow_nexus=True)


def _interface_agents(
    kernel: KernelState,
    failed: FailedTrigger | None,
    parsed: ParsedParameters,
    interfaces: ResultInterfaces,
) -> Iterator[AgentCheck]:
    for ifp, role in (
        (interfaces.original_scoped, "the interface asked for before the tunnel"),
        (interfaces.direct, ""),
        (interfaces.delegate, "the delegate"),
    ):
        if ifp is None:
            continue
        name = interface_text(ifp)
        named_by = f"{name}, {role}" if role else name
        for agent in ifp.agents:
            if agent != ZERO_UUID:
                yield _check(kernel, failed, parsed, agent, named_by, allow_nexus=not role)


def _check(
    kernel: KernelState,
    failed: FailedTrigger | None,
    parsed: ParsedParameters,
    agent: bytes,
    named_by: str,
    *,
    allow_nexus: bool,
) -> AgentCheck:
    is_hidden = failed is not None and failed.agent == agent
    applies = not is_hidden and netagent_applies_to_client(
        kernel, parsed, agent, allow_nexus=allow_nexus
    )
    because = _because(kernel, parsed, agent, applies=applies, allow_nexus=allow_nexus)
    if is_hidden:
        because = "its trigger failed for this client, and it has not changed since"
    return AgentCheck(agent_text(kernel, agent), named_by, applies, because)


def _because(
    kernel: KernelState,
    parsed: ParsedParameters,
    uuid: bytes,
    *,
    applies: bool,
    allow_nexus: bool,
) -> str:
    agent = kernel.agents.by_uuid.get(uuid)
    if agent is None:
        return "no such agent is registered"
    if not agent.flags & AgentFlag.REGISTERED:
        return "it is not registered"
    if agent.flags & ANY_NEXUS and is_hidden_nexus(kernel, parsed.flags, agent.flags, allow_nexus):
        if allow_nexus:
            return "it provides a nexus of a kind that the client does not ask for"
        return "it provides a nexus, which counts on the direct interface only"
    if agent.flags & AgentFlag.SPECIFIC_USE_ONLY:
        if applies:
            return "it is for specific use, and a parameter requires it"
        return "it is for specific use only, and no parameter requires it"
    return "it is registered, and not for specific use"
