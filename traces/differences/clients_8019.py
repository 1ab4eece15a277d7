"""What xnu-8019.80.24 changed about clients, with the first release whose Skywalk is published."""

from necp_replay.abi.client import ClientAction, FlowFlag, LaterParameterFlag, OpenFlag
from necp_replay.abi.client_structs import ADD_FLOW_REQUEST, FLOW_STATISTICS
from necp_replay.abi.netagent import AgentFlag
from necp_replay.abi.uuid import as_flow_id
from necp_replay.scenario import ClientHandle, InterfaceHandle, System, room

REMOTE = "203.0.113.5:443"
NEXUS = int(AgentFlag.REGISTERED | AgentFlag.ACTIVE | AgentFlag.NEXUS_PROVIDER)
STATISTICS = "PRIV_NET_PRIVILEGED_NETWORK_STATISTICS"
REUSE_LOCAL = int(LaterParameterFlag.REUSE_LOCAL)
STATISTICS_TCP = 1


def observers_without_a_privilege(system: System) -> None:
    """Two processes open fds that observe all clients: one without a privilege, and one with it.

    Source: necp_open, xnu-8019.80.24; measured in x8019_add_privileges.
    """
    app = system.add_process(100)
    watcher = system.add_process(101, "symptomsd", privileged=[STATISTICS])
    for flag in (OpenFlag.OBSERVER, OpenFlag.PUSH_OBSERVER):
        app.necp_open(flag)
        watcher.necp_open(flag)


def clients_that_need_a_privilege(system: System) -> None:
    """Clients that act for another process, stand between others, or have their own protocol.

    Source: necp_client_add, xnu-8019.80.24; measured in x8019_add_privileges.
    """
    for process in (system.add_process(100), system.add_process(101, privileged=True)):
        fd = process.necp_open()
        fd.add(remote=REMOTE, delegated_upid=(1 << 32) + 102)
        fd.add(remote=REMOTE, interpose=True)
        fd.add(remote=REMOTE, custom_ether=True)


def ports_of_listeners(system: System) -> None:
    """Listeners on ports: one that is free, the same again, another, and any.

    Source: necp_client_add, netns_reserve, netns_reserve_ephemeral, xnu-8019.80.24; measured in
    x8019_listener_ports.
    """
    _network(system)
    system.set_random_bytes(bytes(range(0x5A, 0x7A)))
    fd = system.add_process(100).necp_open()
    for local in ("192.0.2.10:80", "0.0.0.0:80", "192.0.2.10:81", "192.0.2.10:0"):
        fd.add(local=local, listener=True)


def listeners_that_share_a_port(system: System) -> None:
    """Two listeners on one port of different addresses, of which the first allows it.

    Source: necp_client_add, _netns_is_port_used, xnu-8792.61.2.
    """
    _network(system)
    fd = system.add_process(100).necp_open()
    fd.add(local="192.0.2.10:80", listener=True, flags=REUSE_LOCAL)
    fd.add(local="198.51.100.5:80", listener=True, flags=REUSE_LOCAL)


def parent_that_is_not_there(system: System) -> None:
    """A client names a parent that its fd does not have.

    Source: necp_client_add, xnu-8019.80.24.
    """
    system.add_process(100).necp_open().add(remote=REMOTE, parent_id=bytes([9]) * 16)


def parameters_that_pass_the_end(system: System) -> None:
    """A client whose last parameter is longer than what is there, and a flow with statistics.

    Source: necp_find_conn_netstat_data, xnu-8019.80.24; necp_find_netstat_initial_properties,
    xnu-10002.1.13.
    """
    _network(system)
    fd = system.add_process(100).necp_open()
    client = fd.add(remote=REMOTE, extra=bytes((200, 99, 0, 0, 0, 1)))
    _add_flow(client, 144)
    _add_flow(client, 152)


def statistics_of_a_flow(system: System) -> None:
    """Flows that ask for statistics of each size that some release has, and the sysctl arena.

    Source: necp_client_add_flow, necp_client_map_sysctls, xnu-8019.80.24; necp_client_stats_bufreq,
    xnu-10002.1.13; measured in x8019_stats_arena.
    """
    _network(system)
    fd = system.add_process(100).necp_open()
    client = fd.add(remote=REMOTE)
    for size_bytes in (144, 144, 152, 152):
        _add_flow(client, size_bytes)
    fd.action(ClientAction.MAP_SYSCTLS, None, room(16))
    fd.action(ClientAction.GET_INTERFACE_ADDRESS, client.client_id, room(32))
    client.request_nexus()
    fd.action(ClientAction.SET_STATISTICS, client.client_id, room(16))
    system.snapshot()


def flow_over_an_agent_for_nexuses(system: System) -> None:
    """A client whose interface has an agent for nexuses: its options, and a flow over the agent.

    The flow has an address of its own, and a protocol of its own.
    Source: necp_client_add_flow, xnu-8019.80.24, xnu-8796.101.5, xnu-10002.1.13; measured in
    x8019_nexus_flow.
    """
    wifi = _network(system)
    agent = system.add_agent("tunnel", flags=NEXUS, via="kernel").uuid
    wifi.add_agent(agent)
    client = system.add_process(100).necp_open().add(remote=REMOTE)
    client.copy_result()
    nexus = int(FlowFlag.ALLOW_NEXUS)
    client.add_flow(nexus | int(FlowFlag.OVERRIDE_ADDRESS), agent, address="203.0.113.9:80")
    browse = int(FlowFlag.BROWSE | FlowFlag.OVERRIDE_IP_PROTOCOL)
    request = ADD_FLOW_REQUEST.pack(agent, bytes(16), browse, 0) + b"\x11"
    client.fd.action(ClientAction.ADD_FLOW, client.client_id, request)
    client.copy_result()
    system.snapshot()


def _add_flow(client: ClientHandle, size_bytes: int) -> ClientHandle:
    """A flow that asks for statistics of TCP of this size."""
    request = ADD_FLOW_REQUEST.pack(bytes(16), bytes(16), 0, 1)
    request += FLOW_STATISTICS.pack(STATISTICS_TCP, 1, size_bytes, 0)
    answer = client.fd.action(ClientAction.ADD_FLOW, client.client_id, request)
    made = as_flow_id(answer.uuids[0]) if answer.errno == 0 else bytes(16)
    return ClientHandle(client.fd, made, answer)


def _network(system: System) -> InterfaceHandle:
    """One interface with a default route; returns it."""
    wifi = system.add_interface("en0", 4, addrs=["192.0.2.10/24", "198.51.100.5/24"])
    system.order_interfaces(wifi)
    system.add_route("default", wifi, gateway="192.0.2.1")
    return wifi
