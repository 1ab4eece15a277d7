"""Why an evaluation came out as it did; filled in on the way, where somebody asks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from necp_replay.kernel.objects.kernel_policy import KernelSocketPolicy
from necp_replay.kernel.objects.matched_policies import MatchedPolicies
from necp_replay.kernel.objects.route import Route
from necp_replay.kernel.objects.socket_info import NO_ADDRESS, SocketInfo
from necp_replay.kernel.policy.delegation import Identity
from necp_replay.kernel.policy.traffic_route import TrafficRoute

SKIPPED: Final = "skipped"
DROP_ALL: Final = "drop all"


@dataclass(slots=True)
class ConsideredPolicy:
    """One policy of the walk. ``reason`` is None when it matched.

    Otherwise it is the name of the first condition that failed, :data:`SKIPPED` under another
    policy's skip, or :data:`DROP_ALL` where drop-all ended the walk before it.
    """

    policy: KernelSocketPolicy
    reason: str | None


@dataclass(slots=True)
class MatchExplanation:
    """What an evaluation looked at: give an empty one to ``evaluate_parameters``.

    ``ended_unread`` is whether drop-all without any policy ended it before parameters were read.
    ``identity``, ``bound_interface_index`` and the addresses are what the parameters came to.
    ``considered`` has the policies in order, up to the one that decided; ``info`` is what they were
    held against and ``matched`` what they added up to, both None where there was none to consider.
    The route was looked up on ``output_interface_index`` (0: any), and is ``route_given_up`` where
    the local address is not on its interface. ``is_denied_by_route_rules`` is whether they made it
    a drop.
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

    def record_question(
        self, identity: Identity, bound_interface_index: int, local_addr: bytes, remote_addr: bytes
    ) -> None:
        """Note who asks, and for what."""
        self.identity = identity
        self.bound_interface_index = bound_interface_index
        self.local_addr = local_addr
        self.remote_addr = remote_addr

    def consider(self, policy: KernelSocketPolicy, reason: str | None) -> None:
        """Note one policy of the walk."""
        self.considered.append(ConsideredPolicy(policy, reason))

    def record_match(self, info: SocketInfo, matched: MatchedPolicies) -> None:
        """Note what the policies were held against, and what they add up to."""
        self.info = info
        self.matched = matched

    def record_route(
        self, output_interface_index: int, evaluation: TrafficRoute, *, is_denied: bool
    ) -> None:
        """Note where the traffic would go, and whether route rules let it."""
        self.output_interface_index = output_interface_index
        self.route = evaluation.route
        self.route_given_up = evaluation.route_given_up
        self.is_denied_by_route_rules = is_denied
