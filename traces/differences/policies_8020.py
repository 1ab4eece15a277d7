"""What xnu-8020 changed about policies and agents: domain filters, route rules, tokens, events."""

from necp_replay.abi.client import ClientAction
from necp_replay.abi.netagent import AgentOption8019
from necp_replay.scenario import PolicySessionHandle, System, policies, room
from necp_replay.scenario.domain_sets import domain_filter

REMOTE = "203.0.113.5:443"
EVERYWHERE = [policies.all_interfaces()]
SECOND_NS = 1_000_000_000


def domains_in_a_filter(system: System) -> None:
    """A policy drops the domains that a filter of its session holds, until the filter is removed.

    A content blocker can name thousands of domains so, in one policy.
    Source: necp_session_add_domain_filter, necp_socket_check_policy, xnu-8020.101.4; measured in
    x8020_domain_filters.
    """
    session = _network(system)
    added = session.add_domain_filter(domain_filter(["ads.example.com"]))
    filtered = [policies.domain_filter(added.id or 1)]
    session.add_policy(order=1, conditions=filtered, result=policies.drop())
    session.apply_all()
    app = system.add_process(100)
    for domain in ("ads.example.com", "www.example.com"):
        app.match_policy(remote=REMOTE, domain=domain)
    session.remove_domain_filter(1)
    app.match_policy(remote=REMOTE, domain="ads.example.com")
    session.remove_all_domain_filters()


def filter_of_no_bits(system: System) -> None:
    """A session adds a domain filter that has no bits.

    Source: net_bloom_filter_get_size, xnu-11215.1.10; measured in x8020_domain_filters.
    """
    _network(system).add_domain_filter(bytes(4))


def route_rules_before_the_agent_they_need(system: System) -> None:
    """A route rule that needs an agent, before a policy whose route rule adds that agent.

    Source: necp_application_find_policy_match_internal, xnu-8020.101.4.
    """
    session = _network(system)
    vpn = system.add_agent("vpn").uuid
    for order, rule in enumerate(
        (policies.needing_agent(policies.deny(), vpn), policies.use_agent(vpn))
    ):
        rules = policies.route_rules(rule)
        session.add_policy(order=order + 1, conditions=EVERYWHERE, result=rules)
    session.apply_all()
    app = system.add_process(100)
    app.match_policy(remote=REMOTE)
    app.necp_open().add(remote=REMOTE).copy_result()


def route_rule_for_an_agent_that_is_removed(system: System) -> None:
    """One policy removes an agent, and a route rule of another needs it.

    Source: necp_application_find_policy_match_internal, xnu-8020.140.41.
    """
    session = _network(system)
    vpn = system.add_agent("vpn").uuid
    rules = policies.route_rules(policies.needing_agent(policies.deny(), vpn))
    session.add_policy(order=1, conditions=EVERYWHERE, result=policies.remove_netagent(vpn))
    session.add_policy(order=2, conditions=EVERYWHERE, result=rules)
    session.apply_all()
    system.add_process(100).match_policy(remote=REMOTE)


def policy_about_the_kernel(system: System) -> None:
    """Policies about the process 0, the kernel: one that passes, and one that drops.

    Source: necp_policy_condition_is_valid, xnu-8020.140.41; measured in policy_session_actions.
    """
    session = _network(system)
    for order, result in enumerate((policies.pass_through(), policies.drop())):
        session.add_policy(order=order + 1, conditions=[policies.pid(0)], result=result)


def tokens_asked_for_again_and_again(system: System) -> None:
    """A client asks an agent that has no token three times, the last time 11 seconds later.

    Source: netagent_acquire_token, xnu-8020.101.4.
    """
    agent = system.add_agent("relay")
    agent.setsockopt(AgentOption8019.TOKEN_LOW_WATER, (1).to_bytes(4, "little"))
    fd = system.add_process(100).necp_open()
    for pause in (0, 0, 11):
        system.advance(pause * SECOND_NS)
        fd.action(ClientAction.ACQUIRE_AGENT_TOKEN, agent.uuid, room(64))


def interface_with_an_id_of_no_agent(system: System) -> None:
    """An interface is given the id of an agent that is not registered, and loses it again.

    Source: netagent_post_updated_interfaces, xnu-8020.101.4.
    """
    wifi = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    wifi.add_agent(bytes([9]) * 16)
    wifi.remove_agent(bytes([9]) * 16)


def _network(system: System) -> PolicySessionHandle:
    """One interface with a default route, and a session that may do everything."""
    wifi = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    system.order_interfaces(wifi)
    system.add_route("default", wifi, gateway="192.0.2.1")
    daemon = system.add_process(200, "neagent", uid=0, privileged=True, platform_binary=True)
    return daemon.open_policy_session()
