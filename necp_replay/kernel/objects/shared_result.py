"""The part of a result that clients with the same parameters and process have in common."""

from __future__ import annotations

from typing import NamedTuple

from necp_replay.kernel.objects.aggregate_result import AggregateResult
from necp_replay.kernel.objects.interface import Interface
from necp_replay.kernel.objects.parsed_parameters import ParsedParameters
from necp_replay.kernel.objects.route import Route


class ResultInterfaces(NamedTuple):
    """In the order in which a result lists them."""

    original_scoped: Interface | None
    direct: Interface | None
    delegate: Interface | None


class SharedResult:
    """What an evaluation says of every client that asks the same; never changed once it is made.

    ``result`` is scoped to the required interface already. ``flags`` lacks only what a client has
    of its own. ``routing``, ``path`` and ``rest`` are TLVs, between which those of the fd and the
    client stand. ``route`` and ``path`` are those of the evaluation, and a client keeps the ones it
    had where no interface would do (``is_met``). ``flow_interfaces`` are the indices of interfaces
    that a multipath client gets flows on.

    ``is_whole`` is whether ``rest`` has the agents of ``interfaces`` at its end. Where they might
    outgrow the buffer, which of them do not fit depends on each client's other TLVs.
    """

    __slots__ = (
        "allows_multiple_flows",
        "flags",
        "flow_interfaces",
        "interfaces",
        "is_met",
        "is_whole",
        "parsed",
        "path",
        "rest",
        "result",
        "route",
        "routing",
    )

    def __init__(self, parsed: ParsedParameters, result: AggregateResult) -> None:
        self.parsed = parsed
        self.result = result
        self.is_met = False
        self.route: Route | None = None
        self.flags = 0
        self.allows_multiple_flows = False
        self.routing = bytearray()
        self.path = bytearray()
        self.rest = bytearray()
        self.flow_interfaces: tuple[int, ...] = ()
        self.interfaces: ResultInterfaces
        self.is_whole = True
