"""Which network agents a client's result lists."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.netagent import AgentFlag
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

    Source: necp_netagent_applies_to_client, xnu-4570.51.1.
    """
    flags = get_flags(kernel, agent)
    if not flags & _REGISTERED:
        return False
    if flags & _NEXUS_PROVIDER and not allow_nexus:
        return False
    if failed_trigger is not None and failed_trigger.agent == agent:
        if failed_trigger.generation == get_generation(kernel, agent):
            return False
        failed_trigger.agent = ZERO_UUID
        failed_trigger.generation = 0
    if flags & _SPECIFIC_USE_ONLY:
        return _is_required(kernel, parsed, agent)
    return True


def _is_required(kernel: KernelState, parsed: ParsedParameters, agent: bytes) -> bool:
    if agent in parsed.required_agents:
        return True
    names: tuple[bytes, bytes] | None = None
    for required_names in parsed.required_agent_types:
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
_SPECIFIC_USE_ONLY: Final = int(AgentFlag.SPECIFIC_USE_ONLY)
