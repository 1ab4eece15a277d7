"""What xnu-7195 changed about flows: who makes and removes them, and who is told of them."""

from necp_replay.abi.client import ClientAction, FlowFlag
from necp_replay.abi.netagent import AgentFlag
from necp_replay.scenario import InterfaceHandle, System, room

REMOTE = "203.0.113.5:443"
NEXUS = int(AgentFlag.REGISTERED | AgentFlag.ACTIVE | AgentFlag.NEXUS_PROVIDER)


def flows_that_clients_make(system: System) -> None:
    """ADD_FLOW for nothing special and to browse, and REMOVE_FLOW of an unknown flow.

    Source: necp_client_add_flow, necp_client_remove_flow, xnu-7195.50.7.100.1.
    """
    agent = system.add_agent("browser", flags=NEXUS, via="kernel").uuid
    client = system.add_process(100).necp_open().add(remote=REMOTE)
    client.add_flow()
    client.add_flow(int(FlowFlag.BROWSE), agent)
    client.fd.action(ClientAction.REMOVE_FLOW, bytes([9]) * 16)
    client.copy_result()
    client.remove()


def add_flow_with_a_long_buffer(system: System) -> None:
    """ADD_FLOW with buffers up to the largest that is taken, and with a longer one.

    Source: necp_client_add_flow, xnu-7195.101.1.
    """
    client = system.add_process(100).necp_open().add(remote=REMOTE)
    for size in (36, 240, 241):
        client.fd.action(ClientAction.ADD_FLOW, client.client_id, room(size))


def flow_over_an_interface_that_delegates(system: System) -> None:
    """A socket's flow over a tunnel that delegates to Wi-Fi, then to the wired interface.

    Source: necp_client_flow_is_viable, necp_client_update_flows, xnu-7195.50.7.100.1; measured in
    x7195_delegate_interface_change.
    """
    wifi, wired = _two_interfaces(system)
    tunnel = system.add_interface(
        "utun0", 8, functional_type=0, addrs=["10.9.0.1/32"], delegate=wifi
    )
    system.add_route("default", tunnel, scoped=True)
    fd = system.add_process(100).necp_open()
    client = fd.add(remote=REMOTE, bound_interface=tunnel.name)
    socket = system.add_socket("s1", local="10.9.0.1:1024", remote=REMOTE, last_outif=8)
    socket.register(client)
    socket.assign(client)
    client.copy_result()
    _update(system)
    tunnel.update(delegate=wired.index)
    _update(system)
    client.copy_result()
    system.snapshot()


def end_of_a_flow_that_is_defunct(system: System) -> None:
    """After an fd became defunct, a client with a nexus flow is removed, and the fd is closed.

    Source: necp_destroy_client_flow_registration, xnu-7195.50.7.100.1.
    """
    agent = system.add_agent("nexus", flags=NEXUS)
    fd = system.add_process(100).necp_open()
    clients = [fd.add(remote=REMOTE) for _ in range(2)]
    for client in clients:
        client.inject_nexus_flow(agent.uuid, assigned=True)
    fd.defunct()
    clients[0].remove()
    fd.close()


def close_with_nexus_flows(system: System) -> None:
    """An fd with two clients that have nexus flows is closed: the order of what agents are told.

    Source: necpop_close, xnu-7195.50.7.100.1; measured in x7195_close_defuncts_flows.
    """
    agents = [system.add_agent(name, flags=NEXUS).uuid for name in ("first", "second")]
    fd = system.add_process(100).necp_open()
    for agent in agents:
        client = fd.add(remote=REMOTE)
        client.assert_agent(agent)
        client.inject_nexus_flow(agent, assigned=True)
    system.snapshot()
    fd.close()


def defunct_flow_of_an_agent_that_fails(system: System) -> None:
    """An agent cannot be told that a flow is defunct: the log record of it.

    Source: necp_process_defunct_list, xnu-7195.50.7.100.1.
    """
    agent = system.add_agent("nexus", flags=NEXUS)
    fd = system.add_process(100).necp_open()
    fd.add(remote=REMOTE).inject_nexus_flow(agent.uuid, assigned=True)
    agent.fail(55)
    fd.defunct()


def protocol_event_for_a_socket(system: System) -> None:
    """An event of a protocol for a client whose only flow is that of a socket.

    Source: necp_update_flow_protoctl_event, xnu-7195.50.7.100.1.
    """
    _two_interfaces(system)
    agent = system.add_agent("nexus", flags=NEXUS)
    fd = system.add_process(100).necp_open()
    client = fd.add(remote=REMOTE)
    socket = system.add_socket("s1", local="192.0.2.10:1024", remote=REMOTE)
    socket.register(client)
    socket.assign(client)
    client.copy_result()
    system.protoctl_event(agent.uuid, client.client_id, 1, 2, 3)
    client.copy_result()


def owners_behind_a_changed_flow(system: System) -> None:
    """Of the flows of a multipath client the first changes: whether owners of others are called.

    Source: necp_client_update_flows, xnu-7195.50.7.100.1.
    """
    _, wired = _two_interfaces(system)
    client = system.add_process(100).necp_open().add(remote=REMOTE, multipath=True)
    system.multipath("m1").register(client)
    system.multipath("m2").register(client)
    system.delete_route(f"0.0.0.0/0%@{wired.name}")
    _update(system)
    system.snapshot()


def _update(system: System) -> None:
    system.update_all_clients()
    system.fire_timer()


def _two_interfaces(system: System) -> tuple[InterfaceHandle, InterfaceHandle]:
    """Wi-Fi en0, and wired en5 behind it, each with a default route."""
    wifi = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    wired = system.add_interface("en5", 5, functional_type=2, addrs=["198.51.100.5/24"])
    system.order_interfaces(wifi, wired)
    system.add_route("default", wifi, gateway="192.0.2.1")
    system.add_route("default", wired, gateway="198.51.100.1", scoped=True)
    return wifi, wired
