"""Conditions of macOS 13 to 15 that exclude, and flags of results that only they have."""

from necp_replay.abi.interface import IFEF_EXPENSIVE, IFXF_LINK_HEURISTICS
from necp_replay.scenario import System, policies
from necp_replay.scenario.domain_sets import domain_filter

REMOTE = "203.0.113.5:443"


def conditions_that_exclude_urls_users_and_interfaces(system: System) -> None:
    """Policies for all but a URL, a user, an interface's flags and the domains of a filter.

    Source: necp_socket_check_policy, xnu-10063.101.15.
    """
    wifi = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    wifi.update(expensive=True)
    system.order_interfaces(wifi)
    system.add_route("default", wifi, gateway="192.0.2.1")
    daemon = system.add_process(200, "neagent", uid=0, privileged=True, platform_binary=True)
    session = daemon.open_policy_session()
    found = session.add_domain_filter(domain_filter(["example.com"]))
    app = system.add_process(100)
    for condition in (
        ~policies.url("https://example.com/a"),
        ~policies.real_uid(501),
        ~policies.bound_interface_flags(eflags=IFEF_EXPENSIVE),
        ~policies.domain_filter(found.id),
    ):
        session.delete_all()
        session.add_policy(order=1, conditions=[condition], result=policies.drop())
        session.apply_all()
        for url, domain in (("https://example.com/a", "example.com"), ("https://other", "other")):
            app.match_policy(remote=REMOTE, url=url, domain=domain, bound_interface="en0")


def cellular_link_with_heuristics(system: System) -> None:
    """A cellular interface tells how good its link is: a client's result, with parameters.

    Source: necp_update_client_result, xnu-11417.121.6; measured in x11417_link_heuristics.
    """
    cellular = system.add_interface("pdp_ip0", 9, functional_type=5, addrs=["192.0.2.10/24"])
    cellular.update(xflags=IFXF_LINK_HEURISTICS)
    system.order_interfaces(cellular)
    system.add_route("default", cellular, gateway="192.0.2.1")
    system.set_sysctl("net.necp.client_tracing_pid", 100)
    fd = system.add_process(100).necp_open()
    fd.add(remote=REMOTE).copy_result()
    fd.add(remote=REMOTE, attributed_bundle_identifier="com.example.app")
