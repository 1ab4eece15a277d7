"""UPDATE_CACHE: what TCP heuristics store for an address, and which calls are refused."""

from necp_replay.abi.client import ClientAction, ClientResult
from necp_replay.abi.tcp_cache import CacheType, EcnHeuristics, TfoHeuristics
from necp_replay.scenario import ClientHandle, Errno, System, UserBuffer, faulting, room

ACTION = ClientAction.UPDATE_CACHE
LOCAL, REMOTE = "192.0.2.10:50000", "203.0.113.5:443"
MINUTE_NS = 60_000_000_000


def update_cache(system: System) -> None:
    """ECN and Fast Open: a new flow gets a cookie, or is told of losses, until time has passed.

    Source: necp_client_update_cache, tcp_cache_set_cookie_common, tcp_heuristic_do_tfo,
    xnu-4570.51.1.
    """
    client = _connected(system, platform_binary=True)
    _new_flow(client)
    assert client.update_ecn_cache(EcnHeuristics.SUCCESS).errno == 0
    assert client.update_tfo_cache(b"\xc0" * 8).errno == 0
    _new_flow(client)
    for flow in client.copy_result().flows:
        assert flow.value(ClientResult.TFO_COOKIE) in (None, b"\xc0" * 8)
    for _ in range(3):
        assert client.update_tfo_cache(heuristics=TfoHeuristics.LOSS).errno == 0
        assert client.update_ecn_cache(EcnHeuristics.LOSS).errno == 0
        system.advance(MINUTE_NS)
    _new_flow(client)
    client.copy_result()
    system.advance(24 * 60 * MINUTE_NS)
    _new_flow(client)
    client.copy_result()


def update_cache_of_every_kind(system: System) -> None:
    """Every bit of both caches alone, each followed by the flags of a new flow.

    Source: necp_client_update_cache, tcp_heuristics_ecn_update, tcp_heuristics_tfo_update,
    xnu-4570.51.1.
    """
    client = _connected(system, platform_binary=True)
    for ecn in EcnHeuristics:
        assert client.update_ecn_cache(ecn).errno == 0
        _new_flow(client)
        client.copy_result()
    for tfo in TfoHeuristics:
        assert client.update_tfo_cache(heuristics=tfo).errno == 0
        _new_flow(client)
        client.copy_result()


def update_cache_by_an_app(system: System) -> None:
    """For a process that is no platform binary, successes are ignored and losses are stored.

    Source: necp_client_update_cache, xnu-4570.51.1.
    """
    client = _connected(system, platform_binary=False)
    success = EcnHeuristics.SUCCESS | EcnHeuristics.LOSS
    assert client.update_ecn_cache(success).errno == 0
    assert client.update_tfo_cache(heuristics=TfoHeuristics.SUCCESS).errno == 0
    _new_flow(client)
    client.copy_result()


def update_cache_reads_past_its_buffer(system: System) -> None:
    """The pointer leads to 5 bytes but 18 are read: the memory after them becomes a cookie.

    Source: necp_client_update_cache, xnu-4570.51.1.
    """
    client = _connected(system, platform_binary=True)
    assert client.update_cache(CacheType.TFO, b"\xc0" * 5, size=18).errno == 0


def update_cache_without_a_route(system: System) -> None:
    """Without a route there is no interface to store anything for: 0, and nothing is stored.

    Source: tcp_heuristics_ecn_update, tcp_cache_set_cookie_common, xnu-4570.51.1.
    """
    client = system.add_process(100).necp_open().add(remote=REMOTE)
    socket = system.add_socket("tcp", local=LOCAL, remote=REMOTE)
    socket.register(client)
    socket.assign(client)
    assert client.update_tfo_cache(b"\xc0" * 8).errno == 0
    assert client.update_ecn_cache(EcnHeuristics.LOSS).errno == 0


def update_cache_refused(system: System) -> None:
    """Every error of UPDATE_CACHE, in the order in which the kernel checks for it.

    Source: necp_client_update_cache, xnu-4570.51.1.
    """
    client = _connected(system, platform_binary=True)
    fd, id_ = client.fd, client.client_id
    ecn = UserBuffer(content=b"\1\1\0\0\1", length=16)
    assert fd.action(ACTION, None, ecn, client_id_len=16).errno == Errno.EINVAL
    assert fd.action(ACTION, id_, ecn, client_id_len=15).errno == Errno.EINVAL
    assert fd.action(ACTION, faulting(16, 8, id_[:8]), ecn).errno == Errno.EFAULT
    assert fd.action(ACTION, b"\7" * 16, ecn).errno == Errno.ENOENT
    assert fd.add(remote=REMOTE).update_ecn_cache(1).errno in (Errno.EINVAL, Errno.ENOENT)
    assert fd.action(ACTION, id_, None, buffer_size=16).errno == Errno.EINVAL
    assert fd.action(ACTION, id_, room(15)).errno == Errno.EINVAL
    assert fd.action(ACTION, id_, faulting(16, 4, b"\1\1")).errno == Errno.EFAULT
    assert client.update_cache(3, b"\1").errno == Errno.EINVAL
    assert client.update_cache(CacheType.ECN, b"\1", version=2).errno == Errno.EINVAL
    assert client.update_cache(CacheType.ECN, b"\1\1").errno == Errno.EINVAL
    assert client.update_cache(CacheType.TFO, bytes(17) + b"\1", size=17).errno == Errno.EINVAL
    assert client.update_cache(CacheType.ECN, None, size=1).errno == Errno.EINVAL
    assert client.update_cache(CacheType.ECN, faulting(1, 0)).errno == Errno.EFAULT
    assert client.update_cache(CacheType.TFO, faulting(18, 9)).errno == Errno.EFAULT


def _connected(system: System, *, platform_binary: bool) -> ClientHandle:
    """A client with a socket's flow over Wi-Fi, and an agent for nexus flows."""
    en0 = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    en0.update(ipv4_signature=b"\xaa" * 20)
    system.order_interfaces(en0)
    system.add_route("default", en0, gateway="192.0.2.1")
    process = system.add_process(100, platform_binary=platform_binary)
    client = process.necp_open().add(remote=REMOTE, ecn_enable=True, tfo_enable=True)
    socket = system.add_socket("tcp", local=LOCAL, remote=REMOTE, last_outif=4)
    socket.register(client)
    socket.assign(client)
    return client


def _new_flow(client: ClientHandle) -> None:
    """Add a nexus flow to the same address: the kernel asks the heuristics about it."""
    client.inject_nexus_flow(
        b"\7" * 16,
        interface_index=4,
        check_tcp_heuristics=True,
        local=bytes.fromhex("1002c350c000020a"),
        remote=bytes.fromhex("100201bbcb007105"),
    )
