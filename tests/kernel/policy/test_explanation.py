"""What an explanation of an evaluation holds."""

from __future__ import annotations

from necp_replay.abi.policy import PolicyResult, RouteRuleAction
from necp_replay.events.inputs import Input
from necp_replay.events.interfaces import IfaceAttach, InterfaceAddress
from necp_replay.events.processes import ProcAdd
from necp_replay.events.routes import RouteAdd
from necp_replay.kernel.machine import HANDLERS
from necp_replay.kernel.objects.kernel_policy import KernelSocketPolicy
from necp_replay.kernel.objects.parameter_evaluation import ParameterEvaluation
from necp_replay.kernel.policy.evaluate_parameters import evaluate_parameters
from necp_replay.kernel.policy.explanation import MatchExplanation
from necp_replay.kernel.policy.route_rules import create_route_rule
from necp_replay.kernel.state import KernelState
from necp_replay.releases.xnu_4570 import XNU_4570_51_1
from necp_replay.scenario.parameters import client_parameters
from tests.kernel.policy.world import EN0, EN5, route_rule

NETWORK: tuple[Input, ...] = (
    ProcAdd(100, "app", 501),
    IfaceAttach(EN0, "en0", functional_type=3, addrs=(InterfaceAddress("192.0.2.10", 24),)),
    IfaceAttach(EN5, "en5", functional_type=2, addrs=(InterfaceAddress("198.51.100.5", 24),)),
    RouteAdd("default", "0.0.0.0", 0, EN0, "192.0.2.1"),
)


def make_kernel(*policies: KernelSocketPolicy) -> KernelState:
    kernel = KernelState(XNU_4570_51_1.profile)
    for event in NETWORK:
        HANDLERS[type(event)](kernel, event)
    kernel.policies.app_layer_map = list(policies)
    kernel.policies.application_policies_count = len(policies)
    return kernel


def explain(kernel: KernelState, parameters: bytes) -> tuple[ParameterEvaluation, MatchExplanation]:
    why = MatchExplanation()
    match = evaluate_parameters(
        kernel,
        kernel.processes[100],
        bytearray(parameters),
        required_interface_index=0,
        local_addr=None,
        remote_addr=None,
        ignore_address=False,
        want_flags=True,
        why=why,
    )
    return match, why


def policy(result: PolicyResult, parameter: int = 0) -> KernelSocketPolicy:
    made = KernelSocketPolicy(2, 0)
    made.result, made.result_parameter = int(result), parameter
    return made


def test_an_explanation_has_the_route_and_the_interface_of_its_look_up() -> None:
    kernel = make_kernel(policy(PolicyResult.SOCKET_SCOPED, EN0))
    match, why = explain(kernel, client_parameters(remote="198.18.0.1:443"))
    assert why.output_interface_index == EN0
    assert why.route is match.route is not None
    assert [considered.reason for considered in why.considered] == [None]


def test_an_explanation_has_the_route_given_up_for_its_local_address() -> None:
    match, why = explain(make_kernel(), client_parameters(local="198.51.100.5"))
    assert match.route is why.route is None
    assert why.route_given_up is not None
    assert why.route_given_up.interface.index == EN0


def test_an_explanation_has_the_denial_by_route_rules() -> None:
    kernel = make_kernel(policy(PolicyResult.ROUTE_RULES, 1))
    rule = route_rule(RouteRuleAction.DENY_INTERFACE, "en0")
    assert create_route_rule(kernel, rule) == 1
    match, why = explain(kernel, client_parameters(remote="198.18.0.1:443"))
    assert match.result.routing_result == PolicyResult.DROP
    assert why.is_denied_by_route_rules


def test_an_explanation_says_that_nothing_was_read() -> None:
    kernel = make_kernel()
    kernel.policies.set_drop_all_level(1)
    assert explain(kernel, b"")[1].ended_unread
