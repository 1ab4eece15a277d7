"""Every notification from the rest of the kernel, with and without something to notify."""

from necp_replay.abi.client import ClientResult, OpenFlag
from necp_replay.abi.tlv import pack_tlv
from necp_replay.events.notifications import (
    AssignClientResult,
    CopyNexusParameters,
    CreateNexusAssignMessage,
    ForceUpdateClient,
    InjectNexusFlow,
    ProtoctlEvent,
)
from necp_replay.scenario import Errno, System

NOBODY = b"\xee" * 16
REMOTE = "203.0.113.5:443"


def fd_defunct(system: System) -> None:
    """Every fd of a process is made defunct, twice: flows end, agents abort, the fds are woken.

    Source: necp_fd_defunct, necp_defunct_client_fd_locked, xnu-4570.51.1.
    """
    agent = system.add_agent("nexus", flags=0x83)
    process = system.add_process(100)
    fds = [process.necp_open(), process.necp_open()]
    clients = [fds[0].add(remote=REMOTE) for _ in range(3)] + [
        fds[1].add(local="0.0.0.0:7", listener=True)
    ]
    clients[1].inject_nexus_flow(agent.uuid, assigned=True)
    for client in clients[:2]:
        client.copy_result()
    for fd in (*fds, process.on_fd(99), *fds):
        fd.defunct()
    for client in clients:
        client.copy_result()
    system.snapshot()


def fd_background(system: System) -> None:
    """Clients with an assigned flow are evaluated and notified; the next result does not say so.

    Source: necp_set_client_as_background, necp_update_client_result, xnu-4570.51.1.
    """
    fd = system.add_process(100).necp_open()
    client, idle = fd.add(remote=REMOTE), fd.add(remote=REMOTE)
    socket = system.add_socket("tcp", local="192.0.2.10:50000", remote=REMOTE)
    socket.register(client)
    socket.assign(client)
    for background in (True, True, False, False):
        fd.set_background(background)
        fd.poll()
        client.copy_updated_result()
        system.update_all_clients()
        system.fire_timer()
        client.copy_result()
        idle.copy_updated_result()


def force_update_client(system: System) -> None:
    """An agent has a client evaluated and removes itself from its result; also with unknown ids.

    Source: necp_force_update_client, xnu-4570.51.1.
    """
    en0 = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    system.order_interfaces(en0)
    system.add_route("default", en0, gateway="192.0.2.1")
    agents = [system.add_agent(name) for name in ("first", "second")]
    for agent in agents:
        en0.add_agent(agent.uuid)
    fd = system.add_process(100).necp_open()
    client = fd.add(remote=REMOTE)
    client.copy_result()
    for agent_id in (bytes(16), agents[0].uuid, NOBODY):
        client.force_update(agent_id)
        fd.poll()
        client.copy_result()
    system.submit(ForceUpdateClient(NOBODY, agents[0].uuid))


def assign_client_result(system: System) -> None:
    """Results for a flow of the agent, for a flow of another agent, and for no client.

    Source: necp_assign_client_result, xnu-4570.51.1.
    """
    agent = system.add_agent("nexus", flags=0x83)
    fd = system.add_process(100).necp_open()
    client = fd.add(remote=REMOTE)
    results = pack_tlv(ClientResult.NEXUS_INSTANCE, b"\7" * 16)
    without_flow = agent.assign_client_result(client.client_id, results).errno
    assert without_flow in (Errno.EINVAL, Errno.ENOENT)
    client.inject_nexus_flow(agent.uuid)
    client.copy_result()
    assert agent.assign_client_result(client.client_id, results).errno == 0
    assert fd.poll().is_readable
    client.copy_updated_result()
    agent.assign_client_result(client.client_id, b"")
    client.copy_result()
    system.submit(AssignClientResult(NOBODY, client.client_id, results))
    assert agent.assign_client_result(NOBODY, results).errno == Errno.ENOENT


def protoctl_event(system: System) -> None:
    """The last event of a flow is copied once; earlier events are overwritten.

    Source: necp_update_flow_protoctl_event, xnu-4570.51.1.
    """
    agent = system.add_agent("nexus", flags=0x83)
    client = system.add_process(100).necp_open().add(remote=REMOTE)
    a, c = agent.uuid, client.client_id
    assert system.protoctl_event(a, c, 1, 2, 3).errno in (Errno.EINVAL, Errno.ENOENT)
    client.inject_nexus_flow(a)
    client.copy_result()
    assert system.protoctl_event(a, c, 1, 2, 3).errno == 0
    assert system.protoctl_event(a, c, 4, 5, 0xFFFFFFFF).errno == 0
    client.copy_updated_result()
    client.copy_result()
    system.submit(ProtoctlEvent(NOBODY, c, 1, 2, 3))
    assert system.protoctl_event(a, NOBODY).errno == Errno.ENOENT


