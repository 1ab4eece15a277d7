"""Interfaces and routes are added, changed and removed, and a client's result follows."""

from necp_replay.abi.interface import IFEF_PROBE_CONNECTIVITY, IFEF_QOSMARKING_ENABLED
from necp_replay.events.routes import RouteStats
from necp_replay.scenario import ClientHandle, System

WIRED, WIFI, CELLULAR = 2, 3, 5


def interface_fields(system: System) -> None:
    """Every field of an interface that a client's result depends on changes, one at a time.

    Source: necp_update_client_result, ifnet_reset_order, xnu-4570.51.1.
    """
    en0 = system.add_interface("en0", 4, addrs=["192.0.2.10/24"], mtu=1500)
    cell = system.add_interface(
        "pdp_ip0", 6, functional_type=CELLULAR, flags=0x8051, addrs=["10.20.0.2/32"]
    )
    cell.update(type=0xFF, cell_mss_recommended=1)
    system.order_interfaces(en0, cell)
    system.add_route("default", en0, gateway="192.0.2.1")
    system.add_route("default", cell, scoped=True)
    client = system.add_process(100).necp_open().add(remote="203.0.113.5:443", discretionary=True)
    client.copy_result()
    en0.update(mtu=1400)
    _look(system, client)
    en0.update(generation=9, expensive=True)
    _look(system, client)
    en0.update(eflags=IFEF_PROBE_CONNECTIVITY | IFEF_QOSMARKING_ENABLED)
    _look(system, client)
    en0.update(if_state_valid=2, lqm_state=10)
    _look(system, client)
    en0.update(flags=0x8862)
    _look(system, client)
    system.order_interfaces(cell, en0)
    _look(system, client)
    en0.delete_addresses("192.0.2.10")
    en0.add_addresses("192.0.2.11/24", "2001:db8:4::11/64")
    en0.update(ordered=False, functional_type=WIRED, delegate=6)
    _look(system, client)
    en0.update(clear_addrs=True)
    en0.detach()
    _look(system, client)
    system.snapshot()


def interface_changes_refused(system: System) -> None:
    """Addresses and signatures that no interface can have, and addresses and delegates not there.

    Source: ifnet_set_netsignature, xnu-4570.51.1.
    """
    en0 = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    en0.add_addresses("192.0.2.11/33")
    en0.update(ipv4_signature=b"\1" * 21)
    en0.update(ipv6_signature=b"\1" * 21)
    en0.delete_addresses("192.0.2.12")
    en0.update(delegate=9)


def routes_come_and_go(system: System) -> None:
    """Default routes, scoped or not, networks and hosts of both families; the best match is used.

    Source: rtrequest_common_locked, rt_lookup, necp_get_primary_direct_interface_index,
    xnu-4570.51.1.
    """
    en0 = system.add_interface("en0", 4, addrs=["192.0.2.10/24", "2001:db8:4::10/64", "fe80::4/64"])
    en5 = system.add_interface("en5", 5, functional_type=WIRED, addrs=["198.51.100.5/24"])
    system.order_interfaces(en0, en5)
    fd = system.add_process(100).necp_open()
    clients = [fd.add(remote=to) for to in ("203.0.113.5:443", "[2001:db8:99::1]:443")]
    added = []
    for destination, interface, scoped in (
        ("default", en5, True),
        ("default", en0, False),
        ("default6", en0, False),
        ("203.0.113.0/24", en5, False),
        ("203.0.113.5/32", en0, True),
        ("2001:db8:99::/48", en0, True),
        ("fe80::/64", en0, True),
    ):
        added.append(system.add_route(destination, interface, scoped=scoped))
        system.fire_timer()
        system.update_all_clients()
        for client in clients:
            _look(system, client)
    for route in reversed(added):
        system.delete_route(route)
        system.update_all_clients()
        for client in clients:
            _look(system, client)


def route_fields(system: System) -> None:
    """A route's MTU, flags and counters: which changes show at once, and which after an update.

    Source: necp_update_client_result, necp_client_copy_route_statistics, xnu-4570.51.1.
    """
    en0 = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    system.order_interfaces(en0)
    route = system.add_route("default", en0, gateway="192.0.2.1", mtu=1300)
    client = system.add_process(100).necp_open().add(remote="203.0.113.5:443")
    client.copy_result()
    system.update_route(route, mtu=1200, stats=RouteStats(rxbytes=9, avg_rtt=4))
    client.copy_route_statistics()
    system.update_all_clients()
    _look(system, client)
    system.update_route(route, flags_set=("LOCAL",), flags_clear=("GATEWAY",))
    system.update_all_clients()
    _look(system, client)
    system.update_route(route, detach_stats=True)
    client.copy_route_statistics()


def address_families(system: System) -> None:
    """The address families of a client's result change with the routes of its interface.

    Source: necp_application_find_policy_match_internal, xnu-4570.51.1.
    """
    en0 = system.add_interface("en0", 4, addrs=["192.0.2.10/24", "2001:db8:4::10/64"])
    system.order_interfaces(en0)
    fd = system.add_process(100).necp_open()
    client = fd.add(ip_protocol=None)
    for destination, gateway in (("default", "192.0.2.1"), ("default6", "2001:db8:4::1")):
        system.add_route(destination, en0, gateway=gateway)
        _look(system, client)


def interface_detached_under_clients(system: System) -> None:
    """An interface is detached while clients are bound to it, listen on it or have flows on it.

    Source: ifnet_detach, necp_client_update_flows, xnu-4570.51.1.
    """
    en0 = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    en5 = system.add_interface("en5", 5, functional_type=WIRED, addrs=["198.51.100.5/24"])
    system.order_interfaces(en0, en5)
    system.add_route("default", en0, gateway="192.0.2.1")
    system.add_route("default", en5, gateway="198.51.100.1", scoped=True)
    fd = system.add_process(100).necp_open()
    clients = [
        fd.add(remote="203.0.113.5:443", bound_interface="en0"),
        fd.add(local="0.0.0.0:7", listener=True),
        fd.add(remote="203.0.113.5:443", multipath=True),
    ]
    block = system.multipath("mp")
    block.register(clients[2])
    system.fire_timer()
    for client in clients:
        client.copy_result()
    en0.detach()
    system.update_all_clients()
    for client in clients:
        _look(system, client)
    system.snapshot()


def _look(system: System, client: ClientHandle) -> None:
    """Fire the timer, copy what is new of the client, then its whole result."""
    system.update_all_clients()
    system.fire_timer()
    client.copy_updated_result()
    client.copy_result()
