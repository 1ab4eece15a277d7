"""A split tunnel: one domain goes through it, everything else past it."""

from necp_replay.scenario import System
from necp_replay.scenario.policies import domain, ip_tunnel


def split_tunnel(system: System) -> None:
    """What two clients of one process are told, one inside the tunnel's domain."""
    en0 = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    tunnel = system.add_interface("utun0", 8, functional_type=0, addrs=["10.9.0.1/32"])
    system.order_interfaces(en0)
    system.add_route("default", en0, gateway="192.0.2.1")
    system.add_route("10.0.0.0/8", tunnel)

    vpnd = system.add_process(300, "vpnd", uid=0, privileged=True, platform_binary=True)
    session = system.add_policy_session(vpnd)
    session.add_policy(order=10, conditions=[domain("corp.example")], result=ip_tunnel("utun0"))
    session.apply_all()

    mail = system.add_process(100, "mail").necp_open()
    mail.add(remote="10.1.2.3:993", domain="imap.corp.example").copy_result()
    mail.add(remote="203.0.113.5:443", domain="www.example.org").copy_result()
