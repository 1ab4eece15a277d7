"""What xnu-11215 changed about interfaces: flags, bound traffic, and own addresses."""

from necp_replay.abi.interface import IFEF_EXPENSIVE, IFXF_ULTRA_CONSTRAINED
from necp_replay.scenario import System, policies

REMOTE = "203.0.113.5:443"


def details_of_an_ultra_constrained_interface(system: System) -> None:
    """COPY_INTERFACE of an interface such as a satellite's.

    Source: necp_client_copy_interface, xnu-11215.1.10.
    """
    satellite = system.add_interface("en9", 9, addrs=["192.0.2.10/24"])
    satellite.update(xflags=IFXF_ULTRA_CONSTRAINED)
    system.add_process(100).necp_open().copy_interface(satellite.index, 116)


def client_of_an_own_address(system: System) -> None:
    """A policy drops traffic to local networks: a client of another device, and one of itself.

    Source: necp_is_addr_local, xnu-11215.1.10.
    """
    wifi = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    system.order_interfaces(wifi)
    system.add_route("default", wifi, gateway="192.0.2.1")
    system.add_route("192.0.2.0/24", wifi)
    system.add_route("192.0.2.10/32", wifi)
    daemon = system.add_process(200, "neagent", uid=0, privileged=True, platform_binary=True)
    session = daemon.open_policy_session()
    session.add_policy(order=1, conditions=[policies.local_networks()], result=policies.drop())
    session.apply_all()
    app = system.add_process(100)
    for remote in ("192.0.2.77:53", "192.0.2.10:53"):
        app.match_policy(remote=remote)
        app.necp_open().add(remote=remote).copy_result()


def policies_about_the_bound_interface(system: System) -> None:
    """Policies for traffic that is bound to an expensive interface: bound to it and to another.

    Source: necp_policy_condition_is_valid, xnu-10063.101.15; measured in x8019_cond_bound_flags.
    """
    wifi = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    wired = system.add_interface("en5", 5, functional_type=2, addrs=["198.51.100.5/24"])
    wifi.update(expensive=True)
    system.order_interfaces(wifi, wired)
    system.add_route("default", wifi, gateway="192.0.2.1")
    system.add_route("default", wired, gateway="198.51.100.1", scoped=True)
    daemon = system.add_process(200, "neagent", uid=0, privileged=True, platform_binary=True)
    session = daemon.open_policy_session()
    condition = policies.bound_interface_flags(eflags=IFEF_EXPENSIVE)
    session.add_policy(order=1, conditions=[condition], result=policies.drop())
    session.apply_all()
    app = system.add_process(100)
    for name in (wifi.name, wired.name):
        app.match_policy(remote=REMOTE, bound_interface=name)
        app.necp_open().add(remote=REMOTE, bound_interface=name).copy_result()
