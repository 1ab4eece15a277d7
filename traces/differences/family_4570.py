"""What the releases of macOS 10.13 changed besides the step from 10.13.3 to 10.13.4."""

from necp_replay.abi.client import ClientParameter
from necp_replay.abi.tlv import pack_tlv
from necp_replay.scenario import System, UserBuffer, policies


def attributes_of_a_local_socket(system: System) -> None:
    """Reading the attributes of a socket that is not of IP: EINVAL from xnu-4570.31.3 on.

    Source: necp_get_socket_attributes, xnu-4570.1.46 and xnu-4570.31.3.
    """
    local = system.add_socket("unix", domain=1)
    local.set_attributes(b"")
    local.get_attributes()
    local.get_attributes(size=0)


def agent_action_largest_buffer(system: System) -> None:
    """AGENT with 256 bytes and with more: EINVAL above 256 from xnu-4570.61.1 on.

    The client's id is read before, and the client is looked for after.
    Source: necp_client_agent_action, xnu-4570.51.1 and xnu-4570.61.1.
    """
    agent = system.add_agent("vpn", flags=0x9)
    client = system.add_process(100).necp_open().add(remote="203.0.113.5:443")
    trigger = pack_tlv(ClientParameter.TRIGGER_AGENT, agent.uuid)
    for length in (255, 256, 257, 4096):
        client.agent_action(trigger.ljust(length, b"\0"))
    client.agent_action(UserBuffer(length=257, unmapped=True))


def interface_time_delta(system: System) -> None:
    """Seconds since the interface went up or down, in results from xnu-4570.61.1 on.

    A new value alone does not make the result unread. A default route that comes or goes counts as
    the interface going up or down.
    Source: necp_update_client_result, ifnet_updown_delta, xnu-4570.61.1.
    """
    wifi = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    system.order_interfaces(wifi)
    route = system.add_route("default", wifi, gateway="192.0.2.1")
    fd = system.add_process(100).necp_open()
    client = fd.add(remote="203.0.113.5:443")
    client.copy_result()
    for seconds in (2, 60, 3600):
        system.advance(seconds * 1_000_000_000)
        system.update_all_clients()
        system.fire_timer()
        fd.poll()
        client.copy_result()
    wifi.update(lastupdown=10)
    system.delete_route(route)
    system.fire_timer()
    client.copy_result()
    system.add_route("default", wifi, gateway="192.0.2.1")
    system.fire_timer()
    client.copy_result()


def entitlement_of_a_coalition_leader(system: System) -> None:
    """The leader's privilege is enough for an ENTITLEMENT condition from xnu-4570.71.2 on.

    Source: necp_application_fillout_info_locked, necp_get_parent_cred_result, xnu-4570.71.2.
    """
    wifi = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    system.order_interfaces(wifi)
    system.add_route("default", wifi, gateway="192.0.2.1")
    daemon = system.add_process(200, "neagent", privileged=True, platform_binary=True)
    app = system.add_process(300, "leader", privileged=["PRIV_NET_PRIVILEGED_NECP_MATCH"])
    child = system.add_process(301, "child", coalition_leader=app.pid)
    session = daemon.open_policy_session()
    session.add_policy(
        order=1,
        result=policies.drop(),
        conditions=[
            policies.application(b"\1" * 16),
            policies.real_application(b"\1" * 16),
            policies.entitlement(),
        ],
    )
    session.add_policy(order=2, result=policies.pass_through())
    session.apply_all()
    for process, leader in (
        (app, None),
        (child, None),
        (child, -1),
        (child, 999),
        (child, app.pid),
    ):
        if leader is not None:
            process.update(coalition_leader=leader)
        process.update(exec_uuid=b"\1" * 16)
        process.match_policy(remote="203.0.113.5:443")
        process.necp_open().add(remote="203.0.113.5:443").copy_result()
