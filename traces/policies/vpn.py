"""A VPN for one domain: which clients use the tunnel, before and after a cable is pulled."""

from necp_replay.abi.policy import SessionPriority
from necp_replay.scenario import System
from necp_replay.scenario.policies import (
    all_interfaces,
    domain,
    drop,
    ip_tunnel,
    socket_filter,
    uid,
    use_netagent,
)

WIRED = 2


def vpn(system: System) -> None:
    """A tunnel for one domain and three clients on Ethernet; two move when the cable is pulled.

    Source: necp_application_find_policy_match_internal, necp_update_client_result, xnu-4570.51.1.
    """
    wired = system.add_interface("en5", 5, functional_type=WIRED, addrs=["198.51.100.5/24"])
    wifi = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    agent = system.add_agent("vpnd", domain="VPN", type="Tunnel")
    tunnel = system.add_interface(
        "utun0", 8, functional_type=0, flags=0x8051, delegate=wired, addrs=["10.9.0.1/32"]
    )
    tunnel.add_agent(agent.uuid)
    system.order_interfaces(wired, wifi)
    wired_route = system.add_route("default", wired, gateway="198.51.100.1")
    system.add_route("default", wifi, gateway="192.0.2.1", scoped=True)
    system.add_route("10.0.0.0/8", tunnel)

    vpnd = system.add_process(300, "vpnd", uid=0, privileged=True, platform_binary=True)
    session = system.add_policy_session(vpnd, priority=SessionPriority.HIGH)
    corporate = domain("corp.example")
    session.add_policy(order=10, conditions=[corporate], result=use_netagent(agent.uuid))
    session.add_policy(order=20, conditions=[corporate], result=ip_tunnel("utun0"))
    session.apply_all()
    filterd = system.add_process(301, "filterd", uid=0, privileged=True, platform_binary=True)
    others = system.add_policy_session(filterd)
    others.add_policy(order=10, conditions=[all_interfaces()], result=socket_filter(7))
    others.add_policy(order=20, conditions=[all_interfaces(), uid(502)], result=drop())
    others.apply_all()

    mail = system.add_process(100, "mail").necp_open()
    work = mail.add(remote="10.1.2.3:993", domain="imap.corp.example")
    web = mail.add(remote="203.0.113.5:443", domain="www.example.org")
    backup = mail.add(remote="203.0.113.9:443", require_if_type=[WIRED])
    for client in (work, web, backup):
        client.copy_result()

    system.delete_route(wired_route)
    wired.detach()
    system.add_route("default", wifi, gateway="192.0.2.1")
    system.fire_timer()
    for client in (work, web, backup):
        client.copy_result()
