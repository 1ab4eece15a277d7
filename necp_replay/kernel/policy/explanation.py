"""Why an evaluation came out as it did; filled in on the way, where somebody asks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from necp_replay.kernel.objects.kernel_policy import KernelSocketPolicy
from necp_replay.kernel.objects.route import Route
from necp_replay.kernel.policy.route_evaluation import RouteEvaluation

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
    """What an evaluation looked at: give an empty one to ``find_policy_match``.

    ``ended_unread`` is whether drop-all without any policy ended it before parameters were read.
    ``considered`` has the policies in order, up to the one that decided. The route was looked up on
    ``output_interface_index`` (0: any), and is ``route_given_up`` where the local address is not on
    its interface. ``is_denied_by_route_rules`` is whether they made it a drop.
    """

    ended_unread: bool = False
    considered: list[ConsideredPolicy] = field(default_factory=list)
    output_interface_index: int = 0
    route: Route | None = None
    route_given_up: Route | None = None
    is_denied_by_route_rules: bool = False

    def consider(self, policy: KernelSocketPolicy, reason: str | None) -> None:
        """Note one policy of the walk."""
        self.considered.append(ConsideredPolicy(policy, reason))

    def tell_route(
        self, output_interface_index: int, evaluation: RouteEvaluation, *, is_denied: bool
    ) -> None:
        """Note where the traffic would go, and whether route rules let it."""
        self.output_interface_index = output_interface_index
        self.route = evaluation.route
        self.route_given_up = evaluation.route_given_up
        self.is_denied_by_route_rules = is_denied
