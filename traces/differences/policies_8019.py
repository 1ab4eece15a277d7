"""What xnu-8019 changed about policies: ports of schemes, agents that are removed, route rules."""

from necp_replay.abi.policy import FILTER_PRESERVES_CONNECTIONS, SessionAction
from necp_replay.scenario import InterfaceHandle, PolicySessionHandle, System, policies, room

REMOTE = "203.0.113.5:443"
WEB, SECURE = 80, 443
EVERYWHERE = [policies.all_interfaces()]
UNIT = 7


def port_of_a_scheme(system: System) -> None:
    """A policy about port 443, and clients whose scheme has another port than they connect to.

    A browser that connects to a proxy on port 80 tells the port of the address that it shows.
    Source: necp_policy_condition_is_valid, necp_client_parse_parameters, xnu-8019.41.5.
    """
    _, session = _network(system)
    session.add_policy(
        order=1, conditions=[policies.scheme_port(SECURE)], result=policies.ip_tunnel("utun0")
    )
    session.add_policy(order=2, conditions=[~policies.scheme_port(WEB)], result=policies.drop())
    session.apply_all()
    app = system.add_process(100)
    for remote, scheme in ((REMOTE, None), ("203.0.113.5:80", None), ("203.0.113.5:80", SECURE)):
        app.match_policy(remote=remote, scheme_port=scheme)
    fd = app.necp_open()
    fd.add(remote="203.0.113.5:80", scheme_port=SECURE).copy_result()


def agents_that_policies_remove(system: System) -> None:
    """Policies that use an agent twice, and policies and route rules that remove it again.

    Source: necp_policy_result_is_valid, necp_socket_find_policy_match_with_info_locked,
    necp_application_find_policy_match_internal, xnu-8019.41.5.
    """
    wifi, session = _network(system)
    first, second = (system.add_agent(name).uuid for name in ("first", "second"))
    for agent in (first, second):
        wifi.add_agent(agent)
    app = system.add_process(100)
    fd = app.necp_open()
    for order, result in enumerate(
        (
            policies.use_netagent(first),
            policies.netagent_scoped(first),
            policies.remove_netagent(first),
            policies.route_rules(policies.remove_agent(second)),
        )
    ):
        session.add_policy(order=order + 1, conditions=EVERYWHERE, result=result)
        session.apply_all()
        app.match_policy(remote=REMOTE)
        fd.add(remote=REMOTE).copy_result()


def filters_that_leave_connections_alone(system: System) -> None:
    """Two content filters, of which both or one leave older connections alone.

    Source: necp_socket_find_policy_match_with_info_locked, xnu-8019.41.5.
    """
    _, session = _network(system)
    app = system.add_process(100)
    leaves = FILTER_PRESERVES_CONNECTIONS
    for first, second in ((1 | leaves, 2 | leaves), (1 | leaves, 2)):
        session.delete_all()
        session.add_policy(order=1, result=policies.socket_filter(first))
        session.add_policy(order=2, result=policies.socket_filter(second))
        session.apply_all()
        app.match_policy(remote=REMOTE)


def route_rules_that_divert(system: System) -> None:
    """Route rules that divert the traffic over an interface to a proxy, and their dump.

    Source: necp_policy_route_rule_is_valid, necp_route_get_flow_divert, xnu-8019.41.5.
    """
    _, session = _network(system)
    app = system.add_process(100)
    for rule in (policies.divert(UNIT), policies.divert(UNIT, "en0"), policies.divert(UNIT, "en5")):
        session.delete_all()
        session.add_policy(order=1, conditions=EVERYWHERE, result=policies.route_rules(rule))
        session.apply_all()
        app.match_policy(remote=REMOTE)
        app.necp_open().add(remote=REMOTE).copy_result()
    session.session.action(SessionAction.POLICY_DUMP_ALL, None, room(4096))


def route_rules_that_need_an_agent(system: System) -> None:
    """Route rules that count only where a policy names an agent: without it, then with it.

    Source: necp_create_route_rule, necp_route_is_allowed_inner, xnu-8019.41.5.
    """
    _, session = _network(system)
    vpn = system.add_agent("vpn").uuid
    app = system.add_process(100)
    rule = policies.needing_agent(policies.deny(), vpn)
    session.add_policy(order=1, conditions=EVERYWHERE, result=policies.route_rules(rule))
    for order in (2, 3):
        session.apply_all()
        app.match_policy(remote=REMOTE)
        app.necp_open().add(remote=REMOTE).copy_result()
        session.add_policy(order=order, conditions=EVERYWHERE, result=policies.use_netagent(vpn))


