"""What xnu-8792 to 11417 changed about clients, their flows and what statistics say of them."""

from struct import pack

from necp_replay.abi.client import AgentReport, ClientAction, FlowFlag, LaterParameterFlag
from necp_replay.abi.interface import IFXF_IS_VPN
from necp_replay.abi.netagent import AGENT_SUPPORTS_GROUPS, AgentFlag
from necp_replay.abi.tlv import pack_tlv
from necp_replay.events.notifications import CreateNexusAssignMessage
from necp_replay.scenario import InterfaceHandle, System, policies, room, runs_on

REMOTE = "203.0.113.5:443"
LOCAL = "192.0.2.10:7"
UDP = 17
ACTIVE = int(AgentFlag.REGISTERED | AgentFlag.ACTIVE)
PATTERN = pack("<HH32s32s", 0, 4, b"\xff" * 4, b"abcd")


@runs_on(since="xnu-7195.50.7.100.1")
def claim_of_a_client_with_flows(system: System) -> None:
    """A client that acts for another process is claimed by it: by the id of a flow, then its own.

    Source: necp_client_claim, xnu-8792.61.2, xnu-8792.81.2; measured in x8019_claim.
    """
    helper = system.add_process(100, "helper", privileged=True).necp_open()
    client = helper.add(remote=REMOTE)
    flow = client.add_flow()
    client.act_for(200)
    claimer = system.add_process(200, "app").necp_open()
    claimer.claim(flow.client_id)
    other = helper.add(remote=REMOTE)
    other.add_flow()
    other.act_for(200)
    claimer.claim(other.client_id)


@runs_on(since="xnu-4903.221.2")
def clients_that_share_a_flow(system: System) -> None:
    """Clients that share the flow of a parent by patterns of their packets.

    One names UDP as its transport, one TCP.
    Source: necp_client_add, necp_client_copy_parameters_locked, xnu-8792.41.9, xnu-10002.41.9;
    measured in x8792_demux.
    """
    _network(system)
    fd = system.add_process(100).necp_open()
    parent = fd.add(remote=REMOTE, local=LOCAL, ip_protocol=UDP)
    parent.create_registration()
    for transport in (None, 17, 6):
        child = fd.add(
            remote=REMOTE,
            local=LOCAL,
            ip_protocol=UDP,
            transport_protocol=transport,
            parent_id=parent.client_id,
            flow_demux_pattern=[PATTERN],
        )
        child.copy_nexus_parameters()
    system.snapshot()


def client_that_wakes_nothing(system: System) -> None:
    """A client whose traffic is not to wake the system, and what a nexus is told of it.

    Source: necp_client_copy_parameters_locked, xnu-8020.140.41.
    """
    fd = system.add_process(100).necp_open()
    flags = int(LaterParameterFlag.NO_WAKE_FROM_SLEEP)
    fd.add(remote=REMOTE, flags=flags).copy_nexus_parameters()


def message_that_assigns_a_nexus(system: System) -> None:
    """The message that tells a process which port of a nexus it has.

    Source: necp_create_nexus_assign_message, xnu-8792.41.9.
    """
    system.submit(CreateNexusAssignMessage(bytes(range(16)), port=7))


def flow_removed_with_statistics(system: System) -> None:
    """Flows and clients that are removed with statistics of each size that some release has.

    Source: necp_client_remove, necp_client_remove_flow, xnu-8792.41.9, xnu-11417.121.6; measured in
    x11417_remove_flow_sizes.
    """
    _network(system)
    fd = system.add_process(100).necp_open()
    for size_bytes in (96, 104, 136, 200):
        client = fd.add(remote=REMOTE)
        client.add_flow().remove_flow(room(size_bytes))
        client.remove(room(size_bytes))


def flow_divert_in_the_process(system: System) -> None:
    """Flow divert asks a process to divert its flows by itself.

    Source: necp_client_request_in_process_flow_divert, xnu-10002.1.13; measured in
    x10002_in_process_flow_divert.
    """
    fd = system.add_process(100).necp_open()
    system.request_in_process_flow_divert(100)
    system.update_all_clients()
    system.fire_timer()
    fd.copy_result()


