"""What an evaluation of parameters finds: the result, its flags and the route."""

from __future__ import annotations

from necp_replay.kernel.objects.aggregate_result import AggregateResult
from necp_replay.kernel.objects.route import Route


class ParameterEvaluation:
    """What one evaluation found.

    ``flags`` are ``NECP_CLIENT_RESULT_FLAG_*``, 0 unless they were asked for. ``route`` is the
    route that was looked up, None without one or if the routed interface does not have the local
    address.
    """

    __slots__ = ("flags", "result", "route")

    def __init__(self, result: AggregateResult) -> None:
        self.result = result
        self.flags = 0
        self.route: Route | None = None