def route_rules_without_a_route(system: System) -> None:
    """A route rule that denies every interface, and a destination to which there is no route.

    Source: necp_route_is_allowed, xnu-8019.41.5.
    """
    _, session = _network(system)
    rule = policies.route_rules(policies.deny())
    session.add_policy(order=1, conditions=EVERYWHERE, result=rule)
    session.apply_all()
    app = system.add_process(100)
    for remote in (REMOTE, "[2001:db8:99::1]:443"):
        app.match_policy(remote=remote, bound_interface="utun0")
        app.necp_open().add(remote=remote, bound_interface="utun0").copy_result()


def rule_for_one_interface_beside_an_agent(system: System) -> None:
    """A policy adds an agent over every interface, and allows one interface without more.

    Source: necp_route_get_netagent, xnu-8019.41.5.
    """
    _, session = _network(system)
    agent = system.add_agent("relay").uuid
    rules = policies.route_rules(policies.use_agent(agent), policies.allow("en0"))
    session.add_policy(order=1, conditions=EVERYWHERE, result=rules)
    session.apply_all()
    app = system.add_process(100)
    app.match_policy(remote=REMOTE)
    app.necp_open().add(remote=REMOTE).copy_result()


def right_to_match_when_the_timer_fires(system: System) -> None:
    """A policy about the right to match: a client without it, read before and after the timer.

    Who makes the call and who runs the timer need not be the process that the traffic is for.
    Source: necp_application_fillout_info_locked, xnu-8019.41.5, xnu-8019.61.5; measured in
    policy_cond_ent_only.
    """
    _, session = _network(system)
    fd = system.add_process(100).necp_open()
    client = fd.add(remote=REMOTE)
    client.copy_result()
    session.add_policy(order=1, conditions=[policies.entitlement()], result=policies.drop())
    session.apply_all()
    system.fire_timer()
    client.copy_updated_result()
    helper = system.add_process(101, "helper", privileged=True)
    helper.match_policy(remote=REMOTE, pid=100)


def platform_binary_installed_on_demand(system: System) -> None:
    """Traffic without a client of a process that can be installed on demand, Apple's and another's.

    Source: necp_check_missing_client_drop, xnu-8019.41.5.
    """
    _network(system)
    clip = system.add_process(
        100, "clip", entitlements=["com.apple.developer.on-demand-install-capable"]
    )
    for is_apples in (False, True):
        clip.update(platform_binary=is_apples)
        clip.match_policy(remote=REMOTE)


def local_networks_without_a_destination(system: System) -> None:
    """A policy about local networks: traffic to one, to the Internet, and to no address yet.

    A default route without a gateway counts as local, so that traffic without a destination did.
    Source: necp_is_route_local, xnu-8019.41.5.
    """
    wifi = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    system.order_interfaces(wifi)
    system.add_route("default", wifi)
    system.add_route("203.0.113.0/24", wifi, gateway="192.0.2.1")
    session = _session(system)
    session.add_policy(order=1, conditions=[policies.local_networks()], result=policies.drop())
    session.apply_all()
    app = system.add_process(100)
    app.match_policy(remote="192.0.2.77:53")
    app.match_policy(remote=REMOTE)
    app.match_policy(local="192.0.2.10:50000")


def _session(system: System) -> PolicySessionHandle:
    """The session of a process that may do everything."""
    daemon = system.add_process(200, "neagent", uid=0, privileged=True, platform_binary=True)
    return daemon.open_policy_session()


def _network(system: System) -> tuple[InterfaceHandle, PolicySessionHandle]:
    """One interface with a default route, and a tunnel; and a session."""
    wifi = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    system.add_interface("utun0", 8, functional_type=0, flags=0x8051, addrs=["10.9.0.1/32"])
    system.order_interfaces(wifi)
    system.add_route("default", wifi, gateway="192.0.2.1")
    return wifi, _session(system)
