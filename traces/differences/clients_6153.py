"""What xnu-6153 changed about parameters of clients, their flows and agents, and new actions."""

from necp_replay.abi.client import ClientParameter, FlowFlag
from necp_replay.abi.netagent import AgentFlag
from necp_replay.abi.tlv import pack_tlv
from necp_replay.scenario import InterfaceHandle, System, client_parameters, policies, runs_on

REMOTE = "203.0.113.5:443"
NEIGHBOUR = "192.0.2.77:53"
NEXUS = int(AgentFlag.REGISTERED | AgentFlag.ACTIVE | AgentFlag.NEXUS_PROVIDER)
BROWSE, RESOLVE, ALLOW_NEXUS = FlowFlag.BROWSE, FlowFlag.RESOLVE, FlowFlag.ALLOW_NEXUS


def sign_and_claim(system: System) -> None:
    """SIGN without a host name, which needs no key, and CLAIM, which never finds a client.

    Source: necp_client_sign, necp_client_claim, xnu-6153.11.26.
    """
    resolver = system.add_process(65, "mDNSResponder", privileged=["PRIV_NET_VALIDATED_RESOLVER"])
    fd = resolver.necp_open()
    client = fd.add(remote=REMOTE, delegated_upid=100)
    fd.sign(b"", REMOTE, client_id=client.client_id)
    system.add_process(100).necp_open().claim(client.client_id)


def parameters_of_later_releases(system: System) -> None:
    """A resolver's tag without a host name, which is refused, and parameters that only are kept.

    Source: necp_client_parse_parameters, necp_validate_resolver_answer, xnu-6153.11.26.
    """
    wifi, _, _ = _network(system)
    fd = system.add_process(100).necp_open()
    for parameters in (
        client_parameters(remote=REMOTE, resolver_tag=bytes(32)),
        client_parameters(remote=REMOTE, delegated_upid=100, ethertype=0x800),
    ):
        client = fd.add(extra=parameters)
        client.copy_result()
        client.copy_nexus_parameters()
    wifi.detach()


def more_than_four_agents(system: System) -> None:
    """A client that prohibits five agents: whether the fifth counts.

    Source: necp_client_parse_parameters, xnu-6153.11.26.
    """
    wifi, _, _ = _network(system)
    agents = [system.add_agent(f"a{number}").uuid for number in range(5)]
    wifi.add_agent(agents[-1])
    system.add_process(100).necp_open().add(remote=REMOTE, prohibit_agent=agents).copy_result()


def long_name_of_a_prohibited_interface(system: System) -> None:
    """A prohibited name of more than 16 bytes, whose end is the name of an interface.

    Source: necp_client_parse_parameters, xnu-6153.11.26.
    """
    _network(system)
    long_name = pack_tlv(ClientParameter.PROHIBIT_INTERFACE, b"x" * 16 + b"en0\0")
    system.add_process(100).necp_open().add(remote=REMOTE, extra=long_name).copy_result()


def protocol_of_one_byte(system: System) -> None:
    """IP_PROTOCOL of one byte and of two, with a policy about TCP.

    Source: necp_client_parse_parameters, necp_application_find_policy_match_internal,
    xnu-6153.11.26.
    """
    _network(system)
    session = system.add_process(
        200, "neagent", privileged=True, platform_binary=True
    ).open_policy_session()
    session.add_policy(order=1, conditions=[policies.ip_protocol(6)], result=policies.drop())
    session.apply_all()
    fd = system.add_process(100).necp_open()
    for value in (b"\x06", b"\x06\0", b"\x06\1"):
        protocol = pack_tlv(ClientParameter.IP_PROTOCOL, value)
        client = fd.add(remote=REMOTE, extra=protocol)
        client.copy_result()
        client.copy_nexus_parameters()


