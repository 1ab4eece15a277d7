"""A record of what an evaluation looked at, filled in by the evaluation if one is passed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from necp_replay.kernel.objects.kernel_policy import KernelSocketPolicy
from necp_replay.kernel.objects.matched_policies import MatchedPolicies
from necp_replay.kernel.objects.parameter_evaluation import ParameterEvaluation
from necp_replay.kernel.objects.route import Route
from necp_replay.kernel.objects.socket_info import NO_ADDRESS, SocketInfo
from necp_replay.kernel.policy.delegation import Identity
from necp_replay.kernel.policy.exemptions import Refusal
from necp_replay.kernel.policy.traffic_route import TrafficRoute

SKIPPED: Final = "skipped"
DROP_ALL: Final = "drop all"


@dataclass(slots=True)
class ConsideredPolicy:
    """A policy that the walk came to, and why it did not count.

    ``reason`` is None if it matched. Otherwise it is the name of the first condition that failed,
    :data:`SKIPPED` if a skip passed over it, or :data:`DROP_ALL` if drop-all ended the walk here.
    """

    policy: KernelSocketPolicy
    reason: str | None


@dataclass(slots=True)
class MatchExplanation:
    """What an evaluation looked at. Pass an empty one to ``evaluate_parameters``.

    ``ended_unread`` says that drop-all without any policy ended it before parameters were read.
    ``identity``, ``bound_interface_index`` and the addresses follow from the parameters.
    ``considered`` has the policies in order, up to the one that decided. They were compared with
    ``info``, and ``matched`` is what they decided; both are None if there are no policies. The
    route was looked up on ``output_interface_index`` (0: on any). ``route_given_up`` is a route
    that was found but not used, because its interface does not have the local address.
    ``is_denied_by_route_rules`` says that route rules made the result a drop, and ``prohibited``
    which property of the route's interface did. ``is_loopback`` says that the traffic passed as
    loopback traffic, before policies and routes. ``refusal`` is why it is dropped whatever policies
    say, and ``is_above_level`` says that no policy decides and a drop level does. ``agent_ids`` are
    those of the agents that policies name, which route rules may need.
    """

    ended_unread: bool = False
    identity: Identity | None = None
    bound_interface_index: int = 0
    local_addr: bytes = NO_ADDRESS
    remote_addr: bytes = NO_ADDRESS
    info: SocketInfo | None = None
    matched: MatchedPolicies | None = None
    considered: list[ConsideredPolicy] = field(default_factory=list)
    output_interface_index: int = 0
    route: Route | None = None
    route_given_up: Route | None = None
    is_denied_by_route_rules: bool = False
    prohibited: str | None = None
    agent_ids: tuple[int, ...] = ()
    is_loopback: bool = False
    refusal: Refusal | None = None
    is_above_level: bool = False

    def record_question(
        self, identity: Identity, bound_interface_index: int, local_addr: bytes, remote_addr: bytes
    ) -> None:
        """Store who asks, and for what."""
        self.identity = identity
        self.bound_interface_index = bound_interface_index
        self.local_addr = local_addr
        self.remote_addr = remote_addr

    def consider(self, policy: KernelSocketPolicy, reason: str | None) -> None:
        """Store a policy that the walk came to."""
        self.considered.append(ConsideredPolicy(policy, reason))

    def record_match(self, info: SocketInfo, matched: MatchedPolicies) -> None:
        """Store what the policies were compared with, and what they decided."""
        self.info = info
        self.matched = matched

    def record_route(
        self,
        output_interface_index: int,
        evaluation: TrafficRoute,
        match: ParameterEvaluation,
        *,
        is_denied: bool,
        prohibited: str | None,
    ) -> None:
        """Store where the traffic would go, and whether it is allowed there."""
        self.output_interface_index = output_interface_index
        self.route = evaluation.route
        self.route_given_up = evaluation.route_given_up
        self.is_denied_by_route_rules = is_denied
        self.prohibited = prohibited
        self.agent_ids = match.policy_agent_ids
