"""Which local ports are reserved, by protocol and address.

A *namespace* is what the kernel keeps for a protocol and an address: how many ports are reserved
there, and where the search for a free one goes on. It exists while a port is reserved in it.

Here only listeners reserve ports. So a port of a protocol is taken by any reservation of it, except
for what :meth:`PortNamespaces.holder` says of reservations that are made for reuse.

Cost: a dictionary access, and one step for each reservation of the same port.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from necp_replay.abi.ip import IPPROTO_UDP
from necp_replay.kernel.objects.port_reservation import PortReservation

FIRST_PORT: Final = 49_152
LAST_PORT: Final = 65_535
"""Free ports are searched from the first to the last (``ipport_firstauto``, ``_lastauto``)."""


@dataclass(slots=True)
class Namespace:
    """``struct ns``. ``last_port`` is where the search ended last, None where it is not known."""

    last_port: int | None
    count: int = 0


@dataclass(slots=True)
class SpecificPort:
    """The reservations of one port by all addresses of a family, except wildcards.

    ``for_reuse`` is that of the first reservation, also after that one ended.
    """

    for_reuse: bool
    count: int = 0


class PortNamespaces:
    """``netns_namespaces`` and the namespaces for all addresses of a family."""

    __slots__ = ("_namespaces", "_reserved", "_specific")

    def __init__(self) -> None:
        self._namespaces: dict[tuple[int, bytes], Namespace] = {}
        self._reserved: dict[tuple[int, int], list[PortReservation]] = {}
        """The reservations of each protocol and port, the oldest first."""
        self._specific: dict[tuple[int, int, int], SpecificPort] = {}
        """By protocol, length of the address, and port."""

    def holder(self, wanted: PortReservation) -> PortReservation | None:
        """The reservation that prevents another one, None if there is none.

        Kernel quirk: only the earlier one must have been made for reuse. The later one need not be.
        No two reservations share a port of the same address. Of reservations that are not
        wildcards, the first one of the family decides for all.

        Source: _netns_reserve_common, _netns_is_port_used, xnu-8019.80.24, xnu-8792.61.2.
        """
        for held in self._reserved.get((wanted.protocol, wanted.port), ()):
            if held.address == wanted.address or not self._is_for_reuse(held):
                return held
        return None

    def _is_for_reuse(self, held: PortReservation) -> bool:
        return held.for_reuse if held.is_wildcard else self._specific[_family(held)].for_reuse

    def add(self, reservation: PortReservation, start: int | None) -> None:
        """Make a reservation that no other one prevents.

        If the namespace is new, ``start`` is the number that the random generator returns for it,
        None if that is not known.

        Source: _netns_get_ns, _netns_reserve_kpi_common, xnu-8019.80.24.
        """
        self._namespace(reservation.protocol, reservation.address, start).count += 1
        self._reserved.setdefault((reservation.protocol, reservation.port), []).append(reservation)
        if not reservation.is_wildcard:
            beginning = SpecificPort(reservation.for_reuse)
            self._specific.setdefault(_family(reservation), beginning).count += 1

    def ports_to_try(self, protocol: int, address: bytes, start: int | None) -> Iterator[int]:
        """The ports to try for a free one, in order. There are none if UDP has too few left.

        A search for UDP begins at ``start``, and one for TCP after the port where the last one in
        the namespace ended. Raises LookupError where that is not known.

        Source: netns_reserve_ephemeral, xnu-8019.80.24.
        """
        namespace = self._namespaces.get((protocol, address)) or Namespace(start)
        if protocol == IPPROTO_UDP:
            if _MAX_PORT - namespace.count < _UDP_PORTS_LEFT:
                return
            begin = start
        else:
            begin = None if namespace.last_port is None else namespace.last_port + 1
        if begin is None:
            raise LookupError("where the search begins is not known")
        if not FIRST_PORT <= begin <= LAST_PORT:
            begin = FIRST_PORT
        yield from range(begin, LAST_PORT + 1)
        yield from range(FIRST_PORT, begin)

    def end_search(self, reservation: PortReservation) -> None:
        """The search of the reservation's namespace goes on after its port."""
        namespace = self._namespaces[reservation.protocol, reservation.address]
        namespace.last_port = reservation.port

    def release(self, reservation: PortReservation) -> None:
        """End a reservation that was made. A namespace without ports is forgotten.

        Source: netns_release, xnu-8019.80.24.
        """
        place = (reservation.protocol, reservation.address)
        namespace = self._namespaces[place]
        namespace.count -= 1
        if not namespace.count:
            del self._namespaces[place]
        holders = self._reserved[reservation.protocol, reservation.port]
        holders.remove(reservation)
        if not holders:
            del self._reserved[reservation.protocol, reservation.port]
        if not reservation.is_wildcard:
            specific = self._specific[_family(reservation)]
            specific.count -= 1
            if not specific.count:
                del self._specific[_family(reservation)]

    def _namespace(self, protocol: int, address: bytes, start: int | None) -> Namespace:
        return self._namespaces.setdefault((protocol, address), Namespace(start))


def _family(reservation: PortReservation) -> tuple[int, int, int]:
    return reservation.protocol, len(reservation.address), reservation.port


_MAX_PORT: Final = 0xFFFF
_UDP_PORTS_LEFT: Final = 4096
"""``NETNS_NS_UDP_EPHEMERAL_RESERVE``: how many ports of UDP no search may take."""
