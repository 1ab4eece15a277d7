"""A VPN from its first policy to its last flow: an agent, a tunnel, nexuses, and a crash."""

from necp_replay.abi.client import ClientResult
from necp_replay.abi.netagent import AgentFlag
from necp_replay.abi.policy import SessionPriority
from necp_replay.abi.tlv import pack_tlv
from necp_replay.scenario import AgentHandle, ClientHandle, Errno, NecpFdHandle, System
from necp_replay.scenario.addresses import sockaddr
from necp_replay.scenario.policies import (
    all_interfaces,
    domain,
    drop,
    ip_tunnel,
    pass_through,
    pid,
    use_netagent,
)

VPND = 300
SECOND_NS = 1_000_000_000


def vpn_comes_up_serves_and_crashes(system: System) -> None:
    """An agent is triggered, starts its tunnel, serves nexus flows, is updated, and crashes.

    Shows triggers by system call and by client, assertions, policies that are not applied yet,
    assigned results, events of flows, aborts when a policy drops a client, and the state after the
    daemon has exited: its policies and agent are gone, the clients remain.
    Source: netagent_trigger, netagent_client_message_with_params, necp_assign_client_result,
    necp_update_all_clients_callout, necp_session_apply_all, xnu-4570.51.1.
    """
    wifi = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    system.order_interfaces(wifi)
    system.add_route("default", wifi, gateway="192.0.2.1")
    vpnd = system.add_process(VPND, "vpnd", uid=0, privileged=True, platform_binary=True)
    session = vpnd.open_policy_session(priority=SessionPriority.HIGH)
    session.lock_to_process()
    flags = AgentFlag.REGISTERED | AgentFlag.USER_ACTIVATED | AgentFlag.NEXUS_PROVIDER
    agent = system.add_agent("vpnd", domain="VPN", type="Tunnel", flags=int(flags))
    corporate = domain("corp.example")
    session.add_policy(order=5, conditions=[pid(VPND), all_interfaces()], result=pass_through())
    session.add_policy(order=10, conditions=[corporate], result=use_netagent(agent.uuid))
    session.apply_all()

    # An app connects to a corporate server; the agent is not active yet, and is triggered.
    app = system.add_process(100, "app")
    fd = app.necp_open()
    clients = [fd.add(remote=f"10.1.2.{n}:443", domain="git.corp.example") for n in range(1, 5)]
    other = fd.add(remote="203.0.113.5:443", domain="www.example.org")
    for client in (*clients, other):
        client.copy_result()
    assert app.netagent_trigger(agent.uuid).errno == 0
    assert clients[0].trigger_agent(agent.uuid).errno == 0
    assert clients[1].assert_agent(agent.uuid).errno == 0
    system.snapshot(full=True)

    # The tunnel starts.
    system.advance(2 * SECOND_NS)
    tunnel = system.add_interface(
        "utun0",
        8,
        functional_type=0,
        flags=0x8051,
        mtu=1280,
        delegate=wifi,
        addrs=["10.9.0.1/32"],
    )
    tunnel.add_agent(agent.uuid)
    system.add_route("10.0.0.0/8", tunnel)
    agent.set_flags(int(flags | AgentFlag.ACTIVE))
    session.add_policy(order=20, conditions=[corporate], result=ip_tunnel("utun0"))
    session.apply_all()
    system.fire_timer()
    _look(fd, clients)
    assert app.netagent_trigger(agent.uuid).errno == 0

    # The agent serves nexus flows.
    for number, client in enumerate(clients):
        _serve(agent, client, number)
    _look(fd, clients)
    for client in clients[:2]:
        system.protoctl_event(agent.uuid, client.client_id, 1, 2, 3)
    agent.assign_client_result(clients[2].client_id, b"")
    for client in clients:
        client.agent_use(agent.uuid)
        client.copy_nexus_parameters()
    agent.getsockopt(16)
    _look(fd, clients)
    system.snapshot(full=True)

    # A new configuration: one server is forbidden for everyone.
    system.advance(3600 * SECOND_NS)
    agent.update(desc=b"new configuration", data=b"v2")
    session.add_policy(order=1, conditions=[domain("git.corp.example")], result=drop())
    session.apply_all()
    agent.fail(Errno.ENOBUFS)
    system.fire_timer()
    agent.fail(0)
    _look(fd, clients)
    system.snapshot()
    session.delete_all()
    session.apply_all()
    system.fire_timer()
    _look(fd, clients)

    # The app removes some clients, and the daemon crashes.
    assert clients[1].unassert_agent(agent.uuid).errno == 0
    clients[0].remove()
    vpnd.exit()
    agent.close()
    tunnel.detach()
    system.delete_route("10.0.0.0/8@utun0")
    system.update_all_clients()
    system.fire_timer()
    _look(fd, clients)
    assert app.netagent_trigger(agent.uuid).errno == Errno.ENOENT
    fd.close()
    system.snapshot(full=True)


def _serve(agent: AgentHandle, client: ClientHandle, number: int) -> None:
    """Request a nexus from the agent, which assigns one with endpoints and a key."""
    client.inject_nexus_flow(
        agent.uuid,
        interface_index=8,
        viable=True,
        local=sockaddr("10.9.0.1:0"),
        remote=sockaddr(f"10.1.2.{number + 1}:443"),
    )
    r = ClientResult
    results = pack_tlv(r.NEXUS_INSTANCE, bytes([number + 1]) * 16)
    results += pack_tlv(r.NEXUS_PORT, number.to_bytes(2, "little"))
    results += pack_tlv(r.NEXUS_KEY, b"key%d" % number)
    results += pack_tlv(r.LOCAL_ENDPOINT, sockaddr(f"10.9.0.1:{50_000 + number}"))
    assert agent.assign_nexus(client.client_id, results).errno == 0


def _look(fd: NecpFdHandle, clients: list[ClientHandle]) -> None:
    fd.poll()
    while fd.copy_updated_result().errno == 0:
        pass
    for client in clients:
        client.copy_result()