def reports_that_are_told_again(system: System) -> None:
    """A client reports one error to an agent 33 times, and again through another client.

    Source: necp_client_agent_action, netagent_client_message_with_params, xnu-10002.1.13.
    """
    agent = system.add_agent("group", flags=ACTIVE | AGENT_SUPPORTS_GROUPS).uuid
    report = pack_tlv(AgentReport.ERROR, agent + b"\x02\0\0\0")
    fd = system.add_process(100).necp_open()
    client = fd.add(remote=REMOTE)
    for _ in range(33):
        client.agent_action(report)
    other = system.add_process(101).necp_open().add(remote=REMOTE)
    other.agent_action(report)


def fd_closed_with_an_assertion(system: System) -> None:
    """A process closes the fd of a client that asserts a kernel agent.

    Source: necpop_close, xnu-10002.1.13; netagent_client_message_with_params, xnu-11215.1.10.
    """
    agent = system.add_agent("radio", flags=ACTIVE, via="kernel").uuid
    fd = system.add_process(100).necp_open()
    fd.add(remote=REMOTE).assert_agent(agent)
    fd.close()


def multipath_clients_that_listen_and_browse(system: System) -> None:
    """Multipath clients: one that is inbound, and one that browses; interfaces have agents.

    Source: necp_update_client_result, xnu-10002.41.9, xnu-11215.1.10; measured in
    x8019_nat64_multipath_inbound.
    """
    wifi = _network(system)
    wired = system.add_interface("en5", 5, functional_type=2, addrs=["198.51.100.5/24"])
    flags = ACTIVE | AgentFlag.NEXUS_PROVIDER | AgentFlag.SUPPORTS_BROWSE
    for interface, name in ((wifi, "first"), (wired, "second")):
        interface.add_agent(system.add_agent(name, flags=int(flags)).uuid)
    fd = system.add_process(100).necp_open()
    fd.add(remote=REMOTE, multipath=True, inbound=True).copy_result()
    fd.add(remote=REMOTE, multipath=True, browse=True).copy_result()


def flows_of_wifi_and_of_a_vpn(system: System) -> None:
    """What network statistics know of the interface of a flow: Wi-Fi, and a VPN.

    Source: nstat_ifnet_to_flags, xnu-10063.101.15, xnu-11215.1.10; measured in
    x11215_copy_updated_final.
    """
    wifi = _network(system)
    agent = system.add_agent("tunnel", flags=int(ACTIVE | AgentFlag.NEXUS_PROVIDER), via="kernel")
    wifi.add_agent(agent.uuid)
    client = system.add_process(100).necp_open().add(remote=REMOTE)
    for xflags in (0, IFXF_IS_VPN):
        wifi.update(xflags=xflags)
        client.add_flow(int(FlowFlag.ALLOW_NEXUS), agent.uuid)
        client.copy_result()
    system.snapshot()


def route_that_is_there_already(system: System) -> None:
    """The same route is added twice.

    Source: rtrequest_common_locked, xnu-10063.101.15.
    """
    wifi = _network(system)
    system.add_route("default", wifi, gateway="192.0.2.1")


def client_whose_policy_skips_others(system: System) -> None:
    """A policy skips those that follow: what the client keeps of it, and what a nexus is told.

    Source: necp_update_client_result, xnu-10002.61.3; measured in policy_order_skip.
    """
    _network(system)
    daemon = system.add_process(200, "neagent", privileged=True, platform_binary=True)
    session = daemon.open_policy_session()
    session.add_policy(order=1, result=policies.skip())
    session.apply_all()
    client = system.add_process(100).necp_open().add(remote=REMOTE)
    client.copy_nexus_parameters()
    system.snapshot()


def last_result_of_a_client(system: System) -> None:
    """The action that copies an updated result for the last time, with room for it and without.

    Source: necp_client_copy, xnu-11215.1.10; measured in x11215_copy_updated_final.
    """
    _network(system)
    fd = system.add_process(100).necp_open()
    client = fd.add(remote=REMOTE)
    for size_bytes in (16, 1024):
        fd.action(ClientAction.COPY_UPDATED_RESULT_FINAL, client.client_id, room(size_bytes))


def _network(system: System) -> InterfaceHandle:
    """One interface with a default route; returns it."""
    wifi = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    system.order_interfaces(wifi)
    system.add_route("default", wifi, gateway="192.0.2.1")
    return wifi
