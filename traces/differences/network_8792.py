"""What later releases changed about interfaces, route rules and browsers, from macOS 12.2 to 15."""

from necp_replay.abi.interface import IFXF_IS_VPN, IFXF_LOW_LATENCY
from necp_replay.abi.policy import FLOW_DIVERT_IS_TRANSPARENT, RouteRuleFlag
from necp_replay.scenario import InterfaceHandle, PolicySessionHandle, System, policies

REMOTE = "203.0.113.5:443"
EVERYWHERE = [policies.all_interfaces()]
COMPANION = 7


def interface_of_low_latency(system: System) -> None:
    """Clients that require Wi-Fi, and that name the interface, which is one of low latency.

    Source: necp_ifnet_matches_parameters, xnu-8019.80.24.
    """
    wifi, _ = _network(system)
    wifi.update(xflags=IFXF_LOW_LATENCY)
    fd = system.add_process(100).necp_open()
    fd.add(remote=REMOTE, require_if_type=[3]).copy_result()
    fd.add(remote=REMOTE, bound_interface="en0").copy_result()


def companion_link_outside_the_order(system: System) -> None:
    """A client requires a companion link, which is not in the ordered list of interfaces.

    Source: necp_interface_type_is_primary_eligible, xnu-8792.41.9.
    """
    _network(system)
    system.add_interface("ipsec0", 9, functional_type=COMPANION, addrs=["10.8.0.1/32"])
    fd = system.add_process(100).necp_open()
    fd.add(remote=REMOTE, require_if_type=[COMPANION]).copy_result()


def more_interfaces_than_options(system: System) -> None:
    """A multipath client on a system with twenty interfaces.

    Source: necp_client_add_interface_option_if_needed, xnu-8792.41.9.
    """
    wifi, _ = _network(system)
    interfaces = [
        system.add_interface(f"en{n}", n, functional_type=2, addrs=[f"198.51.100.{n}/24"])
        for n in range(20, 40)
    ]
    system.order_interfaces(wifi, *interfaces)
    fd = system.add_process(100).necp_open()
    fd.add(remote=REMOTE, multipath=True).copy_result()


def route_rules_about_companions_and_vpns(system: System) -> None:
    """Route rules that deny companion links, and VPNs, over interfaces that are one.

    One interface is no companion link itself, but delegates to one.
    Source: necp_create_route_rule, necp_route_is_allowed_inner, xnu-8796.101.5, xnu-10002.1.13,
    xnu-11215.1.10.
    """
    wifi, session = _network(system)
    link = system.add_interface("ipsec0", 9, functional_type=COMPANION, addrs=["10.8.0.1/32"])
    system.add_route("198.18.0.0/16", link)
    app = system.add_process(100)
    kinds = RouteRuleFlag.COMPANION, RouteRuleFlag.VPN
    for kind in kinds:
        session.delete_all()
        rule = policies.route_rules(policies.deny(kinds=int(kind)))
        session.add_policy(order=1, conditions=EVERYWHERE, result=rule)
        session.apply_all()
        wifi.update(xflags=IFXF_IS_VPN, delegate=link.index)
        app.match_policy(remote=REMOTE)
        app.match_policy(remote="198.18.0.1:443")


def route_rule_for_an_agent_and_an_interface(system: System) -> None:
    """A route rule that needs an agent and names an interface.

    Source: necp_create_route_rule, xnu-11215.1.10.
    """
    _, session = _network(system)
    vpn = system.add_agent("vpn").uuid
    rule = policies.needing_agent(policies.deny(), vpn)
    named = policies.RouteRule(rule.action, "en0", rule.kinds, rule.value)
    session.add_policy(order=1, conditions=EVERYWHERE, result=policies.use_netagent(vpn))
    session.add_policy(order=2, conditions=EVERYWHERE, result=policies.route_rules(named))
    session.apply_all()
    system.add_process(100).match_policy(remote=REMOTE)


