"""What xnu-6153 changed about TCP's caches: log records, and counters during a backoff."""

from necp_replay.abi.tcp_cache import EcnHeuristics, TfoHeuristics
from necp_replay.scenario import ClientHandle, System
from necp_replay.scenario.addresses import sockaddr

REMOTE = "203.0.113.5:443"
HOUR_NS = 3_600_000_000_000


def heuristics_in_logs(system: System) -> None:
    """Losses up to the limit of a counter, and a success that resets it.

    Source: tcp_heuristic_inc_counters, tcp_heuristic_reset_counters, xnu-6153.11.26.
    """
    client = _client(system)
    for heuristic in (EcnHeuristics.LOSS, EcnHeuristics.LOSS, EcnHeuristics.SUCCESS):
        client.update_ecn_cache(int(heuristic))
    for tfo in (TfoHeuristics.LOSS, TfoHeuristics.LOSS, TfoHeuristics.SUCCESS):
        client.update_tfo_cache(heuristics=int(tfo))


def success_on_an_unknown_network(system: System) -> None:
    """A success, then a shorter backoff by sysctl, then a middlebox: how long Fast Open is off.

    Source: tcp_heuristic_reset_counters, xnu-6153.11.26.
    """
    client = _client(system)
    client.update_tfo_cache(heuristics=int(TfoHeuristics.SUCCESS))
    system.set_sysctl("tcp_ecn_timeout", 1)
    client.update_tfo_cache(heuristics=int(TfoHeuristics.MIDDLEBOX))
    system.advance(HOUR_NS // 2)
    _flow(client)
    client.copy_result()


def losses_during_a_backoff(system: System) -> None:
    """More losses while ECN is not used, and whether it is used an hour later.

    Source: tcp_heuristic_inc_counters, tcp_heuristic_do_ecn_common, xnu-6153.11.26.
    """
    client = _client(system)
    for _ in range(5):
        client.update_ecn_cache(int(EcnHeuristics.LOSS))
    system.advance(HOUR_NS)
    _flow(client)
    client.copy_result()


def _client(system: System) -> ClientHandle:
    """A client of a platform binary, with a flow to a server."""
    wifi = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    system.order_interfaces(wifi)
    system.add_route("default", wifi, gateway="192.0.2.1")
    app = system.add_process(100, platform_binary=True)
    client = app.necp_open().add(remote=REMOTE, ecn_enable=True, tfo_enable=True)
    _flow(client)
    return client


def _flow(client: ClientHandle) -> None:
    client.inject_nexus_flow(
        check_tcp_heuristics=True,
        assigned=True,
        local=sockaddr("192.0.2.10:1024"),
        remote=sockaddr(REMOTE),
    )