def endpoint_with_a_port_alone(system: System) -> None:
    """A policy about a port, and a client whose endpoint has the port and no address.

    Source: necp_application_find_policy_match_internal, xnu-6153.11.26.
    """
    _network(system)
    session = system.add_process(
        200, "neagent", privileged=True, platform_binary=True
    ).open_policy_session()
    session.add_policy(
        order=1, conditions=[policies.remote_range("[::]:53", "[::]:53")], result=policies.drop()
    )
    session.apply_all()
    fd = system.add_process(100).necp_open()
    endpoint = bytes((28, 0)) + (53).to_bytes(2, "big") + bytes(24)
    fd.add(extra=pack_tlv(ClientParameter.REMOTE_ENDPOINT, endpoint)).copy_result()


def addresses_of_a_flow(system: System) -> None:
    """A flow to another address than that of the parameters, with a policy about its address.

    Source: necp_application_find_policy_match_internal, xnu-6153.11.26.
    """
    _network(system)
    session = system.add_process(
        200, "neagent", privileged=True, platform_binary=True
    ).open_policy_session()
    neighbours = [policies.all_interfaces(), policies.remote_address("192.0.2.0/24")]
    session.add_policy(order=1, conditions=neighbours, result=policies.drop())
    session.apply_all()
    client = system.add_process(100).necp_open().add(remote=REMOTE)
    socket = system.add_socket("s1", local="192.0.2.10:1024", remote=NEIGHBOUR, last_outif=4)
    socket.register(client)
    socket.assign(client)
    _update(system)
    client.copy_result()


def agent_that_updates_at_once(system: System) -> None:
    """When clients are evaluated after an update of an agent with UPDATE_IMMEDIATELY.

    Source: necp_update_all_clients_immediately_if_needed, xnu-6153.11.26.
    """
    _network(system)
    flags = int(AgentFlag.REGISTERED | AgentFlag.UPDATE_IMMEDIATELY)
    agent = system.add_agent("fast", flags=flags)
    system.add_process(100).necp_open().add(remote=REMOTE)
    system.fire_timer()
    agent.update(flags=flags | int(AgentFlag.ACTIVE))


def process_in_the_background(system: System) -> None:
    """A process with an assigned flow goes to the background, and stays there for two updates.

    Source: necp_set_client_as_background, necp_update_client_result, xnu-6153.11.26.
    """
    _network(system)
    fd = system.add_process(100).necp_open()
    client = fd.add(remote=REMOTE)
    client.inject_nexus_flow(assigned=True)
    fd.set_background()
    client.copy_result()
    for _ in range(2):
        _update(system)
        client.copy_result()


def scoped_listener_and_multipath(system: System) -> None:
    """The interface options of a listener and of a multipath client that name an interface.

    Source: necp_update_client_result, necp_ifnet_matches_parameters, xnu-6153.11.26.
    """
    _network(system)
    fd = system.add_process(100).necp_open()
    fd.add(local="0.0.0.0:7", listener=True, bound_interface="en5").copy_result()
    fd.add(multipath=True, bound_interface="en5").copy_result()


def agents_for_kinds_of_nexus(system: System) -> None:
    """Agents for nexuses of every kind, and clients that ask for one kind or for none.

    Source: necp_netagent_applies_to_client, netagent_client_message_with_params, xnu-6153.11.26.
    """
    wifi, _, _ = _network(system)
    active = AgentFlag.REGISTERED | AgentFlag.ACTIVE
    kinds = (
        AgentFlag.NEXUS_PROVIDER,
        AgentFlag.CUSTOM_IP_NEXUS,
        AgentFlag.NEXUS_PROVIDER | AgentFlag.CUSTOM_IP_NEXUS,
        AgentFlag.NEXUS_LISTENER,
    )
    agents = [system.add_agent(f"a{kind}", flags=int(active | kind)).uuid for kind in kinds]
    wifi.update(agents=tuple(agents))
    fd = system.add_process(100).necp_open()
    client = fd.add(remote=REMOTE)
    client.copy_result()
    fd.add(remote=REMOTE, custom_ip=True).copy_result()
    for agent in agents:
        client.inject_nexus_flow(agent)
    client.remove()


