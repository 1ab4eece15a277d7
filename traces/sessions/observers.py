"""A daemon that observes all clients: what it is told, what it asks for, what it misses."""

from necp_replay.abi.client import ObserverUpdateType, OpenFlag
from necp_replay.abi.policy import SessionPriority
from necp_replay.scenario import Errno, NecpFdHandle, System
from necp_replay.scenario.policies import drop, uid

STATISTICS = ["PRIV_NET_PRIVILEGED_NETWORK_STATISTICS"]


def daemon_watches_everything(system: System) -> None:
    """Two push observers and a lister follow eight apps that start, move, are dropped and exit.

    Shows that updates come in the order of events, that the latest are dropped at the limit, that a
    failed copy loses its update, and that a list shows the present while updates show the past.
    Source: necp_client_copy_client_update, necp_client_list, necp_fd_insert,
    necp_client_update_observer_add_internal, xnu-4570.51.1.
    """
    wifi = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    cable = system.add_interface("en5", 5, functional_type=2, addrs=["198.51.100.5/24"])
    system.order_interfaces(wifi)
    system.add_route("default", wifi, gateway="192.0.2.1")
    early = [_start(system, pid) for pid in range(100, 104)]
    daemon = system.add_process(400, "symptomsd", privileged=STATISTICS)
    watcher = daemon.necp_open(OpenFlag.OBSERVER | OpenFlag.PUSH_OBSERVER)
    seen = _drain(watcher)
    assert seen.count(ObserverUpdateType.PARAMETERS) == 12
    assert watcher.copy_list(64).client_count == 12

    # A second observer that is slow, and one that only lists.
    slow = daemon.necp_open(OpenFlag.PUSH_OBSERVER)
    lister = system.add_process(401, "lister", privileged=STATISTICS).necp_open(OpenFlag.OBSERVER)
    late = [_start(system, pid) for pid in range(104, 108)]
    _drain(watcher)
    for count in (0, 5, 24, 30):
        lister.copy_list(count)

    # The cable is plugged in: every client moves, and every observer gets an update.
    system.order_interfaces(cable, wifi)
    system.delete_route("0.0.0.0/0@en0")
    system.add_route("default", cable, gateway="198.51.100.1")
    system.fire_timer()
    _drain(watcher)
    system.snapshot()

    # Half of the apps are dropped by policy; the slow observer is at its limit by now.
    system.set_sysctl("net.necp.observer_message_limit", 40)
    session = system.add_process(300, privileged=True, platform_binary=True).open_policy_session(
        priority=SessionPriority.HIGH
    )
    session.add_policy(order=1, conditions=[uid(502)], result=drop())
    session.apply_all()
    system.fire_timer()
    _drain(watcher)

    # The slow observer reads at last, with a buffer that is too small for results.
    for size_bytes in (64, 40, 512, 64):
        slow.copy_client_update(size_bytes)
    for fd in (*early[:2], *late[:2]):
        for client in watcher.copy_list(64).client_ids[:2]:
            watcher.client(client).copy_result()
            watcher.client(client).copy_parameters()
        fd.process.exit()
        _drain(watcher)
    system.set_sysctl("net.necp.observer_message_limit", 256)
    early[2].defunct()
    early[3].close()
    _drain(watcher)
    _drain(slow)
    assert slow.copy_client_update().errno == Errno.ENOENT
    system.snapshot(full=True)
    daemon.exit()
    _start(system, 110)
    system.snapshot()


def _start(system: System, pid: int) -> NecpFdHandle:
    """Start an app with three clients; every other app has another user."""
    fd = system.add_process(pid, f"app{pid}", uid=501 + pid % 2).necp_open()
    for number in range(3):
        fd.add(remote=f"203.0.113.{number + 1}:443", domain=f"host{pid}.example.com")
    fd.copy_result()
    return fd


def _drain(watcher: NecpFdHandle) -> list[ObserverUpdateType | None]:
    """Copy updates until there are no more."""
    seen = []
    while watcher.poll().is_readable:
        seen.append(watcher.copy_client_update().update_type)
    return seen
