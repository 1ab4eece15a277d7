"""Which network agents a client's result lists."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from necp_replay.abi.client import ClientParameterFlag
from necp_replay.abi.netagent import ANY_NEXUS, AgentFlag
from necp_replay.abi.uuid import ZERO_UUID
from necp_replay.kernel.agents.lookup import get_flags, get_generation, get_names
from necp_replay.kernel.objects.client import FailedTrigger
from necp_replay.kernel.objects.parsed_parameters import ParsedParameters
from necp_replay.kernel.state import KernelState


def netagent_applies_to_client(
    kernel: KernelState,
    parsed: ParsedParameters,
    agent: bytes,
    *,
    allow_nexus: bool,
    failed_trigger: FailedTrigger | None = None,
) -> bool:
    """Whether a result lists an agent.

    It lists agents that are registered. It does not list nexus providers unless ``allow_nexus``,
    nor the agent of the client's failed trigger while its generation stays, nor agents for specific
    use unless the parameters require them. A failed trigger of an older generation is forgotten.

    Source: necp_netagent_applies_to_client, xnu-4570.51.1, xnu-6153.11.26.
    """
    flags = get_flags(kernel, agent)
    if not flags & _REGISTERED:
        return False
    if flags & _ANY_NEXUS and is_hidden_nexus(kernel, parsed.flags, flags, allow_nexus):
        return False
    if failed_trigger is not None and failed_trigger.agent == agent:
        if failed_trigger.generation == get_generation(kernel, agent):
            return False
        failed_trigger.agent = ZERO_UUID
        failed_trigger.generation = 0
    if flags & _SPECIFIC_USE_ONLY:
        return is_required(kernel, parsed, agent)
    return True


def is_hidden_nexus(
    kernel: KernelState, client_flags: int, agent_flags: int, allow_nexus: bool
) -> bool:
    """Whether an agent is for nexuses that the client may not have or did not ask for."""
    is_hidden = bool(agent_flags & _NEXUS_PROVIDER) and not allow_nexus
    asked = [kind for flag, kind in _NEXUS_KINDS if client_flags & flag]
    is_asked_for = all(agent_flags & kind for kind in asked or (_NEXUS_PROVIDER,))
    is_hidden_by_kind = not allow_nexus or not is_asked_for
    if is_hidden != is_hidden_by_kind and kernel.profile.nexus_agents_have_kinds:
        return is_hidden_by_kind
    return is_hidden


def is_required(kernel: KernelState, parsed: ParsedParameters, agent: bytes) -> bool:
    """Whether parameters require an agent, by its id or by its domain and type; or prefer it.

    Whether it is enough to prefer it is a fact.

    Source: necp_netagent_is_required, xnu-6153.101.6; necp_netagent_is_requested, xnu-8019.41.5.
    """
    if _is_named(kernel, agent, parsed.required_agents, parsed.required_agent_types):
        return True
    return kernel.profile.preferred_agents_are_requested and _is_named(
        kernel, agent, parsed.preferred_agents, parsed.preferred_agent_types
    )


def _is_named(
    kernel: KernelState,
    agent: bytes,
    agents: Collection[bytes],
    types: Iterable[tuple[bytes, bytes]],
) -> bool:
    if agent in agents:
        return True
    names: tuple[bytes, bytes] | None = None
    for required_names in types:
        if not all(required_names):
            # Kernel quirk: a required type without a domain, or a domain without a type, ends the
            # search. When interfaces are compared, the missing part matches any. No trace shows it.
            return False
        if names is None:
            names = get_names(kernel, agent)
            if names is None:
                return False
        if names == required_names:
            return True
    return False


# Plain numbers: operations on enumeration members cost several times as much.
_REGISTERED: Final = int(AgentFlag.REGISTERED)
_NEXUS_PROVIDER: Final = int(AgentFlag.NEXUS_PROVIDER)
_ANY_NEXUS: Final = int(ANY_NEXUS)
_NEXUS_KINDS: Final = (
    (int(ClientParameterFlag.CUSTOM_ETHER), int(AgentFlag.CUSTOM_ETHER_NEXUS)),
    (int(ClientParameterFlag.CUSTOM_IP), int(AgentFlag.CUSTOM_IP_NEXUS)),
    (int(ClientParameterFlag.INTERPOSE), int(AgentFlag.INTERPOSE_NEXUS)),
)
"""For each flag of parameters that asks for a kind of nexus: the flag of its agents."""
_SPECIFIC_USE_ONLY: Final = int(AgentFlag.SPECIFIC_USE_ONLY)
