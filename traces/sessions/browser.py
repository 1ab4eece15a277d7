"""A browser with twelve connections on a laptop that moves from Wi-Fi to Ethernet, with a VPN."""

from collections.abc import Sequence

from necp_replay.abi.client import OpenFlag
from necp_replay.abi.policy import SessionPriority
from necp_replay.scenario import ClientHandle, NecpFdHandle, SocketHandle, System
from necp_replay.scenario.policies import ip_tunnel, pass_through, remote_address, uid

CONNECTIONS = 12
SECOND_NS = 1_000_000_000


def browser_moves_from_wifi_to_ethernet(system: System) -> None:
    """Connections open over Wi-Fi, a cable is plugged in, a VPN starts, the laptop sleeps.

    Shows a long-lived process: results that change, flows that become unviable, agents that appear,
    an observer that gets every update, and the exit of the process.
    Source: necp_client_add, necp_client_copy, necp_update_client_result, xnu-4570.51.1.
    """
    system.add_interface("lo0", 1, addrs=["127.0.0.1/8", "::1/128"])
    wifi = system.add_interface("en0", 4, addrs=["192.0.2.10/24", "2001:db8:4::10/64"])
    cable = system.add_interface("en5", 5, functional_type=2, addrs=["198.51.100.5/24"])
    tunnel = system.add_interface(
        "utun0", 8, functional_type=0, flags=0x8051, addrs=["10.9.0.1/32"]
    )
    assist = system.add_agent("assist", domain="WiFi", type="Assist")
    wifi.add_agent(assist.uuid)
    system.order_interfaces(wifi)
    over_wifi = system.add_route("default", wifi, gateway="192.0.2.1")
    system.add_route("default6", wifi, gateway="2001:db8:4::1")
    system.fire_timer()

    watcher = system.add_process(
        400, "symptomsd", privileged=["PRIV_NET_PRIVILEGED_NETWORK_STATISTICS"]
    ).necp_open(OpenFlag.PUSH_OBSERVER)
    fd = system.add_process(100, "browser").necp_open()
    connections = [_connect(system, fd, number) for number in range(CONNECTIONS)]
    clients, sockets = zip(*connections, strict=True)
    _look(fd, clients)
    watcher.poll()
    watcher.copy_client_update()
    system.snapshot()

    # The cable is plugged in and becomes primary; connections over Wi-Fi stay there.
    system.advance(30 * SECOND_NS)
    system.order_interfaces(cable, wifi)
    system.delete_route(over_wifi)
    system.add_route("default", cable, gateway="198.51.100.1")
    system.add_route("default", wifi, gateway="192.0.2.1", scoped=True)
    system.fire_timer()
    _look(fd, clients)

    # A VPN: all of this user's traffic uses the tunnel, except to the VPN server itself.
    daemon = system.add_process(300, "vpnd", privileged=True, platform_binary=True)
    session = daemon.open_policy_session(priority=SessionPriority.HIGH)
    server = remote_address("203.0.113.1")
    session.add_policy(order=1, conditions=[server], result=pass_through())
    session.add_policy(order=2, conditions=[uid(501)], result=ip_tunnel("utun0"))
    session.apply_all()
    system.add_route("10.0.0.0/8", tunnel)
    system.fire_timer()
    _look(fd, clients)
    system.snapshot(full=True)

    # Half of the tabs are closed, the others move to the background, and the laptop sleeps.
    for number, (client, socket) in enumerate(zip(clients, sockets, strict=True)):
        if number % 2:
            socket.dispose()
            client.remove()
    rest = clients[::2]
    fd.set_background()
    _look(fd, rest)
    wifi.detach()
    system.advance(3600 * SECOND_NS)
    system.fire_timer()
    session.close()
    system.fire_timer()
    fd.set_background(False)
    _look(fd, rest)
    fd.defunct()
    _look(fd, rest)
    for _ in range(20):
        watcher.copy_client_update()
    system.reap_caches(1)
    fd.process.exit()
    watcher.poll()
    system.snapshot(full=True)


def _connect(system: System, fd: NecpFdHandle, number: int) -> tuple[ClientHandle, SocketHandle]:
    """Add a client and a socket, and register the socket as a flow of the client."""
    remote = f"203.0.113.{number % 20 + 1}:443"
    client = fd.add(
        remote=remote,
        remote_endpoint=remote,
        domain=f"host{number % 7}.example.com",
        multipath=number % 10 == 0,
        ecn_enable=number % 3 == 0,
    )
    assert client.copy_result().errno == 0
    local = f"192.0.2.10:{50_000 + number}"
    socket = system.add_socket(f"tcp{number}", local=local, remote=remote, last_outif=4)
    socket.register(client)
    socket.assign(client)
    return client, socket


def _look(fd: NecpFdHandle, clients: Sequence[ClientHandle]) -> None:
    """Poll, copy all unread results, then one result by its id."""
    fd.poll()
    for _ in clients:
        if fd.copy_updated_result(bytes(16)).errno:
            break
    clients[0].copy_result()
    clients[-1].copy_route_statistics()
