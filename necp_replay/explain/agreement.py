"""Whether what is told of a client is what is stored with it, byte by byte."""

from __future__ import annotations

from typing import TYPE_CHECKING

from necp_replay.explain.evaluated import valid_result
from necp_replay.explain.match import witnessed
from necp_replay.kernel.results.interfaces import result_interfaces
from necp_replay.kernel.results.tlvs import (
    append_background,
    append_interface_agents,
    append_interfaces,
    append_path,
    append_policy_agents,
    append_routing,
    start_tlvs,
)
from necp_replay.outcomes.decode_tlv import result_nodes
from necp_replay.outcomes.node import lines_of

if TYPE_CHECKING:
    from necp_replay.explain.evaluated import EvaluatedClient
    from necp_replay.kernel.objects.aggregate_result import AggregateResult
    from necp_replay.kernel.objects.parsed_parameters import ParsedParameters
    from necp_replay.kernel.state import KernelState
    from necp_replay.outcomes.names import StableNames


def result_disagreements(
    kernel: KernelState,
    evaluated: EvaluatedClient,
    parsed: ParsedParameters,
    result: AggregateResult,
    required_interface_index: int,
    flags: int,
    names: StableNames,
) -> list[str]:
    """Where the stored result is another than the one that follows from what is told."""
    told, overflowed = _rebuild(kernel, evaluated, parsed, result, required_interface_index, flags)
    stored = valid_result(evaluated.client)
    if stored == told or (overflowed and stored.startswith(told)):
        return []
    told_lines = list(lines_of(result_nodes(told, names)))
    stored_lines = list(lines_of(result_nodes(stored, names)))
    missing = [f"the stored result lacks {line}" for line in told_lines if line not in stored_lines]
    added = [f"the stored result has {line}" for line in stored_lines if line not in told_lines]
    return missing + added or ["the stored result has the same values in another order"]


def _rebuild(
    kernel: KernelState,
    evaluated: EvaluatedClient,
    parsed: ParsedParameters,
    result: AggregateResult,
    required_interface_index: int,
    flags: int,
) -> tuple[bytes, bool]:
    """The TLVs that the kernel would store, and whether they outgrow the buffer."""
    client = evaluated.client
    background_update = client.background_update
    client.background_update = evaluated.background_update_before
    with witnessed(kernel):
        tlvs = start_tlvs(flags, client.client_id, result.routing_result)
        append_routing(tlvs, result, required_interface_index)
        append_background(tlvs, evaluated.necp_fd, client)
        append_path(tlvs, kernel, client, result)
        append_policy_agents(tlvs, kernel, parsed, result)
        interfaces = result_interfaces(kernel, result, required_interface_index)
        append_interfaces(tlvs, interfaces)
        overflowed = append_interface_agents(tlvs, kernel, parsed, interfaces)
    client.background_update = background_update
    return bytes(tlvs), overflowed
