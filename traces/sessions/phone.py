"""A phone leaves home: Wi-Fi gets worse, cellular helps, and takes over."""

from necp_replay.abi.client import ClientResultFlag
from necp_replay.abi.policy import RouteRuleFlag, SessionPriority
from necp_replay.scenario import ClientHandle, InterfaceHandle, NecpFdHandle, System
from necp_replay.scenario.policies import all_interfaces, application, deny, route_rules

WIFI, CELLULAR = 3, 5
IFT_CELLULAR = 0xFF
LQM_VALID, LQM_ABORT, LQM_GOOD = 2, 10, 50
MAIL, VIDEO, GAME = b"\xa1" * 16, b"\xa2" * 16, b"\xa3" * 16
SECOND_NS = 1_000_000_000


def phone_leaves_home(system: System) -> None:
    """Apps on Wi-Fi beside cellular: one may not use cellular, one requires it, one uses both.

    Shows clients that require, prohibit and prefer kinds of interfaces, discretionary clients on a
    bad link, multipath flows that are added and removed, and processes in the background.
    Source: necp_update_client_result, necp_client_update_flows, necp_set_client_as_background,
    xnu-4570.51.1.
    """
    wifi, cell = _network(system)
    _no_video_over_cellular(system)
    mail = system.add_process(100, "mail", exec_uuid=MAIL).necp_open()
    video = system.add_process(101, "video", exec_uuid=VIDEO).necp_open()
    game = system.add_process(102, "game", exec_uuid=GAME).necp_open()
    clients = _start(system, mail, video, game)
    for client in clients:
        assert client.copy_result().interface_index in (wifi.index, cell.index, None)
    system.snapshot()

    # At the garden gate: the link is very bad, but still there.
    system.advance(20 * SECOND_NS)
    wifi.update(if_state_valid=LQM_VALID, lqm_state=LQM_ABORT)
    system.order_interfaces(wifi, cell)
    system.fire_timer()
    _look(mail, video, game)
    discretionary = clients[1].copy_result()
    assert discretionary.flags & ClientResultFlag.LINK_QUALITY_ABORT

    # On the street: Wi-Fi is lost, its routes and address with it.
    system.advance(5 * SECOND_NS)
    system.delete_route("0.0.0.0/0@en0")
    wifi.update(clear_addrs=True, flags=0x8822)
    system.order_interfaces(cell)
    system.delete_route("0.0.0.0/0%@pdp_ip0")
    system.add_route("default", cell)
    system.fire_timer()
    _look(mail, video, game)
    assert clients[0].copy_result().interface_index == cell.index
    for client in clients:
        client.copy_result()
    system.snapshot(full=True)

    # The screen is locked: mail runs in the background, the game is made defunct.
    for fd in (mail, video):
        fd.set_background()
    game.defunct()
    _look(mail, video, game)
    system.advance(600 * SECOND_NS)
    cell.update(mtu=1358, generation=2)
    system.update_all_clients()
    system.fire_timer()
    _look(mail, video, game)

    # At the office: another network on the same interface, and cellular is off.
    wifi.update(flags=0x8863, generation=7, lqm_state=LQM_GOOD, ipv4_signature=b"\xbb" * 20)
    wifi.add_addresses("198.51.100.77/24")
    system.order_interfaces(wifi, cell)
    system.delete_route("0.0.0.0/0@pdp_ip0")
    system.add_route("default", wifi, gateway="198.51.100.1")
    system.add_route("default", cell, scoped=True)
    system.fire_timer()
    for fd in (mail, video):
        fd.set_background(False)
    _look(mail, video, game)
    for client in clients:
        client.copy_result()
        client.copy_route_statistics()
    system.snapshot(full=True)
    for process in (game.process, video.process, mail.process):
        process.exit()
    system.snapshot()


def _network(system: System) -> tuple[InterfaceHandle, InterfaceHandle]:
    system.add_interface("lo0", 1, addrs=["127.0.0.1/8", "::1/128"])
    wifi = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    wifi.update(ipv4_signature=b"\xaa" * 20, if_state_valid=LQM_VALID, lqm_state=LQM_GOOD)
    cell = system.add_interface(
        "pdp_ip0",
        6,
        functional_type=CELLULAR,
        flags=0x8051,
        addrs=["10.20.0.2/32"],
        mtu=1428,
        expensive=True,
    )
    cell.update(type=IFT_CELLULAR, cell_mss_recommended=1)
    assist = system.add_agent("assist", domain="WiFi", type="Assist", flags=0x0B)
    cell.add_agent(assist.uuid)
    system.order_interfaces(wifi, cell)
    system.add_route("default", wifi, gateway="192.0.2.1")
    system.add_route("default", cell, scoped=True)
    system.fire_timer()
    return wifi, cell


def _no_video_over_cellular(system: System) -> None:
    """The switch in the settings: a route rule that denies cellular to one app."""
    daemon = system.add_process(300, "settingsd", privileged=True, platform_binary=True)
    session = daemon.open_policy_session(priority=SessionPriority.HIGH)
    session.add_policy(
        order=1,
        conditions=[all_interfaces(), application(VIDEO)],
        result=route_rules(deny(kinds=RouteRuleFlag.CELLULAR)),
    )
    session.apply_all()


def _start(
    system: System, mail: NecpFdHandle, video: NecpFdHandle, game: NecpFdHandle
) -> list[ClientHandle]:
    remote = "203.0.113.5:443"
    clients = [
        mail.add(remote=remote, domain="imap.example.com"),
        mail.add(remote=remote, domain="imap.example.com", discretionary=True),
        mail.add(remote=remote, prohibit_expensive=True),
        video.add(remote=remote, domain="cdn.example.net"),
        video.add(remote=remote, require_if_type=[CELLULAR]),
        video.add(remote=remote, prohibit_if_type=[CELLULAR]),
        game.add(remote=remote, multipath=True),
        game.add(remote=remote, prefer_agent_type=[("WiFi", "Assist")]),
        game.add(local="0.0.0.0:7", listener=True, ip_protocol=17),
    ]
    for number, client in enumerate(clients[:4]):
        socket = system.add_socket(
            f"tcp{number}", local=f"192.0.2.10:{50_000 + number}", remote=remote, last_outif=4
        )
        socket.register(client)
        socket.assign(client)
    system.multipath("mp").register(clients[6])
    return clients


def _look(*fds: NecpFdHandle) -> None:
    """Poll every fd and copy all unread results."""
    for fd in fds:
        fd.poll()
        for _ in range(4):
            if fd.copy_updated_result().errno:
                break
