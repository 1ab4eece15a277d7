"""Which network agents a client's result lists."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.netagent import AgentFlag
from necp_replay.kernel.agents.lookup import get_flags, get_names
from necp_replay.kernel.objects.parsed_parameters import ParsedParameters
from necp_replay.kernel.state import KernelState


def netagent_applies_to_client(
    kernel: KernelState, parsed: ParsedParameters, agent: bytes, *, allow_nexus: bool
) -> bool:
    """Whether a result lists an agent.

    It lists agents that are registered. It does not list nexus providers unless ``allow_nexus``,
    nor agents for specific use unless the parameters require them.

    Source: necp_netagent_applies_to_client, xnu-4570.51.1.
    """
    flags = get_flags(kernel, agent)
    if not flags & _REGISTERED:
        return False
    if flags & _NEXUS_PROVIDER and not allow_nexus:
        return False
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
