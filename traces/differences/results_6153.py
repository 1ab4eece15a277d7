"""What xnu-6153 changed about results of clients: what they tell, and when routes are dropped."""

from necp_replay.abi.interface import IFNET_SUBFAMILY_SIMCELL, IFXF_CONSTRAINED, IFXF_MANAGEMENT
from necp_replay.abi.policy import RouteRuleFlag
from necp_replay.scenario import InterfaceHandle, System, policies

REMOTE = "203.0.113.5:443"
REMOTE6 = "[2001:db8:99::1]:443"
LONGEST_DETAILS = 116


def gateways_of_a_route(system: System) -> None:
    """The gateways in a result, for one family and for both.

    Source: necp_update_client_result, xnu-6153.11.26.
    """
    _network(system)
    fd = system.add_process(100).necp_open()
    fd.add(remote=REMOTE).copy_result()
    fd.add(remote=REMOTE6).copy_result()
    fd.add(domain="www.example.com").copy_result()


def reason_of_a_drop(system: System) -> None:
    """Why a client has no route: rules that deny kinds of interfaces, for a client and a match.

    Source: necp_update_client_result, struct kev_netpolicy_ifdenied, xnu-6153.11.26.
    """
    _network(system)
    session = system.add_process(
        200, "neagent", privileged=True, platform_binary=True
    ).open_policy_session()
    for order, kinds in enumerate((RouteRuleFlag.CELLULAR, RouteRuleFlag.WIFI)):
        rule = policies.route_rules(policies.deny(kinds=kinds))
        session.add_policy(order=order + 1, conditions=[policies.all_interfaces()], result=rule)
    session.apply_all()
    fd = system.add_process(100).necp_open()
    for name in ("pdp_ip0", "en0", "en5"):
        fd.add(remote=REMOTE, bound_interface=name).copy_result()


def prohibited_property_of_a_route(system: System) -> None:
    """Clients whose route leads over an expensive or a constrained interface, which they prohibit.

    Source: necp_application_find_policy_match_internal, xnu-6153.11.26.
    """
    wifi, _, _ = _network(system)
    wifi.update(xflags=IFXF_CONSTRAINED)
    fd = system.add_process(100).necp_open()
    fd.add(remote=REMOTE, bound_interface="pdp_ip0", prohibit_expensive=True).copy_result()
    fd.add(remote=REMOTE, bound_interface="en0", prohibit_constrained=True).copy_result()
    fd.add(remote=REMOTE, prohibit_constrained=True).copy_result()
    fd.add(remote=REMOTE, prohibit_constrained=True, prohibit_interface=["awdl0"]).copy_result()


def best_matching_interface(system: System) -> None:
    """Which interface is best where several have what a client prefers or does not prohibit.

    Source: necp_find_matching_interface_index, xnu-6153.11.26.
    """
    wifi, _, _ = _network(system)
    wifi.update(xflags=IFXF_CONSTRAINED)
    agents = [system.add_agent(name, domain="Home", type=name).uuid for name in ("a", "b")]
    awdl = system.add_interface("awdl0", 7, functional_type=4, addrs=["fe80::7/64"])
    wifi.add_agent(agents[0])
    for agent in agents:
        awdl.add_agent(agent)
    fd = system.add_process(100).necp_open()
    fd.add(remote=REMOTE, prefer_agent=agents).copy_result()
    fd.add(remote=REMOTE, prohibit_constrained=True, prohibit_expensive=True).copy_result()


def result_without_room_for_agents(system: System) -> None:
    """A result with more agents than fit.

    Source: necp_buffer_write_tlv_validate, xnu-6153.11.26.
    """
    wifi, _, _ = _network(system)
    wifi.update(agents=tuple(system.add_agent(f"a{number}").uuid for number in range(24)))
    fd = system.add_process(100).necp_open()
    fd.add(remote=REMOTE).copy_result()


def listener_led_to_an_interface(system: System) -> None:
    """Listeners that require a type of interface, or name one.

    Source: necp_update_client_result, xnu-6153.11.26.
    """
    _network(system)
    fd = system.add_process(100).necp_open()
    fd.add(local="0.0.0.0:8", listener=True, require_if_type=[2]).copy_result()
    fd.add(local="0.0.0.0:7", listener=True, bound_interface="en5").copy_result()


