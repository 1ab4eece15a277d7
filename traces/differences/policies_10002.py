"""What xnu-10002 to 11417 changed about policies, and about traffic that needs no policy."""

from necp_replay.abi.policy import SessionAction
from necp_replay.scenario import InterfaceHandle, PolicySessionHandle, System, policies, room
from necp_replay.scenario.domain_sets import domain_trie

REMOTE = "203.0.113.5:443"
EVERYWHERE = [policies.all_interfaces()]
EDITOR = bytes([7]) * 16


def user_behind_the_one_that_is_named(system: System) -> None:
    """A policy about the user who runs a process, whatever user its parameters name.

    Source: necp_policy_condition_is_valid, xnu-10002.1.13; measured in x8019_cond_real_uid.
    """
    _, session = _network(system)
    session.add_policy(order=1, conditions=[policies.real_uid(501)], result=policies.drop())
    session.apply_all()
    app = system.add_process(100, uid=501, privileged=True)
    app.match_policy(remote=REMOTE, uid=777)


def url_that_policies_know(system: System) -> None:
    """A policy about a URL: that URL, and one that begins with it.

    Source: necp_client_parse_parameters, necp_socket_check_policy, xnu-10002.1.13, xnu-11215.1.10.
    """
    _, session = _network(system)
    shop = "https://www.example.com/shop"
    session.add_policy(order=1, conditions=[policies.url(shop)], result=policies.drop())
    session.apply_all()
    app = system.add_process(100)
    for url in (shop, f"{shop}/cart", "https://www.example.org/"):
        app.match_policy(remote=REMOTE, url=url)


def policies_that_packets_never_see(system: System) -> None:
    """Policies that only skip others, and route rules about agents: how many count for packets.

    Source: necp_kernel_ip_output_policies_reprocess, necp_policy_apply, xnu-10002.1.13.
    """
    _, session = _network(system)
    agent = system.add_agent("relay").uuid
    for result in (policies.skip(), policies.route_rules(policies.use_agent(agent))):
        session.delete_all()
        session.add_policy(order=1, conditions=EVERYWHERE, result=result)
        session.apply_all()
        system.snapshot(full=True)


def client_without_a_route(system: System) -> None:
    """Clients bound to an interface that has no route, and to none, where there is no route at all.

    Source: necp_application_find_policy_match_internal, xnu-10002.1.13, xnu-10002.41.9.
    """
    wifi, _ = _network(system)
    system.add_interface("utun0", 8, functional_type=0, flags=0x8051, addrs=["10.9.0.1/32"])
    fd = system.add_process(100).necp_open()
    fd.add(remote="[2001:db8:99::1]:443", bound_interface="utun0").copy_result()
    fd.add(remote="[2001:db8:99::1]:443").copy_result()
    fd.add(remote=REMOTE, prohibit_interface=[wifi.name]).copy_result()


def routes_that_listeners_and_browsers_may_use(system: System) -> None:
    """An expensive interface: a client, a listener and a browser that prohibit expensive ones.

    Source: necp_application_find_policy_match_internal, xnu-10002.41.9, xnu-10063.121.3.
    """
    wifi, _ = _network(system)
    wifi.update(expensive=True)
    app = system.add_process(100)
    app.match_policy(remote=REMOTE, prohibit_expensive=True)
    app.match_policy(remote=REMOTE, prohibit_expensive=True, listener=True)
    app.match_policy(remote=REMOTE, prohibit_expensive=True, browse=True)


def application_that_stays_responsible(system: System) -> None:
    """A helper whose responsible process starts another executable, and a policy about each.

    Source: necp_application_find_policy_match_internal, xnu-10063.101.15; measured in
    x6153_responsible_pid.
    """
    _, session = _network(system)
    for order, program in enumerate((EDITOR, bytes([8]) * 16)):
        about = [policies.application(program)]
        unit = policies.socket_divert(order + 1)
        session.add_policy(order=order + 1, conditions=about, result=unit)
    session.apply_all()
    editor = system.add_process(100, "editor", exec_uuid=EDITOR)
    helper = system.add_process(101, "helper")
    helper.update(responsible_pid=editor.pid)
    helper.match_policy(remote=REMOTE)
    helper.update(responsible_uuid=bytes([8]) * 16)
    helper.match_policy(remote=REMOTE)