@runs_on(since="xnu-4903.221.2")
def end_of_a_flow_that_browses(system: System) -> None:
    """Registrations that browse or resolve, with and without a nexus, of a client that is removed.

    Source: necp_destroy_client_flow_registration, xnu-6153.11.26.
    """
    agent = system.add_agent("nexus", flags=NEXUS, via="kernel")
    client = system.add_process(100).necp_open().add(remote=REMOTE)
    for flags in (BROWSE, RESOLVE, BROWSE | ALLOW_NEXUS, 0):
        client.create_registration(int(flags)).inject_nexus_flow(agent.uuid)
    client.remove()


def structure_for_a_kernel_agent(system: System) -> None:
    """What the handler of a kernel agent gets when an agent is asserted and triggered.

    Source: netagent_client_message_with_params, xnu-6153.11.26.
    """
    agent = system.add_agent("kernel", flags=0xB, via="kernel")
    client = system.add_process(100).necp_open().add(remote=REMOTE)
    client.assert_agent(agent.uuid)
    client.trigger_agent(agent.uuid)


def log_records_about_agents(system: System) -> None:
    """Calls about agents that fail: where their log records go.

    Source: NETAGENTLOG, xnu-6153.11.26.
    """
    app = system.add_process(100)
    app.netagent_trigger(bytes(16))
    app.necp_open().copy_agent(bytes([9]) * 16)


def agent_that_is_not_active(system: System) -> None:
    """A socket's flow whose policy uses an agent: active, then not, then voluntary.

    Source: necp_client_flow_is_viable, xnu-6153.41.3.
    """
    _network(system)
    agent = system.add_agent("vpn", flags=int(AgentFlag.REGISTERED | AgentFlag.ACTIVE))
    session = system.add_process(
        200, "neagent", privileged=True, platform_binary=True
    ).open_policy_session()
    session.add_policy(order=1, result=policies.use_netagent(agent.uuid))
    session.apply_all()
    client = system.add_process(100).necp_open().add(remote=REMOTE)
    socket = system.add_socket("s1", local="192.0.2.10:1024", remote=REMOTE, last_outif=4)
    socket.register(client)
    for flags in (AgentFlag.REGISTERED | AgentFlag.VOLUNTARY, AgentFlag.REGISTERED):
        agent.set_flags(int(flags))
        _update(system)
        client.copy_result()


def interfaces_to_browse_on(system: System) -> None:
    """A client that browses, with an interface whose agent can be browsed with.

    Source: necp_client_add_browse_interface_options, xnu-6153.101.6.
    """
    _, wired, _ = _network(system)
    flags = AgentFlag.REGISTERED | AgentFlag.ACTIVE | AgentFlag.SUPPORTS_BROWSE
    wired.add_agent(system.add_agent("browser", flags=int(flags)).uuid)
    fd = system.add_process(100).necp_open()
    fd.add(browse=True).copy_result()
    fd.add(browse=True, bound_interface="en5").copy_result()


def _update(system: System) -> None:
    system.update_all_clients()
    system.fire_timer()


def _network(system: System) -> tuple[InterfaceHandle, InterfaceHandle, InterfaceHandle]:
    """Wi-Fi, wired and cellular, each with a gateway, in this order."""
    wifi = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    wired = system.add_interface("en5", 5, functional_type=2, addrs=["198.51.100.5/24"])
    cellular = system.add_interface("pdp_ip0", 6, functional_type=5, addrs=["203.0.113.6/32"])
    system.order_interfaces(wifi, wired, cellular)
    system.add_route("default", wifi, gateway="192.0.2.1")
    system.add_route("default", wired, gateway="198.51.100.1", scoped=True)
    system.add_route("default", cellular, gateway="203.0.113.1", scoped=True)
    return wifi, wired, cellular