def tunnel_of_a_client_that_asks_for_little(system: System) -> None:
    """A tunnel for a client that only prohibits an interface, and for one that requires a type.

    Source: necp_update_client_result, xnu-6153.11.26.
    """
    _, wired, _ = _network(system)
    wired.add_agent(system.add_agent("home", domain="Home", type="Wired").uuid)
    tunnel = system.add_interface("utun0", 8, functional_type=0, addrs=["10.9.0.1/32"])
    system.add_route("default", tunnel, scoped=True)
    session = system.add_process(
        200, "neagent", privileged=True, platform_binary=True
    ).open_policy_session()
    everywhere = [policies.all_interfaces()]
    session.add_policy(order=1, conditions=everywhere, result=policies.ip_tunnel("utun0"))
    session.apply_all()
    fd = system.add_process(100).necp_open()
    fd.add(remote=REMOTE, prohibit_interface=["en0"]).copy_result()
    fd.add(remote=REMOTE, require_if_type=[2]).copy_result()
    fd.add(remote=REMOTE, bound_interface="en5").copy_result()


def netmask_and_broadcast_address(system: System) -> None:
    """The details of interfaces with and without IPv4 addresses, in 92 and in 100 bytes.

    Source: necp_client_copy_interface, xnu-6153.11.26.
    """
    wifi, _, _ = _network(system)
    wifi.update(xflags=IFXF_CONSTRAINED)
    system.add_interface("awdl0", 7, functional_type=4, addrs=["fe80::7/64"])
    fd = system.add_process(100).necp_open()
    for index in (4, 6, 7):
        for size in (92, 100):
            fd.copy_interface(index, size)


def types_of_interfaces(system: System) -> None:
    """The functional type of interfaces by family and subfamily, and of one for management.

    Source: if_functional_type, xnu-4903.221.2, xnu-6153.11.26, xnu-8792.41.9,
    xnu-8796.141.3.
    """
    fd = system.add_process(100).necp_open()
    ethernet, vlan, bond, ipsec = 2, 5, 14, 18
    bluetooth, wifi, quick_relay, default = 2, 3, 7, 8
    kinds = (
        *((ethernet, wifi), (vlan, 0), (bond, 0), (0, wifi), (ethernet, IFNET_SUBFAMILY_SIMCELL)),
        *((ipsec, 0), (ipsec, bluetooth), (ipsec, wifi), (ipsec, quick_relay), (ipsec, default)),
    )
    for index, (family, subfamily) in enumerate(kinds, start=4):
        interface = system.add_interface(f"en{index}", index, addrs=[])
        interface.update(type=6, family=family, subfamily=subfamily)
        fd.copy_interface(index, LONGEST_DETAILS)
    system.add_interface("en20", 20, addrs=[]).update(
        type=6, family=0, subfamily=0, xflags=IFXF_MANAGEMENT
    )
    fd.copy_interface(20, LONGEST_DETAILS)


def select_and_knotes_of_a_session(system: System) -> None:
    """A policy session selected, polled, and asked as a knote.

    Source: noop_select, noop_kqfilter, xnu-4570.51.1; fo_no_select, xnu-6153.11.26.
    """
    process = system.add_process(300, "daemon", privileged=True, platform_binary=True)
    fd = process.on_fd(process.necp_session_open().fd)
    fd.select("read")
    fd.poll()
    fd.poll(how="kqfilter")


def _network(system: System) -> tuple[InterfaceHandle, InterfaceHandle, InterfaceHandle]:
    """Wi-Fi, wired and cellular, each with a gateway, in this order."""
    wifi = system.add_interface("en0", 4, addrs=["192.0.2.10/24", "2001:db8:4::10/64"])
    wired = system.add_interface("en5", 5, functional_type=2, addrs=["198.51.100.5/24"])
    cellular = system.add_interface(
        "pdp_ip0", 6, functional_type=5, flags=0x8051, expensive=True, addrs=["203.0.113.6/32"]
    )
    system.order_interfaces(wifi, wired, cellular)
    system.add_route("default", wifi, gateway="192.0.2.1")
    system.add_route("default6", wifi, gateway="2001:db8:4::1")
    system.add_route("default", wired, gateway="198.51.100.1", scoped=True)
    system.add_route("default", cellular, gateway="203.0.113.1", scoped=True)
    return wifi, wired, cellular
