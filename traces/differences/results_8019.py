"""What xnu-8019 changed about results of clients, about sockets, and about other files."""

from necp_replay.abi.client import ClientResult, LaterParameterFlag
from necp_replay.abi.netagent import AgentFlag
from necp_replay.abi.policy import PolicyTlv
from necp_replay.abi.tlv import pack_tlv
from necp_replay.scenario import InterfaceHandle, System
from necp_replay.scenario.addresses import sockaddr

REMOTE = "203.0.113.5:443"
SECOND_NS = 1_000_000_000
REGISTERED = int(AgentFlag.REGISTERED | AgentFlag.ACTIVE)
SPECIFIC = REGISTERED | AgentFlag.SPECIFIC_USE_ONLY
NEXUS = REGISTERED | AgentFlag.NEXUS_PROVIDER


def route_to_the_internet(system: System) -> None:
    """Clients over the default route, to a network on the link, and to one marked as global.

    Source: necp_application_find_policy_match_internal, xnu-8019.41.5; measured in
    agent_lifecycle_updates_clients.
    """
    wifi, _ = _network(system)
    system.add_route("198.18.0.0/24", wifi, flags=["GLOBAL"])
    fd = system.add_process(100).necp_open()
    for remote in (REMOTE, "192.0.2.77:53", "198.18.0.1:443"):
        fd.add(remote=remote).copy_result()


def interface_that_changes_at_this_moment(system: System) -> None:
    """An interface that went up a minute ago, and one that goes up now.

    Source: ifnet_updown_delta, xnu-8019.41.5.
    """
    wifi, _ = _network(system)
    system.advance(100 * SECOND_NS)
    fd = system.add_process(100).necp_open()
    for second in (41, 101):
        wifi.update(lastupdown=second)
        fd.add(remote=REMOTE).copy_result()


def multipath_over_the_direct_interface(system: System) -> None:
    """A multipath client whose address is reached over the second interface.

    Source: necp_update_client_result, xnu-8019.41.5.
    """
    _, wired = _network(system)
    system.add_route("203.0.113.0/24", wired, gateway="198.51.100.1")
    fd = system.add_process(100).necp_open()
    fd.add(remote=REMOTE, multipath=True).copy_result()


def agent_that_is_only_preferred(system: System) -> None:
    """An agent for specific use: clients that ask for nothing, that prefer and that require it.

    Source: necp_netagent_is_requested, xnu-8019.41.5.
    """
    wifi, _ = _network(system)
    agent = system.add_agent("relay", flags=int(SPECIFIC), domain="Example", type="Relay").uuid
    wifi.add_agent(agent)
    fd = system.add_process(100).necp_open()
    fd.add(remote=REMOTE).copy_result()
    fd.add(remote=REMOTE, prefer_agent=[agent]).copy_result()
    fd.add(remote=REMOTE, prefer_agent_type=[("Example", "Relay")]).copy_result()
    fd.add(remote=REMOTE, require_agent=[agent]).copy_result()


def generation_of_the_agent_of_a_flow(system: System) -> None:
    """The flow of an agent that is updated, and the same flow when the agent is gone.

    Source: necp_client_fillout_flow_tlvs, xnu-8019.41.5; measured in nexus_flow_assign.
    """
    wifi, _ = _network(system)
    agent = system.add_agent("tunnel", flags=int(NEXUS))
    client = system.add_process(100).necp_open().add(remote=REMOTE)
    client.inject_nexus_flow(
        agent.uuid,
        interface_index=wifi.index,
        requested=True,
        assigned=True,
        viable=True,
        local=sockaddr("10.9.0.1:50000"),
        results=pack_tlv(ClientResult.LOCAL_ENDPOINT, sockaddr("10.9.0.1:50000")),
    )
    client.copy_result()
    agent.update(data=b"new")
    client.copy_result()
    agent.unregister()
    client.copy_result()


def client_that_knows_a_tracker(system: System) -> None:
    """Parameters with the flag that says that the remote is a known tracker.

    Source: necp_client_parse_parameters, xnu-8019.41.5, xnu-8796.141.3.
    """
    _network(system)
    fd = system.add_process(100).necp_open()
    fd.add(remote=REMOTE, flags=int(LaterParameterFlag.KNOWN_TRACKER)).copy_result()


def clients_that_are_traced(system: System) -> None:
    """A client is added and removed while the sysctl for tracing clients is at each of its levels.

    Source: NECP_CLIENT_LOG, NECP_CLIENT_PARAMS_LOG, xnu-8019.41.5.
    """
    _network(system)
    fd = system.add_process(100).necp_open()
    for level in (1, 2, 3):
        system.set_sysctl("client_tracing_level", level)
        fd.add(remote=REMOTE).remove()


def attributes_that_tell_of_trackers(system: System) -> None:
    """Sockets that are told who owns a domain, in which context it is asked for, and its tracker.

    Source: necp_set_socket_attributes, necp_get_socket_attributes, xnu-8019.41.5; measured in
    x8019_socket_attributes.
    """
    socket = system.add_socket("tcp0", local="192.0.2.10:50000", remote=REMOTE)
    domain = pack_tlv(PolicyTlv.ATTRIBUTE_DOMAIN, b"ads.example.com")
    owner = pack_tlv(PolicyTlv.ATTRIBUTE_DOMAIN_OWNER, b"Example")
    context = pack_tlv(PolicyTlv.ATTRIBUTE_DOMAIN_CONTEXT, b"www.example.org")
    tracker = pack_tlv(PolicyTlv.ATTRIBUTE_TRACKER_DOMAIN, b"example.com")
    for attributes in (domain + owner + tracker, context, tracker):
        socket.set_attributes(attributes)
        socket.get_attributes()


def calls_on_another_file(system: System) -> None:
    """ioctl and select on an fd that is no NECP fd.

    Source: measured in fd_ops.
    """
    other = system.add_process(100).open_other()
    other.ioctl(0x4004667F)
    other.select("read")


def _network(system: System) -> tuple[InterfaceHandle, InterfaceHandle]:
    """Wi-Fi with the default route, and a wired interface with a scoped one."""
    wifi = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    wired = system.add_interface("en5", 5, functional_type=2, addrs=["198.51.100.5/24"])
    system.order_interfaces(wifi, wired)
    system.add_route("default", wifi, gateway="192.0.2.1")
    system.add_route("192.0.2.0/24", wifi)
    system.add_route("default", wired, gateway="198.51.100.1", scoped=True)
    return wifi, wired
