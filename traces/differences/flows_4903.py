"""What xnu-4903 changed about the flows of clients, their ids, and what their owners are told."""

from necp_replay.scenario import InterfaceHandle, System

REMOTE = "203.0.113.5:443"
NEXUS_PROVIDER = 0x83
"""An agent that is registered, active, and provides a nexus."""


def flows_in_registrations(system: System) -> None:
    """A socket and a nexus of one client: what is copied, and what removing the client tells.

    Source: necp_client_create_flow_registration, necp_client_fillout_flow_tlvs, xnu-4903.221.2.
    """
    fd = system.add_process(100).necp_open()
    _two_interfaces(system)
    agent = system.add_agent("nexus", flags=NEXUS_PROVIDER)
    client = fd.add(remote=REMOTE)
    client.copy_result()
    client.update_ecn_cache(0)
    socket = system.add_socket("s1", local="192.0.2.10:1024", remote=REMOTE)
    socket.register(client)
    fd.poll()
    client.copy_result()
    socket.assign(client)
    fd.poll()
    client.copy_result()
    client.inject_nexus_flow(agent.uuid)
    fd.defunct()
    client.copy_result()
    client.remove()


def interface_options_of_multipath(system: System) -> None:
    """The interfaces that a multipath client may use, before and after a block registers.

    Source: necp_client_add_interface_option_if_needed, necp_flow_add_interface_flows,
    xnu-4903.221.2.
    """
    fd = system.add_process(100).necp_open()
    wifi, wired = _two_interfaces(system)
    client = fd.add(remote=REMOTE, multipath=True)
    client.copy_result()
    system.multipath("m1").register(client)
    system.order_interfaces(wired)
    system.fire_timer()
    client.copy_result()
    system.order_interfaces(wired, wifi)
    system.fire_timer()
    system.snapshot()


def owner_of_a_flow_that_is_over(system: System) -> None:
    """A multipath block is told that its flow is over: the interface left the ordered list.

    Source: necp_client_update_flows, xnu-4570.51.1, xnu-4903.221.2.
    """
    fd = system.add_process(100).necp_open()
    wifi, wired = _two_interfaces(system)
    client = fd.add(remote=REMOTE, multipath=True)
    system.multipath("m1").register(client)
    system.order_interfaces(wifi)
    system.delete_route(f"0.0.0.0/0%@{wired.name}")
    system.fire_timer()


def agent_of_a_failed_trigger(system: System) -> None:
    """An agent leaves a client's result: whether the next update brings it back.

    Source: necp_force_update_client, necp_netagent_applies_to_client, xnu-4903.221.2.
    """
    fd = system.add_process(100).necp_open()
    wifi, _ = _two_interfaces(system)
    agent = system.add_agent("helper")
    wifi.add_agent(agent.uuid)
    client = fd.add(remote=REMOTE)
    client.copy_result()
    client.force_update(agent.uuid, 1)
    client.copy_updated_result()
    system.update_all_clients()
    system.fire_timer()
    client.copy_result()
    system.snapshot()


def fd_of_the_other_kind(system: System) -> None:
    """A client action on a session's fd that is refused before it would take a lock.

    Source: necp_find_fd_data, xnu-4570.51.1, xnu-4903.221.2.
    """
    root = system.add_process(300, "root", uid=0, privileged=True, platform_binary=True)
    session = root.necp_session_open()
    root.on_fd(session.fd).copy_interface(4, size_bytes=8)
    root.on_fd(session.fd).close()


def handle_for_a_kernel_agent(system: System) -> None:
    """A kernel agent is asserted for a client: what it is told.

    Source: netagent_client_message_with_params, xnu-4570.51.1, xnu-4903.221.2.
    """
    fd = system.add_process(100).necp_open()
    agent = system.add_agent("kernel", via="kernel")
    client = fd.add(remote=REMOTE)
    client.assert_agent(agent.uuid)
    client.remove()


def _two_interfaces(system: System) -> tuple[InterfaceHandle, InterfaceHandle]:
    """Wi-Fi en0, and wired en5 behind it, each with a default route."""
    wifi = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    wired = system.add_interface("en5", 5, functional_type=2, addrs=["198.51.100.5/24"])
    system.order_interfaces(wifi, wired)
    system.add_route("default", wifi, gateway="192.0.2.1")
    system.add_route("default", wired, gateway="198.51.100.1", scoped=True)
    return wifi, wired
