"""What one evaluation of parameters found: the result, its flags and the route."""

from __future__ import annotations

from necp_replay.kernel.objects.aggregate_result import AggregateResult
from necp_replay.kernel.objects.route import Route


class PolicyMatch:
    """What one evaluation found.

    ``flags`` are ``NECP_CLIENT_RESULT_FLAG_*``, 0 unless asked for; ``route`` is the route looked
    up, None without one or when the local address is not on the routed interface.
    """

    __slots__ = ("flags", "result", "route")

    def __init__(self, result: AggregateResult) -> None:
        self.result = result
        self.flags = 0
        self.route: Route | None = None
