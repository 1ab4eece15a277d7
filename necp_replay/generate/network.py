"""Moves about the world around: interfaces, routes, processes, time, and what asks for updates."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from necp_replay.events import clock, interfaces, notifications, processes, routes
from necp_replay.events.inputs import Input
from necp_replay.events.interfaces import InterfaceAddress
from necp_replay.generate import values
from necp_replay.generate.world import (
    DAEMON,
    EN0,
    EN5,
    INTERFACES,
    LATER,
    LO0,
    NOBODY,
    PDP_IP0,
    UTUN0,
    VISITOR,
    World,
)

NO_INTERFACE: Final = 77
BROADCAST: Final = 0x8863
POINT_TO_POINT: Final = 0x8051
ROUTE_IDS: Final = ("default", "default6", "scoped en5", "scoped pdp_ip0", "tunnel", "later")


def build(world: World) -> None:
    """Interfaces, routes and processes, before anything else happens."""
    attach, address = interfaces.IfaceAttach, InterfaceAddress
    lo0 = (address("127.0.0.1", 8), address("::1", 128))
    en0 = (address("192.0.2.10", 24), address("2001:db8:4::10", 64), address("fe80::4", 64))
    world.emit(attach(LO0, "lo0", functional_type=1, addrs=lo0))
    world.emit(
        attach(EN0, "en0", functional_type=3, flags=BROADCAST, generation=7, addrs=en0, mtu=1500)
    )
    en5 = (address("198.51.100.5", 24),)
    world.emit(attach(EN5, "en5", functional_type=2, flags=BROADCAST, addrs=en5))
    cellular = attach(PDP_IP0, "pdp_ip0", functional_type=5, flags=POINT_TO_POINT, expensive=True)
    world.emit(replace(cellular, addrs=(address("203.0.113.6", 32),)))
    tunnel = attach(UTUN0, "utun0", functional_type=0, flags=POINT_TO_POINT)
    world.emit(replace(tunnel, addrs=(address("10.9.0.1", 32),)))
    world.emit(interfaces.IfaceOrder((EN0, EN5, PDP_IP0)))
    for route in _ROUTES:
        world.emit(route)
    for process in _PROCESSES:
        world.emit(process)


def mend(world: World) -> None:
    """Wi-Fi is up and primary, and has a route of its own to one host."""
    world.emit(notifications.SysctlSet("drop_all_level", 0))
    update = interfaces.IfaceUpdate(EN0, flags=BROADCAST, functional_type=3, expensive=False)
    world.emit(replace(update, ipv4_signature=b"\xaa" * 20))
    world.emit(interfaces.IfaceOrder((EN0,)))
    world.emit(routes.RouteAdd("mended", "203.0.113.9", 32, EN0, "192.0.2.1"))


def change_interface(world: World) -> None:
    """Fields of an interface change, or of one that is not there."""
    index = world.pick((*INTERFACES, EN0, LATER, NO_INTERFACE))
    update = interfaces.IfaceUpdate(index)
    changes: tuple[interfaces.IfaceUpdate, ...] = (
        replace(update, mtu=576 + world.number(1000)),
        replace(update, generation=world.number(100)),
        replace(update, expensive=world.chance(2)),
        replace(update, functional_type=world.number(7)),
        replace(update, delegate=world.pick((0, EN0, EN5, NO_INTERFACE))),
        replace(update, lqm_state=world.pick((-2, -1, 0, 50, 100)), if_state_valid=4),
        replace(update, lqm_state=world.pick((10, 10, 50)), if_state_valid=2),
        replace(update, cell_mss_recommended=world.number(2)),
        replace(update, ipv4_signature=bytes(20), ipv6_signature=b"\1" * world.number(21)),
        replace(update, flags=world.pick((BROADCAST, POINT_TO_POINT, 0x8802))),
        replace(update, eflags=world.pick((0, 0x08, 0x80, 0x200000, 0x40000000, 0x40000000))),
        replace(update, xflags=world.number(4)),
        replace(update, del_addrs=(InterfaceAddress("192.0.2.99", 24),)),
        replace(update, addrs=(InterfaceAddress(f"198.51.100.{6 + world.number(3)}", 24),)),
        replace(update, agents=tuple(values.AGENTS[: world.number(4)])),
    )
    world.emit(world.steer("interface", changes))


def order_interfaces(world: World) -> None:
    """Another interface becomes primary."""
    orders = ((EN0, EN5, PDP_IP0), (EN5, EN0), (PDP_IP0,), (EN0, EN0), (NO_INTERFACE,))
    world.emit(interfaces.IfaceOrder(world.steer("order", orders)))


def come_and_go(world: World) -> None:
    """An interface appears or disappears, or one that is there appears again."""
    attach = interfaces.IfaceAttach
    address = (InterfaceAddress("192.0.2.200", 24),)
    events: tuple[Input, ...] = (
        attach(LATER, "en9", functional_type=3, flags=BROADCAST, addrs=address),
        interfaces.IfaceDetach(LATER),
        attach(EN0, "en0"),
        attach(0, "en1"),
        interfaces.IfaceDetach(NO_INTERFACE),
    )
    world.emit(world.steer("come and go", events))


def interface_agents(world: World) -> None:
    """Agents of an interface."""
    index = world.pick((*INTERFACES, NO_INTERFACE))
    agent = world.pick(values.AGENTS)
    add, remove = interfaces.IfaceAddAgent, interfaces.IfaceDelAgent
    events: tuple[Input, ...] = (add(index, agent), remove(index, agent))
    world.emit(world.steer("agents of", events))


def change_route(world: World) -> None:
    """Routes come, change and go."""
    name = world.pick(ROUTE_IDS)
    statistics = routes.RouteStats(
        rxpackets=world.number(1000), txbytes=world.number(10**6), min_rtt=world.number(99)
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
        routes.RouteUpdate(name, mtu=1200 + world.number(300)),
        routes.RouteUpdate(name, detach_stats=True),
        routes.RouteUpdate("nosuch", mtu=1400),
        routes.RouteUpdate(name, flags_set=("NOSUCH",)),
        routes.RouteUpdate(name, flags_set=("REJECT",)),
        routes.RouteUpdate(name, flags_clear=("REJECT",)),
        routes.RouteUpdate(name, stats=routes.RouteStats()),
    )
    world.emit(world.steer("route", events))


def change_process(world: World) -> None:
    """A process comes, changes and exits."""
    events: tuple[processes.ProcAdd | processes.ProcUpdate | processes.ProcExit, ...] = (
        processes.ProcAdd(VISITOR, "visitor", 502, bytes([0xE1]) * 16),
        processes.ProcAdd(DAEMON, "again"),
        processes.ProcUpdate(VISITOR, name="guest", uid=world.number(600)),
        processes.ProcUpdate(VISITOR, entitlements=("com.example.vpn",), platform_binary=True),
        processes.ProcUpdate(NOBODY, uid=1),
        processes.ProcExit(VISITOR),
        processes.ProcExit(NOBODY),
    )
    world.emit(world.steer("process", events))


def pass_time(world: World) -> None:
    """Time passes, the update timer fires, somebody asks for everything to be evaluated again."""
    kind = world.number(4)
    if kind == 0:
        world.now_ns += 1 + world.number(60 * 10**9)
        world.emit(clock.Now(world.now_ns))
    elif kind == 1:
        world.emit(clock.UpdateAllClients())
    else:
        world.emit(clock.TimerFire())


def write_sysctl(world: World) -> None:
    """An administrator writes a sysctl, and as a rule takes it back."""
    name, value, usual = world.steer("sysctl", _SYSCTLS)
    world.emit(notifications.SysctlSet(name, value))
    if not world.chance(8):
        world.emit(notifications.SysctlSet(name, usual))


def take_snapshot(world: World) -> None:
    """The state is recorded."""
    world.emit(notifications.TakeSnapshot(world.chance(2)))


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
        300, "daemon", 0, bytes([0xE2]) * 16, privileged=True, entitlements=("com.example.vpn",)
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
