"""Evaluates the policies for some traffic, or takes what they decided from the cache."""

from __future__ import annotations

from typing import Final, NamedTuple

from necp_replay.abi.client import ENDPOINT_TYPE_APPLICATION_SERVICE, ClientParameterFlag
from necp_replay.abi.policy import LOOPBACK_PASS_ALL
from necp_replay.kernel.objects.matched_policies import NO_RULE, RuleIds
from necp_replay.kernel.objects.parameter_evaluation import ParameterEvaluation
from necp_replay.kernel.policy.delegation import Identity
from necp_replay.kernel.policy.exemptions import is_loopback
from necp_replay.kernel.policy.explanation import MatchExplanation
from necp_replay.kernel.policy.matched_result import apply_matching_policies
from necp_replay.kernel.policy.parameter_reading import ParameterReading
from necp_replay.kernel.policy.policy_answers import CONDITIONS_NOT_KEPT, PolicyAnswer
from necp_replay.kernel.policy.socket_info import Ports, fill_out_addresses, fill_out_info
from necp_replay.kernel.state import KernelState


class PolicyQuestion(NamedTuple):
    """Who asks, and for which traffic.

    ``parameters`` are the bytes that ``reading`` was read from. ``has_client`` is whether a client
    asks, ``uses_endpoint`` whether endpoints of the parameters count.
    """

    identity: Identity
    parameters: bytes
    reading: ParameterReading
    bound_interface_index: int
    local_addr: bytes
    remote_addr: bytes
    ports: Ports
    has_client: bool
    uses_endpoint: bool


def ask_policies(
    kernel: KernelState,
    question: PolicyQuestion,
    match: ParameterEvaluation,
    why: MatchExplanation | None,
) -> RuleIds | None:
    """Store what policies decide, and return the rules to apply; None for traffic that passes.

    Loopback traffic passes, in some releases after policies were asked for filters.
    """
    profile, policies = kernel.profile, kernel.policies
    is_loopback = profile.loopback_passes_policies and _passes(kernel, question)
    if is_loopback and not (profile.loopback_may_be_filtered and _may_be_filtered(kernel)):
        return None
    if not (
        policies.app_layer_map
        or question.reading.client_flags & _INTERPOSE
        or profile.multicast_is_restricted
        or is_loopback
    ):
        return NO_RULE
    if why is not None:
        return _compare_policies(kernel, question, match, why, is_loopback=is_loopback)
    identity, given, _, *rest = question
    key = (identity.process.pid, kernel.asked_caller, given, is_loopback, *rest)
    answer = kernel.policy_answers.entries.get(key)
    if answer is not None:
        match.result = answer.result.copy()
        match.override_euuid, match.policy_agent_ids = answer.override_euuid, answer.agent_ids
        return answer.rule_ids
    effects_before = len(kernel.effects)
    rule_ids = _compare_policies(kernel, question, match, None, is_loopback=is_loopback)
    is_kept = not policies.application_policies_condition_mask & CONDITIONS_NOT_KEPT
    if is_kept and len(kernel.effects) == effects_before:
        answer = PolicyAnswer(
            match.result.copy(), match.override_euuid, match.policy_agent_ids, rule_ids
        )
        kernel.policy_answers.store(key, answer)
    return rule_ids


def _compare_policies(
    kernel: KernelState,
    question: PolicyQuestion,
    match: ParameterEvaluation,
    why: MatchExplanation | None,
    *,
    is_loopback: bool,
) -> RuleIds | None:
    identity, reading = question.identity, question.reading
    info = fill_out_info(
        kernel,
        identity.process,
        identity,
        reading,
        question.bound_interface_index,
        has_client=question.has_client,
    )
    info.is_loopback = is_loopback
    if kernel.profile.services_are_not_unentitled and _is_service(question):
        info.drop_order = 0
    fill_out_addresses(kernel, info, question.local_addr, question.remote_addr, question.ports)
    return apply_matching_policies(kernel, info, match, why)


def _is_service(question: PolicyQuestion) -> bool:
    """Whether traffic is that of a service, which is not dropped as unentitled traffic is.

    Source: necp_application_find_policy_match_internal, xnu-8792.41.9.
    """
    reading = question.reading
    if reading.client_flags & _LISTENER:
        return True
    if not question.uses_endpoint:
        return False
    if reading.remote_endpoint_type == ENDPOINT_TYPE_APPLICATION_SERVICE:
        return True
    return bool(reading.client_flags & _INBOUND) and reading.remote_endpoint_is_empty


def _passes(kernel: KernelState, question: PolicyQuestion) -> bool:
    """Whether traffic to this system passes because the system asks that such traffic may."""
    return kernel.policies.pass_loopback > 0 and is_loopback(
        kernel, question.local_addr, question.remote_addr, question.bound_interface_index
    )


def _may_be_filtered(kernel: KernelState) -> bool:
    return kernel.policies.pass_loopback != LOOPBACK_PASS_ALL


_INTERPOSE: Final = int(ClientParameterFlag.INTERPOSE)
_LISTENER: Final = int(ClientParameterFlag.LISTENER)
_INBOUND: Final = int(ClientParameterFlag.INBOUND)
