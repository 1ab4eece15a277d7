"""The part of a result that clients with the same parameters and process have in common."""

from __future__ import annotations

from necp_replay.kernel.objects.calculation import Calculation
from necp_replay.kernel.objects.client import UsableInterface
from necp_replay.kernel.objects.client_options import ClientOptions
from necp_replay.kernel.objects.interface import Interface
from necp_replay.kernel.objects.parsed_parameters import ParsedParameters


class ResultInterfaces:
    """The interfaces of a result.

    ``listed`` has those that exist, in the order in which the result lists them, each with whether
    nexus providers are listed for it: they are for the direct interface only. ``removed_agents``
    are those that policies take away.
    """

    __slots__ = ("delegate", "direct", "listed", "original_scoped", "removed_agents")

    def __init__(
        self,
        original_scoped: Interface | None,
        direct: Interface | None,
        delegate: Interface | None,
        removed_agents: frozenset[bytes] = frozenset(),
    ) -> None:
        self.removed_agents = removed_agents
        self.original_scoped = original_scoped
        self.direct = direct
        self.delegate = delegate
        listed: tuple[tuple[Interface, bool], ...] = ()
        if original_scoped is not None:
            listed = ((original_scoped, False),)
        if direct is not None:
            listed += ((direct, True),)
        if delegate is not None:
            listed += ((delegate, False),)
        self.listed = listed


class SharedResult(Calculation):
    """What an evaluation gives to every client with the same key. It must not be changed,
    but for the MTU (``evaluate_client.py``).

    ``given`` are the client's parameters, and ``parsed`` the same with the agents that policies
    scope to. ``result`` is scoped to the required interface already. ``flags`` are complete but for
    the one that depends on the client. ``override_euuid`` is what agents are told instead of the
    client's executable, None for none. ``reason`` is why a route is denied, 0 for none, and
    ``gateways`` are those of the routed interface. ``routing``, ``path`` and ``rest`` are TLVs; the
    TLVs of the fd and of the client go between them. If the parameters are not met (``is_met`` is
    False), a client keeps its former route and path instead of ``route`` and ``path``.
    ``flow_interfaces`` are the further interfaces on which a client may have flows. Where agents
    for nexuses are among them, ``options`` are the client's options, without those of agents that
    ``rest`` lacks; None in other releases.

    ``time_delta_at`` is the place of the TLV INTERFACE_TIME_DELTA in ``rest``, None without one.
    Its value is not shared, because time passes.

    ``tail`` are the TLVs after those that every result starts with, where ``routing``, ``path`` and
    ``rest`` are complete; None where a client has to add something in between.

    ``route_mtu`` is the MTU that the route had when ``path`` was written, 0 without a route.

    ``is_whole`` says that ``rest`` includes the agents of ``interfaces``. It does not if they might
    outgrow the buffer, since which of them fit then depends on the client's other TLVs.
    """

    __slots__ = (
        "allows_multiple_flows",
        "flow_interfaces",
        "given",
        "interfaces",
        "is_whole",
        "options",
        "path",
        "rest",
        "route_mtu",
        "routing",
        "tail",
        "time_delta_at",
    )

    def __init__(self, given: ParsedParameters) -> None:
        super().__init__(given)
        self.given = given
        self.allows_multiple_flows = False
        self.routing = bytearray()
        self.path = bytearray()
        self.rest = bytearray()
        self.time_delta_at: int | None = None
        self.flow_interfaces: tuple[UsableInterface, ...] = ()
        self.options: ClientOptions | None = None
        self.interfaces: ResultInterfaces
        self.route_mtu = 0
        self.is_whole = True
        self.tail: bytes | None = None
