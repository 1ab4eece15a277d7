"""What xnu-4903 changed about policies, interfaces, routes and the agents that clients ask for."""

from necp_replay.abi.interface import IFEF_3CA, IFEF_CLAT46, IFXF_LOW_POWER
from necp_replay.abi.policy import RouteRuleFlag
from necp_replay.events.interfaces import Nat64Prefix
from necp_replay.scenario import InterfaceHandle, PolicySessionHandle, System, policies

REMOTE = "203.0.113.5:443"


def policy_scoped_direct(system: System) -> None:
    """The result SCOPED_DIRECT: the first physical interface, and a drop without one.

    Source: necp_policy_result_is_valid, necp_get_primary_direct_interface_index, xnu-4903.221.2.
    """
    wifi, wired, session = _network(system)
    app = system.add_process(100)
    client = app.necp_open().add(remote=REMOTE)
    session.add_policy(order=1, result=policies.scoped_direct())
    session.apply_all()
    for order in ((wifi, wired), (wired, wifi), ()):
        system.order_interfaces(*order)
        system.fire_timer()
        client.copy_result()
        app.match_policy(remote=REMOTE)


def policy_scoped_to_an_agent(system: System) -> None:
    """The result NETAGENT_SCOPED: clients move to the interface that has the agent.

    Source: necp_policy_result_is_valid, necp_update_parsed_parameters, xnu-4903.221.2.
    """
    _, wired, session = _network(system)
    agent = system.add_agent("home", domain="Home", type="Wired")
    wired.add_agent(agent.uuid)
    session.add_policy(order=1, result=policies.netagent_scoped(agent.uuid))
    session.apply_all()
    fd = system.add_process(100).necp_open()
    fd.add(remote=REMOTE).copy_result()
    fd.add(remote=REMOTE, require_agent_type=[("Home", "Wired")]).copy_result()


def policy_for_an_agent_type(system: System) -> None:
    """The condition AGENT_TYPE: what types of agents the parameters require.

    Source: necp_policy_condition_is_valid, necp_socket_check_policy, xnu-4903.221.2.
    """
    _, _, session = _network(system)
    session.add_policy(
        order=1, conditions=[policies.agent_type("Home", "")], result=policies.drop()
    )
    session.apply_all()
    app = system.add_process(100)
    for kinds in ([("Home", "Wired")], [("Away", "Wired")], [("Away", ""), ("Home", "")]):
        app.match_policy(remote=REMOTE, require_agent_type=kinds)


def route_rule_about_link_quality(system: System) -> None:
    """Route rules that deny Wi-Fi while its link is bad, and an interface by name always.

    Source: necp_policy_route_rule_is_valid, necp_route_is_lqm_abort, xnu-4903.221.2.
    """
    wifi, wired, session = _network(system)
    rules = (
        policies.deny_bad_link(kinds=RouteRuleFlag.WIFI),
        policies.deny_bad_link("en5"),
    )
    session.add_policy(order=1, result=policies.route_rules(*rules))
    session.apply_all()
    app = system.add_process(100)
    for quality in (50, 10):
        wifi.update(lqm_state=quality, if_state_valid=2)
        app.match_policy(remote=REMOTE)
    system.order_interfaces(wired)
    app.match_policy(remote=REMOTE, bound_interface="en5")


def policy_ids_of_two_sessions(system: System) -> None:
    """Ids of policies count up over all sessions, or in each session.

    Source: necp_policy_get_new_id, xnu-4570.71.2 and xnu-4903.221.2.
    """
    daemon = system.add_process(200, "neagent", privileged=True, platform_binary=True)
    sessions = [daemon.open_policy_session() for _ in range(2)]
    for order in (1, 2):
        for session in sessions:
            session.add_policy(order=order, result=policies.pass_through())


