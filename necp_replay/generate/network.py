"""Operations of the system around NECP: interfaces, routes, processes, time and sysctls."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from necp_replay.abi.interface import IFEF_PROBE_CONNECTIVITY, IFXF_LINK_HEURISTICS
from necp_replay.events import clock, interfaces, notifications, processes, routes
from necp_replay.events.inputs import Input
from necp_replay.events.interfaces import InterfaceAddress, Nat64Prefix
from necp_replay.generate import values
from necp_replay.generate.generator import (
    APP,
    DAEMON,
    EN0,
    EN5,
    INTERFACES,
    LATER,
    LO0,
    NOBODY,
    PDP_IP0,
    PLATFORM,
    UTUN0,
    VISITOR,
    Generator,
)

NO_INTERFACE: Final = 77
BROADCAST: Final = 0x8863
POINT_TO_POINT: Final = 0x8051
IOS: Final = 2
SDK_14: Final = 14 << 16
INSTALLED_ON_DEMAND: Final = "com.apple.developer.on-demand-install-capable"
ROUTE_IDS: Final = ("default", "default6", "scoped en5", "scoped pdp_ip0", "tunnel", "later")


def build(generator: Generator) -> None:
    """Attach the interfaces, add the routes and start the processes of every trace."""
    attach, address = interfaces.IfaceAttach, InterfaceAddress
    lo0 = (address("127.0.0.1", 8), address("::1", 128))
    en0 = (address("192.0.2.10", 24), address("2001:db8:4::10", 64), address("fe80::4", 64))
    generator.emit(attach(LO0, "lo0", functional_type=1, addrs=lo0))
    generator.emit(
        attach(EN0, "en0", functional_type=3, flags=BROADCAST, generation=7, addrs=en0, mtu=1500)
    )
    en5 = (address("198.51.100.5", 24),)
    generator.emit(attach(EN5, "en5", functional_type=2, flags=BROADCAST, addrs=en5))
    cellular = attach(PDP_IP0, "pdp_ip0", functional_type=5, flags=POINT_TO_POINT, expensive=True)
    generator.emit(replace(cellular, addrs=(address("203.0.113.6", 32),)))
    tunnel = attach(UTUN0, "utun0", functional_type=0, flags=POINT_TO_POINT)
    generator.emit(replace(tunnel, addrs=(address("10.9.0.1", 32),)))
    generator.emit(interfaces.IfaceOrder((EN0, EN5, PDP_IP0)))
    for route in _ROUTES:
        generator.emit(route)
    for process in _PROCESSES:
        generator.emit(process)


def restore(generator: Generator) -> None:
    """Make Wi-Fi usable again: up, primary, and with a route to a host."""
    generator.emit(notifications.SysctlSet("drop_all_level", 0))
    update = interfaces.IfaceUpdate(EN0, flags=BROADCAST, functional_type=3, expensive=False)
    generator.emit(replace(update, ipv4_signature=b"\xaa" * 20))
    generator.emit(interfaces.IfaceOrder((EN0,)))
    generator.emit(routes.RouteAdd("mended", "203.0.113.9", 32, EN0, "192.0.2.1"))


def change_interface(generator: Generator) -> None:
    """A field of an interface changes; the interface may not exist."""
    index = generator.pick((*INTERFACES, EN0, LATER, NO_INTERFACE))
    update = interfaces.IfaceUpdate(index)
    changes: tuple[interfaces.IfaceUpdate, ...] = (
        replace(update, mtu=576 + generator.number(1000)),
        replace(update, generation=generator.number(100)),
        replace(update, expensive=generator.chance(2)),
        replace(update, functional_type=generator.number(7)),
        replace(update, delegate=generator.pick((0, EN0, EN5, NO_INTERFACE))),
        replace(update, lqm_state=generator.pick((-2, -1, 0, 50, 100)), if_state_valid=4),
        replace(update, lqm_state=generator.pick((10, 10, 50)), if_state_valid=2),
        replace(update, lastupdown=generator.number(20)),
        replace(update, eflags_or=("NOACKPRI",), xflags_clear=("LOW_INTERNET_UL",)),
        replace(update, cell_mss_recommended=generator.number(2)),
        replace(update, ipv4_signature=bytes(20), ipv6_signature=b"\1" * generator.number(21)),
        replace(update, flags=generator.pick((BROADCAST, POINT_TO_POINT, 0x8802))),
        replace(update, eflags=generator.pick(_EFLAGS)),
        replace(update, xflags=generator.number(4)),
        interfaces.IfaceUpdate(PDP_IP0, xflags=generator.pick((0, IFXF_LINK_HEURISTICS))),
        replace(update, del_addrs=(InterfaceAddress("192.0.2.99", 24),)),
        replace(update, addrs=(InterfaceAddress(f"198.51.100.{6 + generator.number(3)}", 24),)),
        replace(update, agents=tuple(values.AGENTS[: generator.number(4)])),
        replace(update, nat64=(Nat64Prefix("64:ff9b::", generator.pick((12, 12, 4, 13))),)),
        replace(update, nat64=()),
    )
    generator.emit(generator.steer("interface", changes))


def order_interfaces(generator: Generator) -> None:
    """The order of interfaces changes."""
    orders = ((EN0, EN5, PDP_IP0), (EN5, EN0), (PDP_IP0,), (EN0, EN0), (NO_INTERFACE,))
    generator.emit(interfaces.IfaceOrder(generator.steer("order", orders)))


def attach_or_detach(generator: Generator) -> None:
    """An interface is attached or detached; some calls are invalid."""
    attach = interfaces.IfaceAttach
    address = (InterfaceAddress("192.0.2.200", 24),)
    events: tuple[Input, ...] = (
        attach(LATER, "en9", functional_type=3, flags=BROADCAST, addrs=address),
        interfaces.IfaceDetach(LATER),
        attach(EN0, "en0"),
        attach(0, "en1"),
        interfaces.IfaceDetach(NO_INTERFACE),
    )
    generator.emit(generator.steer("come and go", events))


def interface_agents(generator: Generator) -> None:
    """An agent is added to an interface, or removed from it."""
    index = generator.pick((*INTERFACES, NO_INTERFACE))
    agent = generator.pick(values.AGENTS)
    add, remove = interfaces.IfaceAddAgent, interfaces.IfaceDelAgent
    events: tuple[Input, ...] = (add(index, agent), remove(index, agent))
    generator.emit(generator.steer("agents of", events))


def change_route(generator: Generator) -> None:
    """A route is added, changed or deleted; some inputs are invalid."""
    name = generator.pick(ROUTE_IDS)
    statistics = routes.RouteStats(
        rxpackets=generator.number(1000),
        txbytes=generator.number(10**6),
        min_rtt=generator.number(99),
    )
    add = routes.RouteAdd("later", "203.0.113.0", 24, EN5, "198.51.100.1")
    events: tuple[routes.RouteAdd | routes.RouteUpdate | routes.RouteDelete, ...] = (
        add,
        replace(add, ifindex=NO_INTERFACE),
        replace(add, dest="no address"),
        replace(add, flags=("UP", "HOST")),
        replace(add, gateway="no address"),
        replace(add, id="embedded", dest="fe80:4::", prefix=64, gateway=None),
        replace(add, scoped=True, mtu=1280, stats=statistics),
        routes.RouteDelete("later"),
        routes.RouteDelete("nosuch"),
        routes.RouteUpdate(name, stats=statistics),
        routes.RouteUpdate(name, mtu=1200 + generator.number(300)),
        routes.RouteUpdate(name, detach_stats=True),
        routes.RouteUpdate("nosuch", mtu=1400),
        routes.RouteUpdate(name, flags_set=("NOSUCH",)),
        routes.RouteUpdate(name, flags_set=("REJECT",)),
        routes.RouteUpdate(name, flags_clear=("REJECT",)),
        routes.RouteUpdate(name, stats=routes.RouteStats()),
    )
    generator.emit(generator.steer("route", events))


def change_process(generator: Generator) -> None:
    """A process starts, changes or exits; some inputs are invalid."""
    events: tuple[processes.ProcAdd | processes.ProcUpdate | processes.ProcExit, ...] = (
        processes.ProcAdd(VISITOR, "visitor", 502, bytes([0xE1]) * 16),
        processes.ProcAdd(DAEMON, "again"),
        processes.ProcUpdate(VISITOR, name="guest", uid=generator.number(600)),
        processes.ProcUpdate(VISITOR, entitlements=("com.example.vpn",), platform_binary=True),
        processes.ProcUpdate(VISITOR, platform_id=IOS, sdk=SDK_14, signing_id="com.example.app"),
        processes.ProcUpdate(VISITOR, entitlements=(INSTALLED_ON_DEMAND,)),
        processes.ProcUpdate(PLATFORM, cs_invalid=generator.chance(2)),
        processes.ProcUpdate(NOBODY, uid=1),
        processes.ProcUpdate(VISITOR, coalition_leader=DAEMON),
        processes.ProcUpdate(APP, coalition_leader=generator.pick((DAEMON, NOBODY, -1))),
        processes.ProcExit(VISITOR),
        processes.ProcExit(NOBODY),
    )
    generator.emit(generator.steer("process", events))


def pass_time(generator: Generator) -> None:
    """The clock advances, the update timer fires, or all clients are to be evaluated again."""
    kind = generator.number(4)
    if kind == 0:
        generator.now_ns += 1 + generator.number(60 * 10**9)
        generator.emit(clock.Now(generator.now_ns))
    elif kind == 1:
        generator.emit(clock.UpdateAllClients())
    else:
        generator.emit(clock.TimerFire())


def write_sysctl(generator: Generator) -> None:
    """Write a sysctl, and in most cases restore its usual value.

    A value such as drop-all would otherwise hide everything that follows.
    """
    name, value, usual = generator.steer("sysctl", _SYSCTLS)
    generator.emit(notifications.SysctlSet(name, value))
    if not generator.chance(8):
        generator.emit(notifications.SysctlSet(name, usual))


def take_snapshot(generator: Generator) -> None:
    """Record a snapshot of the state."""
    generator.emit(notifications.TakeSnapshot(generator.chance(2)))


_EFLAGS: Final = (0, 0x08, 0x80, 0x200000, IFEF_PROBE_CONNECTIVITY, 0x40000000, 0x40000000)
# Name, value to write, usual value.
_SYSCTLS: Final = (
    ("net.necp.drop_all_level", 3, 0),
    ("net.necp.drop_all_level", -1, 0),
    ("debug", 1, 0),
    ("pass_loopback", 0, 1),
    ("pass_keepalives", 0, 1),
    ("net.necp.observer_message_limit", 4, 256),
    ("netagent_debug", 7, 1),
    ("tcp_ecn_inbound", 0, 1),
    ("tcp_ecn_outbound", 0, 1),
    ("tcp_ecn_timeout", 5, 60),
    ("disable_tcp_heuristics", 1, 0),
    ("drop_unentitled_level", 4, 0),
    ("pass_interpose", 0, 1),
    ("restrict_multicast", 0, 1),
    ("dedup_policies", 0, 1),
    ("drop_management_level", 4, 0),
    ("client_tracing_level", 2, 0),
    ("client_tracing_pid", 100, 0),
    ("nosuch", 1, 1),
)
_ROUTES: Final = (
    routes.RouteAdd(
        "default", "0.0.0.0", 0, EN0, "192.0.2.1", stats=routes.RouteStats(rxpackets=5, txbytes=9)
    ),
    routes.RouteAdd("default6", "::", 0, EN0, "2001:db8:4::1"),
    routes.RouteAdd("on link", "192.0.2.0", 24, EN0),
    routes.RouteAdd("scoped en5", "0.0.0.0", 0, EN5, "198.51.100.1", scoped=True),
    routes.RouteAdd("scoped pdp_ip0", "0.0.0.0", 0, PDP_IP0, "203.0.113.1", scoped=True),
    routes.RouteAdd("loopback", "127.0.0.1", 32, LO0),
    routes.RouteAdd("tunnel", "10.0.0.0", 8, UTUN0),
)
_PROCESSES: Final = (
    processes.ProcAdd(100, "app", 501, bytes([0xE0]) * 16),
    processes.ProcAdd(200, "platform", 501, bytes([0xE1]) * 16, platform_binary=True),
    processes.ProcAdd(
        *(300, "daemon", 0, bytes([0xE2]) * 16),
        privileged=True,
        entitlements=("com.example.vpn",),
        platform_binary=True,
    ),
    processes.ProcAdd(
        400,
        "watcher",
        501,
        bytes([0xE3]) * 16,
        privileged=("PRIV_NET_PRIVILEGED_NETWORK_STATISTICS",),
    ),
    processes.ProcAdd(500, "small", 501, bytes([0xE4]) * 16, fd_limit=3),
    processes.ProcAdd(700, "cramped", 0, bytes([0xE5]) * 16, fd_limit=3, privileged=True),
)
