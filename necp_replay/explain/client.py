"""Explains a client's result: re-runs its evaluation and collects the explanation of each part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from necp_replay.abi.client import ClientResultFlag
from necp_replay.explain.agents import explain_agents
from necp_replay.explain.describe import index_text, process_text, result_text
from necp_replay.explain.disagreements import result_disagreements
from necp_replay.explain.explanation import ClientExplanation, MatchCheck
from necp_replay.explain.flags import explain_own_flags, flag_disagreements
from necp_replay.explain.flows import explain_flows
from necp_replay.explain.interfaces import explain_interfaces
from necp_replay.explain.match import explain_match, traced
from necp_replay.explain.observed_machine import valid_result
from necp_replay.explain.ports_and_parents import explain_holdings
from necp_replay.explain.resolver_tag import explain_refusal
from necp_replay.kernel.objects.aggregate_result import AggregateResult
from necp_replay.kernel.objects.calculation import Calculation
from necp_replay.kernel.objects.parameter_evaluation import ParameterEvaluation
from necp_replay.kernel.parameters.parse import parse_parameters
from necp_replay.kernel.results.calculate import calculate
from necp_replay.kernel.results.evaluate_client import (
    own_flag,
    satisfied_flag,
    scope_to_required_interface,
)
from necp_replay.kernel.results.interfaces import result_interfaces
from necp_replay.outcomes.decode_tlv import parameter_nodes, result_nodes

if TYPE_CHECKING:
    from necp_replay.explain.observed_machine import EvaluatedClient
    from necp_replay.kernel.objects.parsed_parameters import ParsedParameters
    from necp_replay.kernel.state import KernelState
    from necp_replay.outcomes.names import StableNames


def explain_client(
    kernel: KernelState, evaluated: EvaluatedClient, names: StableNames
) -> ClientExplanation:
    """Run a client's evaluation again, and explain it. The client keeps its stored result."""
    client, process = evaluated.client, evaluated.process
    parsed = parse_parameters(bytes(client.parameters), kernel.profile)
    refused = explain_refusal(kernel, client)
    if refused:
        return _refused(kernel, evaluated, parsed, refused, names)
    calculation = Calculation(parsed)
    check: MatchCheck | None = None
    adjustment = None

    def evaluate(required_interface_index: int) -> ParameterEvaluation:
        nonlocal check
        match, check = explain_match(
            kernel, process, client.parameters, required_interface_index=required_interface_index
        )
        return match

    with traced(kernel):
        calculate(kernel, calculation, evaluate)
        parsed, result = calculation.parsed, calculation.result
        interfaces = explain_interfaces(kernel, parsed)
    required_index, flags = calculation.required_interface_index, calculation.flags
    if required_index != 0:
        adjustment = _scope(kernel, result, required_index)
    flags |= own_flag(client) | satisfied_flag(parsed, result)
    flag_checks = (
        *(() if check is None else check.flags),
        *explain_own_flags(client, flags, result, parsed.flags),
    )
    with traced(kernel):
        shown_interfaces = result_interfaces(
            kernel, result, required_index, calculation.tunnel_interface_index
        )
        agents = explain_agents(kernel, client.failed_trigger, parsed, result, shown_interfaces)
    flows, flow_disagreements = explain_flows(kernel, evaluated)
    return ClientExplanation(
        client=names.name(client.client_id),
        process=process_text(process),
        outcome=outcome_text(kernel, result, is_satisfied=bool(flags & ClientResultFlag.SATISFIED)),
        change=evaluated.change,
        parameters=tuple(parameter_nodes(bytes(client.parameters), names)),
        holds=tuple(explain_holdings(kernel, client, calculation.parsed, names)),
        refused=(),
        interfaces=interfaces,
        match=check,
        adjustment=adjustment,
        flags=flag_checks,
        agents=agents,
        flows=flows,
        result=tuple(result_nodes(valid_result(client), names)),
        disagreements=(
            *result_disagreements(kernel, evaluated, calculation, flags, names),
            *flag_disagreements(flag_checks, flags),
            *flow_disagreements,
        ),
    )


def _refused(
    kernel: KernelState,
    evaluated: EvaluatedClient,
    parsed: ParsedParameters,
    reasons: tuple[str, ...],
    names: StableNames,
) -> ClientExplanation:
    """The explanation of a client whose resolver tag is refused: its result stays as it was."""
    client = evaluated.client
    stored = valid_result(client)
    is_kept = stored == evaluated.result_before
    return ClientExplanation(
        client=names.name(client.client_id),
        process=process_text(evaluated.process),
        outcome="its resolver tag is refused, so it is not evaluated",
        change=evaluated.change,
        parameters=tuple(parameter_nodes(bytes(client.parameters), names)),
        holds=tuple(explain_holdings(kernel, client, parsed, names)),
        refused=reasons,
        interfaces=None,
        match=None,
        adjustment=None,
        flags=(),
        agents=(),
        flows=(),
        result=tuple(result_nodes(stored, names)),
        disagreements=() if is_kept else ("the stored result is not the one from before",),
    )


def outcome_text(
    kernel: KernelState, result: AggregateResult, *, is_satisfied: bool | None = None
) -> str:
    """A result in a few words: the policy result, the interface, and whether it is satisfied."""
    words = [result_text(kernel, result.routing_result, result.routing_result_parameter)]
    routed = result.routed_interface_index
    words.append(f"through {index_text(kernel, routed)}" if routed else "not routed")
    if is_satisfied is not None:
        words.append("satisfied" if is_satisfied else "not satisfied")
    return ", ".join(words)


def _scope(kernel: KernelState, result: AggregateResult, required_index: int) -> str | None:
    before = result.routing_result
    scope_to_required_interface(result, required_index)
    if result.routing_result == before:
        return None
    name = index_text(kernel, required_index)
    return f"no policy routes it, and it got the interface it asked for: SOCKET_SCOPED {name}"