def first_aggregate_of_route_rules(system: System) -> None:
    """The first two policies with route rules that match together: whether they are enforced.

    Source: necp_get_new_route_rule_id, necp_route_is_allowed, xnu-4570.71.2 and xnu-4903.221.2.
    """
    _, _, session = _network(system)
    app = system.add_process(100)
    for order, rule in enumerate((policies.deny("en0"), policies.deny("en5"), policies.allow())):
        session.add_policy(order=order + 1, result=policies.route_rules(rule))
        session.apply_all()
        app.match_policy(remote=REMOTE)


def ip_skips_in_debug_logs(system: System) -> None:
    """How often debug logs show a skip that has a condition on a policy id.

    Source: necp_kernel_ip_output_policies_reprocess, xnu-4570.71.2 and xnu-4903.221.2.
    """
    _, _, session = _network(system)
    system.set_sysctl("net.necp.debug", 1)
    session.add_policy(order=1, conditions=[policies.uid(501)], result=policies.skip(5))
    session.apply_all()


def match_with_an_agent(system: System) -> None:
    """What ``necp_match_policy`` says of an agent: its flags, or how policies use it.

    Source: necp_application_find_policy_match_internal, xnu-4570.71.2 and xnu-4903.221.2.
    """
    _, _, session = _network(system)
    agent = system.add_agent("vpn", flags=0x13)
    session.add_policy(order=1, result=policies.use_netagent(agent.uuid))
    session.apply_all()
    system.add_process(100).match_policy(remote=REMOTE)


def avoid_an_agent(system: System) -> None:
    """The parameters AVOID_AGENT and AVOID_AGENT_TYPE: an interface without the agent is better.

    Source: necp_client_parse_parameters, necp_ifnet_matches_parameters, xnu-4903.221.2.
    """
    wifi, wired, _ = _network(system)
    agent = system.add_agent("costly", domain="Costly", type="Link")
    wifi.add_agent(agent.uuid)
    fd = system.add_process(100).necp_open()
    fd.add(remote=REMOTE, avoid_agent=[agent.uuid]).copy_result()
    fd.add(remote=REMOTE, avoid_agent_type=[("Costly", "")]).copy_result()
    wired.add_agent(agent.uuid)
    fd.add(remote=REMOTE, avoid_agent=[agent.uuid]).copy_result()


def agents_of_policies_meet_requirements(system: System) -> None:
    """A required agent that no interface has, and a policy has.

    Source: necp_calculate_client_result, xnu-4903.221.2.
    """
    _, _, session = _network(system)
    agent = system.add_agent("vpn", domain="VPN", type="Tunnel")
    fd = system.add_process(100).necp_open()
    for _ in range(2):
        fd.add(remote=REMOTE, require_agent=[agent.uuid]).copy_result()
        fd.add(remote=REMOTE, require_agent_type=[("VPN", "")]).copy_result()
        session.add_policy(order=1, result=policies.use_netagent(agent.uuid))
        session.apply_all()


def prohibitions_that_exclude_everything(system: System) -> None:
    """Prohibitions that exclude every interface leave no route, or are ignored.

    Source: necp_find_matching_interface_index, xnu-4570.71.2 and xnu-4903.221.2.
    """
    _network(system)
    fd = system.add_process(100).necp_open()
    fd.add(remote=REMOTE, prohibit_interface=["en0", "en5"]).copy_result()
    fd.add(remote=REMOTE, prohibit_interface=["en0", "en5"], require_if_type=[2]).copy_result()


def only_the_primary_requires_a_type(system: System) -> None:
    """A required type, and the other interfaces of multipath clients.

    Source: necp_ifnet_matches_parameters, xnu-4570.71.2 and xnu-4903.221.2.
    """
    _network(system)
    fd = system.add_process(100).necp_open()
    for only_primary in (False, True):
        fd.add(
            remote=REMOTE,
            require_if_type=[3],
            multipath=True,
            only_primary_requires_type=only_primary,
        ).copy_result()


def routes_over_clat46(system: System) -> None:
    """IPv4 routes over an interface that translates to IPv6.

    Source: necp_application_find_policy_match_internal, xnu-4903.221.2.
    """
    wifi, _, _ = _network(system)
    app = system.add_process(100)
    wifi.update(eflags=IFEF_CLAT46)
    client = app.necp_open().add(remote="[2001:db8::5]:443")
    client.copy_result()
    app.match_policy(remote=REMOTE)
    app.match_policy(ip_protocol=6)