def traffic_of_nobodys_policy(system: System) -> None:
    """Traffic that no policy matches: the id of the policy in the answer and in the state.

    Source: necp_application_find_policy_match_internal, xnu-11215.1.10; measured in
    match_policy_args.
    """
    _network(system)
    app = system.add_process(100)
    app.match_policy(remote=REMOTE)
    app.necp_open().add(remote=REMOTE).copy_result()
    system.snapshot()


def conditions_that_exclude(system: System) -> None:
    """Policies about all but platform binaries, and all but the local network; and their dump.

    Source: necp_policy_condition_is_valid, necp_handle_policy_dump_all, xnu-11215.1.10; measured in
    x8019_cond_local_networks.
    """
    _, session = _network(system)
    app = system.add_process(100)
    for condition in (~policies.platform_binary(), ~policies.local_networks()):
        session.add_policy(order=1, conditions=[condition], result=policies.drop())
        session.apply_all()
        session.session.action(SessionAction.POLICY_DUMP_ALL, None, room(4096))
        app.match_policy(remote=REMOTE)
        app.match_policy(remote="192.0.2.77:53")
        session.delete_all()
        session.apply_all()


def executables_that_policies_forget(system: System) -> None:
    """A policy about an application is removed: what is said of the table of executables.

    Source: necp_kernel_socket_policies_update_uuid_table, xnu-11215.1.10; measured in
    policy_cond_app.
    """
    _, session = _network(system)
    about = [policies.application(EDITOR)]
    session.add_policy(order=1, conditions=about, result=policies.drop())
    session.apply_all()
    session.delete_all()
    session.apply_all()


def domains_in_a_trie(system: System) -> None:
    """A policy drops the domains of a trie of its session, and names below them.

    Source: necp_session_add_domain_trie, net_trie_search, xnu-11215.61.5; measured in
    x11215_domain_trie.
    """
    _, session = _network(system)
    added = session.add_domain_trie(domain_trie(["example.com"]))
    listed = [policies.domain_filter(added.id or 10_001)]
    session.add_policy(order=1, conditions=listed, result=policies.drop())
    session.apply_all()
    app = system.add_process(100)
    for domain in ("example.com", "www.example.com", "www.example.org"):
        app.match_policy(remote=REMOTE, domain=domain)
    session.remove_all_domain_tries()


def filter_that_was_never_added(system: System) -> None:
    """A policy about the domains of a filter that is not there.

    Source: necp_socket_check_policy, xnu-11215.61.5; measured in x8020_domain_filters.
    """
    _, session = _network(system)
    session.add_policy(order=1, conditions=[policies.domain_filter(7)], result=policies.drop())
    session.apply_all()
    system.add_process(100).match_policy(remote=REMOTE, domain="www.example.com")


def traffic_without_a_domain(system: System) -> None:
    """A filter that every name is in, and traffic that names no domain.

    Source: necp_socket_check_policy, xnu-11215.1.10; measured in x8020_domain_filters.
    """
    _, session = _network(system)
    session.add_domain_filter((64).to_bytes(4, "little") + b"\xff" * 8)
    session.add_policy(order=1, conditions=[policies.domain_filter(1)], result=policies.drop())
    session.apply_all()
    system.add_process(100).match_policy(remote=REMOTE)


def _network(system: System) -> tuple[InterfaceHandle, PolicySessionHandle]:
    """One interface with a default route, and a session that may do everything."""
    wifi = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    system.order_interfaces(wifi)
    system.add_route("default", wifi, gateway="192.0.2.1")
    daemon = system.add_process(200, "neagent", uid=0, privileged=True, platform_binary=True)
    return wifi, daemon.open_policy_session()
