"""Changes of interfaces, routes and processes that are refused."""

from necp_replay.events import interfaces, processes, routes
from necp_replay.scenario import System


def interfaces_that_cannot_change(system: System) -> None:
    """Interfaces that exist already, that do not exist, or that have no slot for another agent.

    Source: ifnet_attach, ifnet_reset_order, if_add_netagent, xnu-4570.51.1.
    """
    en0 = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    i = interfaces
    for event in (
        i.IfaceAttach(4, "en0"),
        i.IfaceAttach(0, "en1"),
        i.IfaceUpdate(9, mtu=1400),
        i.IfaceUpdate(4, del_addrs=(i.InterfaceAddress("192.0.2.99", 24),)),
        i.IfaceUpdate(4, delegate=9),
        i.IfaceOrder((4, 4)),
        i.IfaceOrder((9,)),
        i.IfaceAddAgent(9, b"\1" * 16),
        i.IfaceDelAgent(9, b"\1" * 16),
        i.IfaceDetach(9),
    ):
        system.submit(event)
    # An interface has room for 64 agents. Adding one that it has changes nothing.
    for number in range(1, 66):
        en0.add_agent(bytes([number]) * 16)
    en0.add_agent(bytes([1]) * 16)


def routes_that_cannot_change(system: System) -> None:
    """Routes without an interface, without an address, with a bad gateway, and unknown routes.

    Source: rtrequest_common_locked, xnu-4570.51.1.
    """
    en0 = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    six = system.add_interface("en6", 6)
    system.add_route("default", en0, gateway="192.0.2.1")
    r = routes
    for event in (
        r.RouteAdd("a", "203.0.113.0", 24, 9),
        r.RouteAdd("b", "no address", 24, 4),
        r.RouteAdd("c", "203.0.113.0", 24, 4, "no address"),
        r.RouteAdd("d", "203.0.113.0", 24, six.index, "198.51.100.1"),
        r.RouteAdd("d", "2001:db8::", 32, six.index),
        r.RouteAdd("e", "fe80:4::", 64, six.index),
        r.RouteAdd("f", "0.0.0.0", 0, en0.index),
        r.RouteUpdate("nosuch", mtu=1400),
        r.RouteUpdate("0.0.0.0/0@en0", flags_set=("NOSUCH",)),
        r.RouteDelete("nosuch"),
    ):
        system.submit(event)


def processes_that_cannot_change(system: System) -> None:
    """A pid that is in use, and processes that do not exist.

    Source: the vocabulary of inputs.
    """
    system.add_process(100)
    for event in (
        processes.ProcAdd(100, "again"),
        processes.ProcUpdate(200, uid=1),
        processes.ProcExit(200),
        processes.ProcExit(100),
        processes.ProcExit(100),
    ):
        system.submit(event)
