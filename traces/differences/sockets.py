"""Sockets that are disposed, and cookies that are too long."""

from necp_replay.scenario import ClientHandle, System


def raw_socket_disposed(system: System) -> None:
    """A raw socket is disposed: the older release keeps its flow and its count.

    Source: necp_inpcb_dispose, xnu-4570.41.2 and xnu-4570.51.1.
    """
    fd = system.add_process(100).necp_open()
    client = fd.add(remote="203.0.113.5:443")
    client.copy_result()
    icmp = system.add_socket("icmp")
    icmp.register(client)
    client.copy_result()
    icmp.dispose()
    fd.poll()
    system.snapshot()


def raw_socket_disposed_while_assigned(system: System) -> None:
    """The flow has addresses and is in the result; in the older release it stays there.

    TCP and UDP sockets are detached first, which removes the flow in both.
    Source: necp_inpcb_dispose, necp_inpcb_remove_cb, xnu-4570.41.2 and xnu-4570.51.1.
    """
    fd = system.add_process(100).necp_open()
    client = fd.add(remote="203.0.113.5:443")
    sockets = [
        system.add_socket(name, local=f"192.0.2.10:{port}", remote="203.0.113.5:443")
        for name, port in (("icmp", 7), ("tcp", 8))
    ]
    for socket in sockets:
        socket.register(client)
        socket.assign(client)
    client.copy_result()
    icmp, tcp = sockets
    icmp.dispose()
    fd.poll()
    client.copy_updated_result()
    tcp.remove_cb()
    tcp.dispose()
    client.copy_updated_result()
    system.snapshot()
    client.remove()
    system.snapshot()


def tfo_cookie_too_long(system: System) -> None:
    """A cookie of 255 bytes overruns the cache in the older release, and is cut to 16 in the newer.

    Source: tcp_cache_set_cookie_common, xnu-4570.41.2 and xnu-4570.51.1.
    """
    _connected(system).update_tfo_cache(b"\xc0" * 16, cookie_len=255)


def tfo_cookie_of_every_length(system: System) -> None:
    """Both keep up to 16 bytes; 17 to 24 overrun into the entry's padding, 25 and more past it.

    Source: tcp_cache_set_cookie_common, xnu-4570.41.2 and xnu-4570.51.1.
    """
    client = _connected(system)
    for length in (0, 1, 15, 16):
        client.update_tfo_cache(b"\xc0" * 16, cookie_len=length)
        _new_flow(client)
        client.copy_result()
    for length in (17, 24, 25, 255):
        client.update_tfo_cache(b"\xc0" * 16, cookie_len=length)


def tfo_cookie_looked_at(system: System) -> None:
    """A new flow reads a cookie that was too long: 16 bytes, or a panic in the older release.

    Source: tcp_cache_set_cookie_common, tcp_cache_get_cookie_common, xnu-4570.41.2 and
    xnu-4570.51.1.
    """
    client = _connected(system)
    client.update_tfo_cache(b"\xc0" * 16, cookie_len=17)
    _new_flow(client)
    client.copy_result()


def _connected(system: System) -> ClientHandle:
    """A client with a TCP socket's flow over Wi-Fi."""
    en0 = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    en0.update(ipv4_signature=b"\xaa" * 20)
    system.order_interfaces(en0)
    system.add_route("default", en0, gateway="192.0.2.1")
    client = system.add_process(100).necp_open().add(remote="203.0.113.5:443", tfo_enable=True)
    tcp = system.add_socket("tcp", local="192.0.2.10:5000", remote="203.0.113.5:443", last_outif=4)
    tcp.register(client)
    tcp.assign(client)
    return client


def _new_flow(client: ClientHandle) -> None:
    """Add a nexus flow to the same address: the kernel asks the heuristics about it."""
    client.inject_nexus_flow(
        b"\7" * 16,
        interface_index=4,
        check_tcp_heuristics=True,
        local=bytes.fromhex("10021388c000020a"),
        remote=bytes.fromhex("100201bbcb007105"),
    )
