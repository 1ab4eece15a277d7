"""What a client gets, before it is written as TLVs."""

from __future__ import annotations

from necp_replay.kernel.objects.aggregate_result import AggregateResult
from necp_replay.kernel.objects.kept_answer import KeptAnswer
from necp_replay.kernel.objects.parameter_evaluation import NO_GATEWAYS, Gateways
from necp_replay.kernel.objects.parsed_parameters import ParsedParameters
from necp_replay.kernel.objects.route import Route


class Calculation(KeptAnswer):
    """What a client gets. ``parsed`` are its parameters with the agents that policies scope to.

    If ``is_met`` is False, the client keeps its former route instead of ``route``. ``flags``,
    ``reason`` and ``gateways`` are those that follow from routes, where the release tells them.
    ``tunnel_interface_index`` is the interface that the client keeps in addition to that of a
    tunnel.
    """

    __slots__ = (
        "flags",
        "gateways",
        "is_met",
        "override_euuid",
        "parsed",
        "reason",
        "required_interface_index",
        "result",
        "route",
        "tunnel_interface_index",
    )

    def __init__(self, parsed: ParsedParameters) -> None:
        self.parsed = parsed
        self.required_interface_index = 0
        self.tunnel_interface_index = 0
        self.result: AggregateResult
        self.flags = 0
        self.is_met = False
        self.route: Route | None = None
        self.reason = 0
        self.override_euuid: bytes | None = None
        self.gateways: Gateways = NO_GATEWAYS