def nexus_parameters(system: System) -> None:
    """The parameters that a nexus gets: of clients with addresses, of listeners, of no client.

    Source: necp_client_copy_parameters, xnu-4570.51.1.
    """
    fd = system.add_process(100).necp_open(OpenFlag.BACKGROUND)
    for client in (
        fd.add(remote=REMOTE, local="192.0.2.10:5000", traffic_class=200, pid=7),
        fd.add(local="0.0.0.0:7", listener=True, ip_protocol=17),
        fd.add(ip_protocol=None, remote_endpoint=REMOTE),
    ):
        client.copy_nexus_parameters()
    assert system.submit(CopyNexusParameters(NOBODY)).errno == Errno.ENOENT


def nexus_assign_message(system: System) -> None:
    """The message that assigns a nexus: with all parts, with none, with parts cut or empty.

    Source: necp_create_nexus_assign_message, xnu-4570.51.1.
    """
    whole = b"\7" * 16
    for message in (
        CreateNexusAssignMessage(whole, 3, b"key", 3, 9, b"\x10\2" + bytes(26), b"\x10\2\1\xbb"),
        CreateNexusAssignMessage(whole),
        CreateNexusAssignMessage(bytes(16)),
        CreateNexusAssignMessage(whole, 0, b"key", 0),
        CreateNexusAssignMessage(whole, 0, None, 3),
        CreateNexusAssignMessage(whole, 0xFFFF, b"", None, 0),
    ):
        system.submit(message)


def inject_nexus_flow(system: System) -> None:
    """Nexus flows of every kind: requested, assigned, with endpoints, with heuristics, or not.

    Source: necp_client_add_interface_flow and the record of the flow; what creates nexus flows was
    not published with these releases.
    """
    agent = system.add_agent("nexus", flags=0x83)
    client = system.add_process(100).necp_open().add(remote=REMOTE, multipath=True)
    for requested in (True, False):
        for assigned in (True, False):
            client.inject_nexus_flow(
                agent.uuid,
                interface_index=4,
                requested=requested,
                assigned=assigned,
                viable=requested,
                check_tcp_heuristics=assigned,
                local=bytes.fromhex("1002c350c000020a"),
                results=pack_tlv(ClientResult.NEXUS_KEY, b"key"),
            )
    client.copy_result()
    system.update_all_clients()
    system.fire_timer()
    client.copy_result()
    assert system.submit(InjectNexusFlow(NOBODY)).errno == Errno.ENOENT
    system.snapshot()


def sysctls(system: System) -> None:
    """Every sysctl that can be written and has an effect, and some that cannot be written.

    Source: SYSCTL_INT and SYSCTL_PROC of necp.c, necp_client.c and network_agent.c, xnu-4570.51.1.
    """
    fd = system.add_process(100).necp_open()
    for name in (
        "net.necp.debug",
        "net.necp.drop_all_level",
        "net.necp.pass_loopback",
        "net.necp.pass_keepalives",
        "net.necp.observer_message_limit",
        "netagent_debug",
        "tcp_ecn_inbound",
        "tcp_ecn_outbound",
        "tcp_ecn_timeout",
        "disable_tcp_heuristics",
    ):
        for value in (1, 0, -1):
            system.set_sysctl(name, value)
        fd.add(remote="127.0.0.1:80").copy_result()
    for name in ("net.necp.client_count", "net.necp.session_count", "kern.hostname"):
        system.set_sysctl(name, 1)
    system.snapshot(full=True)


def update_timer(system: System) -> None:
    """It is armed once, with a leeway; it fires by an input, whatever its deadline, and only once.

    Source: necp_update_all_clients, necp_update_all_clients_callout, xnu-4570.51.1.
    """
    fd = system.add_process(100).necp_open()
    fd.add(remote=REMOTE)
    system.fire_timer()
    system.update_all_clients()
    system.update_all_clients()
    system.advance(50_000_000)
    system.update_all_clients()
    system.fire_timer()
    system.fire_timer()
    system.update_all_clients()


def memstatus_and_caches(system: System) -> None:
    """Functions that only the newer release has; they change nothing.

    Source: necp_fd_memstatus, necp_client_reap_caches, xnu-4570.51.1.
    """
    process = system.add_process(100, privileged=True)
    process.necp_open().memstatus(3)
    process.on_fd(process.necp_session_open().fd).memstatus(3)
    process.open_other().memstatus(3)
    process.on_fd(99).memstatus(3)
    system.reap_caches()
    system.reap_caches(1)


def process_exit(system: System) -> None:
    """A process with clients, a session and an observer exits; its fds are closed from the last.

    Source: fdfree, necpop_close, xnu-4570.51.1.
    """
    watcher = system.add_process(400, privileged=True).necp_open(OpenFlag.PUSH_OBSERVER)
    process = system.add_process(100, privileged=True)
    agent = system.add_agent("vpn", flags=0x0B)
    clients = [process.necp_open().add(remote=REMOTE) for _ in range(2)]
    clients[0].assert_agent(agent.uuid)
    process.necp_open(OpenFlag.OBSERVER)
    process.open_policy_session()
    process.update(name="renamed", uid=0, fd_limit=10)
    process.exit()
    while watcher.copy_client_update().errno == 0:
        pass
    system.snapshot(full=True)
