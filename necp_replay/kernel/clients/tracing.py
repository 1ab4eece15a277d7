"""Log records that trace clients, their flows and their parameters, where an administrator asks.

``net.necp.client_tracing_level`` says how much is traced, and ``net.necp.client_tracing_pid`` of
which process, 0 for all.
"""

from __future__ import annotations

import enum
from itertools import takewhile

from necp_replay.abi.log import LOG_NOTICE
from necp_replay.abi.tlv import iterate_tlvs
from necp_replay.kernel.objects.client import Client
from necp_replay.kernel.objects.parsed_parameters import ParsedParameters
from necp_replay.kernel.state import KernelState


class Tracing(enum.IntEnum):
    """``NECP_CLIENT_TRACE_LEVEL_*``: from which level on something is traced."""

    CLIENT = 1
    FLOW = 2
    PARAMETERS = 3


def trace(kernel: KernelState, client: Client, level: Tracing, function: str) -> None:
    """Write a record about a client if it is traced.

    Source: NECP_CLIENT_LOG, NECP_CLIENT_FLOW_LOG, xnu-8019.41.5.
    """
    tracing_level = kernel.clients.tracing_level
    if tracing_level and tracing_level >= level and _is_traced(kernel, client):
        kernel.log(LOG_NOTICE, function)


def traces_parameters(kernel: KernelState, client: Client) -> bool:
    """Whether the parameters of a client are traced."""
    return kernel.clients.tracing_level >= _PARAMETERS and _is_traced(kernel, client)


def trace_values(kernel: KernelState, client: Client) -> None:
    """Write a record for each parameter that has a value.

    Source: necp_client_trace_parameter_parsing, xnu-8019.41.5.
    """
    values = sum(1 for _, _, value in iterate_tlvs(bytes(client.parameters)) if value)
    if values:
        kernel.log(LOG_NOTICE, "necp_client_trace_parameter_parsing", times=values)


def trace_parsed(kernel: KernelState, parsed: ParsedParameters) -> None:
    """Write two records about all parameters together, and one for each entry of their lists.

    Kernel quirk: an agent's type without a domain ends the list here, and not where it counts.

    Source: necp_client_trace_parsed_parameters, xnu-8019.41.5.
    """
    agent_types = (
        parsed.required_agent_types,
        parsed.prohibited_agent_types,
        parsed.preferred_agent_types,
        parsed.avoided_agent_types,
    )
    entries = sum(len(list(takewhile(_has_domain, listed))) for listed in agent_types)
    entries += len(parsed.prohibited_interfaces)
    entries += len(parsed.required_agents) + len(parsed.prohibited_agents)
    entries += len(parsed.preferred_agents) + len(parsed.avoided_agents)
    kernel.log(LOG_NOTICE, "necp_client_trace_parsed_parameters", times=2 + entries)


def _has_domain(agent_type: tuple[bytes, bytes]) -> bool:
    return bool(agent_type[0])


def _is_traced(kernel: KernelState, client: Client) -> bool:
    return kernel.clients.tracing_pid in (0, client.proc_pid)


_PARAMETERS = int(Tracing.PARAMETERS)
