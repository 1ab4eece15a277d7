"""Compares the result stored with a client with the result that follows from its explanation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from necp_replay.explain.match import traced
from necp_replay.explain.observed_machine import valid_result
from necp_replay.kernel.objects.calculation import Calculation
from necp_replay.kernel.results.interfaces import result_interfaces
from necp_replay.kernel.results.tlvs import (
    append_background,
    append_interface_agents,
    append_interface_options,
    append_interfaces,
    append_path_of_route,
    append_policy_agents,
    append_routing,
    start_tlvs,
    store_time_delta,
)
from necp_replay.outcomes.decode_tlv import result_nodes
from necp_replay.outcomes.node import lines_of

if TYPE_CHECKING:
    from necp_replay.explain.observed_machine import EvaluatedClient
    from necp_replay.kernel.state import KernelState
    from necp_replay.outcomes.names import StableNames


def result_disagreements(
    kernel: KernelState,
    evaluated: EvaluatedClient,
    calculation: Calculation,
    flags: int,
    names: StableNames,
) -> list[str]:
    """The differences between the stored result and the explained one; none are expected."""
    explained, overflowed = _rebuild(kernel, evaluated, calculation, flags)
    stored = valid_result(evaluated.client)
    # After an overflow, the stored result is the whole buffer, with old bytes at its end.
    if stored == explained or (overflowed and stored.startswith(explained)):
        return []
    expected = list(lines_of(result_nodes(explained, names)))
    found = list(lines_of(result_nodes(stored, names)))
    missing = [f"the stored result lacks {line}" for line in expected if line not in found]
    added = [f"the stored result has {line}" for line in found if line not in expected]
    return missing + added or ["the stored result has the same values in another order"]


def _rebuild(
    kernel: KernelState,
    evaluated: EvaluatedClient,
    calculation: Calculation,
    flags: int,
) -> tuple[bytes, bool]:
    """The TLVs that the kernel would store, and whether they exceed the buffer."""
    client = evaluated.client
    parsed, result = calculation.parsed, calculation.result
    tunnel_index = calculation.tunnel_interface_index
    # Storing a result clears the flag, so it has to be as it was before the evaluation.
    background_update = client.background_update
    client.background_update = evaluated.background_update_before
    with traced(kernel):
        tlvs = start_tlvs(flags, client.client_id, result.routing_result, calculation.reason)
        append_routing(tlvs, result, tunnel_index)
        append_background(tlvs, evaluated.necp_fd, client)
        append_path_of_route(tlvs, kernel, client.current_route, calculation)
        append_policy_agents(tlvs, kernel, parsed, result, client.failed_trigger)
        interfaces = result_interfaces(
            kernel, result, calculation.required_interface_index, tunnel_index
        )
        time_delta_at = append_interfaces(
            tlvs,
            interfaces,
            with_time_delta=kernel.profile.result_has_interface_time_delta,
        )
        if time_delta_at is not None and interfaces.direct is not None:
            store_time_delta(tlvs, time_delta_at, kernel, interfaces.direct)
        overflowed = append_interface_agents(
            tlvs, kernel, parsed, interfaces, client.failed_trigger
        )
        overflowed = append_interface_options(
            tlvs, kernel, client.interface_options, overflowed=overflowed
        )
    client.background_update = background_update
    return bytes(tlvs), overflowed
