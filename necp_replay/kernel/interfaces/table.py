"""The kernel's lists of interfaces: all of them, by index, and in the order of preference."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from necp_replay.abi.interface import (
    IFF_BROADCAST,
    IFF_LOOPBACK,
    IFF_POINTOPOINT,
    IFF_RUNNING,
    IFF_UP,
    IFSCOPE_NONE,
    LOOPBACK_MTU,
    LOOPBACK_NAME,
    LOOPBACK_STAND_IN_INDEX,
)
from necp_replay.abi.sockaddr import AF_INET
from necp_replay.kernel.objects.interface import Interface, InterfaceAddressEntry
from necp_replay.kernel.quirk import Quirk


class InterfaceTable:
    """Every attached interface.

    - ``by_index``: ``ifindex2ifnet``.
    - ``head``: ``ifnet_head``, the list of all, in the order in which they were attached.
    - ``ordered``: ``ifnet_ordered_head``, the interfaces to prefer, the best one first.
    - ``if_index``: the highest index that was ever in use.
    - ``loopback``: ``lo_ifp``. Until lo0 is attached, an interface that is on no list.
    - ``management_is_checked``: ``if_management_interface_check_needed``.
    - ``generation`` counts changes. Whoever changes flags or addresses of an interface has to call
      :meth:`changed`, since lookups are cached.
    """

    __slots__ = (
        "_addresses",
        "_names",
        "by_index",
        "generation",
        "head",
        "if_index",
        "loopback",
        "management_is_checked",
        "ordered",
    )

    def __init__(self) -> None:
        self.by_index: dict[int, Interface] = {}
        self.head: list[Interface] = []
        self.ordered: list[Interface] = []
        self.if_index = 0
        self.loopback = Interface(
            index=LOOPBACK_STAND_IN_INDEX,
            name=LOOPBACK_NAME,
            flags=IFF_UP | IFF_RUNNING | IFF_LOOPBACK,
            mtu=LOOPBACK_MTU,
        )
        self.generation = 0
        self.management_is_checked = False
        self._names: dict[bytes, Interface] | None = None
        self._addresses: dict[tuple[int, bytes], InterfaceAddressEntry] | None = None

    def find_by_name(self, name: bytes) -> Interface | None:
        """The interface with a name; of several, the one that was attached first.

        Source: ifnet_find_by_name, xnu-4570.51.1.
        """
        names = self._names
        if names is None:
            names = self._names = {}
            for ifp in self.head:
                names.setdefault(ifp.name.encode(), ifp)
        return names.get(name)

    def ifa_with_address(self, sockaddr: bytes) -> InterfaceAddressEntry | None:
        """The first interface address that equals ``sockaddr``, including port and scope.

        The broadcast address of an interface with BROADCAST matches too. Bytes after ``sa_len``
        are ignored.

        Source: ifa_ifwithaddr, xnu-4570.51.1.
        """
        return self._find_address(IFSCOPE_NONE, sockaddr)

    def ifa_with_address_scoped(
        self, sockaddr: bytes, ifscope: int
    ) -> InterfaceAddressEntry | None:
        """As :meth:`ifa_with_address`, but among the addresses of one interface. 0 means of all.

        Source: ifa_ifwithaddr_scoped_locked, xnu-4570.51.1.
        """
        return self._find_address(ifscope, sockaddr)

    def ifa_with_destination(self, sockaddr: bytes) -> InterfaceAddressEntry | None:
        """The first address of a point-to-point interface whose destination is ``sockaddr``.

        Kernel quirk: the broadcast address is the same field. So an interface that got its
        addresses while it had BROADCAST, and then became point-to-point, is found by its broadcast
        addresses. Measured in ``broadcast_interface_becomes_point_to_point``.

        Source: ifa_ifwithdstaddr, xnu-4570.51.1.
        """
        for ifp in self.head:
            if ifp.flags & IFF_POINTOPOINT:
                for ifa in ifp.addresses:
                    if ifa.broadaddr == sockaddr:
                        return ifa
        return None

    def attach(self, ifp: Interface) -> None:
        """Add an interface to the end of the list; its index must be free. lo0 becomes loopback."""
        self.by_index[ifp.index] = ifp
        self.head.append(ifp)
        self.if_index = max(self.if_index, ifp.index)
        if ifp.name == LOOPBACK_NAME:
            self.loopback = ifp
        self.changed()

    def detach(self, ifp: Interface) -> None:
        """Take an interface off every list and free its index. Routes and sockets keep it."""
        ifp.attached = False
        del self.by_index[ifp.index]
        self.head.remove(ifp)
        if ifp in self.ordered:
            self.ordered.remove(ifp)
        self.changed()

    def reset_order(self, indices: Sequence[int]) -> bool:
        """Replace the ordered list. Indices without an interface are left out.

        False, with nothing changed, for an index that was never in use or is given twice.

        Source: ifnet_reset_order, ifioctl_iforder, xnu-4570.51.1.
        """
        if len(set(indices)) != len(indices):
            return False
        if not all(IFSCOPE_NONE < index <= self.if_index for index in indices):
            return False
        self.ordered = [self.by_index[index] for index in indices if index in self.by_index]
        return True

    def changed(self) -> None:
        """Forget cached lookups: by name, by address, and of routes."""
        self.generation += 1
        self._names = None
        self._addresses = None

    def _find_address(self, ifscope: int, sockaddr: bytes) -> InterfaceAddressEntry | None:
        addresses = self._addresses
        if addresses is None:
            addresses = self._addresses = self._index_addresses()
        return addresses.get((ifscope, sockaddr[: sockaddr[0]]))

    def _index_addresses(self) -> dict[tuple[int, bytes], InterfaceAddressEntry]:
        found: dict[tuple[int, bytes], InterfaceAddressEntry] = {}
        for ifp in self.head:
            for ifa in ifp.addresses:
                for sockaddr in _matching_sockaddrs(ifa):
                    found.setdefault((IFSCOPE_NONE, sockaddr), ifa)
                    found.setdefault((ifp.index, sockaddr), ifa)
        return found


def _matching_sockaddrs(ifa: InterfaceAddressEntry) -> tuple[bytes, ...]:
    if (
        ifa.broadaddr is not None
        and ifa.interface.flags & IFF_BROADCAST
        and ifa.sockaddr[1] == AF_INET
    ):
        return ifa.sockaddr, ifa.broadaddr
    return (ifa.sockaddr,)


ADDRESS_IS_MATCHED_WHOLE: Final = Quirk(
    "Interface addresses are matched whole, port and scope included.",
    "ifa_ifwithaddr",
    "interfaces/test_table.py::test_an_address_is_compared_with_its_port_and_scope",
)
BROADCAST_ADDRESS_MATCHES: Final = Quirk(
    "Broadcast addresses match too.",
    "ifa_ifwithaddr",
    "interfaces/test_table.py::test_a_broadcast_address_matches_while_the_interface_has_broadcast",
)