def transparent_proxies_of_route_rules(system: System) -> None:
    """Route rules of two policies that divert to transparent proxies.

    Source: necp_route_get_flow_divert, xnu-10002.1.13.
    """
    _, session = _network(system)
    for order, unit in enumerate((1, 2)):
        rule = policies.divert(FLOW_DIVERT_IS_TRANSPARENT | unit)
        rules = policies.route_rules(rule)
        session.add_policy(order=order + 1, conditions=EVERYWHERE, result=rules)
    session.apply_all()
    app = system.add_process(100)
    app.match_policy(remote=REMOTE)
    app.necp_open().add(remote=REMOTE).copy_result()


def remote_address_with_a_scope(system: System) -> None:
    """A client prohibits the primary interface, and its remote address names the other one.

    Source: necp_find_matching_interface_index, xnu-10063.121.3.
    """
    _network(system)
    wired = system.add_interface("en5", 5, functional_type=2, addrs=["fe80::5/64"])
    tunnel = system.add_interface("en6", 6, functional_type=2, addrs=["fe80::6/64"])
    system.order_interfaces(wired, tunnel)
    fd = system.add_process(100).necp_open()
    fd.add(remote="[fe80::77%6]:443", prohibit_interface=["en5"]).copy_result()


def process_of_a_platform_binary(system: System) -> None:
    """A policy about platform binaries, and a process for which one is responsible.

    Source: necp_application_fillout_info_locked, xnu-11215.1.10.
    """
    _, session = _network(system)
    session.add_policy(order=1, conditions=[policies.platform_binary()], result=policies.drop())
    session.apply_all()
    tool = system.add_process(100, "tool", platform_binary=True)
    helper = system.add_process(101, "helper")
    helper.update(responsible_pid=tool.pid)
    helper.match_policy(remote=REMOTE)
    helper.necp_open().add(remote=REMOTE).copy_result()


def signature_on_a_socket(system: System) -> None:
    """A socket is given the signature of a resolver's answer, which is read back.

    Source: necp_set_socket_resolver_signature, necp_get_socket_resolver_signature, xnu-8792.41.9;
    measured in x8792_socket_signature.
    """
    socket = system.add_socket("tcp0", local="192.0.2.10:50000", remote=REMOTE)
    socket.set_resolver_signature(b"signature")
    socket.get_resolver_signature()


def answer_signed_in_the_older_form(system: System) -> None:
    """The resolver signs an answer in the older form, and asks whether a tag of zeros is right.

    Source: necp_client_sign, necp_client_validate, xnu-8792.41.9; measured in x8792_sign_types.
    """
    system.set_resolver_key(bytes(range(32)))
    resolver = system.add_process(65, "mDNSResponder", privileged=["PRIV_NET_VALIDATED_RESOLVER"])
    fd = resolver.necp_open()
    fd.sign(b"www.example.com", REMOTE)
    fd.validate(bytes(32), bytes(56))


def signed_id_of_an_application(system: System) -> None:
    """Processes ask for the signed id of their application: any, and two parts of a browser.

    Source: necp_client_get_signed_client_id, xnu-10063.121.3, xnu-11215.1.10; measured in
    x10063_signed_client_id.
    """
    system.set_application_id_key(bytes(range(32)))
    for pid, entitlements in (
        (100, ()),
        (101, ("com.apple.developer.web-browser-engine.networking",)),
        (102, ("com.apple.developer.web-browser-engine.host",)),
    ):
        process = system.add_process(pid, f"app{pid}", entitlements=entitlements)
        process.necp_open().get_signed_client_id()


def _network(system: System) -> tuple[InterfaceHandle, PolicySessionHandle]:
    """One interface with a default route, and a session that may do everything."""
    wifi = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    system.order_interfaces(wifi)
    system.add_route("default", wifi, gateway="192.0.2.1")
    daemon = system.add_process(200, "neagent", uid=0, privileged=True, platform_binary=True)
    return wifi, daemon.open_policy_session()