def mtu_over_clat46(system: System) -> None:
    """The MTU of an IPv4 route that was there before its interface translated to IPv6.

    Source: tcp_maxmtu, in_addroute, xnu-4903.221.2.
    """
    _, wired, _ = _network(system)
    tunnel = system.add_interface("utun0", 8, functional_type=0, addrs=["10.9.0.1/32"])
    tunnel.update(delegate=wired.index)
    system.add_route("10.0.0.0/8", tunnel)
    fd = system.add_process(100).necp_open()
    fd.add(remote="10.1.2.3:443").copy_result()
    wired.update(eflags=IFEF_CLAT46)
    fd.add(remote="10.1.2.3:443").copy_result()


def nat64_prefixes(system: System) -> None:
    """NAT64 prefixes: their log records, and the flag HAS_NAT64.

    Source: ifnet_set_nat64prefix, necp_application_find_policy_match_internal, xnu-4903.221.2.
    """
    wifi, _, _ = _network(system)
    fd = system.add_process(100).necp_open()
    for prefixes in (
        (Nat64Prefix("64:ff9b::", 12),),
        (Nat64Prefix("64:ff9b::", 13),),
        (Nat64Prefix("fe80::1", 12),),
        (),
    ):
        wifi.update(nat64=prefixes)
        fd.add(remote=REMOTE).copy_result()


def interface_in_low_power_mode(system: System) -> None:
    """The flag INTERFACE_LOW_POWER.

    Source: necp_application_find_policy_match_internal, xnu-4903.221.2.
    """
    wifi, _, _ = _network(system)
    fd = system.add_process(100).necp_open()
    wifi.update(xflags=IFXF_LOW_POWER)
    fd.add(remote=REMOTE).copy_result()


def interface_details_flags(system: System) -> None:
    """Carrier aggregation and low-power mode in COPY_INTERFACE.

    Source: necp_client_copy_interface, xnu-4903.221.2.
    """
    wifi, _, _ = _network(system)
    wifi.update(eflags=IFEF_3CA, xflags=IFXF_LOW_POWER)
    system.add_process(100).necp_open().copy_interface(wifi.index)


def type_of_an_unknown_agent(system: System) -> None:
    """The log record of an interface's agent that is not registered.

    Source: netagent_get_agent_domain_and_type, xnu-4570.71.2 and xnu-4903.221.2.
    """
    wifi, _, _ = _network(system)
    wifi.update(agents=(b"\5" * 16,))
    fd = system.add_process(100).necp_open()
    fd.add(remote=REMOTE, prefer_agent_type=[("Home", "Wired")])


def route_without_an_address(system: System) -> None:
    """A route over an interface that has no address of the route's family.

    Source: ifa_ifwithroute_common_locked, xnu-4570.71.2 and xnu-4903.221.2.
    """
    _, wired, _ = _network(system)
    system.add_route("2001:db8:5::/64", wired)
    system.add_process(100).necp_open().add(remote="[2001:db8:5::1]:443").copy_result()


def _network(system: System) -> tuple[InterfaceHandle, InterfaceHandle, PolicySessionHandle]:
    """Wi-Fi en0, wired en5 behind it, and a policy session."""
    wifi = system.add_interface("en0", 4, addrs=["192.0.2.10/24", "2001:db8:4::10/64"])
    wired = system.add_interface("en5", 5, functional_type=2, addrs=["198.51.100.5/24"])
    system.order_interfaces(wifi, wired)
    system.add_route("default", wifi, gateway="192.0.2.1")
    system.add_route("default6", wifi, gateway="2001:db8:4::1")
    system.add_route("default", wired, gateway="198.51.100.1", scoped=True)
    daemon = system.add_process(200, "neagent", privileged=True, platform_binary=True)
    return wifi, wired, daemon.open_policy_session()
