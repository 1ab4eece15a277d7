"""A browser with fifty connections on a laptop that moves from Wi-Fi to Ethernet under a VPN."""

import struct

from necp_replay.abi.policy import (
    PolicyCondition,
    PolicyResult,
    PolicyTlv,
    SessionAction,
)
from necp_replay.abi.tlv import pack_tlv
from necp_replay.events import notifications, sockets
from necp_replay.scenario import ClientHandle, NecpFdHandle, System, UserBuffer

CONNECTIONS = 50
BROWSER = 100
SECOND_NS = 1_000_000_000


def browser_moves_from_wifi_to_ethernet(system: System) -> None:
    """Connections open over Wi-Fi, a cable is plugged in, a VPN comes up, the laptop sleeps.

    Shows what a long-lived process sees: results that change, flows that stop being viable, agents
    that appear, an observer that is told of everything, and the end of it all.
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
    ).necp_open(flags=0x04)
    fd = system.add_process(BROWSER, "browser").necp_open()
    clients = [_connect(system, fd, number) for number in range(CONNECTIONS)]
    _look(fd, clients)
    watcher.poll()
    watcher.copy_client_update()
    system.snapshot()

    # The cable is plugged in and becomes primary; what runs over Wi-Fi goes on there.
    system.advance(30 * SECOND_NS)
    system.order_interfaces(cable, wifi)
    system.delete_route(over_wifi)
    system.add_route("default", cable, gateway="198.51.100.1")
    system.add_route("default", wifi, gateway="192.0.2.1", scoped=True)
    system.fire_timer()
    _look(fd, clients)

    # A VPN: everything of this user goes through the tunnel, but for its own server.
    daemon = system.add_process(300, "vpnd", privileged=True)
    session = daemon.necp_session_open()
    session.action(SessionAction.SET_SESSION_PRIORITY, struct.pack("<I", 3))
    for content in (_pass_to_the_server(), _through_the_tunnel()):
        session.action(SessionAction.POLICY_ADD, content, UserBuffer(bytes=4))
    session.action(SessionAction.POLICY_APPLY_ALL)
    system.add_route("10.0.0.0/8", tunnel)
    system.fire_timer()
    _look(fd, clients)
    system.snapshot(full=True)

    # Half of the tabs are closed; the rest goes to the background, and the laptop sleeps.
    for number, client in enumerate(clients):
        if number % 2:
            system.submit(sockets.InpcbDispose(f"tcp{number}"))
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
    system.submit(notifications.ReapCaches(1))
    fd.process.exit()
    watcher.poll()
    system.snapshot(full=True)


def _connect(system: System, fd: NecpFdHandle, number: int) -> ClientHandle:
    """A client, its socket, and the socket as a flow of it."""
    remote = f"203.0.113.{number % 20 + 1}"
    client = fd.add(
        remote=f"{remote}:443",
        remote_endpoint=f"{remote}:443",
        domain=f"host{number % 7}.example.com",
        multipath=number % 10 == 0,
        flags=0x20 if number % 3 == 0 else 0,
    )
    assert client.copy_result().errno == 0
    name = f"tcp{number}"
    system.add_socket(
        sockets.SocketCreate(
            name, local="192.0.2.10", remote=remote, lport=50_000 + number, fport=443, last_outif=4
        )
    )
    system.submit(sockets.RegisterSocketFlow(BROWSER, client.client_id, name))
    system.submit(sockets.AssignFromSocket(BROWSER, client.client_id, name))
    return client


def _look(fd: NecpFdHandle, clients: list[ClientHandle]) -> None:
    """The browser is woken and copies whatever is new, then one result in full."""
    fd.poll()
    for _ in clients:
        if fd.copy_updated_result(bytes(16)).errno:
            break
    clients[0].copy_result()
    clients[-1].copy_route_statistics()


def _pass_to_the_server() -> bytes:
    address = b"\x20" + struct.pack(">BBH4s", 16, 2, 0, bytes((203, 0, 113, 1))).ljust(28, b"\0")
    return _policy(1, PolicyCondition.REMOTE_ADDR, address, PolicyResult.PASS, b"")


def _through_the_tunnel() -> bytes:
    uid = struct.pack("<I", 501)
    return _policy(2, PolicyCondition.UID, uid, PolicyResult.IP_TUNNEL, b"\0\0\0\0utun0\0")


def _policy(
    order: int, condition: PolicyCondition, value: bytes, result: PolicyResult, parameter: bytes
) -> bytes:
    return b"".join(
        (
            pack_tlv(PolicyTlv.POLICY_ORDER, struct.pack("<I", order)),
            pack_tlv(PolicyTlv.POLICY_CONDITION, bytes((condition, 0)) + value),
            pack_tlv(PolicyTlv.POLICY_RESULT, bytes((result,)) + parameter),
        )
    )
