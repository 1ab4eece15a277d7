"""What an evaluation of parameters finds: the result, its flags and the route."""

from __future__ import annotations

from typing import Final

from necp_replay.kernel.objects.aggregate_result import AggregateResult
from necp_replay.kernel.objects.kept_answer import KeptAnswer
from necp_replay.kernel.objects.route import Route

Gateways = tuple[bytes | None, bytes | None]
NO_GATEWAYS: Final[Gateways] = (None, None)


class ParameterEvaluation(KeptAnswer):
    """What one evaluation found.

    ``flags`` are ``NECP_CLIENT_RESULT_FLAG_*``, 0 unless they were asked for. ``route`` is the
    route that was looked up, None without one or if the routed interface does not have the local
    address. ``reason`` is a ``NECP_CLIENT_RESULT_REASON_*``, 0 for none. ``gateways`` are those of
    the routed interface for IPv4 and IPv6, as 28-byte unions. ``override_euuid`` is the executable
    of the process that is responsible, if it was compared with the policy that decided.
    ``policy_agent_ids`` are those of the agents that policies name, which route rules may ask for.
    """

    __slots__ = (
        "flags",
        "gateways",
        "override_euuid",
        "policy_agent_ids",
        "reason",
        "result",
        "route",
    )

    def __init__(self, result: AggregateResult) -> None:
        self.result = result
        self.flags = 0
        self.route: Route | None = None
        self.reason = 0
        self.override_euuid: bytes | None = None
        self.policy_agent_ids: tuple[int, ...] = ()
        self.gateways: Gateways = NO_GATEWAYS
