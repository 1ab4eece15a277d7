"""What xnu-10063 changed about clients that browse, and about drops on the local network."""

from necp_replay.abi.netagent import AgentFlag
from necp_replay.abi.policy import DropFlag
from necp_replay.scenario import System, policies

BROWSE = int(AgentFlag.REGISTERED | AgentFlag.ACTIVE | AgentFlag.SUPPORTS_BROWSE)
WIRED, CELLULAR = 2, 5


def browser_that_is_scoped(system: System) -> None:
    """A client browses that must not use the primary interface, with agents on two others.

    Source: necp_update_client_result, xnu-10063.121.3.
    """
    cellular = system.add_interface(
        "pdp_ip0", 9, functional_type=CELLULAR, addrs=["203.0.113.77/24"]
    )
    others = [
        system.add_interface("en5", 5, functional_type=WIRED, addrs=["198.51.100.5/24"]),
        system.add_interface("en0", 4, addrs=["192.0.2.10/24"]),
    ]
    for number, interface in enumerate(others):
        interface.add_agent(system.add_agent(f"browser{number}", flags=BROWSE).uuid)
    system.order_interfaces(cellular, *others)
    system.add_route("default", cellular, gateway="203.0.113.1")
    for interface, gateway in zip(others, ("198.51.100.1", "192.0.2.1"), strict=True):
        system.add_route("default", interface, gateway=gateway, scoped=True)
    fd = system.add_process(100).necp_open()
    fd.add(browse=True, prohibit_if_type=[CELLULAR]).copy_result()
    fd.add(browse=True, bound_interface="en0").copy_result()


def drops_on_the_local_network_that_nobody_is_told(system: System) -> None:
    """A policy denies the local network to a tool and its application, with an alert and without.

    Source: necp_application_find_policy_match_internal, xnu-10063.101.15, xnu-11215.1.10.
    """
    wifi = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    system.order_interfaces(wifi)
    system.add_route("192.0.2.0/24", wifi)
    system.add_process(100, "Terminal")
    tool = system.add_process(101, "tool", responsible_pid=100).necp_open()
    daemon = system.add_process(200, "neagent", uid=0, privileged=True, platform_binary=True)
    session = daemon.open_policy_session()
    for flags in (DropFlag.LOCAL_NETWORK, DropFlag.LOCAL_NETWORK | DropFlag.SUPPRESS_ALERTS):
        session.delete_all()
        session.add_policy(order=1, result=policies.drop(flags))
        session.apply_all()
        tool.add(remote="192.0.2.77:53").copy_result()
